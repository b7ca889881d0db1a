public import ExchangeAuth
public import ExchangeJournal
public import Foundation

/// The folder of one exchange.
///
/// ```
/// data/
///   exchange-id     names the exchange for ever, 16 hexadecimal digits
///   journal/        the log of commands
///   keys/           API keys, sealed, and the key they are sealed with
///   tls/            certificates, when none are given
///   users.json      users who may not trade
/// ```
public struct DataDirectory: Sendable {
    private let root: URL

    public init(_ path: String) { root = URL(fileURLWithPath: path, isDirectory: true) }

    public var keys: URL { root.appendingPathComponent("keys", isDirectory: true) }
    public var certificates: URL { root.appendingPathComponent("tls", isDirectory: true) }
    public var journal: URL { root.appendingPathComponent("journal", isDirectory: true) }
    private var identity: URL { root.appendingPathComponent("exchange-id") }

    /// The users who may not trade.
    public func userStatusStore() throws -> UserStatusStore {
        try make(root)
        return UserStatusStore(file: root.appendingPathComponent("users.json"))
    }

    /// The folder of the log, ready to be opened.
    public func openStorage() throws -> PosixStorage {
        try make(journal)
        return PosixStorage(directory: journal.path)
    }

    /// Sees to it that a log can begin here.
    ///
    /// - Throws: when there is one already.
    func checkHasNoLog() throws {
        if try hasLog() {
            throw ConfigurationError(
                description:
                    "\(journal.path) holds a log already, and a dry run begins a new one; choose "
                    + "another folder, or go on with this one by \"qfex-server run\"")
        }
    }

    private func hasLog() throws -> Bool {
        guard FileManager.default.fileExists(atPath: journal.path) else { return false }
        return try !FileManager.default.contentsOfDirectory(atPath: journal.path).isEmpty
    }

    /// The exchange's name; the given one, or one drawn at random, when the folder is new.
    ///
    /// - Throws: when it is missing beside an existing log, or damaged.
    public func exchangeID(ofNew given: UInt64? = nil) throws -> UInt64 {
        try make(root)
        if FileManager.default.fileExists(atPath: identity.path) {
            let text = try String(contentsOf: identity, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count == 16, let id = UInt64(text, radix: 16) else {
                throw ConfigurationError(
                    description:
                        "\(identity.path) must hold 16 hexadecimal digits; restore it from a "
                        + "backup, the log cannot be read without it")
            }
            return id
        }
        if try hasLog() {
            throw ConfigurationError(
                description:
                    "\(identity.path) is missing beside an existing log; restore it from a "
                    + "backup, or choose an empty data folder")
        }
        let id = given ?? UInt64.random(in: 1...UInt64.max)
        let digits = String(id, radix: 16)
        let text = String(repeating: "0", count: 16 - digits.count) + digits + "\n"
        try Data(text.utf8).write(to: identity, options: .atomic)
        return id
    }

    private func make(_ directory: URL) throws {
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }
}

public import Foundation

/// What keeps a user from trading.
public struct UserStatus: Hashable, Sendable {
    /// Whether the identity check has not been passed.
    public var isIdentityCheckMissing: Bool

    /// Whether the latest terms have not been accepted.
    public var areTermsMissing: Bool

    /// Makes a status; without anything, the user may trade.
    public init(isIdentityCheckMissing: Bool = false, areTermsMissing: Bool = false) {
        self.isIdentityCheckMissing = isIdentityCheckMissing
        self.areTermsMissing = areTermsMissing
    }

    /// Whether nothing keeps the user from trading.
    public var isClear: Bool { self == UserStatus() }
}

/// The users who may not trade, on disk: written by a subcommand, taken over by a running server.
///
/// **Shape**: `users.json` (mode 0600) holds users with a status by their UUID; nobody else is in it.
public struct UserStatusStore: Sendable {
    /// What was read, and from which version of the file.
    public struct Contents: Sendable {
        /// The users with something to report.
        public let statuses: [UserUUID: UserStatus]
        fileprivate let stamp: PrivateFile.Stamp?
    }

    private static let maximumFileBytes = 64 << 20
    private let path: String
    private let lockPath: String

    /// The store of a file, which need not exist yet; its folder must.
    public init(file: URL) {
        path = file.path
        lockPath = file.deletingPathExtension().path + ".lock"
    }

    /// Notes what keeps a user from trading; a clear status removes the user.
    public func set(_ user: UserUUID, _ status: UserStatus) throws(APIKeyStoreError) {
        try PrivateFile.withLock(lockPath) { () throws(APIKeyStoreError) in
            var statuses = try load().statuses
            statuses[user] = status.isClear ? nil : status
            var file = UserFile()
            for (user, status) in statuses {
                file.users[user.text] = UserFile.Entry(
                    kycMissing: status.isIdentityCheckMissing,
                    termsMissing: status.areTermsMissing)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let contents: Data
            do {
                contents = try encoder.encode(file)
            } catch {
                preconditionFailure("strings and flags always encode: \(error)")
            }
            try PrivateFile.write(contents, to: path)
        }
    }

    /// All users with something to report.
    public func load() throws(APIKeyStoreError) -> Contents {
        guard let (data, stamp) = try PrivateFile.read(path, limitBytes: Self.maximumFileBytes)
        else { return Contents(statuses: [:], stamp: nil) }
        let file: UserFile
        do {
            file = try JSONDecoder().decode(UserFile.self, from: data)
        } catch {
            throw .malformedFile(path: path, reason: String(describing: error))
        }
        guard file.version == UserFile.currentVersion else {
            throw .malformedFile(path: path, reason: "version \(file.version) is unknown")
        }
        var statuses: [UserUUID: UserStatus] = [:]
        for (text, entry) in file.users {
            guard let user = UserUUID(text) else {
                throw .malformedFile(path: path, reason: "\(text) is no UUID")
            }
            statuses[user] = UserStatus(
                isIdentityCheckMissing: entry.kycMissing, areTermsMissing: entry.termsMissing)
        }
        return Contents(statuses: statuses, stamp: stamp)
    }

    /// All users with something to report, if the file changed; otherwise nil.
    public func loadIfChanged(since contents: Contents) throws(APIKeyStoreError) -> Contents? {
        try PrivateFile.stamp(of: path) == contents.stamp ? nil : try load()
    }
}

/// The contents of `users.json`.
private struct UserFile: Codable {
    struct Entry: Codable {
        var kycMissing: Bool
        var termsMissing: Bool

        private enum CodingKeys: String, CodingKey {
            case kycMissing = "kyc_missing"
            case termsMissing = "terms_missing"
        }
    }

    /// The version that this code reads and writes.
    static let currentVersion = 1
    var version = Self.currentVersion
    var users: [String: Entry] = [:]
}

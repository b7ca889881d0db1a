public import Foundation

/// The API keys on disk: made, listed and revoked here, looked up in an `APIKeyDirectory`.
///
/// **Shape**: `api-keys.json` (mode 0600) holds every key ever made, with its secret sealed under
/// the master key; `master.key` (mode 0600) holds that key, unless it is passed in from elsewhere.
/// A subcommand and a running server may use the same folder: changes are serialised by a lock
/// file, and readers always see a whole file.
public struct APIKeyStore: Sendable {
    /// How many keys, revoked ones included, a store holds.
    public static let maximumKeys = 100_000

    private static let maximumFileBytes = 64 << 20

    private let keysPath: String
    private let lockPath: String
    private let masterKey: MasterKey

    /// Opens the store of a folder, which is made when missing (mode 0700).
    ///
    /// Without `masterKey`, `master.key` is read, or made when no keys exist yet.
    /// **Throws** when a file is exposed or damaged. Seals are not opened here, so that a key whose
    /// entry was tampered with can still be listed and revoked.
    public init(directory: URL, masterKey: MasterKey? = nil) throws(APIKeyStoreError) {
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .fileFailure(
                path: directory.path, operation: "create", reason: error.localizedDescription)
        }
        let keysPath = directory.appendingPathComponent("api-keys.json").path
        let lockPath = directory.appendingPathComponent("api-keys.lock").path
        let masterPath = directory.appendingPathComponent("master.key").path
        self.keysPath = keysPath
        self.lockPath = lockPath
        self.masterKey =
            if let masterKey {
                masterKey
            } else {
                try PrivateFile.withLock(lockPath) { () throws(APIKeyStoreError) in
                    try Self.readOrMakeMasterKey(masterPath, keysPath: keysPath)
                }
            }
        _ = try readFile()
    }

    /// Makes and stores a new key. The returned secret is shown to the owner once and kept nowhere.
    ///
    /// - Parameter now: Unix seconds.
    public func create(
        label: String, userID: UserUUID, permissions: Permissions, now: Int64
    ) throws(APIKeyStoreError) -> APIKey {
        let key = APIKey.generate()
        try add(key, label: label, userID: userID, permissions: permissions, now: now)
        return key
    }

    /// Stores a key that was made elsewhere.
    ///
    /// **Throws** `duplicateKey`, `invalidLabel` and `tooManyKeys`, and `sealBroken` when the keys
    /// already there are sealed under another master key.
    ///
    /// - Parameter now: Unix seconds.
    public func add(
        _ key: APIKey, label: String, userID: UserUUID, permissions: Permissions, now: Int64
    ) throws(APIKeyStoreError) {
        guard (1...100).contains(label.count),
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .invalidLabel }
        let record = APIKeyRecord(
            label: label, publicKey: key.publicKey, userID: userID, permissions: permissions,
            createdAt: now)
        let sealed = masterKey.seal(key.secret, context: StoredAPIKey.sealContext(for: record))
        try change { (file) throws(APIKeyStoreError) in
            _ = try open(file)
            guard !file.keys.contains(where: { $0.record.publicKey == key.publicKey }) else {
                throw .duplicateKey(publicKey: key.publicKey)
            }
            guard file.keys.count < Self.maximumKeys else {
                throw .tooManyKeys(limit: Self.maximumKeys)
            }
            file.keys.append(StoredAPIKey(record: record, sealedSecret: sealed))
        }
    }

    /// Every key, in the order of their making.
    public func list() throws(APIKeyStoreError) -> [APIKeyRecord] {
        try readFile().file.keys.map(\.record)
    }

    /// Withdraws a key for good: its secret is erased. Revoking again changes nothing.
    ///
    /// - Parameter now: Unix seconds.
    public func revoke(publicKey: String, now: Int64) throws(APIKeyStoreError) {
        try change { (file) throws(APIKeyStoreError) in
            guard let index = file.keys.firstIndex(where: { $0.record.publicKey == publicKey })
            else { throw .unknownKey(publicKey: publicKey) }
            guard file.keys[index].record.revokedAt == nil else { return }
            file.keys[index].record.revokedAt = now
            file.keys[index].sealedSecret = nil
        }
    }

    /// The working keys, opened, as of now.
    public func load() throws(APIKeyStoreError) -> APIKeyDirectory {
        let (file, stamp) = try readFile()
        return APIKeyDirectory(entries: try open(file), stamp: stamp)
    }

    /// The working keys, if the file differs from the one behind `directory`; otherwise nil.
    ///
    /// One `stat` when nothing changed, so that a server can ask every second.
    public func loadIfChanged(
        since directory: APIKeyDirectory
    ) throws(APIKeyStoreError) -> APIKeyDirectory? {
        try PrivateFile.stamp(of: keysPath) == directory.stamp ? nil : try load()
    }

    private func change(
        _ body: (inout APIKeyFile) throws(APIKeyStoreError) -> Void
    ) throws(APIKeyStoreError) {
        try PrivateFile.withLock(lockPath) { () throws(APIKeyStoreError) in
            var file = try readFile().file
            try body(&file)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let contents: Data
            do {
                contents = try encoder.encode(file)
            } catch {
                preconditionFailure("records of strings and integers always encode: \(error)")
            }
            try PrivateFile.write(contents, to: keysPath)
        }
    }

    private func open(
        _ file: APIKeyFile
    ) throws(APIKeyStoreError) -> [String: APIKeyDirectory.Entry] {
        var entries: [String: APIKeyDirectory.Entry] = [:]
        for key in file.keys where key.record.revokedAt == nil {
            let record = key.record
            guard let sealed = key.sealedSecret,
                let secret = masterKey.open(
                    sealed, context: StoredAPIKey.sealContext(for: record))
            else { throw .sealBroken(publicKey: record.publicKey) }
            let principal = Principal(
                userID: record.userID, permissions: record.permissions, label: record.label)
            let entry = APIKeyDirectory.Entry(principal: principal, secret: secret)
            guard entries.updateValue(entry, forKey: record.publicKey) == nil else {
                throw .malformedFile(path: keysPath, reason: "\(record.publicKey) occurs twice")
            }
        }
        return entries
    }

    private func readFile() throws(APIKeyStoreError) -> (
        file: APIKeyFile, stamp: PrivateFile.Stamp?
    ) {
        guard
            let (contents, stamp) = try PrivateFile.read(
                keysPath, limitBytes: Self.maximumFileBytes)
        else { return (APIKeyFile(), nil) }
        let file: APIKeyFile
        do {
            file = try JSONDecoder().decode(APIKeyFile.self, from: contents)
        } catch {
            throw .malformedFile(path: keysPath, reason: String(describing: error))
        }
        guard file.version == APIKeyFile.currentVersion else {
            throw .malformedFile(path: keysPath, reason: "version \(file.version) is unknown")
        }
        return (file, stamp)
    }

    private static func readOrMakeMasterKey(
        _ path: String, keysPath: String
    ) throws(APIKeyStoreError) -> MasterKey {
        if let (contents, _) = try PrivateFile.read(path, limitBytes: 1024) {
            return try MasterKey(bytes: contents)
        }
        // A new master key beside old keys would only hide that the old one was lost.
        guard try PrivateFile.stamp(of: keysPath) == nil else {
            throw .masterKeyMissing(path: path)
        }
        let bytes = MasterKey.randomBytes()
        try PrivateFile.write(Data(bytes), to: path)
        return try MasterKey(bytes: bytes)
    }
}

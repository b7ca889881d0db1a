import Synchronization

/// The working keys at one moment, for lookups from any thread. Revoked keys are not in it.
public struct APIKeyDirectory: Sendable {
    /// What verifying a request needs to know of its key.
    struct Entry: Sendable {
        /// Whom the key acts for.
        let principal: Principal

        /// What the key signs with, opened.
        let secret: Secret
    }

    private let entries: [String: Entry]

    /// The file that this was read from; nil when there was none.
    let stamp: PrivateFile.Stamp?

    /// Takes the entries by public key.
    init(entries: [String: Entry], stamp: PrivateFile.Stamp?) {
        self.entries = entries
        self.stamp = stamp
    }

    /// How many keys work.
    public var count: Int { entries.count }

    /// Whom a key acts for; nil when it is unknown or revoked.
    public func principal(for publicKey: String) -> Principal? { entries[publicKey]?.principal }

    /// The entry of a key; nil when it is unknown or revoked.
    subscript(publicKey: String) -> Entry? { entries[publicKey] }
}

/// The directory that a running server uses, replaced as a whole when the key file changes.
public final class LiveAPIKeyDirectory: Sendable {
    private let store: APIKeyStore
    private let directory: Mutex<APIKeyDirectory>

    /// Reads the store for the first time.
    public init(store: APIKeyStore) throws(APIKeyStoreError) {
        self.store = store
        directory = Mutex(try store.load())
    }

    /// The latest directory that could be read.
    public var current: APIKeyDirectory { directory.withLock { $0 } }

    /// Takes over a changed key file; true when there was one.
    ///
    /// **Throws** when the new file cannot be used. The keys read before keep working, so that a
    /// slip of the editor does not lock out everybody: the caller must raise the alarm.
    @discardableResult
    public func reloadIfChanged() throws(APIKeyStoreError) -> Bool {
        // Reading happens outside the lock: lookups never wait for the disk.
        guard let changed = try store.loadIfChanged(since: current) else { return false }
        directory.withLock { $0 = changed }
        return true
    }
}

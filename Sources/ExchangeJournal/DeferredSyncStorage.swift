/// A storage that leaves it to the end to make anything durable: for a log of which nobody is told
/// anything while it is written, and which can be written again.
///
/// A power cut before `syncAll` may leave files that no journal would have left.
public struct DeferredSyncStorage: Storage {
    private let storage: any Storage

    /// Defers the syncs of another storage.
    public init(_ storage: any Storage) { self.storage = storage }

    /// Makes all that was done so far durable.
    public func syncAll() throws(JournalError) {
        for name in try storage.list().sorted() {
            try storage.open(name, writable: true).syncData()
        }
        try storage.syncDirectory()
    }

    public func lock() throws(JournalError) -> any StorageLock { try storage.lock() }

    public func list() throws(JournalError) -> [String] { try storage.list() }

    public func open(_ name: String, writable: Bool) throws(JournalError) -> any StorageFile {
        DeferredSyncFile(try storage.open(name, writable: writable))
    }

    public func create(_ name: String) throws(JournalError) -> any StorageFile {
        DeferredSyncFile(try storage.create(name))
    }

    public func rename(_ name: String, to newName: String) throws(JournalError) {
        try storage.rename(name, to: newName)
    }

    public func remove(_ name: String) throws(JournalError) { try storage.remove(name) }

    public func syncDirectory() {}
}

/// A file whose syncs are somebody else's.
private final class DeferredSyncFile: StorageFile {
    private let file: any StorageFile

    init(_ file: any StorageFile) { self.file = file }

    func byteCount() throws(JournalError) -> Int { try file.byteCount() }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(JournalError) -> Int {
        try file.read(into: buffer, at: offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError) {
        try file.write(bytes, at: offset)
    }

    func syncData() {}
}

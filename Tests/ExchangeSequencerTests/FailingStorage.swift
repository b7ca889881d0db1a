import ExchangeJournal
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A storage whose changing operations fail from a chosen one on.
final class FailingStorage: Storage {
    private let base: any Storage
    private let rest: Mutex<Int>

    /// So many operations succeed.
    init(_ base: any Storage, after count: Int) {
        self.base = base
        rest = Mutex(count)
    }

    func lock() throws(JournalError) -> any StorageLock { try base.lock() }
    func list() throws(JournalError) -> [String] { try base.list() }

    func open(_ name: String, writable: Bool) throws(JournalError) -> any StorageFile {
        File(try base.open(name, writable: writable), self)
    }

    func create(_ name: String) throws(JournalError) -> any StorageFile {
        try step(.create)
        return File(try base.create(name), self)
    }

    func rename(_ name: String, to newName: String) throws(JournalError) {
        try step(.rename)
        try base.rename(name, to: newName)
    }

    func remove(_ name: String) throws(JournalError) {
        try step(.remove)
        try base.remove(name)
    }

    func syncDirectory() throws(JournalError) {
        try step(.syncDirectory)
        try base.syncDirectory()
    }

    fileprivate func step(_ operation: StorageOperation) throws(JournalError) {
        let isOver = rest.withLock { rest in
            rest -= 1
            return rest < 0
        }
        if isOver { throw .storageFailed(operation, file: "any", code: EIO) }
    }

    private final class File: StorageFile {
        private let base: any StorageFile
        private let storage: FailingStorage

        init(_ base: any StorageFile, _ storage: FailingStorage) {
            self.base = base
            self.storage = storage
        }

        func byteCount() throws(JournalError) -> Int { try base.byteCount() }

        func read(
            into buffer: UnsafeMutableRawBufferPointer, at offset: Int
        ) throws(JournalError) -> Int { try base.read(into: buffer, at: offset) }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError) {
            try storage.step(.write)
            try base.write(bytes, at: offset)
        }

        func syncData() throws(JournalError) {
            try storage.step(.sync)
            try base.syncData()
        }
    }
}

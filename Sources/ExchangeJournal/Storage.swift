/// The few file operations that the journal needs, in one flat directory.
///
/// `PosixStorage` is the real one; tests and the simulator bring storages that fail on purpose.
/// Offsets and counts are in bytes. Every failure is a `JournalError.storageFailed`.
public protocol Storage: Sendable {
    /// Makes the caller the only writer until the returned lock is released or let go.
    ///
    /// - Throws: `JournalError.lockedByAnotherProcess` if somebody else holds it.
    func lock() throws(JournalError) -> any StorageLock

    /// Names of all files, in any order.
    func list() throws(JournalError) -> [String]

    /// Opens an existing file, for reading only or for both.
    func open(_ name: String, writable: Bool) throws(JournalError) -> any StorageFile

    /// Creates an empty file, or empties an existing one, for reading and writing.
    func create(_ name: String) throws(JournalError) -> any StorageFile

    /// Gives a file another name; durable only after `syncDirectory`.
    func rename(_ name: String, to newName: String) throws(JournalError)

    /// Removes a file; durable only after `syncDirectory`.
    func remove(_ name: String) throws(JournalError)

    /// Makes creations, renames and removals durable.
    func syncDirectory() throws(JournalError)
}

/// An open file; closed when let go.
public protocol StorageFile: AnyObject {
    /// Current size of the file in bytes.
    func byteCount() throws(JournalError) -> Int

    /// Fills `buffer` from `offset`; returns how many bytes there were before the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(JournalError)
        -> Int

    /// Writes all of `bytes` at `offset`, or throws having written perhaps some of them.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError)

    /// Makes all written bytes, and the size that is needed to read them, durable.
    ///
    /// After a failure nobody knows what is on disk, and a second call proves nothing.
    func syncData() throws(JournalError)
}

/// The right to write; released at the latest when let go.
public protocol StorageLock: AnyObject {
    /// Lets others take the lock.
    func release()
}

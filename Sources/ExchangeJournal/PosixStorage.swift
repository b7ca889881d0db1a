import Glibc

/// Files in one directory of a local file system.
///
/// Every directory operation is relative to the path given; nothing is cached between calls.
public struct PosixStorage: Storage {
    /// The directory; it must exist.
    public let directory: String

    /// Uses an existing directory.
    public init(directory: String) {
        self.directory = directory
    }

    public func lock() throws(JournalError) -> any StorageLock {
        let path = path(JournalFileName.lock)
        let descriptor = try openDescriptor(JournalFileName.lock, O_RDWR | O_CREAT, .lock)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.processID(in: descriptor)
            _ = Glibc.close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .storageFailed(.lock, file: path, code: code)
            }
            throw .lockedByAnotherProcess(processID: holder)
        }
        let lock = PosixLock(descriptor: descriptor)
        let file = PosixFile(path: path, descriptor: descriptor, closesDescriptor: false)
        guard ftruncate(descriptor, 0) == 0 else {
            throw .storageFailed(.lock, file: path, code: errno)
        }
        let text = Array("\(getpid())\n".utf8)
        try text.span.withUnsafeBytes { (bytes) throws(JournalError) in try file.write(bytes, at: 0)
        }
        return lock
    }

    public func list() throws(JournalError) -> [String] {
        guard let stream = opendir(directory) else {
            throw .storageFailed(.list, file: directory, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            // Sound: readdir ends d_name with a zero byte and keeps it until the next call.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw .storageFailed(.list, file: directory, code: errno) }
        return names
    }

    public func open(_ name: String, writable: Bool) throws(JournalError) -> any StorageFile {
        let descriptor = try openDescriptor(name, writable ? O_RDWR : O_RDONLY, .open)
        return PosixFile(path: path(name), descriptor: descriptor)
    }

    public func create(_ name: String) throws(JournalError) -> any StorageFile {
        let descriptor = try openDescriptor(name, O_RDWR | O_CREAT | O_TRUNC, .create)
        return PosixFile(path: path(name), descriptor: descriptor)
    }

    public func rename(_ name: String, to newName: String) throws(JournalError) {
        guard Glibc.rename(path(name), path(newName)) == 0 else {
            throw .storageFailed(.rename, file: path(name), code: errno)
        }
    }

    public func remove(_ name: String) throws(JournalError) {
        guard unlink(path(name)) == 0 else {
            throw .storageFailed(.remove, file: path(name), code: errno)
        }
    }

    public func syncDirectory() throws(JournalError) {
        let descriptor = try openDescriptor(".", O_RDONLY | O_DIRECTORY, .syncDirectory)
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .storageFailed(.syncDirectory, file: directory, code: errno)
        }
    }

    private func path(_ name: String) -> String {
        name == "." ? directory : directory + "/" + name
    }

    /// Opens with mode 0600: the log holds everybody's orders.
    private func openDescriptor(
        _ name: String, _ flags: Int32, _ operation: StorageOperation
    ) throws(JournalError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path(name), flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else {
                throw .storageFailed(operation, file: path(name), code: errno)
            }
        }
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}

/// An open file of a `PosixStorage`, used by one thread at a time.
final class PosixFile: StorageFile {
    private let path: String
    private let descriptor: Int32
    private let closesDescriptor: Bool

    /// Takes over an open descriptor, or borrows it if it must not be closed here.
    init(path: String, descriptor: Int32, closesDescriptor: Bool = true) {
        self.path = path
        self.descriptor = descriptor
        self.closesDescriptor = closesDescriptor
    }

    deinit {
        // Nothing to learn from close: whatever matters was synced before.
        if closesDescriptor { _ = Glibc.close(descriptor) }
    }

    func byteCount() throws(JournalError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .storageFailed(.read, file: path, code: errno)
        }
        return Int(status.st_size)
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(JournalError) -> Int {
        let transfer = Transfer.run(count: buffer.count) { done, rest in
            pread(descriptor, buffer.baseAddress?.advanced(by: done), rest, off_t(offset + done))
        }
        guard transfer.code == 0 else {
            throw .storageFailed(.read, file: path, code: transfer.code)
        }
        return transfer.count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError) {
        let transfer = Transfer.run(count: bytes.count) { done, rest in
            pwrite(descriptor, bytes.baseAddress?.advanced(by: done), rest, off_t(offset + done))
        }
        guard transfer.code == 0 else {
            throw .storageFailed(.write, file: path, code: transfer.code)
        }
        guard transfer.count == bytes.count else {
            throw .storageFailed(.write, file: path, code: EIO)
        }
    }

    func syncData() throws(JournalError) {
        // No second try, not even after EINTR: an error may have been reported for the last time.
        guard fdatasync(descriptor) == 0 else {
            throw .storageFailed(.sync, file: path, code: errno)
        }
    }
}

/// A transfer of bytes that the system may do in parts.
enum Transfer {
    /// Calls `step(done, rest)` until all is done, nothing more comes, or it fails.
    ///
    /// `step` is `pread` or `pwrite`: it returns the bytes moved, or -1 with `errno` set.
    /// Interruptions are tried again. Returns the bytes moved and the error code, 0 for none.
    static func run(
        count: Int, _ step: (_ done: Int, _ rest: Int) -> Int
    ) -> (count: Int, code: Int32) {
        var done = 0
        while done < count {
            let moved = step(done, count - done)
            if moved > 0 {
                done += moved
            } else if moved == 0 {
                break
            } else if errno != EINTR {
                return (done, errno)
            }
        }
        return (done, 0)
    }
}

/// An exclusive lock on an open file; the system releases it too if the process dies.
final class PosixLock: StorageLock {
    private var descriptor: Int32?

    /// Takes over a descriptor that holds the lock.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { release() }

    func release() {
        if let descriptor { _ = Glibc.close(descriptor) }
        descriptor = nil
    }
}

import Foundation

/// Files that only their owner may reach, replaced as a whole.
enum PrivateFile {
    /// Tells one version of a file from the next.
    struct Stamp: Hashable, Sendable {
        /// The file's number; a replaced file usually has another.
        let inode: UInt64

        /// **Units**: bytes.
        let size: Int64

        /// When the contents last changed. **Units**: Unix seconds.
        let modifiedSeconds: Int64

        /// The fraction of that second. **Units**: nanoseconds.
        let modifiedNanoseconds: Int64
    }

    /// The contents of a file and their stamp, or nil when there is no file.
    ///
    /// **Throws** `exposedFile` when group or others have any right on it.
    static func read(
        _ path: String, limitBytes: Int
    ) throws(APIKeyStoreError) -> (contents: Data, stamp: Stamp)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, "open")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Asking the open file, not the path, ties the answer to the bytes read below.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, "inspect") }
        try requirePrivate(status, path)
        guard status.st_size <= limitBytes else {
            throw .fileTooLarge(path: path, limitBytes: limitBytes)
        }
        do {
            return (try file.read(upToCount: Int(status.st_size)) ?? Data(), stamp(of: status))
        } catch {
            throw .fileFailure(path: path, operation: "read", reason: String(describing: error))
        }
    }

    /// The stamp of a file, or nil when there is no file.
    static func stamp(of path: String) throws(APIKeyStoreError) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, "inspect")
        }
        return stamp(of: status)
    }

    /// Replaces a file so that a crash leaves either the old or the new contents, with mode 0600.
    static func write(_ contents: Data, to path: String) throws(APIKeyStoreError) {
        let temporary = "\(path).new"
        // A leftover of a crash may have any mode and contents; it is never reused.
        guard unlink(temporary) == 0 || errno == ENOENT else { throw failure(temporary, "remove") }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(temporary, "create") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: contents)
            try file.synchronize()
            try file.close()
        } catch {
            throw .fileFailure(
                path: temporary, operation: "write", reason: String(describing: error))
        }
        guard rename(temporary, path) == 0 else { throw failure(path, "replace") }
        try synchronizeDirectory(of: path)
    }

    /// Runs `body` while no other process runs one under the same lock file.
    static func withLock<Value>(
        _ path: String, _ body: () throws(APIKeyStoreError) -> Value
    ) throws(APIKeyStoreError) -> Value {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, "open") }
        // Closing the descriptor gives the lock back.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure(path, "lock") }
        }
        return try body()
    }

    private static func requirePrivate(
        _ status: stat, _ path: String
    ) throws(APIKeyStoreError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .malformedFile(path: path, reason: "not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .exposedFile(path: path, mode: UInt32(status.st_mode) & 0o777)
        }
    }

    private static func stamp(of status: stat) -> Stamp {
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        return Stamp(
            inode: UInt64(status.st_ino), size: Int64(status.st_size),
            modifiedSeconds: Int64(modified.tv_sec), modifiedNanoseconds: Int64(modified.tv_nsec))
    }

    private static func synchronizeDirectory(of path: String) throws(APIKeyStoreError) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(directory, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(directory, "synchronize") }
    }

    private static func failure(_ path: String, _ operation: String) -> APIKeyStoreError {
        .fileFailure(path: path, operation: operation, reason: String(cString: strerror(errno)))
    }
}

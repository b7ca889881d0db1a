import Foundation

/// Text files that are replaced as a whole.
enum PEMFile {
    /// The contents and permission bits of a file, or nil when there is no file.
    static func read(
        _ path: String
    ) throws(LocalCertificateError) -> (text: String, mode: UInt32)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, "open")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard let mode = attributes[.posixPermissions] as? NSNumber else {
                throw failure(path, "inspect")
            }
            let contents = try file.read(upToCount: 1 << 20) ?? Data()
            return (String(decoding: contents, as: UTF8.self), mode.uint32Value & 0o777)
        } catch {
            throw .fileFailure(path: path, operation: "read", reason: String(describing: error))
        }
    }

    /// Replaces a file so that a crash leaves either the old or the new contents.
    ///
    /// The file has `mode` from the start: at no moment can others read a key.
    static func write(
        _ text: String, to path: String, mode: mode_t
    ) throws(LocalCertificateError) {
        let temporary = "\(path).new"
        guard unlink(temporary) == 0 || errno == ENOENT else { throw failure(temporary, "remove") }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(temporary, "create") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .fileFailure(
                path: temporary, operation: "write", reason: String(describing: error))
        }
        guard rename(temporary, path) == 0 else { throw failure(path, "replace") }
    }

    private static func failure(_ path: String, _ operation: String) -> LocalCertificateError {
        .fileFailure(path: path, operation: operation, reason: String(cString: strerror(errno)))
    }
}

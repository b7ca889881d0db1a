#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A new folder for a log.
func temporaryDirectory() throws -> String {
    var template = Array("/tmp/qfex-recovery-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw NoDirectory() }
    return String(cString: path)
}

struct NoDirectory: Error {}

/// Why certificates could not be prepared; each text says what to do and holds no key.
public enum LocalCertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no names, or more than 100.
    case nameCount(Int)

    /// A name is neither an IP address nor a DNS name.
    case invalidName(String)

    /// The operating system refused an operation on a file.
    case fileFailure(path: String, operation: String, reason: String)

    /// Group or others can reach the private key of the authority. `mode` is the permission bits.
    case exposedKey(path: String, mode: UInt32)

    /// A file of the authority is not what this code writes. It is never overwritten, because
    /// clients may trust it.
    case malformedAuthority(path: String, reason: String)

    /// A server certificate must be issued, but the authority's private key is gone.
    case authorityKeyMissing(path: String)

    /// A certificate could not be made.
    case issueFailed(reason: String)

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .nameCount(let count):
            "a server certificate needs 1 to 100 names, not \(count)"
        case .invalidName(let name):
            "\"\(name)\" is neither an IP address nor a DNS name"
        case .fileFailure(let path, let operation, let reason):
            "cannot \(operation) \(path): \(reason)"
        case .exposedKey(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)): others can reach it; remove the folder, "
                + "so that a new authority is made, and distrust the old one"
        case .malformedAuthority(let path, let reason):
            "\(path) cannot be used (\(reason)); restore it, or remove the folder to start anew"
        case .authorityKeyMissing(let path):
            "\(path) is missing, but a server certificate must be issued; restore it, or remove "
                + "the folder to start anew"
        case .issueFailed(let reason):
            "cannot make a certificate: \(reason)"
        }
    }
}

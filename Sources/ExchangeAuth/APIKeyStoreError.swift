/// Why the key files could not be used; each text says what to do and holds no secret.
public enum APIKeyStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Group or others can reach a file that must be private. `mode` is the permission bits.
    case exposedFile(path: String, mode: UInt32)

    /// The operating system refused an operation on a file.
    case fileFailure(path: String, operation: String, reason: String)

    /// The file is larger than any file that this code writes.
    case fileTooLarge(path: String, limitBytes: Int)

    /// The contents are not what this code writes.
    case malformedFile(path: String, reason: String)

    /// Keys are sealed, but the master key that could open them is gone.
    case masterKeyMissing(path: String)

    /// A master key does not have 32 bytes.
    case masterKeySize(bytes: Int)

    /// The secret of this key was changed on disk, or sealed under another master key.
    case sealBroken(publicKey: String)

    /// A label is empty, too long or has control characters.
    case invalidLabel

    /// The public key is taken, perhaps by a revoked key.
    case duplicateKey(publicKey: String)

    /// No key, revoked or not, has this public key.
    case unknownKey(publicKey: String)

    /// The store holds as many keys as it may.
    case tooManyKeys(limit: Int)

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .exposedFile(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)): others can reach it; chmod 600 it and "
                + "replace the keys if they may have been read"
        case .fileFailure(let path, let operation, let reason):
            "cannot \(operation) \(path): \(reason)"
        case .fileTooLarge(let path, let limit):
            "\(path) is larger than \(limit) bytes"
        case .malformedFile(let path, let reason):
            "\(path) is not a valid file: \(reason)"
        case .masterKeyMissing(let path):
            "\(path) is missing, but keys are sealed under it; restore it, or remove the key file "
                + "and issue new keys"
        case .masterKeySize(let bytes):
            "a master key has 32 bytes, not \(bytes)"
        case .sealBroken(let publicKey):
            "the secret of \(publicKey) cannot be opened: its entry was changed, or it was sealed "
                + "under another master key"
        case .invalidLabel:
            "a label has 1 to 100 characters and no control characters"
        case .duplicateKey(let publicKey):
            "\(publicKey) already exists"
        case .unknownKey(let publicKey):
            "\(publicKey) does not exist"
        case .tooManyKeys(let limit):
            "there are \(limit) keys, which is the limit; remove the key file's revoked entries"
        }
    }
}

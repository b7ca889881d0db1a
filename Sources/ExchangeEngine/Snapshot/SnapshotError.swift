public import ExchangeTypes

/// Why bytes are no snapshot of an exchange that this program could go on with.
public enum SnapshotError: Error, Hashable, Sendable {
    /// A later version of this program wrote it.
    case newerFormat(found: UInt32, newestKnown: UInt32)
    /// The bytes end too early, or a value in them cannot be.
    case unreadable(CodecError)
    /// Every value could be, but not all of them together.
    case inconsistent(String)

    /// What reading its bytes has come to.
    public init(_ error: CodecError) {
        if case .newerFormat(let found, let newestKnown) = error {
            self = .newerFormat(found: found, newestKnown: newestKnown)
        } else {
            self = .unreadable(error)
        }
    }
}

extension SnapshotError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .newerFormat(let found, let newestKnown),
            .unreadable(.newerFormat(let found, let newestKnown)):
            "it has format \(found), this program knows formats up to \(newestKnown)"
        case .unreadable(.truncated): "it ends too early"
        case .unreadable(.trailingBytes(let count)): "\(count) bytes follow its end"
        case .unreadable(.invalidValue(let field, let value)):
            "its \(field) cannot be \(value)"
        case .inconsistent(let text): "it contradicts itself: \(text)"
        }
    }
}

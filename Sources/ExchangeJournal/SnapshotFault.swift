/// Why a snapshot cannot be used; the description says what was found, and where.
public enum SnapshotFault: Error, Equatable, Sendable {
    /// Bytes are not what they were.
    case damaged(file: String, offset: Int, SnapshotDamage)
    /// It belongs to another exchange.
    case foreignExchange(file: String, expected: UInt64, found: UInt64)
    /// A later version of this program wrote it.
    case newerFormat(file: String, found: UInt32, newestKnown: UInt32)
    /// It stands for a place that this log does not have: it belongs to another copy of the log, or the
    /// log's beginning was removed.
    case foreignLog(file: String, JournalPositionFault)
    /// Its bytes are what they were, and yet no state that one can go on with.
    case unusable(file: String, reason: String)
    /// The operating system refused.
    case storageFailed(JournalError)
}

/// What is wrong at the place that a `SnapshotFault.damaged` names.
public enum SnapshotDamage: Equatable, Sendable {
    /// The header is not one.
    case header
    /// Header and file name disagree about the sequence.
    case name(headerSequence: UInt64)
    /// The file has another size than the header says.
    case size(expected: Int, found: Int)
    /// A block with an impossible length or a wrong checksum.
    case block
}

extension SnapshotFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let file, let offset, let damage):
            "\(file) is damaged at byte \(offset): \(damage)"
        case .foreignExchange(let file, let expected, let found):
            "\(file) belongs to exchange \(found), not \(expected)"
        case .newerFormat(let file, let found, let newestKnown):
            "\(file) has format \(found), this program knows formats up to \(newestKnown)"
        case .foreignLog(let file, let fault):
            "\(file) does not belong to this log: \(fault)"
        case .unusable(let file, let reason):
            "\(file) is intact but cannot be used: \(reason)"
        case .storageFailed(let error): "\(error)"
        }
    }
}

extension SnapshotDamage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .header: "the header is invalid"
        case .name(let headerSequence):
            "the header says sequence \(headerSequence), the file name another"
        case .size(let expected, let found): "the file has \(found) bytes of \(expected)"
        case .block: "a block does not carry the checksum it should"
        }
    }
}

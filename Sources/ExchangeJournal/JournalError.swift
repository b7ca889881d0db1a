import Glibc

/// Why a journal cannot be opened, read or written; the description tells the operator what to do.
public enum JournalError: Error, Equatable, Sendable {
    /// Bytes that had been durable have changed or are gone.
    case damaged(file: String, offset: Int, JournalDamage)
    /// The journal belongs to another exchange.
    case foreignExchange(file: String, expected: UInt64, found: UInt64)
    /// A later version of this program wrote the journal.
    case newerFormat(file: String, found: UInt32, newestKnown: UInt32)
    /// Another process writes this journal; its id if it could be read from the lock file.
    case lockedByAnotherProcess(processID: Int32?)
    /// The operating system refused; `code` is its `errno`.
    case storageFailed(StorageOperation, file: String, code: Int32)
    /// An earlier failure, given here, left it unknown what is on disk.
    indirect case poisoned(by: JournalError)
    /// The journal was closed before.
    case closed
    /// Whoever replays the log could not take a command; the record itself is intact.
    case replayRefused(sequence: UInt64, file: String, offset: Int, reason: String)
    /// The place from which the log was to be read is not in it.
    case positionNotFound(sequence: UInt64, JournalPositionFault)
    /// The log's beginning was removed, and no snapshot is good: what was wrong with each.
    case snapshotNeeded(firstSequence: UInt64, faults: [SnapshotFault])
    /// A snapshot is of a command that the log no longer has.
    case endMissing(snapshot: String, sequence: UInt64, lastSequence: UInt64)
}

/// Why a place is not in a log.
public enum JournalPositionFault: Equatable, Sendable {
    /// The log begins with a later command; nil if there is no log.
    case beginsLater(firstSequence: UInt64?)
    /// The log ends with an earlier command.
    case endsBefore(lastSequence: UInt64)
    /// Another record stands there.
    case differs(file: String, offset: Int)
}

/// What is wrong at the place that a `JournalError.damaged` names.
public enum JournalDamage: Equatable, Sendable {
    /// The segment's header is not one.
    case segmentHeader
    /// The segment's header and the file's name disagree about the first sequence.
    case segmentName(headerSequence: UInt64)
    /// No valid record, although a later one proves that there was one.
    case record(laterRecordIn: String, at: Int)
    /// An intact record or segment that does not follow the one before it.
    case chain(expected: UInt32, found: UInt32)
    /// Commands are missing: a segment file is gone, or the end of the one before was wiped.
    case missingCommands(expected: UInt64, found: UInt64)
    /// An intact record whose commands do not add up: written by a faulty program.
    case payload
}

/// The operation that a storage could not do.
public enum StorageOperation: String, Sendable {
    case lock, list, open, create, rename, remove, read, write, sync
    case syncDirectory = "sync directory"
}

extension JournalError: CustomStringConvertible {
    /// One or two sentences: what and where, then what to do.
    public var description: String {
        switch self {
        case .damaged(let file, let offset, let damage):
            "journal damaged in \(file) at byte \(offset): \(damage). Nothing was changed. "
                + "Keep a copy of the directory, restore it from a backup or a replica, and check "
                + "the disk; do not delete or edit the file, later commands depend on it."
        case .foreignExchange(let file, let expected, let found):
            "\(file) at byte 16: belongs to exchange \(found), not \(expected). Check the data "
                + "directory and the configured exchange id; nothing was changed."
        case .newerFormat(let file, let found, let newestKnown):
            "\(file) at byte 8: has format \(found), this program knows formats up to "
                + "\(newestKnown). Start the version that wrote it, or a later one."
        case .lockedByAnotherProcess(let processID):
            "the journal is in use by process \(processID.map { "\($0)" } ?? "(unknown)"). "
                + "Stop that process first, or give this one another data directory."
        case .storageFailed(let operation, let file, let code):
            "could not \(operation.rawValue) \(file): \(String(cString: strerror(code))) "
                + "(errno \(code)). Check space, permissions "
                + "and the health of the disk, then start again; recovery decides from the log "
                + "what is durable."
        case .poisoned(let cause):
            "the journal refuses all work after an earlier failure (\(cause)). "
                + "End the process and start it again."
        case .closed:
            "the journal was closed; open it again to go on."
        case .replayRefused(let sequence, let file, let offset, let reason):
            "command \(sequence), in the record at byte \(offset) of \(file), is intact but could "
                + "not be replayed: \(reason). Start the version of the program that wrote it."
        case .positionNotFound(let sequence, let fault):
            "the log cannot be read from behind command \(sequence): \(fault)."
        case .snapshotNeeded(let firstSequence, let faults):
            "the log begins with command \(firstSequence), and no snapshot to start from is good"
                + (faults.isEmpty
                    ? ": there is none" : ": " + faults.map { "\($0)" }.joined(separator: "; "))
                + ". Nothing was changed. Put the missing snapshot or the earlier segments back "
                + "from a backup or a replica; if a later version wrote them, start that one."
        case .endMissing(let snapshot, let sequence, let lastSequence):
            "\(snapshot) proves that command \(sequence) was durable, but the log ends with command "
                + "\(lastSequence). Nothing was changed. Put the missing segment back from a backup "
                + "or a replica. If the snapshot is not of this log, or what came after command "
                + "\(lastSequence) may be given up, move the snapshot file away and start again."
        }
    }
}

extension JournalDamage: CustomStringConvertible {
    /// The finding in words, without the place.
    public var description: String {
        switch self {
        case .segmentHeader:
            "the segment header is invalid"
        case .segmentName(let headerSequence):
            "the header says first sequence \(headerSequence), the file name another"
        case .record(let laterFile, let laterOffset):
            "no valid record here, but later data at byte \(laterOffset) of \(laterFile) proves "
                + "that there was one"
        case .chain(let expected, let found):
            "the link to the record before is \(found), expected \(expected)"
        case .missingCommands(let expected, let found):
            "expected sequence \(expected), found \(found); a segment file is missing or the end "
                + "of the one before was wiped"
        case .payload:
            "the record is intact but its commands do not add up"
        }
    }
}

extension JournalPositionFault: CustomStringConvertible {
    /// The finding in words.
    public var description: String {
        switch self {
        case .beginsLater(nil): "there is no log"
        case .beginsLater(let firstSequence?): "the log begins with command \(firstSequence)"
        case .endsBefore(let lastSequence): "the log ends with command \(lastSequence)"
        case .differs(let file, let offset):
            "another record than expected stands at byte \(offset) of \(file)"
        }
    }
}

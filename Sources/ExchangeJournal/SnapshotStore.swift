/// The snapshots beside a journal: `snapshot-<sequence>.snap`, each whole or not there at all.
///
/// One process makes them, the one that holds the journal's lock. What they hold is the caller's: the
/// journal knows blocks of bytes, their order and their checksums.
public struct SnapshotStore: Sendable {
    private let storage: any Storage
    private let exchangeID: UInt64

    public init(storage: any Storage, exchangeID: UInt64) {
        self.storage = storage
        self.exchangeID = exchangeID
    }

    /// The sequences of all snapshots, newest first, as their names say.
    public func sequences() throws(JournalError) -> [UInt64] {
        try storage.list().compactMap { JournalFileName.snapshotSequence(of: $0) }.sorted(by: >)
    }

    /// The name of the snapshot after a sequence.
    public func name(of sequence: UInt64) -> String { JournalFileName.snapshot(sequence: sequence) }

    /// Opens a snapshot; its header is verified, and each block as it is read.
    public func open(_ sequence: UInt64) throws(SnapshotFault) -> SnapshotReader {
        try SnapshotReader(
            storage, name: name(of: sequence), exchangeID: exchangeID, sequence: sequence)
    }

    /// Begins a snapshot under the working name, over whatever an earlier process left there.
    public func begin() throws(JournalError) -> SnapshotWriter {
        try SnapshotWriter(storage, exchangeID: exchangeID)
    }

    /// Completes the file under its working name, durably; it counts for nothing yet.
    public func finish(_ writer: SnapshotWriter, _ stamp: SnapshotStamp) throws(JournalError) {
        try writer.finish(stamp)
    }

    /// Opens the file under its working name, to see that it can be read.
    public func openUnfinished(_ stamp: SnapshotStamp) throws(SnapshotFault) -> SnapshotReader {
        try SnapshotReader(
            storage, name: JournalFileName.unfinishedSnapshot, exchangeID: exchangeID,
            sequence: stamp.position.sequence)
    }

    /// Gives the finished file its name. From now on a start may begin with it.
    public func publish(_ stamp: SnapshotStamp) throws(JournalError) {
        try storage.rename(
            JournalFileName.unfinishedSnapshot, to: name(of: stamp.position.sequence))
        try storage.syncDirectory()
    }

    /// Removes the snapshots of this exchange that are older than one of them. Files that cannot be
    /// read, or are somebody else's, stay for the operator to look at.
    ///
    /// Returns their sequences.
    public func removeSnapshots(before oldestKept: UInt64) throws(JournalError) -> [UInt64] {
        var removed: [UInt64] = []
        for sequence in try sequences() where sequence < oldestKept {
            do throws(SnapshotFault) {
                _ = try open(sequence)
            } catch {
                continue
            }
            try storage.remove(name(of: sequence))
            removed.append(sequence)
        }
        if !removed.isEmpty { try storage.syncDirectory() }
        return removed
    }

    /// Removes the log's segments that no start from this snapshot, or a later one, would read.
    ///
    /// The segment with the snapshot's last command stays: its checksum proves that the two belong
    /// together. The oldest go first, so that what is left never has a hole. Returns their names.
    public func removeSegments(before sequence: UInt64) throws(JournalError) -> [String] {
        let segments = try storage.list().compactMap { name in
            JournalFileName.firstSequence(of: name).map { (first: $0, name: name) }
        }.sorted { $0.first < $1.first }
        var removed: [String] = []
        for (segment, next) in zip(segments, segments.dropFirst()) where next.first <= sequence {
            try storage.remove(segment.name)
            removed.append(segment.name)
        }
        if !removed.isEmpty { try storage.syncDirectory() }
        return removed
    }
}

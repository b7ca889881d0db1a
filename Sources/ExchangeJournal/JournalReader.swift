/// Reads a journal from its first command to its last, verifying everything, writing nothing.
///
/// It may look at a journal that another process writes; then the last batch, half written, can
/// appear as a torn tail.
public final class JournalReader {
    /// What the reader knows once it has come to the end; nil before, and in an empty directory.
    public private(set) var end: JournalEnd?
    /// Sequence number of the command that comes next.
    public private(set) var nextSequence: UInt64

    private let storage: any Storage
    private let names: [String]
    private var exchangeID: UInt64?
    private var segmentIndex = 0
    private var segment: SegmentReader?
    private var chain: UInt32 = 0
    private var lastRecord: Range<Int>?
    private var lastRecordHasCommands = false
    private let start: JournalPosition?
    private var isStartFound = false

    /// Where the commands read so far end; nil before the first.
    public private(set) var position: JournalPosition?
    /// Commands that lie behind the start, so far.
    public private(set) var commandCount: UInt64 = 0
    /// Whether everything was read.
    public var isAtEnd: Bool { end != nil || names.isEmpty }

    /// Lists the segments.
    ///
    /// - Parameters:
    ///   - exchangeID: the exchange that the journal must belong to; nil takes any.
    ///   - firstSequence: the sequence that the journal must begin with.
    ///   - start: a place to begin behind. Segments before the one with its command are not looked at.
    /// - Throws: `JournalError.positionNotFound`, here or from `forEachCommand`, if the place is not in
    ///   the log; no command was handed out then.
    public init(
        storage: any Storage, exchangeID: UInt64?, firstSequence: UInt64 = 1,
        after start: JournalPosition? = nil
    ) throws(JournalError) {
        self.storage = storage
        self.exchangeID = exchangeID
        self.start = start
        names = try storage.list().filter { JournalFileName.firstSequence(of: $0) != nil }.sorted()
        let firsts = names.compactMap { JournalFileName.firstSequence(of: $0) }
        guard let start else {
            nextSequence = firstSequence
            return
        }
        guard let index = firsts.lastIndex(where: { $0 <= start.sequence }) else {
            throw .positionNotFound(
                sequence: start.sequence, .beginsLater(firstSequence: firsts.first))
        }
        segmentIndex = index
        nextSequence = firsts[index]
    }

    /// The first command of the log in a directory, as the names of its segments say.
    public static func firstSequence(in storage: any Storage) throws(JournalError) -> UInt64? {
        try storage.list().compactMap { JournalFileName.firstSequence(of: $0) }.min()
    }

    /// Calls `body` with sequence, timestamp in nanoseconds and payload of every command behind the
    /// start, in order, to the end or to the end of the record that holds command `last`.
    ///
    /// Commands of a record are handed out once that record and all before it are verified. What
    /// `body` throws comes out as `JournalError.replayRefused`. To be called once.
    public func forEachCommand(
        through last: UInt64 = .max, _ body: (UInt64, Int64, Span<UInt8>) throws -> Void
    ) throws(JournalError) {
        while nextSequence <= last, let record = try nextRecord() {
            // Before the start there is nothing to hand out.
            if start != nil && !isStartFound || nextSequence - 1 == start?.sequence { continue }
            commandCount += UInt64(record.header.commandCount)
            let file = names[segmentIndex]
            var sequence = record.header.firstSequence
            let isWhole: Bool
            do {
                isWhole = try RecordPayload.forEachCommand(
                    in: record.payload, of: record.header
                ) { (number: UInt64, timestamp: Int64, payload: Span<UInt8>) throws in
                    sequence = number
                    try body(number, timestamp, payload)
                }
            } catch {
                throw .replayRefused(
                    sequence: sequence, file: file, offset: record.offset, reason: "\(error)")
            }
            guard isWhole else {
                throw .damaged(file: file, offset: record.offset, .payload)
            }
        }
    }

    /// The next record of the journal, closing records included; nil at the end.
    func nextRecord() throws(JournalError) -> Record? {
        if segment == nil && end == nil && !names.isEmpty { try openSegment() }
        while let current = segment {
            if let record = try current.next() {
                try follow(record, in: current.name)
                return record
            }
            if segmentIndex == names.count - 1 {
                try finish(current)
            } else {
                try leave(current)
            }
        }
        return nil
    }

    /// Opens the segment at `segmentIndex` and checks that it continues the one before.
    private func openSegment() throws(JournalError) {
        let name = names[segmentIndex]
        let next = try SegmentReader(storage, name: name, exchangeID: exchangeID)
        // What came before the first segment that is read is for the start's checksum to prove.
        if start != nil && segment == nil && next.header.firstSequence > 1 {
            chain = next.header.previousChecksum
        }
        guard next.header.firstSequence == nextSequence else {
            throw .damaged(
                file: name, offset: 24,
                .missingCommands(expected: nextSequence, found: next.header.firstSequence))
        }
        guard next.header.previousChecksum == chain else {
            throw .damaged(
                file: name, offset: 12,
                .chain(expected: chain, found: next.header.previousChecksum))
        }
        exchangeID = next.header.exchangeID
        chain = next.headerChecksum
        lastRecord = nil
        lastRecordHasCommands = false
        segment = next
    }

    /// Checks that `record` continues the one before, and takes it as the last one.
    private func follow(_ record: Record, in name: String) throws(JournalError) {
        guard record.header.previousChecksum == chain else {
            throw .damaged(
                file: name, offset: record.offset,
                .chain(expected: chain, found: record.header.previousChecksum))
        }
        guard record.header.firstSequence == nextSequence else {
            throw .damaged(
                file: name, offset: record.offset,
                .missingCommands(expected: nextSequence, found: record.header.firstSequence))
        }
        chain = record.header.checksum
        nextSequence = record.header.nextSequence
        lastRecord = record.offset..<record.endOffset
        lastRecordHasCommands = record.header.commandCount > 0
        guard lastRecordHasCommands else { return }
        let end = JournalPosition(sequence: nextSequence - 1, checksum: chain)
        position = end
        guard let start, !isStartFound, end.sequence >= start.sequence else { return }
        guard end == start else {
            throw .positionNotFound(
                sequence: start.sequence, .differs(file: name, offset: record.offset))
        }
        isStartFound = true
    }

    /// Leaves a segment that is not the last: behind its records there must be nothing but zeros.
    private func leave(_ current: SegmentReader) throws(JournalError) {
        guard try current.endOfRemains() == nil else {
            throw .damaged(
                file: current.name, offset: current.position,
                .record(laterRecordIn: names[segmentIndex + 1], at: 0))
        }
        segmentIndex += 1
        try openSegment()
    }

    /// Ends in the last segment: a valid record further on means damage, other bytes a torn write.
    private func finish(_ current: SegmentReader) throws(JournalError) {
        if let offset = try current.laterRecordOffset(notBefore: nextSequence) {
            throw .damaged(
                file: current.name, offset: current.position,
                .record(laterRecordIn: current.name, at: offset))
        }
        if let start, !isStartFound {
            throw .positionNotFound(
                sequence: start.sequence, .endsBefore(lastSequence: nextSequence - 1))
        }
        let remains = try current.endOfRemains() ?? current.position
        let missing = max(0, current.header.segmentByteCount - current.fileByteCount)
        let tornTail: TornTail? =
            remains > current.position || missing > 0
            ? TornTail(
                file: current.name, offset: current.position,
                cutByteCount: remains - current.position, missingByteCount: missing)
            : nil
        end = JournalEnd(
            file: current.name, offset: current.position, tornTail: tornTail,
            header: current.header, chain: chain, lastRecord: lastRecord,
            lastRecordHasCommands: lastRecordHasCommands)
        segment = nil
    }
}

/// Remains of a batch that was being written when the process or the machine stopped.
///
/// Nobody was ever told of its commands, because its sync had not returned.
public struct TornTail: Equatable, Sendable {
    /// The segment's file name.
    public let file: String
    /// Where the remains begin; all before it is verified.
    public let offset: Int
    /// Bytes from there to the last one that is not zero.
    public let cutByteCount: Int
    /// Bytes by which the file is shorter than it was made; they are written anew as zeros.
    public let missingByteCount: Int
}

/// Where a journal ends.
public struct JournalEnd: Equatable, Sendable {
    /// The last segment's file name.
    public let file: String
    /// Where the next record is to be written.
    public let offset: Int
    /// What has to be cut off first, if anything.
    public let tornTail: TornTail?
    /// The last segment's header.
    let header: SegmentHeader
    /// What the next record has to link to.
    let chain: UInt32
    /// The last record of the last segment; nil if that has none.
    let lastRecord: Range<Int>?
    /// Whether that record holds commands, so that closing the journal needs a closing record.
    let lastRecordHasCommands: Bool
}

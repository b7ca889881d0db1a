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

    /// Lists the segments.
    ///
    /// - Parameters:
    ///   - exchangeID: the exchange that the journal must belong to; nil takes any.
    ///   - firstSequence: the sequence that the journal must begin with.
    public init(
        storage: any Storage, exchangeID: UInt64?, firstSequence: UInt64 = 1
    ) throws(JournalError) {
        self.storage = storage
        self.exchangeID = exchangeID
        nextSequence = firstSequence
        names = try storage.list().filter { JournalFileName.firstSequence(of: $0) != nil }.sorted()
    }

    /// Calls `body` with sequence, timestamp in nanoseconds and payload of every command, in order.
    ///
    /// Commands of a record are handed out once that record and all before it are verified. What
    /// `body` throws comes out as `JournalError.replayRefused`. To be called once.
    public func forEachCommand(
        _ body: (UInt64, Int64, Span<UInt8>) throws -> Void
    ) throws(JournalError) {
        while let record = try nextRecord() {
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

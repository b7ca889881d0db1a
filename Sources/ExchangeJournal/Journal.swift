/// What a journal is opened with.
public struct JournalConfiguration: Sendable {
    /// The size of a segment unless told otherwise: 64 MiB.
    public static let defaultSegmentByteCount = 64 << 20

    /// Names the exchange for ever: drawn at random when it is created, then kept.
    public var exchangeID: UInt64
    /// Sequence number of the very first command.
    public var firstSequence: UInt64
    /// Size of new segments in bytes; older ones keep theirs.
    public var segmentByteCount: Int
    /// Whether a thread makes the next segment while the current one fills up.
    public var preparesSegmentsAhead: Bool

    /// A configuration with the usual sizes.
    public init(
        exchangeID: UInt64, firstSequence: UInt64 = 1,
        segmentByteCount: Int = defaultSegmentByteCount, preparesSegmentsAhead: Bool = true
    ) {
        self.exchangeID = exchangeID
        self.firstSequence = firstSequence
        self.segmentByteCount = segmentByteCount
        self.preparesSegmentsAhead = preparesSegmentsAhead
    }
}

/// What opening a journal found and did.
public struct JournalRecovery: Equatable, Sendable {
    /// Commands that were read back.
    public let commandCount: UInt64
    /// Remains of an unfinished batch that were cut off; worth a warning to the operator.
    public let tornTail: TornTail?
}

/// The durable log: batches in preallocated segment files, one write and one sync for each.
///
/// Owned by one thread; no locks and, between two segments, no allocations. `close` it in the end:
/// that is what makes even the last batch provably whole.
public final class Journal: CommandLog {
    public private(set) var nextSequence: UInt64
    /// What opening found.
    public let recovery: JournalRecovery

    private let configuration: JournalConfiguration
    private let maker: SegmentMaker
    private let lock: any StorageLock
    private let seed: UInt32
    private var segment: OpenSegment
    private var chain: UInt32
    private var preparation: SegmentPreparation?
    private var closingBatch = CommandBatch(capacity: 64)
    private var state = State.synced

    private enum State {
        /// All that was appended is durable.
        case synced
        /// A batch was written but not yet synced.
        case written
        case closed
        case failed(JournalError)
    }

    /// The segment being filled.
    private struct OpenSegment {
        var file: any StorageFile
        var header: SegmentHeader
        var position: Int
        /// Whether the last record holds commands that no later record vouches for yet.
        var needsClosingRecord: Bool
    }

    /// Every segment keeps room for a closing record behind its last batch.
    public var maximumBatchByteCount: Int {
        min(
            configuration.segmentByteCount - SegmentHeader.byteCount - RecordHeader.byteCount,
            RecordHeader.byteCount + RecordHeader.maximumPayloadByteCount)
    }

    /// Opens a journal, or creates one in an empty directory, and replays what it holds.
    ///
    /// Nothing is changed before all of it was read and verified. Then a torn tail is cut off,
    /// and the last record is written and synced once more: if the process before this one died
    /// of a failed sync, that record may stand in the page cache only.
    ///
    /// - Parameter replay: called with sequence, timestamp and payload of every command, in order.
    /// - Throws: `JournalError`; what `replay` throws comes out as `replayRefused`.
    public static func open(
        storage: any Storage, configuration: JournalConfiguration,
        replay: (UInt64, Int64, Span<UInt8>) throws -> Void = { _, _, _ in }
    ) throws(JournalError) -> Journal {
        let lock = try storage.lock()
        let reader = try JournalReader(
            storage: storage, exchangeID: configuration.exchangeID,
            firstSequence: configuration.firstSequence)
        try reader.forEachCommand(replay)
        return try resume(reader, storage: storage, configuration: configuration, lock: lock)
    }

    /// Goes on where a reader has come to the end, with a lock that the caller took before it read.
    public static func resume(
        _ reader: JournalReader, storage: any Storage, configuration: JournalConfiguration,
        lock: any StorageLock
    ) throws(JournalError) -> Journal {
        precondition(reader.isAtEnd, "the log was read up to \(reader.nextSequence) only")
        precondition(
            configuration.segmentByteCount
                >= SegmentHeader.byteCount + 2 * RecordHeader.byteCount
                + RecordHeader.commandPrefixByteCount,
            "a segment of \(configuration.segmentByteCount) bytes holds no command")
        let maker = SegmentMaker(
            storage: storage, segmentByteCount: configuration.segmentByteCount)
        return try Journal(configuration, maker, lock, reader)
    }

    private init(
        _ configuration: JournalConfiguration, _ maker: SegmentMaker, _ lock: any StorageLock,
        _ reader: JournalReader
    ) throws(JournalError) {
        self.configuration = configuration
        self.maker = maker
        self.lock = lock
        seed = RecordHeader.seed(exchangeID: configuration.exchangeID)
        nextSequence = reader.nextSequence
        recovery = JournalRecovery(
            commandCount: reader.commandCount,
            tornTail: reader.end?.tornTail)
        if let end = reader.end {
            let file = try maker.storage.open(end.file, writable: true)
            try TailRepair.makeDurable(end, in: file, storage: maker.storage)
            chain = end.chain
            segment = OpenSegment(
                file: file, header: end.header, position: end.offset,
                needsClosingRecord: end.lastRecordHasCommands)
        } else {
            try maker.prepare()
            let header = SegmentHeader(
                previousChecksum: 0, exchangeID: configuration.exchangeID,
                firstSequence: configuration.firstSequence,
                segmentByteCount: configuration.segmentByteCount)
            segment = try Self.makeSegment(header, maker)
            chain = header.encoded().checksum
        }
    }

    deinit {
        // The thread must not outlive the lock.
        _ = preparation?.finish()
    }

    public func append(_ batch: inout CommandBatch) throws(JournalError) {
        try checkUsable()
        guard case .synced = state else {
            preconditionFailure("append before the batch ending at \(nextSequence) was synced")
        }
        precondition(!batch.isEmpty, "append of an empty batch at \(nextSequence)")
        precondition(
            batch.firstSequence == nextSequence, "\(batch.firstSequence) after \(nextSequence)")
        precondition(batch.byteCount <= maximumBatchByteCount, "\(batch.byteCount) bytes")
        do throws(JournalError) {
            try makeRoom(for: batch.byteCount)
            try write(&batch)
        } catch {
            throw fail(error)
        }
        nextSequence = batch.nextSequence
        segment.needsClosingRecord = true
    }

    public func sync() throws(JournalError) {
        try checkUsable()
        guard case .written = state else { return }
        do throws(JournalError) {
            try segment.file.syncData()
        } catch {
            throw fail(error)
        }
        state = .synced
        prepareAheadIfDue()
    }

    /// Syncs what is left, adds a closing record, and lets go of the directory.
    ///
    /// The closing record is proof that the batch before it was durable, so that later damage to
    /// that batch is not taken for a torn write.
    public func close() throws(JournalError) {
        if case .closed = state { return }
        try sync()
        if segment.needsClosingRecord {
            closingBatch.begin(firstSequence: nextSequence)
            do throws(JournalError) {
                try write(&closingBatch)
            } catch {
                throw fail(error)
            }
            try sync()
        }
        state = .closed
        _ = preparation?.finish()
        lock.release()
    }

    private func checkUsable() throws(JournalError) {
        switch state {
        case .synced, .written: return
        case .closed: throw .closed
        case .failed(let cause): throw .poisoned(by: cause)
        }
    }

    /// Remembers the first failure, after which nothing works any more, and returns it.
    private func fail(_ error: JournalError) -> JournalError {
        state = .failed(error)
        return error
    }

    private func write(_ batch: inout CommandBatch) throws(JournalError) {
        let checksum = batch.seal(previousChecksum: chain, seed: seed)
        try batch.withRecordBytes { (bytes) throws(JournalError) in
            try segment.file.write(bytes, at: segment.position)
        }
        segment.position += batch.byteCount
        segment.needsClosingRecord = false
        chain = checksum
        state = .written
    }

    /// Goes on to the next segment if a record of `byteCount` and a closing one do not fit here.
    ///
    /// A segment that holds no command yet, too small since the configured size has grown, is
    /// replaced: the new one has the same name and takes its place in the chain.
    private func makeRoom(for byteCount: Int) throws(JournalError) {
        let needed = byteCount + RecordHeader.byteCount
        guard segment.position + needed > segment.header.segmentByteCount else { return }
        let isReady = preparation?.finish() ?? false
        preparation = nil
        if !isReady { try maker.prepare() }
        let isReplacement = segment.header.firstSequence == nextSequence
        let header = SegmentHeader(
            previousChecksum: isReplacement ? segment.header.previousChecksum : chain,
            exchangeID: configuration.exchangeID, firstSequence: nextSequence,
            segmentByteCount: configuration.segmentByteCount)
        segment = try Self.makeSegment(header, maker)
        chain = header.encoded().checksum
    }

    private static func makeSegment(
        _ header: SegmentHeader, _ maker: SegmentMaker
    ) throws(JournalError) -> OpenSegment {
        OpenSegment(
            file: try maker.promote(header), header: header, position: SegmentHeader.byteCount,
            needsClosingRecord: false)
    }

    private func prepareAheadIfDue() {
        guard configuration.preparesSegmentsAhead, preparation == nil,
            segment.position > segment.header.segmentByteCount / 2
        else { return }
        preparation = SegmentPreparation.start(maker)
    }
}

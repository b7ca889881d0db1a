import ExchangeJournal

/// A small repeatable source of numbers (SplitMix64), so that a failing run can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next(below limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// One command as a test remembers it.
struct Entry: Equatable {
    var sequence: UInt64
    var timestamp: Int64
    var payload: [UInt8]

    /// A command whose content follows from its sequence.
    init(_ sequence: UInt64, byteCount: Int = 20) {
        self.init(
            sequence, payload: (0..<byteCount).map { UInt8(truncatingIfNeeded: Int(sequence) + $0) }
        )
    }

    init(_ sequence: UInt64, payload: [UInt8]) {
        self.sequence = sequence
        timestamp = 1_700_000_000_000_000_000 + Int64(sequence)
        self.payload = payload
    }
}

let exchangeID: UInt64 = 0x5EED_0000_0000_0007

func configuration(
    segmentByteCount: Int = 1024, exchangeID: UInt64 = exchangeID, ahead: Bool = false
) -> JournalConfiguration {
    JournalConfiguration(
        exchangeID: exchangeID, segmentByteCount: segmentByteCount, preparesSegmentsAhead: ahead)
}

/// Opens a journal and collects what it replays.
func openJournal(
    _ storage: any Storage, _ configuration: JournalConfiguration = configuration()
) throws(JournalError) -> (journal: Journal, entries: [Entry]) {
    var entries: [Entry] = []
    let journal = try Journal.open(storage: storage, configuration: configuration) {
        entries.append(entry($0, $1, $2))
    }
    return (journal, entries)
}

func entry(_ sequence: UInt64, _ timestamp: Int64, _ payload: Span<UInt8>) -> Entry {
    var entry = Entry(sequence, payload: payload.withUnsafeBytes { Array($0) })
    entry.timestamp = timestamp
    return entry
}

/// Appends one batch without syncing it.
func append(_ entries: [Entry], to log: any CommandLog) throws(JournalError) {
    var batch = CommandBatch(capacity: 64 << 10)
    batch.begin(firstSequence: log.nextSequence)
    for entry in entries {
        precondition(batch.append(timestamp: entry.timestamp, payload: entry.payload.span))
    }
    try log.append(&batch)
}

/// Appends and syncs `count` batches of `size` commands; returns them.
func fill(
    _ log: any CommandLog, batches count: Int, of size: Int = 2
) throws(JournalError) -> [Entry] {
    var all: [Entry] = []
    for _ in 0..<count {
        let first = log.nextSequence
        let entries = (0..<UInt64(size)).map { Entry(first + $0) }
        try append(entries, to: log)
        try log.sync()
        all += entries
    }
    return all
}

/// The error that `body` throws; nil if it throws none.
func journalError(_ body: () throws(JournalError) -> Void) -> JournalError? {
    do throws(JournalError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// Where each record of a segment begins, closing records included, found by their length fields.
func recordOffsets(in segment: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    var offset = 64
    while offset + 28 <= segment.count, Array(segment[offset..<offset + 4]) == Array("QXJR".utf8) {
        offsets.append(offset)
        let length = (0..<4).reduce(0) { $0 + Int(segment[offset + 4 + $1]) << (8 * $1) }
        offset += 28 + length
    }
    return offsets
}

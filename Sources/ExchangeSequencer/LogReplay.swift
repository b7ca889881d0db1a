import ExchangeJournal
import MarketDataViews

/// A log read from its newest good snapshot on.
struct LogReplay {
    let copy: ReplayedExchange
    /// Stands behind the last command that was applied.
    let reader: JournalReader
    /// The snapshot at the beginning; nil for the beginning of the log.
    let snapshot: UInt64?
    /// Newer snapshots that could not be used, and why.
    let faults: [SnapshotFault]

    /// Reads a log to its end, or through command `last`, which must end a record. Writes nothing.
    ///
    /// `body` is called before each command and may throw to end the reading.
    static func run(
        storage: any Storage, configuration: JournalConfiguration, dailyReset: DailyReset,
        through last: UInt64 = .max,
        before body: () throws -> Void = {}
    ) throws(JournalError) -> LogReplay {
        let store = SnapshotStore(storage: storage, exchangeID: configuration.exchangeID)
        var faults: [SnapshotFault] = []
        let sequences = try store.sequences()
        for sequence in sequences where sequence <= last {
            let file = store.name(of: sequence)
            let copy: ReplayedExchange
            let position: JournalPosition
            do throws(SnapshotFault) {
                let snapshot = try store.open(sequence)
                position = snapshot.stamp.position
                copy = try ReplayedExchange(snapshot, dailyReset)
            } catch {
                faults.append(error)
                continue
            }
            do throws(JournalError) {
                let reader = try JournalReader(
                    storage: storage, exchangeID: configuration.exchangeID, after: position)
                try read(reader, through: last, into: copy, before: body)
                return LogReplay(copy: copy, reader: reader, snapshot: sequence, faults: faults)
            } catch .positionNotFound(_, let fault) {
                faults.append(try foreign(file, sequence, fault))
            }
        }
        try checkBeginning(storage, configuration, sequences, store, faults)
        let reader = try JournalReader(
            storage: storage, exchangeID: configuration.exchangeID,
            firstSequence: configuration.firstSequence)
        let copy = ReplayedExchange(dailyReset)
        try read(reader, through: last, into: copy, before: body)
        return LogReplay(copy: copy, reader: reader, snapshot: nil, faults: faults)
    }

    private static func read(
        _ reader: JournalReader, through last: UInt64, into copy: ReplayedExchange,
        before body: () throws -> Void
    ) throws(JournalError) {
        try reader.forEachCommand(through: last) { sequence, timestamp, payload in
            try body()
            try copy.apply(sequence, timestamp, payload)
        }
    }

    /// A snapshot of another log is passed over. But one that the log ends before is proof that the log
    /// has lost commands of which somebody was told.
    private static func foreign(
        _ file: String, _ sequence: UInt64, _ fault: JournalPositionFault
    ) throws(JournalError) -> SnapshotFault {
        switch fault {
        case .endsBefore(let lastSequence):
            throw .endMissing(snapshot: file, sequence: sequence, lastSequence: lastSequence)
        case .beginsLater(nil):
            throw .endMissing(snapshot: file, sequence: sequence, lastSequence: 0)
        case .beginsLater, .differs: return .foreignLog(file: file, fault)
        }
    }

    /// Without a snapshot, the log must be there from its first command on.
    private static func checkBeginning(
        _ storage: any Storage, _ configuration: JournalConfiguration, _ sequences: [UInt64],
        _ store: SnapshotStore, _ faults: [SnapshotFault]
    ) throws(JournalError) {
        let first = try JournalReader.firstSequence(in: storage)
        if let first, first > configuration.firstSequence {
            throw .snapshotNeeded(firstSequence: first, faults: faults)
        }
        if first == nil, let newest = sequences.first {
            throw .endMissing(
                snapshot: store.name(of: newest), sequence: newest, lastSequence: 0)
        }
    }
}

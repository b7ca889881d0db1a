import ExchangeJournal
import Testing

/// Reading a log from the middle: only from a place that is proved to be the one meant.
struct PositionTests {
    /// A log of several segments and lives, and the place after each of its records.
    private func makeLog() throws -> (InMemoryStorage, [Entry], [JournalPosition]) {
        let storage = InMemoryStorage()
        var entries: [Entry] = []
        for _ in 0..<3 {
            let (journal, _) = try openJournal(storage)
            entries += try fill(journal, batches: 20, of: 2)
            try journal.close()
        }
        var positions: [JournalPosition] = []
        let reader = try JournalReader(storage: storage, exchangeID: exchangeID)
        for last in stride(from: UInt64(2), through: 120, by: 2) {
            try reader.forEachCommand(through: last) { _, _, _ in }
            positions.append(try #require(reader.position))
        }
        #expect(storage.segmentNames.count > 4)
        return (storage, entries, positions)
    }

    private func read(
        _ storage: InMemoryStorage, after position: JournalPosition
    ) throws(JournalError) -> [Entry] {
        let reader = try JournalReader(
            storage: storage, exchangeID: exchangeID, after: position)
        var entries: [Entry] = []
        try reader.forEachCommand { entries.append(entry($0, $1, $2)) }
        return entries
    }

    @Test("From the end of any record on, exactly what follows is read")
    func everyRecord() throws {
        let (storage, entries, positions) = try makeLog()
        for position in positions {
            let rest = entries.filter { $0.sequence > position.sequence }
            #expect(try read(storage, after: position) == rest)
        }
    }

    @Test("A place of another log, or within a record, is not found, and nothing is handed out")
    func foreign() throws {
        let (storage, _, positions) = try makeLog()
        for position in positions {
            let wrong = JournalPosition(
                sequence: position.sequence, checksum: position.checksum ^ 1)
            let within = JournalPosition(
                sequence: position.sequence - 1, checksum: position.checksum)
            for place in [wrong, within] {
                let error = journalError { () throws(JournalError) in
                    #expect(try read(storage, after: place) == [])
                }
                guard case .positionNotFound(place.sequence, .differs) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test("A log that ends or begins elsewhere says so")
    func outside() throws {
        let (storage, _, positions) = try makeLog()
        let beyond = JournalPosition(sequence: 121, checksum: 1)
        #expect(
            journalError { () throws(JournalError) in _ = try read(storage, after: beyond) }
                == .positionNotFound(sequence: 121, .endsBefore(lastSequence: 120)))
        let empty = InMemoryStorage()
        #expect(
            journalError { () throws(JournalError) in _ = try read(empty, after: beyond) }
                == .positionNotFound(sequence: 121, .beginsLater(firstSequence: nil)))
        let store = SnapshotStore(storage: storage, exchangeID: exchangeID)
        _ = try store.removeSegments(before: 100)
        let first = try #require(try JournalReader.firstSequence(in: storage))
        #expect(
            journalError { () throws(JournalError) in _ = try read(storage, after: positions[0]) }
                == .positionNotFound(sequence: 2, .beginsLater(firstSequence: first)))
    }

    @Test(
        "Of the log, what a start from a snapshot reads is kept, and no more, and it goes on from there"
    )
    func retention() throws {
        let (whole, entries, positions) = try makeLog()
        for position in positions {
            let storage = whole.copy()
            let store = SnapshotStore(storage: storage, exchangeID: exchangeID)
            let names = storage.segmentNames
            let removed = try store.removeSegments(before: position.sequence)
            #expect(storage.segmentNames == Array(names.dropFirst(removed.count)))
            #expect(removed == Array(names.prefix(removed.count)))
            let first = try #require(try JournalReader.firstSequence(in: storage))
            #expect(first <= position.sequence)
            if storage.segmentNames.count > 1 {
                let second = storage.copy()
                second.replace(storage.segmentNames[0], with: nil)
                #expect(
                    try #require(try JournalReader.firstSequence(in: second)) > position.sequence)
            }
            let rest = entries.filter { $0.sequence > position.sequence }
            #expect(try read(storage, after: position) == rest)
            let reader = try JournalReader(
                storage: storage, exchangeID: exchangeID, after: position)
            try reader.forEachCommand { _, _, _ in }
            let journal = try Journal.resume(
                reader, storage: storage, configuration: configuration(), lock: storage.lock())
            #expect(journal.recovery.commandCount == UInt64(rest.count))
            let more = try fill(journal, batches: 3)
            try journal.close()
            #expect(try read(storage, after: position) == rest + more)
        }
    }

    @Test("Damage before the place is not looked at; damage behind it is found as ever")
    func damage() throws {
        let (storage, _, positions) = try makeLog()
        let names = storage.segmentNames
        var bytes = storage.contents(names[0])
        bytes[100] ^= 1
        storage.replace(names[0], with: bytes)
        let late = try #require(positions.last { $0.sequence < 100 })
        #expect(try read(storage, after: late).last?.sequence == 120)
        bytes = storage.contents(names[names.count - 1])
        bytes[100] ^= 1
        storage.replace(names[names.count - 1], with: bytes)
        let error = journalError { () throws(JournalError) in
            _ = try read(storage, after: late)
        }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

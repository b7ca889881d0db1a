import ExchangeJournal
import Testing

struct JournalTests {
    @Test("An empty directory becomes an empty journal that begins with the first sequence")
    func emptyDirectory() throws {
        let storage = InMemoryStorage()
        let (journal, entries) = try openJournal(storage)
        #expect(entries.isEmpty)
        #expect(journal.nextSequence == 1)
        #expect(journal.recovery.commandCount == 0 && journal.recovery.tornTail == nil)
        #expect(storage.segmentNames == ["journal-00000000000000000001.log"])
    }

    @Test("What was written over several segments is read back in order")
    func roundTripOverSegments() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let written = try fill(journal, batches: 40, of: 3)
        try journal.close()
        #expect(storage.segmentNames.count > 4)
        #expect(storage.segmentNames.allSatisfy { storage.contents($0).count == 1024 })
        let (reopened, entries) = try openJournal(storage)
        #expect(entries == written)
        #expect(reopened.nextSequence == 121)
        #expect(reopened.recovery.commandCount == 120 && reopened.recovery.tornTail == nil)
    }

    @Test("A journal goes on where it ended, closed or not, however often it is opened")
    func reopening() throws {
        let storage = InMemoryStorage()
        var written: [Entry] = []
        for round in 0..<30 {
            let (journal, entries) = try openJournal(storage)
            #expect(entries == written)
            if round % 3 != 0 { written += try fill(journal, batches: round % 4) }
            if round % 2 == 0 { try journal.close() }
        }
        #expect(storage.segmentNames.count > 2)
    }

    @Test("Opening and closing without commands adds nothing, so that no segment fills up by it")
    func idleRestarts() throws {
        let storage = InMemoryStorage()
        let (first, _) = try openJournal(storage)
        _ = try fill(first, batches: 1)
        try first.close()
        let before = storage.contents(storage.segmentNames[0])
        for _ in 0..<50 {
            let (journal, _) = try openJournal(storage)
            try journal.close()
        }
        #expect(storage.segmentNames.count == 1)
        #expect(storage.contents(storage.segmentNames[0]) == before)
    }

    @Test("A batch of the largest size fits into a fresh segment, with its closing record")
    func largestBatch() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let largest = journal.maximumBatchByteCount - 28 - 12
        let entries = [Entry(1, byteCount: largest), Entry(2, byteCount: largest)]
        for entry in entries {
            try append([entry], to: journal)
            try journal.sync()
        }
        try journal.close()
        #expect(storage.segmentNames.count == 2)
        #expect(try openJournal(storage).entries == entries)
    }

    @Test("Segments of another size may follow each other")
    func changedSegmentSize() throws {
        let storage = InMemoryStorage()
        var written: [Entry] = []
        for size in [400, 1000, 300, 2000] {
            let (journal, entries) = try openJournal(storage, configuration(segmentByteCount: size))
            #expect(entries == written)
            written += try fill(journal, batches: 10)
            try journal.close()
        }
        #expect(try openJournal(storage).entries == written)
    }

    @Test("An empty segment that is too small for the next batch is replaced, the chain whole")
    func replacedEmptySegment() throws {
        let storage = InMemoryStorage()
        let (small, _) = try openJournal(storage, configuration(segmentByteCount: 200))
        let written = try fill(small, batches: 1)
        try append([Entry(3, byteCount: 60)], to: small)
        storage.crash(.nothing)
        #expect(storage.segmentNames.count == 2)
        let large = configuration(segmentByteCount: 1000)
        let (journal, entries) = try openJournal(storage, large)
        #expect(entries == written)
        let more = [Entry(3, byteCount: 500)]
        try append(more, to: journal)
        try journal.sync()
        storage.crash(.nothing)
        #expect(storage.segmentNames.count == 2)
        #expect(try openJournal(storage, large).entries == written + more)
    }

    @Test("Empty commands and empty tails are commands like others")
    func emptyPayloads() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let entries = (1...9).map { Entry($0, payload: []) }
        try append(entries, to: journal)
        try journal.sync()
        #expect(try readAll(storage) == entries)
    }

    @Test("The reader takes any exchange if told so, and changes nothing")
    func readerWithoutExchangeID() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let written = try fill(journal, batches: 30)
        let before = storage.snapshot()
        let reader = try JournalReader(storage: storage, exchangeID: nil)
        var entries: [Entry] = []
        try reader.forEachCommand { entries.append(entry($0, $1, $2)) }
        #expect(entries == written)
        #expect(reader.end?.file == storage.segmentNames.last)
        #expect(reader.end?.tornTail == nil)
        #expect(storage.snapshot() == before)
    }

    @Test("A command that replay refuses stops the opening and is named")
    func refusedReplay() throws {
        struct Refusal: Error {}
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        _ = try fill(journal, batches: 3)
        try journal.close()
        let before = storage.snapshot()
        let error = journalError { () throws(JournalError) in
            _ = try Journal.open(storage: storage, configuration: configuration()) {
                sequence, _, _ in
                if sequence == 4 { throw Refusal() }
            }
        }
        let second = recordOffsets(in: storage.contents(storage.segmentNames[0]))[1]
        #expect(
            error
                == .replayRefused(
                    sequence: 4, file: storage.segmentNames[0], offset: second, reason: "Refusal()")
        )
        #expect(storage.snapshot() == before)
    }

    private func readAll(_ storage: InMemoryStorage) throws -> [Entry] {
        var entries: [Entry] = []
        try JournalReader(storage: storage, exchangeID: exchangeID).forEachCommand {
            entries.append(entry($0, $1, $2))
        }
        return entries
    }
}

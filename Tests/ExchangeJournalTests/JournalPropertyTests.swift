import ExchangeJournal
import Testing

struct JournalPropertyTests {
    /// The promise in one sentence: after any mix of batches, stops and restarts, the journal
    /// holds every synced command in order, and of the last unsynced batch all or nothing.
    @Test("Random batches, segment sizes and power cuts never lose or reorder a synced command")
    func randomRuns() throws {
        for seed in UInt64(0)..<150 {
            try run(seed: seed)
        }
    }

    private func run(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let storage = InMemoryStorage()
        var durable: [Entry] = []
        for _ in 0..<6 {
            let size = 300 + random.next(below: 2000)
            let (journal, entries) = try openJournal(storage, configuration(segmentByteCount: size))
            try #require(entries == durable, "seed \(seed)")
            for _ in 0..<random.next(below: 12) {
                let batch = randomBatch(&random, for: journal)
                try append(batch, to: journal)
                try journal.sync()
                durable += batch
            }
            if random.next(below: 3) == 0 {
                try journal.close()
                continue
            }
            let last = randomBatch(&random, for: journal)
            try append(last, to: journal)
            storage.crash(.blocks(seed: random.next()))
            let survivors = try openJournal(storage).entries
            try #require(survivors == durable || survivors == durable + last, "seed \(seed)")
            durable = survivors
        }
    }

    private func randomBatch(_ random: inout SeededGenerator, for journal: Journal) -> [Entry] {
        var batch: [Entry] = []
        var room = journal.maximumBatchByteCount - 28
        for _ in 0...random.next(below: 8) {
            let byteCount = random.next(below: 90)
            guard room >= 12 + byteCount else { break }
            room -= 12 + byteCount
            let sequence = journal.nextSequence + UInt64(batch.count)
            batch.append(Entry(sequence, payload: random.bytes(byteCount)))
        }
        return batch
    }

    @Test("Whatever bytes stand in a segment, reading them ends in entries or in an error")
    func randomDamage() throws {
        let whole = InMemoryStorage()
        let (journal, _) = try openJournal(whole)
        let written = try fill(journal, batches: 20)
        var random = SeededGenerator(seed: 42)
        for round in 0..<300 {
            let storage = whole.copy()
            let names = storage.segmentNames
            let name = names[random.next(below: names.count)]
            var bytes = storage.contents(name)
            for _ in 0...random.next(below: 3) {
                let start = random.next(below: bytes.count)
                let count = min(bytes.count - start, 1 + random.next(below: 100))
                bytes.replaceSubrange(start..<start + count, with: random.bytes(count))
            }
            storage.replace(name, with: bytes)
            var entries: [Entry] = []
            let error = journalError { () throws(JournalError) in
                entries = try openJournal(storage).entries
            }
            if case .damaged(let file, _, _) = error {
                #expect(file == name, "round \(round)")
            } else {
                #expect(error == nil && written.starts(with: entries), "round \(round)")
                #expect(name == names.last, "round \(round)")
            }
        }
    }
}

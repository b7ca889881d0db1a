import ExchangeJournal
import Testing

struct CommandBatchTests {
    @Test("A batch takes what fits to the byte and refuses one byte more, unchanged")
    func capacityIsExact() {
        var batch = CommandBatch(capacity: 28 + 2 * (12 + 10))
        batch.begin(firstSequence: 5)
        let answers = [10, 11, 10, 0].map { byteCount in
            add([UInt8](repeating: 7, count: byteCount), to: &batch)
        }
        #expect(answers == [true, false, true, false])
        #expect(content(of: batch).map(\.payload.count) == [10, 10])
        let (byteCount, capacity) = (batch.byteCount, batch.capacity)
        #expect(byteCount == capacity)
    }

    @Test("A batch gives back what was put in and forgets it at the next begin")
    func reuse() {
        var batch = CommandBatch(capacity: 1000)
        for first: UInt64 in [1, 50] {
            batch.begin(firstSequence: first)
            let entries = (0..<5).map { Entry(first + $0, byteCount: Int($0)) }
            for entry in entries {
                precondition(batch.append(timestamp: entry.timestamp, payload: entry.payload.span))
            }
            #expect(content(of: batch) == entries)
        }
    }

    private func add(_ payload: [UInt8], to batch: inout CommandBatch) -> Bool {
        batch.append(timestamp: 1, payload: payload.span)
    }

    private func content(of batch: borrowing CommandBatch) -> [Entry] {
        var entries: [Entry] = []
        batch.forEachCommand { entries.append(entry($0, $1, $2)) }
        return entries
    }

    @Test("The log without a disk keeps order and counts")
    func memoryLog() throws {
        let log = MemoryLog(firstSequence: 10)
        _ = try fill(log, batches: 3, of: 4)
        #expect(log.nextSequence == 22)
        #expect(log.batchCount == 3)
        #expect(log.byteCount == 3 * (28 + 4 * (12 + 20)))
    }
}

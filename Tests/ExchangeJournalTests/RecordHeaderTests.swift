import Testing

@testable import ExchangeJournal

struct RecordHeaderTests {
    private func header(payloadByteCount: UInt32, commandCount: UInt32 = 0) -> RecordHeader? {
        var bytes = [UInt8](repeating: 0, count: RecordHeader.byteCount)
        return bytes.withUnsafeMutableBytes { buffer in
            buffer.store(RecordHeader.magic, at: 0)
            buffer.store(payloadByteCount, at: 4)
            buffer.store(commandCount, at: 16)
            return RecordHeader(at: UnsafeRawBufferPointer(buffer))
        }
    }

    @Test("Lengths and counts are taken at the format's limits and not one beyond")
    func limits() {
        #expect(header(payloadByteCount: 16 << 20)?.payloadByteCount == 16 << 20)
        #expect(header(payloadByteCount: (16 << 20) + 1) == nil)
        #expect(header(payloadByteCount: .max) == nil)
        #expect(header(payloadByteCount: 36, commandCount: 3)?.commandCount == 3)
        #expect(header(payloadByteCount: 36, commandCount: 4) == nil)
    }

    @Test(
        "An intact record whose commands do not add up is refused as written by a faulty program",
        arguments: [
            (lengths: [4, 5], count: 1), (lengths: [4], count: 1), (lengths: [8], count: 1),
            (lengths: [UInt32.max], count: 1), (lengths: [5, 5], count: 1),
            (lengths: [5, 6], count: 2),
        ])
    func payloadThatDoesNotAddUp(lengths: [UInt32], count: Int) throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        try journal.close()
        let name = storage.segmentNames[0]
        var bytes = storage.contents(name)
        // Each command has five bytes, whatever its length field says.
        var payload: [UInt8] = []
        for length in lengths {
            var prefix = [UInt8](repeating: 0, count: RecordHeader.commandPrefixByteCount)
            prefix.withUnsafeMutableBytes { $0.store(length, at: 0) }
            payload += prefix + [1, 2, 3, 4, 5]
        }
        let previous = bytes.withUnsafeBytes { $0.load(UInt32.self, at: 60) }
        var header = RecordHeader(
            payloadByteCount: payload.count, firstSequence: 1, commandCount: count,
            previousChecksum: previous)
        var record = [UInt8](repeating: 0, count: RecordHeader.byteCount) + payload
        record.withUnsafeMutableBytes {
            header.store(into: $0, seed: RecordHeader.seed(exchangeID: exchangeID))
        }
        bytes.replaceSubrange(64..<64 + record.count, with: record)
        storage.replace(name, with: bytes)
        let error = journalError { () throws(JournalError) in _ = try openJournal(storage) }
        #expect(error == .damaged(file: name, offset: 64, .payload))
    }
}

import ExchangeJournal
import Testing

/// A batch that was being written when everything stopped must never keep the exchange from
/// starting, and never take an earlier command with it.
struct TornTailTests {
    /// How the remains of the last record look from a given byte on.
    enum Tear: String, CaseIterable {
        case truncated, zeroed, garbage
    }

    @Test(
        "A last record torn at any byte is cut off and reported; all before it stays",
        arguments: Tear.allCases, [false, true])
    func tornAtEveryByte(tear: Tear, inSecondSegment: Bool) throws {
        let whole = InMemoryStorage()
        let (journal, _) = try openJournal(whole)
        let kept = try fill(journal, batches: inSecondSegment ? 13 : 3)
        _ = try fill(journal, batches: 1)
        let name = try #require(whole.segmentNames.last)
        #expect(whole.segmentNames.count == (inSecondSegment ? 2 : 1))
        let bytes = whole.contents(name)
        let start = try #require(recordOffsets(in: bytes).last)
        let end = start + 28 + 2 * (12 + 20)
        for cut in start..<end {
            let storage = whole.copy()
            storage.replace(name, with: torn(bytes, at: cut, end: end, tear))
            try expectRecovery(of: storage, name: name, offset: start, kept: kept, cut: cut)
        }
    }

    private func torn(_ bytes: [UInt8], at cut: Int, end: Int, _ tear: Tear) -> [UInt8] {
        switch tear {
        case .truncated: Array(bytes[..<cut])
        case .zeroed: bytes[..<cut] + [UInt8](repeating: 0, count: bytes.count - cut)
        case .garbage:
            bytes[..<cut] + (cut..<end).map { bytes[$0] ^ 0xA5 } + bytes[end...]
        }
    }

    private func expectRecovery(
        of storage: InMemoryStorage, name: String, offset: Int, kept: [Entry], cut: Int
    ) throws {
        let before = storage.contents(name)
        let (journal, entries) = try openJournal(storage)
        #expect(entries == kept, "cut at \(cut)")
        let remains = before[offset...].lastIndex { $0 != 0 }.map { $0 + 1 - offset } ?? 0
        let missing = 1024 - before.count
        if remains == 0 && missing == 0 {
            #expect(journal.recovery.tornTail == nil)
        } else {
            let tornTail = try #require(journal.recovery.tornTail)
            #expect(tornTail.file == name && tornTail.offset == offset)
            #expect(tornTail.cutByteCount == remains && tornTail.missingByteCount == missing)
        }
        #expect(storage.contents(name).count == 1024)
        #expect(storage.contents(name)[offset...].allSatisfy { $0 == 0 })
        // Whatever comes next stands behind the cut, is durable, and nothing is reported again.
        let more = try fill(journal, batches: 2)
        storage.crash(.nothing)
        let (again, all) = try openJournal(storage)
        #expect(all == kept + more)
        #expect(again.recovery.tornTail == nil)
    }

    @Test("A length field without sense is a torn tail like any other and allocates nothing")
    func absurdLengths() throws {
        for length: UInt32 in [.max, 0x7FFF_FFFF, 16 << 20, (16 << 20) + 1, 961, 960] {
            let storage = InMemoryStorage()
            let (journal, _) = try openJournal(storage)
            let kept = try fill(journal, batches: 1)
            var bytes = storage.contents(storage.segmentNames[0])
            let end = 64 + 28 + 64
            bytes.replaceSubrange(end..<end + 4, with: Array("QXJR".utf8))
            bytes.replaceSubrange(
                end + 4..<end + 8,
                with: (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
            storage.crash(.nothing)
            storage.replace(storage.segmentNames[0], with: bytes)
            let (reopened, entries) = try openJournal(storage)
            #expect(entries == kept)
            #expect(reopened.recovery.tornTail?.offset == end)
        }
    }

    @Test("A record that a client smuggled into a command does not make a torn tail look damaged")
    func smuggledRecord() throws {
        let other = InMemoryStorage()
        let (foreign, _) = try openJournal(other, configuration(exchangeID: 1))
        _ = try fill(foreign, batches: 3)
        let smuggled = Array(other.contents(other.segmentNames[0])[64..<400])

        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let name = storage.segmentNames[0]
        try append([Entry(1, payload: smuggled)], to: journal)
        try journal.sync()
        var bytes = storage.contents(name)
        bytes[64] ^= 1
        storage.crash(.nothing)
        storage.replace(name, with: bytes)
        let (reopened, entries) = try openJournal(storage)
        #expect(entries.isEmpty)
        #expect(reopened.recovery.tornTail?.offset == 64)
    }

    @Test("The reader reports a torn tail and leaves it alone")
    func readerLeavesTail() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        _ = try fill(journal, batches: 2)
        let name = storage.segmentNames[0]
        var bytes = storage.contents(name)
        let last = try #require(recordOffsets(in: bytes).last)
        bytes[last + 30] ^= 0x10
        storage.replace(name, with: bytes)
        let reader = try JournalReader(storage: storage, exchangeID: exchangeID)
        var count = 0
        try reader.forEachCommand { _, _, _ in count += 1 }
        #expect(count == 2)
        #expect(reader.end?.tornTail?.offset == last)
        #expect(reader.nextSequence == 3)
        #expect(storage.contents(name) == bytes)
    }
}

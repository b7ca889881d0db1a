import ExchangeJournal
import Testing

/// Whatever had been durable and is not what it was stops the start, names the place, and is left
/// for the operator to look at.
struct DamageTests {
    /// Two full segments and a third one that ends with a batch nobody vouches for.
    private func makeJournal(closed: Bool) throws -> (InMemoryStorage, [Entry]) {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage, configuration(segmentByteCount: 400))
        let written = try fill(journal, batches: 8)
        if closed { try journal.close() }
        let opened = storage.copy()
        #expect(opened.segmentNames.count == 3)
        return (opened, written)
    }

    private func expectRefusal(_ storage: InMemoryStorage, _ expected: JournalError) {
        let before = storage.snapshot()
        let error = journalError { () throws(JournalError) in _ = try openJournal(storage) }
        #expect(error == expected)
        #expect(storage.snapshot() == before)
    }

    @Test("A flipped bit in any record but the last is refused with file and offset")
    func flippedBitInEarlierRecords() throws {
        let (whole, _) = try makeJournal(closed: false)
        let names = whole.segmentNames
        for (index, name) in names.enumerated() {
            let bytes = whole.contents(name)
            var offsets = recordOffsets(in: bytes)
            if index == names.count - 1 { offsets.removeLast() }
            for offset in offsets {
                for position in offset..<offset + 28 + 2 * (12 + 20) {
                    var flipped = bytes
                    flipped[position] ^= 1 << UInt8(position % 8)
                    let storage = whole.copy()
                    storage.replace(name, with: flipped)
                    let error = journalError { () throws(JournalError) in
                        _ = try openJournal(storage)
                    }
                    guard case .damaged(name, offset, .record) = error else {
                        Issue.record("byte \(position) of \(name): \(String(describing: error))")
                        return
                    }
                    #expect(storage.snapshot()[name] == flipped)
                }
            }
        }
    }

    @Test("After an orderly close even the last batch is protected from being taken for torn")
    func flippedBitInClosedJournal() throws {
        let (whole, written) = try makeJournal(closed: true)
        let name = try #require(whole.segmentNames.last)
        let offsets = recordOffsets(in: whole.contents(name))
        let (batch, closing) = (offsets[offsets.count - 2], offsets[offsets.count - 1])
        for position in batch..<closing + 28 {
            var bytes = whole.contents(name)
            bytes[position] ^= 0x40
            let storage = whole.copy()
            storage.replace(name, with: bytes)
            if position < closing {
                expectRefusal(
                    storage,
                    .damaged(file: name, offset: batch, .record(laterRecordIn: name, at: closing)))
            } else {
                let (journal, entries) = try openJournal(storage)
                #expect(entries == written)
                #expect(journal.recovery.tornTail?.offset == closing)
            }
        }
    }

    @Test("Bytes behind the last record of a full segment are damage too")
    func bytesBehindLastRecord() throws {
        let (storage, _) = try makeJournal(closed: false)
        let names = storage.segmentNames
        var bytes = storage.contents(names[0])
        bytes[399] = 1
        storage.replace(names[0], with: bytes)
        expectRefusal(
            storage,
            .damaged(file: names[0], offset: 340, .record(laterRecordIn: names[1], at: 0)))
    }

    @Test("A flipped bit anywhere in a segment header is refused")
    func flippedBitInHeader() throws {
        let (whole, _) = try makeJournal(closed: false)
        for name in whole.segmentNames {
            for position in 0..<64 {
                var bytes = whole.contents(name)
                bytes[position] ^= 2
                let storage = whole.copy()
                storage.replace(name, with: bytes)
                expectRefusal(storage, .damaged(file: name, offset: 0, .segmentHeader))
            }
        }
    }

    @Test("A missing segment, first or middle, is refused with the sequences around the hole")
    func missingSegment() throws {
        for missing in 0...1 {
            let (storage, _) = try makeJournal(closed: false)
            let names = storage.segmentNames
            storage.replace(names[missing], with: nil)
            expectRefusal(
                storage,
                .damaged(
                    file: names[missing + 1], offset: 24,
                    .missingCommands(
                        expected: UInt64(missing) * 6 + 1, found: UInt64(missing) * 6 + 7)))
        }
    }

    @Test("A wiped or shortened end of a full segment is refused as missing commands")
    func wipedEnd() throws {
        for isShortened in [false, true] {
            let (storage, _) = try makeJournal(closed: false)
            let names = storage.segmentNames
            let bytes = storage.contents(names[0])
            let last = try #require(recordOffsets(in: bytes).last)
            let zeros = [UInt8](repeating: 0, count: isShortened ? 0 : bytes.count - last)
            storage.replace(names[0], with: bytes[..<last] + zeros)
            expectRefusal(
                storage,
                .damaged(file: names[1], offset: 24, .missingCommands(expected: 5, found: 7)))
        }
    }

    @Test("A segment or record from another history of the same exchange is refused by its link")
    func foreignHistory() throws {
        let (storage, _) = try makeJournal(closed: false)
        let other = InMemoryStorage()
        let (journal, _) = try openJournal(other, configuration(segmentByteCount: 400))
        for batch in 0..<8 {
            let first = UInt64(batch) * 2 + 1
            try append([Entry(first, byteCount: 21), Entry(first + 1, byteCount: 19)], to: journal)
            try journal.sync()
        }
        let names = storage.segmentNames
        #expect(other.segmentNames == names)
        let mixed = storage.copy()
        mixed.replace(names[1], with: other.contents(names[1]))
        guard
            case .damaged(names[1], 12, .chain) = journalError({ () throws(JournalError) in
                _ = try openJournal(mixed)
            })
        else {
            Issue.record("another segment was taken")
            return
        }
        let record = 64 + 92..<64 + 2 * 92
        let spliced =
            storage.contents(names[0])[..<record.lowerBound]
            + other.contents(names[0])[record] + storage.contents(names[0])[record.upperBound...]
        storage.replace(names[0], with: Array(spliced))
        guard
            case .damaged(names[0], record.lowerBound, .chain) = journalError({
                () throws(JournalError) in _ = try openJournal(storage)
            })
        else {
            Issue.record("another record was taken")
            return
        }
    }

    @Test("A renamed segment is refused")
    func renamedSegment() throws {
        let (storage, _) = try makeJournal(closed: false)
        let names = storage.segmentNames
        let bytes = storage.contents(names[1])
        storage.replace(names[1], with: nil)
        let renamed = "journal-00000000000000000008.log"
        storage.replace(renamed, with: bytes)
        expectRefusal(
            storage, .damaged(file: renamed, offset: 24, .segmentName(headerSequence: 7)))
    }

    @Test("The journal of another exchange is refused")
    func foreignExchange() throws {
        let (storage, _) = try makeJournal(closed: true)
        let name = storage.segmentNames[0]
        let error = journalError { () throws(JournalError) in
            _ = try openJournal(storage, configuration(exchangeID: 99))
        }
        #expect(error == .foreignExchange(file: name, expected: 99, found: exchangeID))
    }

    @Test("A journal of a later format is refused as such and not as damaged")
    func newerFormat() throws {
        let (storage, _) = try makeJournal(closed: true)
        let name = storage.segmentNames[0]
        var bytes = storage.contents(name)
        bytes[8] = 2
        let checksum = bytes.withUnsafeBytes {
            CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: $0[..<60]))
        }
        for index in 0..<4 {
            bytes[60 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
        }
        storage.replace(name, with: bytes)
        expectRefusal(storage, .newerFormat(file: name, found: 2, newestKnown: 1))
    }

    @Test("Every error says where it is and what to do")
    func descriptions() {
        let file = "journal-00000000000000000001.log"
        let errors: [JournalError] = [
            .damaged(file: file, offset: 340, .record(laterRecordIn: file, at: 512)),
            .foreignExchange(file: file, expected: 1, found: 2),
            .newerFormat(file: file, found: 2, newestKnown: 1),
            .storageFailed(.write, file: file, code: 28),
        ]
        for error in errors { #expect("\(error)".contains(file)) }
        #expect("\(errors[0])".contains("at byte 340"))
        #expect("\(errors[0])".contains("restore it from a backup"))
        #expect("\(errors[3])".contains("No space left on device (errno 28)"))
        #expect("\(JournalError.lockedByAnotherProcess(processID: 17))".contains("process 17"))
        #expect("\(JournalError.poisoned(by: errors[3]))".contains("errno 28"))
    }
}

import ExchangeJournal
import Glibc
import Testing

/// Snapshot files: whole, verified and of this log, or not used.
struct SnapshotStoreTests {
    private var storage = InMemoryStorage()
    private var store: SnapshotStore { SnapshotStore(storage: storage, exchangeID: exchangeID) }

    static let blocks: [[UInt8]] = [
        (0..<90).map { UInt8($0) }, [7], (0..<60).map { UInt8(200 - $0) },
    ]

    static func stamp(_ sequence: UInt64) -> SnapshotStamp {
        SnapshotStamp(
            position: JournalPosition(sequence: sequence, checksum: 0xABCD_EF01),
            timestamp: 1_700_000_000_000_000_000, stateHash: 0x1234_5678_9ABC_DEF0)
    }

    private func make(_ sequence: UInt64, _ blocks: [[UInt8]] = blocks) throws {
        let writer = try store.begin()
        for block in blocks { writer.write(block) }
        try store.finish(writer, Self.stamp(sequence))
        try store.publish(Self.stamp(sequence))
    }

    private func read(_ sequence: UInt64) throws(SnapshotFault) -> [[UInt8]] {
        let reader = try store.open(sequence)
        var blocks: [[UInt8]] = []
        while let block = reader.nextBlock() { blocks.append(block) }
        if let fault = reader.fault { throw fault }
        return blocks
    }

    private func fault(_ sequence: UInt64) -> SnapshotFault? {
        do throws(SnapshotFault) {
            _ = try read(sequence)
            return nil
        } catch {
            return error
        }
    }

    @Test("What was written is read back, block by block, with what it is of")
    func roundTrip() throws {
        try make(52)
        #expect(try store.sequences() == [52])
        let reader = try store.open(52)
        #expect(reader.stamp == Self.stamp(52))
        #expect(reader.name == "snapshot-00000000000000000052.snap")
        #expect(try read(52) == Self.blocks)
        try make(7, [])
        #expect(try read(7) == [])
        #expect(try store.sequences() == [52, 7])
    }

    @Test("A change of any byte is found, and said where")
    func everyByte() throws {
        try make(52)
        let name = store.name(of: 52)
        let whole = storage.contents(name)
        for place in whole.indices {
            for change: UInt8 in [1, 0x80] {
                var bytes = whole
                bytes[place] ^= change
                storage.replace(name, with: bytes)
                guard case .damaged(let file, let offset, let damage) = fault(52) else {
                    Issue.record("byte \(place): \(String(describing: fault(52)))")
                    continue
                }
                #expect(file == name && offset <= place)
                #expect(damage == (place < 64 ? .header : .block), "byte \(place)")
            }
        }
    }

    @Test("A file that is too short or too long is damaged")
    func size() throws {
        try make(52)
        let name = store.name(of: 52)
        let whole = storage.contents(name)
        for count in 0..<whole.count {
            storage.replace(name, with: Array(whole[..<count]))
            let expected: SnapshotDamage =
                count < 64 ? .header : .size(expected: whole.count, found: count)
            #expect(fault(52) == .damaged(file: name, offset: count < 64 ? 0 : count, expected))
        }
        storage.replace(name, with: whole + [0])
        let expected = SnapshotDamage.size(expected: whole.count, found: whole.count + 1)
        #expect(fault(52) == .damaged(file: name, offset: whole.count, expected))
    }

    @Test("Blocks of another snapshot do not pass, though each is intact")
    func exchangedBlocks() throws {
        try make(52, [[1, 2, 3], [4, 5, 6]])
        try make(53, [[1, 2, 3], [4, 5, 7]])
        let name = store.name(of: 52)
        let other = storage.contents(store.name(of: 53))
        var bytes = storage.contents(name)
        bytes.replaceSubrange(75..., with: other[75...])
        storage.replace(name, with: bytes)
        #expect(fault(52) == .damaged(file: name, offset: bytes.count, .block))
        bytes = storage.contents(store.name(of: 53))
        let (first, second) = (Array(bytes[64..<75]), Array(bytes[75...]))
        storage.replace(store.name(of: 53), with: Array(bytes[..<64]) + second + first)
        #expect(fault(53) == .damaged(file: store.name(of: 53), offset: 64, .block))
    }

    @Test("A snapshot of another exchange, another name or a later format is called that")
    func foreign() throws {
        try make(52)
        let name = store.name(of: 52)
        let other = SnapshotStore(storage: storage, exchangeID: 8)
        #expect(
            throws: SnapshotFault.foreignExchange(file: name, expected: 8, found: exchangeID)
        ) { _ = try other.open(52) }
        storage.replace(store.name(of: 53), with: storage.contents(name))
        #expect(
            fault(53)
                == .damaged(file: store.name(of: 53), offset: 24, .name(headerSequence: 52)))
        var bytes = storage.contents(name)
        bytes[8] = 2
        let checksum = Array(bytes[..<60]).withUnsafeBytes { CRC32C.checksum(of: $0) }
        for place in 0..<4 {
            bytes[60 + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * place))
        }
        storage.replace(name, with: bytes)
        #expect(fault(52) == .newerFormat(file: name, found: 2, newestKnown: 1))
        #expect("\(fault(52) ?? .storageFailed(.closed))".contains("formats up to 1"))
    }

    @Test("Wherever making one is cut off or fails, there is the old one, or the new one whole")
    func crashes() throws {
        for survival in [InMemoryStorage.Survival.nothing, .everything, .blocks(seed: 5)] {
            for operation in 1...20 {
                let storage = InMemoryStorage()
                var test = SnapshotStoreTests()
                test.storage = storage
                try test.make(52)
                storage.failFromOperation(operation)
                let error = journalError { () throws(JournalError) in
                    let writer = try test.store.begin()
                    for block in Self.blocks { writer.write(block) }
                    try test.store.finish(writer, Self.stamp(60))
                    try test.store.publish(Self.stamp(60))
                    _ = try test.store.removeSnapshots(before: 60)
                }
                if error == nil { break }
                storage.crash(survival)
                let sequences = try test.store.sequences()
                #expect(!sequences.isEmpty)
                for sequence in sequences { #expect(test.fault(sequence) == nil) }
                // The next attempt is not in the way of what is left of this one.
                if !sequences.contains(60) { try test.make(60) }
                #expect(test.fault(60) == nil)
            }
        }
    }

    @Test("A disk that is full is reported, and the snapshot before is as it was")
    func full() throws {
        try make(52)
        let used = storage.contents(store.name(of: 52)).count
        storage.limitBytes(used + 100)
        let error = journalError { () throws(JournalError) in
            let writer = try store.begin()
            for block in Self.blocks { writer.write(block) }
            try store.finish(writer, Self.stamp(60))
        }
        #expect(
            error == .storageFailed(.write, file: "snapshot.unfinished", code: ENOSPC))
        #expect(try store.sequences() == [52])
        #expect(fault(52) == nil)
    }

    @Test("Older snapshots of this exchange go, and nothing else")
    func removal() throws {
        for sequence: UInt64 in [10, 20, 30, 40] { try make(sequence) }
        storage.replace(store.name(of: 10), with: [1, 2, 3])
        storage.replace("notes.txt", with: [1])
        #expect(try store.removeSnapshots(before: 30) == [20])
        #expect(try store.sequences() == [40, 30, 10])
        #expect(storage.contents("notes.txt") == [1])
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTesting
import ExchangeTypes
import Testing

/// O-3: a start from a snapshot and the log behind it is the start from the first command.
@Suite struct SnapshotRecoveryTests {
    private let fixture: SnapshotFixture

    init() throws { fixture = try SnapshotFixture() }

    /// Three lives with a snapshot after the first two.
    private func makeTwo() throws -> (last: Life, [UInt64]) {
        try fixture.live(1_000)
        let first = try #require(try fixture.maker().make(at: fixture.progress.latest))
        try fixture.live(1_000)
        let second = try #require(try fixture.maker().make(at: fixture.progress.latest))
        #expect(first.base == nil && second.base == first.sequence)
        let last = try fixture.live(500)
        return (last, [second.sequence, first.sequence])
    }

    @Test(
        "A start from a snapshot has the state, the trades and the ended orders of one from the log"
    )
    func sameAsFromTheLog() throws {
        let (last, sequences) = try makeTwo()
        #expect(try fixture.store.sequences() == sequences)
        do {
            let recovered = try fixture.recover()
            #expect(recovered.snapshot == sequences[0] && recovered.faults.isEmpty)
            #expect(recovered.journal.recovery.commandCount == 500)
            #expect(recovered.exchange.stateHash() == last.hash)
        }
        #expect(try fixture.live(0) == last)
        for sequence in sequences { try fixture.storage.remove(fixture.store.name(of: sequence)) }
        #expect(try fixture.recover().snapshot == nil)
        #expect(try fixture.live(0) == last)
    }

    @Test(
        "A damaged snapshot is passed over for the one before, that for the log, and each is named")
    func fallsBack() throws {
        let (last, sequences) = try makeTwo()
        let names = sequences.map { fixture.store.name(of: $0) }
        try fixture.damage(names[0], at: 500)
        do {
            let recovered = try fixture.recover()
            #expect(recovered.snapshot == sequences[1])
            #expect(recovered.exchange.stateHash() == last.hash)
            #expect(recovered.faults.count == 1)
            #expect("\(recovered.faults)".contains(names[0]))
        }
        try fixture.damage(names[1], at: 20)
        let recovered = try fixture.recover()
        #expect(recovered.snapshot == nil && recovered.faults.count == 2)
        #expect(recovered.exchange.stateHash() == last.hash)
    }

    @Test("A snapshot of another log of the same exchange is passed over")
    func foreignLog() throws {
        let (last, sequences) = try makeTwo()
        let other = try SnapshotFixture(seed: 22)
        try other.live(1_000)
        let made = try #require(try other.maker().make(at: other.progress.latest))
        let name = other.store.name(of: made.sequence)
        #expect(made.sequence == sequences[1])
        try fixture.replace(name, with: other.bytes(of: name))
        try fixture.storage.remove(fixture.store.name(of: sequences[0]))
        let recovered = try fixture.recover()
        #expect(recovered.snapshot == nil)
        guard case .foreignLog(name, .differs) = try #require(recovered.faults.first) else {
            Issue.record("\(recovered.faults)")
            return
        }
        #expect(recovered.exchange.stateHash() == last.hash)
    }

    @Test("A log that ends before what a snapshot proves is refused, and nothing is touched")
    func endMissing() throws {
        let (_, sequences) = try makeTwo()
        for segment in fixture.segments.reversed() {
            let reader = try JournalReader(storage: fixture.storage, exchangeID: 7)
            try reader.forEachCommand { _, _, _ in }
            if reader.nextSequence <= sequences[0] { break }
            try fixture.storage.remove(segment)
        }
        let before = fixture.contents()
        guard case .endMissing(let snapshot, sequences[0], _)? = fixture.recoveryError() else {
            Issue.record("commands were lost")
            return
        }
        #expect(snapshot == fixture.store.name(of: sequences[0]))
        #expect(fixture.contents() == before)
        for segment in fixture.segments { try fixture.storage.remove(segment) }
        #expect(fixture.recoveryError() != nil)
        #expect(fixture.segments.isEmpty)
    }

    @Test(
        "Segments go when two good snapshots need them no more; without a good one, a start says so"
    )
    func retention() throws {
        try fixture.live(1_000)
        let maker = fixture.maker(.snapshots)
        let first = try #require(try maker.make(at: fixture.progress.latest))
        #expect(first.removedSegments.isEmpty)
        try fixture.live(1_000)
        let before = fixture.segments
        let second = try #require(try maker.make(at: fixture.progress.latest))
        #expect(!second.removedSegments.isEmpty)
        #expect(fixture.segments == before.filter { !second.removedSegments.contains($0) })
        let last = try fixture.live(500)
        let names = [first, second].map { fixture.store.name(of: $0.sequence) }
        try fixture.damage(names[1], at: 500)
        #expect(try fixture.recover().snapshot == first.sequence)
        #expect(try fixture.live(0) == last)
        // The older one is the only good one now: nothing more goes until there are two again.
        let kept = fixture.segments
        let third = try #require(try maker.make(at: fixture.progress.latest))
        #expect(third.base == first.sequence && third.faults.count == 1)
        #expect(fixture.segments == kept)
        for sequence in [first.sequence, third.sequence] {
            try fixture.damage(fixture.store.name(of: sequence), at: 70)
        }
        let contents = fixture.contents()
        let error = fixture.recoveryError()
        guard case .snapshotNeeded(let sequence, let faults)? = error else {
            Issue.record("an exchange from the middle of its log")
            return
        }
        #expect(sequence > 1 && faults.count == 3)
        #expect(error.map { "\($0)" }?.contains("backup") == true)
        #expect(fixture.contents() == contents)
    }

    @Test("The newest two are kept")
    func keepsTwo() throws {
        var made: [UInt64] = []
        for _ in 0..<4 {
            try fixture.live(200)
            made.append(
                try #require(try fixture.maker().make(at: fixture.progress.latest)).sequence)
        }
        #expect(try fixture.store.sequences() == made.suffix(2).reversed())
    }
}

import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// O-3: an exchange that was written down and read back is the same exchange, for all that comes.
@Suite struct SnapshotTests {
    @Test(
        "O-3: a restored exchange answers a crowded market as the first one does",
        arguments: 1...10)
    func goesOnThroughMarkets(seed: Int) throws {
        var generator = CommandGenerator(seed: UInt64(4_000 + seed))
        try goOn(
            seed: seed, next: { generator.next() }, observe: { generator.observe($0) })
    }

    @Test(
        "O-3: a restored exchange keeps stops, legs, slices, waiting requests and liquidations",
        arguments: 1...10)
    func goesOnThroughOrderKinds(seed: Int) throws {
        var generator = OrderKindGenerator(seed: UInt64(700 + seed))
        try goOn(
            seed: seed, next: { generator.next() }, observe: { generator.observe($0) })
    }

    /// Runs commands through an exchange, and beside it through one that is put through a snapshot every
    /// now and then. Both must say the same, and be in the same state.
    private func goOn(
        seed: Int, next: () -> SequencedCommand, observe: ([Event]) -> Void
    ) throws {
        var random = Xoshiro256(seed: UInt64(seed))
        let live = Exchange()
        var copy = Exchange()
        for _ in 1...3_000 {
            let command = next()
            var events = EventBuffer()
            live.apply(command, into: &events)
            observe(events.events)
            var copied = EventBuffer()
            copy.apply(command, into: &copied)
            guard copied.events == events.events, copied.parts == events.parts else {
                Issue.record("seed \(seed), command \(command.sequence.value): another story")
                return
            }
            if random.oneIn(25) {
                copy = try Blocks(of: copy).restore()
                copy.checkInvariants()
                #expect(copy.stateHash() == live.stateHash(), "seed \(seed)")
                #expect(copy.fingerprint() == live.fingerprint(), "seed \(seed)")
                let saysTheSame = described(copy) == described(live)
                #expect(saysTheSame, "seed \(seed)")
                for account in 0..<8 as Range<UInt32> {
                    let query = Query.positions(AccountID(account))
                    #expect(copy.report(query) == live.report(query), "seed \(seed)")
                }
                let isSame = Blocks(of: copy).blocks == Blocks(of: live).blocks
                #expect(isSame, "seed \(seed): written another way")
            }
        }
        #expect(copy.stateHash() == live.stateHash(), "seed \(seed)")
    }

    private func described(_ exchange: Exchange) -> [Event] {
        var events = EventBuffer()
        exchange.describe(into: &events)
        return events.events
    }

    @Test("An exchange without a command can be written down too")
    func empty() throws {
        let restored = try Blocks(of: Exchange()).restore()
        #expect(restored.stateHash() == Exchange().stateHash())
    }
}

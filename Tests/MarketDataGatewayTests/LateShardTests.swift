import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import MarketDataGateway

/// A shard that joins an exchange under way, as all do after a restart.
@Suite struct LateShardTests {
    @Test("P-026 Who joins late shows the best prices with the time since when they hold")
    func originalTime() throws {
        let loop = EmbeddedEventLoop()
        let clock = VirtualClock(loop)
        let sequencer = Sequencer(exchange: Exchange(), log: MemoryLog(), clock: clock)
        let price = UpdateIndexPrice(
            instrument: InstrumentID(0), price: try #require(ReferencePrice("100")))
        let setup: [Command] = [
            .openAccount(OpenAccount(identity: UniqueID(high: 1, low: 0))),
            .deposit(Deposit(account: AccountID(0), amount: Money(1_000_000))),
            .configureInstrument(try Samples.instrument(0, "NVDA-USD")),
            .updateIndexPrice(price),
        ]
        try sequencer.runBatch(setup.map { Submission(.command($0)) })
        let bid = try order(.buy, "40", at: "99.5")
        try sequencer.runBatch([Submission(.command(bid))])
        // The speed bump lets the bid through; deeper in the book something happens later.
        loop.advanceTime(by: .seconds(1))
        try sequencer.runBatch([Submission(.command(.advanceTime))])
        loop.advanceTime(by: .seconds(90))
        let deeper = try order(.buy, "1", at: "99.4")
        try sequencer.runBatch([Submission(.command(deeper))])
        loop.advanceTime(by: .seconds(1))
        try sequencer.runBatch([Submission(.command(.advanceTime))])
        let shard = MarketDataShard(
            eventLoop: loop, settings: MarketDataSettings(), whenReady: loop.makePromise(),
            now: clock.now)
        try sequencer.runBatch([Submission(.subscribe(shard))])
        loop.run()
        let client = Client(shard)
        client.say(subscribe(["bbo", "level2"], ["NVDA-USD"]))
        let messages = try client.socket.take().dropFirst()
        #expect(messages.map(\.bid) == [[["99.5", "40"]], [["99.5", "40"], ["99.4", "1"]]])
        let time = try #require(messages.first?.time)
        #expect(time.hasPrefix("2026-09-21T14:13:20"))
    }
}

import ExchangeTypes
import Testing

@testable import SandboxMarket

@Suite struct UnderlierFeedTests {
    private let id = InstrumentID(4)

    private func listed(_ symbol: String) throws -> SandboxInstrument {
        try #require(SandboxInstruments.table.first { $0.instrument.symbol.string == symbol })
    }

    /// A contract with so coarse a grid that the price never leaves its place.
    private func still() throws -> SandboxInstrument {
        var still = try listed("NVDA-USD")
        still.instrument.tickSize = Decimal8(100_000)
        still.referencePrice = ReferencePrice(1_000)
        return still
    }

    /// What a feed sends after one more second.
    private func step(_ feed: inout UnderlierFeed, isMissed: Bool) -> [Command] {
        feed.step(UnderlierSecond(number: 0, time: .zero), isStill: false)
        return feed.news(of: id, isMissed: isMissed, isStill: false)
    }

    /// Seconds between two messages of a feed that runs for some time.
    private func pauses(_ listed: SandboxInstrument, seconds: Int) -> [Int] {
        var feed = UnderlierFeed(listed, random: SplitMix64(seed: 3))
        let sent = (0..<seconds).filter { _ in !step(&feed, isMissed: false).isEmpty }
        return zip(sent, sent.dropFirst()).map { $1 - $0 }
    }

    /// Ten silent seconds would turn the oracle internal.
    @Test func aPriceThatStandsIsSentAgainInTime() throws {
        #expect(Set(pauses(try still(), seconds: 600)) == [5])
        let pauses = pauses(try listed("PURR-USD"), seconds: 3_600)
        #expect(pauses.count > 1_000 && (pauses.max() ?? 0) <= UnderlierFeed.longestSilence)
    }

    @Test func aMissedPriceIsSentAtOnce() throws {
        let still = try still()
        var feed = UnderlierFeed(still, random: SplitMix64(seed: 3))
        for _ in 0..<10 {
            let sent = step(&feed, isMissed: true)
            #expect(
                sent == [
                    .updateIndexPrice(UpdateIndexPrice(instrument: id, price: still.referencePrice))
                ])
        }
    }

    @Test(arguments: ["CL-USD", "NATGAS-USD", "COPPER-USD"])
    func aRolledFutureHasTwoPricesAFixedPartApart(symbol: String) throws {
        //
        var feed = UnderlierFeed(try listed(symbol), random: SplitMix64(seed: 3))
        var prices = feed.prices(of: id)
        for _ in 0..<1_000 { prices += step(&feed, isMissed: true) }
        var front: ReferencePrice?
        for case .updateIndexPrice(let update) in prices {
            #expect(update.instrument == id)
            if update.leg == .front { front = update.price }
            guard update.leg == .next else { continue }
            // A fifth of a percent, to 1e-8.
            let part = try #require(front).units / 500
            #expect(abs(update.price.units - (try #require(front).units + part)) <= 1)
            front = nil
        }
        #expect(prices.count == 2_002 && front == nil)
    }
}

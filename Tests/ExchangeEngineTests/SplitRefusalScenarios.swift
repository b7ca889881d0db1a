import ExchangeTesting
import ExchangeTypes
import Testing

/// Splits that cannot be: each is refused, and nothing has changed. **Source** RISK.md §4, R-103.
@Suite struct SplitRefusalScenarios {
    private func split(_ numerator: UInt32, _ denominator: UInt32, of id: UInt32 = 0) -> Command {
        .splitInstrument(
            SplitInstrument(
                instrument: InstrumentID(id), numerator: numerator, denominator: denominator))
    }

    /// A halted contract with an index price and nothing else.
    private func halted(
        _ implementation: Implementation, index: String?,
        _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var instrument = Market.plain
        change(&instrument)
        let market = Market(implementation, instrument, index: index)
        market.reconfigure { $0.status = .inactive }
        return market
    }

    private func expectAccepted(
        _ market: Market, _ command: Command, _ location: SourceLocation = #_sourceLocation
    ) {
        market.send(command)
        #expect(market.refusal == nil, sourceLocation: location)
        market.audit()
    }

    @Test("R-103: only a halted contract is split", arguments: Implementation.allCases)
    func status(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let order = alice.buy("1", at: "99")
        market.expectRefusal(split(2, 1), .failedToProcess)
        #expect(alice.remaining(order) == "1")
        for id in [UInt32(1), .max] { market.expectRefusal(split(2, 1, of: id), .failedToProcess) }
        market.reconfigure { $0.status = .inactive }
        expectAccepted(market, split(2, 1))
        market.reconfigure { $0.status = .delisted }
        market.expectRefusal(split(2, 1), .failedToProcess)
        let silent = halted(implementation, index: nil)
        silent.expectRefusal(split(2, 1), .failedToProcess)
    }

    @Test(
        "Limits.maximumSplitRatio: two different numbers from 1 to the limit",
        arguments: Implementation.allCases)
    func ratio(_ implementation: Implementation) {
        let market = halted(implementation, index: "100")
        let limit = Limits.maximumSplitRatio
        for (numerator, denominator) in [
            (UInt32(0), UInt32(1)), (1, 0), (0, 0), (1, 1), (7, 7), (limit, limit), (limit + 1, 1),
            (1, limit + 1), (.max, 1), (1, .max), (.max, .max), (0, .max),
        ] {
            market.expectRefusal(split(numerator, denominator), .failedToProcess)
        }
        expectAccepted(market, split(limit, 1))
        #expect(market.prices()?.oracle == decimal("0.1"))
        expectAccepted(market, split(1, limit))
        #expect(market.prices()?.oracle == decimal("100"))
        expectAccepted(market, split(limit, limit - 1))
        #expect(market.prices()?.oracle == decimal("99.9"))
    }

    @Test(
        "Limits.maximumIndexPrice: oracle and mark must stay below it",
        arguments: Implementation.allCases)
    func highPrices(_ implementation: Implementation) {
        let high = halted(implementation, index: "100000.00000001")
        high.expectRefusal(split(1, 1_000), .failedToProcess)
        expectAccepted(high, split(1, 999))
        let highest = halted(implementation, index: "100000")
        expectAccepted(highest, split(1, 1_000))
        #expect(highest.prices()?.oracle == Limits.maximumIndexPrice)
        // The oracle would do, but the mark is a little above it.
        let market = Market(implementation, index: "100000")
        let (alice, bob) = (market.trader(), market.trader())
        let bid = alice.buy("0.001", at: "100001")
        let ask = bob.sell("0.001", at: "100003")
        market.wait(seconds: 1)
        #expect(market.prices()?.mark == decimal("100002"))
        alice.cancel(bid)
        bob.cancel(ask)
        market.reconfigure { $0.status = .inactive }
        market.expectRefusal(split(1, 1_000), .failedToProcess)
        expectAccepted(market, split(1, 999))
    }

    @Test(
        "R-103: no price becomes nothing, also not the first one",
        arguments: Implementation.allCases)
    func lowPrices(_ implementation: Implementation) {
        // Half a unit is rounded to none, a little more to one.
        let low = halted(implementation, index: "0.000005")
        low.expectRefusal(split(1_000, 1), .failedToProcess)
        expectAccepted(low, split(999, 1))
        #expect(low.prices()?.oracle == ReferencePrice(units: 1))
        let risen = halted(implementation, index: "0.000005")
        risen.index("0.00000501")
        risen.expectRefusal(split(1_000, 1), .failedToProcess)
        let fallen = halted(implementation, index: "0.00000501")
        expectAccepted(fallen, split(1_000, 1))
    }

    @Test(
        "R-103: prices of both legs must stay possible, also without weight",
        arguments: Implementation.allCases)
    func legs(_ implementation: Implementation) {
        let market = halted(implementation, index: "100")
        func update(_ price: ReferencePrice) {
            market.send(
                .updateIndexPrice(
                    UpdateIndexPrice(instrument: InstrumentID(0), price: price, leg: .next)))
            #expect(market.refusal == nil)
        }
        update(Limits.maximumIndexPrice)
        market.expectRefusal(split(1, 1_000), .failedToProcess)
        market.expectRefusal(split(999, 1_000), .failedToProcess)
        expectAccepted(market, split(1_000, 1))
        // A leg of a hundredth of a unit is kept at one.
        let small = halted(implementation, index: "100")
        small.send(
            .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: InstrumentID(0), price: ReferencePrice(units: 10), leg: .next)))
        expectAccepted(small, split(1_000, 1))
        expectAccepted(small, split(1, 1_000))
    }

    @Test(
        "Limits.maximumPriceTicks: the last trade must stay a price of the book",
        arguments: Implementation.allCases)
    func lastTrade(_ implementation: Implementation) {
        var fine = Market.plain
        fine.tickSize = Decimal8(units: 10_000)
        fine.minimumNotional = .zero
        let market = Market(implementation, fine)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        bob.buy("1", at: "100")
        market.reconfigure { $0.status = .inactive }
        // A million ticks, times 135 and times 134; a book has 134,217,728.
        market.expectRefusal(split(1, 135), .failedToProcess)
        expectAccepted(market, split(1, 134))

        let low = Market(implementation, fine, index: "0.0001")
        let (carol, dave) = (low.trader(), low.trader())
        carol.sell("1", at: "0.0001")
        dave.buy("1", at: "0.0001")
        low.reconfigure { $0.status = .inactive }
        // One tick: a half of it would be none, two thirds are one.
        low.expectRefusal(split(2, 1), .failedToProcess)
        expectAccepted(low, split(3, 2))
    }

    @Test("R-103: no position becomes larger than 1e15 lots", arguments: Implementation.allCases)
    func lots(_ implementation: Implementation) {
        var tiny = Market.plain
        tiny.tickSize = Decimal8(units: 1)
        tiny.lotSize = Decimal8(1)
        tiny.minimumNotional = .zero
        tiny.maximumQuantity = Quantity(lots: Limits.maximumQuantityLots)
        tiny.maximumNotional = Limits.maximumPositionNotional
        tiny.risk.openInterestCap = Limits.maximumOpenInterest
        let market = Market(implementation, tiny, index: "0.00005")
        let (alice, bob) = (market.trader("1000000000"), market.trader("1000000000"))
        for lots in [Limits.maximumQuantityLots, 1] {
            alice.sell("\(lots)", at: "0.00005")
            bob.buy("\(lots)", at: "0.00005")
        }
        #expect(bob.position().quantity.lots == 1_000_000_000_001)
        market.reconfigure { $0.status = .inactive }
        market.expectRefusal(split(1_000, 1), .failedToProcess)
        market.reconfigure { $0.status = .active }
        alice.buy("1", at: "0.00005")
        bob.sell("1", at: "0.00005")
        market.reconfigure { $0.status = .inactive }
        expectAccepted(market, split(1_000, 1))
        #expect(bob.position().quantity.lots == 1_000_000_000_000_000)
        #expect(bob.position().cost == Money(50_000_000))
        market.expectRefusal(split(3, 2), .failedToProcess)
        expectAccepted(market, split(1, 1_000))
        #expect(bob.position().quantity.lots == 1_000_000_000_000)
    }

    @Test(
        "R-103: all positions together become no more than 1e18 lots",
        arguments: Implementation.allCases)
    func allLots(_ implementation: Implementation) {
        var tiny = Market.plain
        tiny.tickSize = Decimal8(units: 1)
        tiny.lotSize = Decimal8(1)
        tiny.minimumNotional = .zero
        tiny.maximumQuantity = Quantity(lots: Limits.maximumQuantityLots)
        tiny.maximumNotional = Limits.maximumPositionNotional
        tiny.risk.openInterestCap = Limits.maximumOpenInterest
        let market = Market(implementation, tiny, index: "0.00001")
        market.configureVenue { $0.totalOpenInterestCap = Limits.maximumOpenInterest }
        // Five hundred longs and shorts of 1e12 lots each, and one of a single lot.
        let lots = Limits.maximumQuantityLots
        let traders = (0..<1_002).map { _ in market.trader("1500000") }
        for place in stride(from: 0, to: 1_000, by: 2) {
            traders[place].sell("\(lots)", at: "0.00001")
            traders[place + 1].buy("\(lots)", at: "0.00001")
        }
        traders[1_000].sell("1", at: "0.00001")
        traders[1_001].buy("1", at: "0.00001")
        #expect(market.trades == ["1 @ 0.00001"])
        market.reconfigure { $0.status = .inactive }
        market.expectRefusal(split(1_000, 1), .failedToProcess)
        market.reconfigure { $0.status = .active }
        traders[1_000].buy("1", at: "0.00001")
        traders[1_001].sell("1", at: "0.00001")
        market.reconfigure { $0.status = .inactive }
        expectAccepted(market, split(1_000, 1))
        #expect(traders[999].position().quantity.lots == 1_000_000_000_000_000)
    }
}

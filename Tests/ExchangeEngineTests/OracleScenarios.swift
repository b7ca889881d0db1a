import ExchangeTesting
import ExchangeTypes
import Testing

/// Where the oracle comes from while the underlier's market is closed or silent. **Source** `rules.md`
/// §2.2.
@Suite struct OracleScenarios {
    private let contract = InstrumentID(0)

    /// A contract with a bid of 101 and an offer of 103, so that an internal oracle moves towards 102.
    private func market(_ implementation: Implementation, index: String = "100") -> Market {
        let market = Market(implementation, index: index)
        market.trader().buy("1", at: "101")
        market.trader().sell("1", at: "103")
        return market
    }

    // MARK: Sessions

    @Test(
        "R-010: the source is external in a session and internal outside of one",
        arguments: Implementation.allCases)
    func source(_ implementation: Implementation) {
        for (session, isOvernightActive, source) in [
            (.preMarket, false, .external), (.postMarket, false, .external),
            (.overnight, true, .external), (.overnight, false, .internal),
            (.closed, true, .internal), (.weekend, true, .internal),
        ] as [(MarketSession, Bool, OracleSource)] {
            var instrument = Market.plain
            instrument.risk.isActiveOvernight = isOvernightActive
            let market = Market(implementation, instrument)
            #expect(market.source == .external)
            market.session(session)
            #expect(market.source == source, "\(session)")
            // A session that is active takes the next price, another does not.
            market.index("101")
            #expect(market.oracle == (source == .external ? "101" : "100"), "\(session)")
        }
    }

    @Test(
        "R-010: it stays internal until a price comes while the market is active again",
        arguments: Implementation.allCases)
    func reopening(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.weekend)
        #expect(market.alerts.isEmpty)
        // What comes in the meantime is kept, and does nothing.
        market.index("110")
        #expect(market.events.isEmpty)
        market.session(.open)
        #expect(
            market.events == [
                .sessionChanged(SessionChanged(instrument: contract, session: .open))
            ])
        #expect(market.source == .internal)
        // The guard knows the price of the weekend: 165 is too far from 100, not from 110.
        market.index("165")
        #expect(
            market.events == [
                .pricesChanged(
                    PricesChanged(
                        instrument: contract, oracle: ReferencePrice(165),
                        mark: ReferencePrice(165),
                        band: PriceBand(
                            minimum: decimal("156.75"), maximum: decimal("173.25"))))
            ])
    }

    @Test(
        "The first price of a contract counts even in a closed market, as an internal one",
        arguments: Implementation.allCases)
    func firstPriceWhileClosed(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        market.session(.closed)
        #expect(
            market.events == [
                .sessionChanged(SessionChanged(instrument: contract, session: .closed))
            ])
        market.index("100")
        #expect(market.source == .internal)
        #expect(market.oracle == "100")
        #expect(market.mark == "100")
        market.index("101")
        #expect(market.events.isEmpty)
        market.trader().buy("1", at: "101")
        market.wait(untilSecond: 1)
        // 0.000277739201 of a distance of one.
        #expect(market.oracle == "100.00027774")
    }

    @Test(
        "A new composition waits for an outside price while the oracle is internal",
        arguments: Implementation.allCases)
    func compositionWhileInternal(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.closed)
        market.compose(ratio: Rate(percent: 200))
        #expect(market.events.isEmpty)
        market.session(.open)
        #expect(market.oracle == "100")
        market.index("101")
        #expect(market.oracle == "202")
        #expect(market.source == .external)
    }

    // MARK: The internal oracle

    @Test(
        "R-014: an internal oracle starts at the last outside price and moves to the book by the hour",
        arguments: Implementation.allCases)
    func moves(_ implementation: Implementation) {
        let market = market(implementation)
        market.session(.closed)
        #expect(market.source == .internal)
        #expect(market.oracle == "100")
        for (second, oracle) in [
            (1, "100.00055548"), (2, "100.0011108"), (60, "100.03305709"),
            // 102 − 2 / e.
            (3_600, "101.26424112"),
        ] as [(Int64, String)] {
            market.wait(untilSecond: second)
            #expect(market.oracle == oracle, "after \(second) s")
        }
    }

    @Test(
        "R-014: it moves in the very second at which the market closes",
        arguments: Implementation.allCases)
    func closingSecond(_ implementation: Implementation) {
        let market = market(implementation)
        market.session(.closed, at: second(3))
        market.wait(untilSecond: 2)
        #expect(market.oracle == "100")
        market.wait(untilSecond: 3)
        #expect(market.oracle == "100.00055548")
        #expect(market.source == .internal)
        // Back outside, and closed again: it starts at the last outside price.
        market.session(.open)
        market.index("101")
        market.session(.closed)
        #expect(market.oracle == "101")
        market.wait(untilSecond: 4)
        #expect(market.oracle == "101.00027774")
    }

    @Test(
        "R-014: moves too small for eight decimals add up", arguments: Implementation.allCases)
    func smallMoves(_ implementation: Implementation) {
        let market = Market(
            implementation, SampleInstruments.foreignExchange.instrument, index: "1.085")
        market.trader().buy("10", at: "1.08501")
        market.session(.weekend)
        // 0.00000000278 a second.
        market.wait(untilSecond: 1)
        #expect(market.events.isEmpty)
        market.wait(untilSecond: 2)
        #expect(market.oracle == "1.08500001")
    }

    @Test(
        "R-014: the book's price is the median of bid, offer and last trade, as far as there are any",
        arguments: Implementation.allCases)
    func bookPrice(_ implementation: Implementation) {
        let market = Market(implementation)
        let (buyer, seller) = (market.trader(), market.trader())
        // A gain of one brings the oracle to the book's price at once.
        market.configureVenue { $0.internalOracleGain = Rate(percent: 100) }
        market.session(.closed)
        market.wait(seconds: 1)
        #expect(market.oracle == "100")
        buyer.buy("1", at: "99")
        market.wait(seconds: 1)
        #expect(market.oracle == "99")
        let ask = seller.sell("1", at: "102")
        market.wait(seconds: 1)
        #expect(market.oracle == "100.5")
        seller.sell("1", at: "99")
        market.wait(seconds: 1)
        // Offer 102, last 99.
        #expect(market.oracle == "100.5")
        buyer.buy("1", at: "98")
        market.wait(seconds: 1)
        #expect(market.oracle == "99")
        seller.cancel(ask)
        market.wait(seconds: 1)
        #expect(market.oracle == "98.5")
        buyer.cancelAll()
        market.wait(seconds: 1)
        #expect(market.oracle == "99")
    }

    @Test(
        "R-014: it stays within the open session's band around the last outside price",
        arguments: Implementation.allCases)
    func band(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.bandWidth = Rate(percent: 4)
        instrument.risk.closedBandWidth = Rate(percent: 1)
        let market = Market(implementation, instrument)
        let (buyer, seller) = (market.trader(), market.trader())
        market.configureVenue { $0.internalOracleGain = Rate(percent: 50) }
        market.session(.weekend)
        let ask = seller.sell("1", at: "120")
        market.wait(seconds: 1)
        #expect(market.oracle == "104")
        #expect(
            market.prices()?.band
                == PriceBand(minimum: decimal("102.96"), maximum: decimal("105.04")))
        seller.cancel(ask)
        seller.sell("1", at: "103")
        market.wait(seconds: 1)
        // It went on from 104, not from the 110 that it was kept from.
        #expect(market.oracle == "103.5")
        seller.cancelAll()
        buyer.buy("1", at: "50")
        market.wait(seconds: 1)
        #expect(market.oracle == "96")
        buyer.cancelAll()
        market.wait(seconds: 1)
        #expect(market.oracle == "96")
    }

    @Test(
        "R-014: it never leaves the range of prices", arguments: Implementation.allCases)
    func range(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.tickSize = Decimal8(1)
        instrument.lotSize = decimal("0.00000001")
        let market = Market(implementation, instrument, index: "99000000")
        market.configureVenue { $0.internalOracleGain = Rate(percent: 100) }
        market.session(.closed)
        market.trader().buy("0.0000001", at: "103000000")
        #expect(market.refusal == nil)
        market.wait(seconds: 1)
        #expect(market.oracle == "100000000")
    }

    // MARK: Silence

    @Test(
        "A feed is stale more than ten seconds after its last price, with one alert",
        arguments: Implementation.allCases)
    func silence(_ implementation: Implementation) {
        let market = market(implementation)
        market.jump(to: second(5))
        market.index("100")
        // Exactly ten seconds are no silence yet.
        market.wait(untilSecond: 15)
        #expect(market.alerts.isEmpty)
        #expect(market.source == .external)
        market.jump(to: second(15, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.events.isEmpty)
        market.wait(untilSecond: 16)
        #expect(market.events.first == .alertRaised(.feedSilent(contract)))
        #expect(market.source == .internal)
        #expect(market.oracle == "100.00055548")
        market.wait(seconds: 100)
        #expect(market.alerts.isEmpty)
        // It is over with the next price, and may come again.
        market.index("100")
        #expect(market.source == .external)
        #expect(market.oracle == "100")
        market.wait(seconds: 10)
        #expect(market.alerts.isEmpty)
        market.wait(seconds: 1)
        #expect(market.alerts == [.feedSilent(contract)])
    }

    @Test(
        "A price that is refused or has no weight does not end a silence",
        arguments: Implementation.allCases)
    func silentLeg(_ implementation: Implementation) {
        for (leg, other, weight) in [(.front, .next, 100), (.next, .front, 0)]
            as [(UpdateIndexPrice.Leg, UpdateIndexPrice.Leg, Int64)]
        {
            let market = Market(implementation, index: nil)
            market.compose(front: Rate(percent: weight))
            market.outsidePrice("100", leg)
            for second in Int64(1)...10 {
                market.wait(untilSecond: second)
                market.outsidePrice("100", other)
                market.outsidePrice("300", leg)
            }
            market.wait(untilSecond: 11)
            #expect(market.alerts == [.feedSilent(contract)])
            market.outsidePrice("100", other)
            #expect(market.events.isEmpty)
            market.outsidePrice("100", leg)
            #expect(market.source == .external)
        }
    }

    @Test(
        "Without a limit no feed is ever stale, and another limit holds from the next second on",
        arguments: Implementation.allCases)
    func staleSeconds(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.staleSeconds = 0 }
        market.wait(untilSecond: 3_000)
        #expect(market.events.isEmpty)
        market.index("100")
        market.configureVenue { $0.staleSeconds = 2 }
        market.wait(untilSecond: 3_002)
        #expect(market.events.isEmpty)
        market.wait(untilSecond: 3_003)
        #expect(market.alerts == [.feedSilent(contract)])
    }

    @Test(
        "Nobody is alerted of a silence while the market is closed",
        arguments: Implementation.allCases)
    func silenceWhileClosed(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.closed)
        market.wait(untilSecond: 100)
        #expect(market.alerts.isEmpty)
        // The oracle is internal already, so the feed cannot fall silent before it has spoken.
        market.session(.open)
        market.wait(untilSecond: 200)
        #expect(market.alerts.isEmpty)
        market.index("100")
        market.wait(untilSecond: 211)
        #expect(market.alerts == [.feedSilent(contract)])
        // Closing at the very second of a silence is no silence.
        market.jump(to: second(220))
        market.index("100")
        market.session(.closed, at: second(231))
        market.wait(untilSecond: 300)
        #expect(market.alerts.isEmpty)
        #expect(market.source == .internal)
    }

    @Test(
        "A session that begins notices a silence without waiting for the second",
        arguments: Implementation.allCases)
    func silenceAtSessionChange(_ implementation: Implementation) {
        let market = Market(implementation)
        market.jump(to: second(0, plus: 500_000_000))
        market.index("100")
        market.jump(to: second(10, plus: 700_000_000))
        market.session(.preMarket)
        #expect(
            market.events == [
                .sessionChanged(SessionChanged(instrument: contract, session: .preMarket)),
                .alertRaised(.feedSilent(contract)),
                .pricesChanged(
                    PricesChanged(
                        instrument: contract, oracle: ReferencePrice(100),
                        mark: ReferencePrice(100),
                        band: PriceBand(minimum: ReferencePrice(95), maximum: ReferencePrice(105)),
                        source: .internal)),
            ])
    }

    @Test(
        "A silent feed does not close the market: funding and orders go on",
        arguments: Implementation.allCases)
    func silentButActive(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        let alice = market.trader()
        market.wait(untilSecond: 11)
        #expect(market.source == .internal)
        alice.buy("100", at: "101")
        #expect(market.refusal == nil)
        market.wait(untilSecond: 15)
        // A premium of 100 bps weighs three, two of nothing weigh one and two: 50, less 5, over 100.
        #expect(market.fundingRates.map(\.rate) == [Rate(units: 45_000_000)])
    }
}

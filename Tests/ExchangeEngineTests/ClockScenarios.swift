import ExchangeTesting
import ExchangeTypes
import Testing

/// What happens because time passes, and how much of it is lived through.
@Suite struct ClockScenarios {
    /// A closed market whose internal oracle has been moving from 100 to 102 since the second 0.
    private func closedMarket(_ implementation: Implementation) -> Market {
        let market = Market(implementation)
        market.trader().buy("1", at: "101")
        market.trader().sell("1", at: "103")
        market.session(.closed)
        return market
    }

    @Test(
        "Every second of an hour's pause is lived through, of a longer one the last 3,600",
        arguments: Implementation.allCases)
    func longPause(_ implementation: Implementation) {
        for (pause, oracle) in [
            (3_599, "101.26403671"), (3_600, "101.26424112"), (3_601, "101.26424112"),
            (1_000_000, "101.26424112"),
        ] as [(Int64, String)] {
            let market = closedMarket(implementation)
            market.wait(untilSecond: pause)
            #expect(market.oracle == oracle, "\(pause) s")
            // From there on nothing is skipped.
            market.wait(seconds: 1)
            #expect(market.oracle != oracle)
        }
    }

    @Test(
        "A pause is the same whether a command of any kind or nothing ends it",
        arguments: Implementation.allCases)
    func endOfPause(_ implementation: Implementation) {
        let quiet = closedMarket(implementation)
        quiet.wait(untilSecond: 10_000)
        let busy = closedMarket(implementation)
        busy.jump(to: second(10_000))
        busy.index("0")
        #expect(busy.events == quiet.events + [.commandRefused(.unbelievablePrice)])
    }

    @Test(
        "Hours that were skipped are not settled", arguments: Implementation.allCases)
    func skippedHours(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.staleSeconds = 0 }
        market.wait(untilSecond: 10 + 3 * 3_600)
        #expect(market.fundingRates.map(\.settlesAt) == [second(4 * 3_600)])
        // The first second of the last 3,600 is the one after the fourth hour.
        market.wait(untilSecond: 5 * 3_600)
        #expect(market.fundingRates.map(\.settlesAt) == [second(6 * 3_600)])
        market.wait(untilSecond: 7 * 3_600 - 1)
        #expect(market.fundingRates.map(\.settlesAt) == [second(7 * 3_600)])
    }

    @Test(
        "Sessions of skipped seconds begin with the first second lived through, in turn",
        arguments: Implementation.allCases)
    func skippedSessions(_ implementation: Implementation) {
        let market = Market(implementation)
        market.trader().buy("1", at: "101")
        market.trader().sell("1", at: "103")
        market.configureVenue { $0.staleSeconds = 0 }
        market.session(.preMarket, at: second(100))
        market.session(.closed, at: second(200))
        market.wait(untilSecond: 20_000)
        #expect(market.sessions == [.preMarket, .closed])
        // It moved in all of the 3,600 seconds.
        #expect(market.oracle == "101.26424112")
    }

    @Test(
        "What is due by a command's time has happened before the command",
        arguments: Implementation.allCases)
    func beforeCommands(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.bandWidth = Rate(percent: 10)
        let market = Market(implementation, instrument)
        let alice = market.trader()
        market.session(.closed, at: second(5))
        market.jump(to: second(4, plus: 999_999_999))
        alice.buy("1", at: "110")
        #expect(market.refusal == nil)
        market.jump(to: second(5))
        alice.buy("1", at: "105.01")
        #expect(market.sessions == [.closed])
        #expect(market.refusal == .priceTooHigh)
    }

    @Test(
        "Within a second the passing of time changes nothing", arguments: Implementation.allCases)
    func withinSecond(_ implementation: Implementation) {
        let market = closedMarket(implementation)
        market.wait(untilSecond: 7)
        let before = market.exchange.stateHash()
        market.jump(to: second(7, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.events.isEmpty)
        #expect(market.exchange.stateHash() == before)
        market.send(.advanceTime)
        #expect(market.exchange.stateHash() != before)
    }

    @Test(
        "In a second contracts take their turn, and hours are settled after all of them",
        arguments: Implementation.allCases)
    func orderOfEvents(_ implementation: Implementation) {
        let market = Market(implementation)
        market.list(SampleInstruments.foreignExchange.instrument, index: "1.085")
        market.list(SampleInstruments.commodity.instrument, index: nil)
        market.list(SampleInstruments.growthMode.instrument, index: "1763.31")
        market.configureVenue { $0.staleSeconds = 0 }
        market.reconfigure { $0.status = .delisted }
        for id in 0...3 as ClosedRange<UInt32> {
            market.session(.closed, at: second(3_600), of: InstrumentID(id))
        }
        market.wait(untilSecond: 3_600)
        let order = market.events.map { event -> String in
            switch event {
            case .sessionChanged(let change): "session \(change.instrument.index)"
            case .pricesChanged(let prices): "prices \(prices.instrument.index)"
            case .fundingRateChanged(let rate): "rate \(rate.instrument.index)"
            case _: "something else"
            }
        }
        // Nothing happens to a delisted contract, and only sessions to one without prices.
        #expect(
            order == [
                "session 1", "prices 1", "session 2", "session 3", "prices 3", "rate 1", "rate 3",
            ])
    }
}

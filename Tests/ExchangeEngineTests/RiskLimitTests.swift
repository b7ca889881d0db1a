import ExchangeTesting
import ExchangeTypes
import Testing

/// The bounds of prices, sessions, providers and caps: at each and one beyond it.
@Suite struct RiskLimitTests {
    private let contract = InstrumentID(0)

    @Test(
        "Limits.maximumOpenInterest, Limits.maximumImpactNotional: no parameter is beyond them",
        arguments: Implementation.allCases)
    func caps(_ implementation: Implementation) {
        let market = Market(implementation)
        let unit = Money(units: 1)
        market.reconfigure {
            $0.risk.openInterestCap = Limits.maximumOpenInterest
            $0.risk.liquidationLimit = Limits.maximumOpenInterest
            $0.risk.impactNotional = Limits.maximumImpactNotional
        }
        #expect(market.refusal == nil)
        let changes: [(inout Instrument) -> Void] = [
            { $0.risk.openInterestCap += unit }, { $0.risk.liquidationLimit += unit },
            { $0.risk.impactNotional += unit },
        ]
        for change in changes {
            var instrument = market.instrument(contract)
            change(&instrument)
            market.expectRefusal(.configureInstrument(instrument), .failedToProcess)
        }
        market.configureVenue { $0.totalOpenInterestCap = Limits.maximumOpenInterest }
        #expect(market.refusal == nil)
        market.configureVenue { $0.totalOpenInterestCap += unit }
        #expect(market.events == [.commandRefused(.failedToProcess)])
    }

    @Test(
        "Limits.maximumOpenOrdersPerAccount: no venue allows more",
        arguments: Implementation.allCases)
    func openOrders(_ implementation: Implementation) {
        let market = Market(implementation)
        var parameters = VenueParameters()
        parameters.maximumOpenOrders = UInt32(Limits.maximumOpenOrdersPerAccount)
        market.send(.configureVenue(parameters))
        #expect(market.events.isEmpty)
        parameters.maximumOpenOrders += 1
        market.expectRefusal(.configureVenue(parameters), .failedToProcess)
    }

    @Test(
        "Limits.maximumScheduledSessions: so many changes wait, and one of them can be replaced",
        arguments: Implementation.allCases)
    func sessions(_ implementation: Implementation) {
        let market = Market(implementation)
        func change(_ second: Int64, _ session: MarketSession) -> Command {
            .scheduleSession(
                ScheduleSession(
                    instrument: contract, session: session,
                    startsAt: Timestamp(nanoseconds: second * 1_000_000_000)))
        }
        let limit = Int64(Limits.maximumScheduledSessions)
        for place in 0..<limit {
            market.send(change(100 + place, place % 2 == 0 ? .closed : .open))
            #expect(market.events.isEmpty)
        }
        for second in [Int64(99), 500] {
            market.expectRefusal(change(second, .weekend), .failedToProcess)
        }
        // One at the same instant takes the place of what was there.
        market.send(change(100, .overnight))
        #expect(market.events.isEmpty)
        market.expectRefusal(change(0, .preMarket), .failedToProcess)
        market.wait(untilSecond: 100)
        #expect(
            market.events.contains(
                .sessionChanged(SessionChanged(instrument: contract, session: .overnight))))
        market.send(change(500, .weekend))
        #expect(market.refusal == nil)
        market.expectRefusal(change(501, .weekend), .failedToProcess)
    }

    @Test(
        "Sessions at the ends of time are taken and harm nothing",
        arguments: Implementation.allCases)
    func endsOfTime(_ implementation: Implementation) {
        let market = Market(implementation)
        func change(_ nanoseconds: Int64, _ session: MarketSession) {
            market.send(
                .scheduleSession(
                    ScheduleSession(
                        instrument: contract, session: session,
                        startsAt: Timestamp(nanoseconds: nanoseconds))))
            #expect(market.refusal == nil)
        }
        change(.max, .closed)
        #expect(market.events.isEmpty)
        change(.min, .preMarket)
        #expect(
            market.events.first
                == .sessionChanged(SessionChanged(instrument: contract, session: .preMarket)))
        market.wait(seconds: 5)
        #expect(market.events.isEmpty)
    }

    @Test(
        "Limits.maximumCatchUpSeconds: of a long pause only the last hour is lived through",
        arguments: Implementation.allCases,
        [
            // The second after the pause, and the hours that were settled in it.
            (Int64(3_599), []), (3_600, [3_600]), (7_199, [3_600]), (7_200, [7_200]),
            (10_799, [7_200]), (1_000_000, [997_200]),
        ] as [(Int64, [Int64])])
    func catchUp(_ implementation: Implementation, _ sample: (Int64, [Int64])) {
        let market = Market(implementation)
        market.configureVenue { $0.staleSeconds = 0 }
        market.wait(untilSecond: sample.0)
        #expect(
            market.events
                == sample.1.map { hour in
                    .fundingRateChanged(
                        FundingRateChanged(
                            instrument: contract, rate: .zero,
                            settlesAt: Timestamp(nanoseconds: (hour + 3_600) * 1_000_000_000)))
                })
    }

    @Test(
        "Limits.maximumProviders: so many of a contract, whose limits can still be changed",
        arguments: Implementation.allCases)
    func providers(_ implementation: Implementation) {
        let market = Market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        func provider(_ account: UInt32, _ limit: Money, in id: UInt32 = 0) -> Command {
            .setProvider(
                SetProvider(
                    account: AccountID(account), instrument: InstrumentID(id),
                    maximumNotional: limit))
        }
        let limit = UInt32(Limits.maximumProviders)
        for _ in 0...limit { _ = market.trader("0") }
        for account in 0..<limit {
            market.send(provider(account, Money(units: 1)))
            #expect(market.events.isEmpty)
        }
        market.expectRefusal(provider(limit, Money(1)), .failedToProcess)
        // Whoever is none can end being one, and one can be changed.
        market.send(provider(limit, .zero))
        market.send(provider(7, Limits.maximumPositionNotional))
        #expect(market.events.isEmpty)
        market.send(provider(limit, Money(1), in: 1))
        #expect(market.events.isEmpty)
        for bad in [
            Money(units: -1), Limits.maximumPositionNotional + Money(units: 1),
            Money(units: .max), Money(units: .min),
        ] {
            market.expectRefusal(provider(7, bad), .failedToProcess)
        }
        market.send(provider(7, .zero))
        market.send(provider(limit, Money(1)))
        #expect(market.events.isEmpty)
        market.expectRefusal(provider(7, Money(1)), .failedToProcess)
    }

    @Test(
        "The reserve fund is funded up to the highest cash of an account",
        arguments: Implementation.allCases)
    func reserve(_ implementation: Implementation) {
        let market = Market(implementation)
        for _ in 0..<10 {
            market.send(.fundReserve(Limits.maximumDeposit))
            #expect(market.refusal == nil)
        }
        #expect(market.reserve == Limits.maximumCash)
        market.expectRefusal(.fundReserve(Money(units: 1)), .failedToProcess)
    }
}

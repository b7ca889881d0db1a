import ExchangeTesting
import ExchangeTypes
import Testing

/// Trading hours: when they begin, and what they decide. **Source** `rules.md` §8, §9, §12.
@Suite struct SessionScenarios {
    private let contract = InstrumentID(0)

    // MARK: The schedule

    @Test(
        "A session that is due begins at once, and again does nothing",
        arguments: Implementation.allCases)
    func dueNow(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.preMarket, at: Timestamp(nanoseconds: market.time + 1_000))
        #expect(market.sessions == [.preMarket])
        market.session(.preMarket)
        #expect(market.events.isEmpty)
        // One of the past, too.
        market.wait(untilSecond: 100)
        market.session(.open, at: second(1))
        #expect(market.sessions == [.open])
        market.wait(untilSecond: 101)
        #expect(market.sessions.isEmpty)
    }

    @Test(
        "A session begins at its second; within a second, at the next one",
        arguments: Implementation.allCases)
    func dueLater(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.preMarket, at: second(5))
        #expect(market.events.isEmpty)
        market.session(.closed, at: second(7, plus: 1))
        market.jump(to: second(4, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.sessions.isEmpty)
        market.wait(untilSecond: 5)
        #expect(market.sessions == [.preMarket])
        market.jump(to: second(7, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.sessions.isEmpty)
        market.wait(untilSecond: 8)
        #expect(market.sessions == [.closed])
        market.wait(untilSecond: 100)
        #expect(market.sessions.isEmpty)
    }

    @Test(
        "Sessions begin by their instants, not in the order in which they were made known",
        arguments: Implementation.allCases)
    func severalDue(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.weekend, at: second(3, plus: 3))
        market.session(.open, at: second(3, plus: 1))
        market.session(.preMarket, at: second(3))
        market.session(.postMarket, at: second(3, plus: 2))
        market.wait(untilSecond: 3)
        #expect(market.sessions == [.preMarket])
        // All that became due in the same second begin in turn, with their own events.
        market.wait(untilSecond: 4)
        #expect(market.sessions == [.open, .postMarket, .weekend])
        #expect(market.source == .internal)
    }

    @Test(
        "A session at the instant of another one takes its place",
        arguments: Implementation.allCases)
    func replaced(_ implementation: Implementation) {
        let market = Market(implementation)
        market.session(.closed, at: second(5))
        market.session(.weekend, at: second(6))
        market.session(.preMarket, at: second(5))
        // A change to what already is does nothing: so one is taken back.
        market.session(.preMarket, at: second(6))
        market.wait(untilSecond: 10)
        #expect(market.sessions == [.preMarket])
    }

    @Test(
        "64 sessions may wait, one more may not; a place is free when one begins",
        arguments: Implementation.allCases)
    func tooMany(_ implementation: Implementation) {
        let market = Market(implementation)
        for place in 1...Int64(Limits.maximumScheduledSessions) {
            market.session(place % 2 == 1 ? .preMarket : .postMarket, at: second(place))
            #expect(market.refusal == nil)
        }
        market.session(.closed, at: second(65))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        market.session(.closed, at: second(1, plus: 1))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        // Not even one that is due; it is the schedule that has to be put in order first.
        market.session(.closed)
        #expect(market.events == [.commandRefused(.failedToProcess)])
        market.session(.weekend, at: second(64))
        #expect(market.refusal == nil)
        market.wait(untilSecond: 1)
        market.session(.closed, at: second(65))
        #expect(market.refusal == nil)
        market.session(.closed, at: second(66))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        market.wait(untilSecond: 65)
        #expect(market.sessions.count == 64)
        #expect(market.sessions.suffix(2) == [.weekend, .closed])
    }

    @Test(
        "Each contract has its own sessions; one that is unknown or delisted has none",
        arguments: Implementation.allCases)
    func contracts(_ implementation: Implementation) {
        let market = Market(implementation)
        let other = market.list(SampleInstruments.growthMode.instrument, index: "1763.31")
        market.session(.closed, at: second(1), of: InstrumentID(2))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        market.session(.closed, of: other)
        #expect(
            market.events.first
                == .sessionChanged(SessionChanged(instrument: other, session: .closed)))
        #expect(market.lastPrices[other]?.source == .internal)
        #expect(market.lastPrices[contract]?.source == .external)
        market.session(.weekend, at: second(1))
        market.reconfigure { $0.status = .delisted }
        market.session(.weekend)
        #expect(market.events == [.commandRefused(.failedToProcess)])
        // What was to begin does not any more.
        market.wait(untilSecond: 2)
        #expect(market.sessions.isEmpty)
    }

    // MARK: Bands

    @Test(
        "R-077, X-22: the band is the oracle times one more and one less the width",
        arguments: Implementation.allCases,
        [
            ("336.19048495", 500, MarketSession.preMarket, "319.3809607", "353.0000092"),
            // The live venue showed 4123.44276038 and 4261.7992536, each a unit further in.
            ("4192.62100699", 165, .weekend, "4123.44276037", "4261.79925361"),
        ] as [(String, Int64, MarketSession, String, String)])
    func band(
        _ implementation: Implementation,
        _ sample: (String, Int64, MarketSession, String, String)
    ) {
        var instrument = Market.plain
        instrument.bandWidth = Rate(percent: 10)
        instrument.risk.closedBandWidth = Rate(tenthBasisPoints: sample.1 * 10)
        let market = Market(implementation, instrument, index: sample.0)
        market.session(sample.2)
        #expect(
            market.prices()?.band
                == PriceBand(minimum: decimal(sample.3), maximum: decimal(sample.4)))
    }

    @Test(
        "R-076, R-046, X-22: buys above the band and sells below it are refused, the rest passes",
        arguments: Implementation.allCases)
    func bandEdges(_ implementation: Implementation) {
        let market = Market(implementation, index: "336.19048495")
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("1", at: "353.01")
        #expect(market.refusal == .priceTooHigh)
        alice.buy("1", at: "353")
        #expect(market.refusal == nil)
        alice.cancelAll()
        alice.sell("1", at: "353.01")
        #expect(market.refusal == nil)
        alice.sell("1", at: "319.38")
        #expect(market.refusal == .priceTooLow)
        alice.sell("1", at: "319.39")
        #expect(market.refusal == nil)
        // Buying at the market reaches 353, not the offer a cent above.
        bob.buyAtMarket("2")
        #expect(market.trades == ["1 @ 319.39"])
        alice.sell("1", at: "353")
        bob.buyAtMarket("2")
        #expect(market.trades == ["1 @ 353"])
        alice.cancelAll()
        alice.buy("1", at: "319.38")
        #expect(market.refusal == nil)
        bob.sellAtMarket("1")
        #expect(market.trades.isEmpty)
        alice.buy("1", at: "319.39")
        bob.sellAtMarket("2")
        #expect(market.trades == ["1 @ 319.39"])
    }

    @Test(
        "R-078: the band is wide in the open session only, and follows the oracle",
        arguments: Implementation.allCases)
    func bandOfSession(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.bandWidth = Rate(percent: 10)
        let market = Market(implementation, instrument)
        let wide = PriceBand(minimum: ReferencePrice(90), maximum: ReferencePrice(110))
        let narrow = PriceBand(minimum: ReferencePrice(95), maximum: ReferencePrice(105))
        let alice = market.trader()
        for session in MarketSession.allCases {
            market.session(session)
            let isOpen = session == .open
            #expect(market.lastPrices[contract]?.band == (isOpen ? wide : narrow), "\(session)")
            alice.buy("1", at: "105.01")
            #expect(market.refusal == (isOpen ? nil : .priceTooHigh), "\(session)")
            alice.buy("1", at: "110.01")
            #expect(market.refusal == .priceTooHigh)
            alice.sell("1", at: "94.99", .fillOrKill)
            #expect(market.refusal == (isOpen ? nil : .priceTooLow), "\(session)")
            alice.cancelAll()
        }
        market.session(.preMarket)
        market.index("120")
        #expect(
            market.prices()?.band
                == PriceBand(minimum: ReferencePrice(114), maximum: ReferencePrice(126)))
    }

    @Test(
        "R-078: a change of the width moves the band at once, in the session that it is for",
        arguments: Implementation.allCases)
    func bandOfParameters(_ implementation: Implementation) {
        let market = Market(implementation)
        market.reconfigure { $0.risk.closedBandWidth = Rate(percent: 1) }
        #expect(market.prices() == nil)
        market.reconfigure { $0.bandWidth = Rate(percent: 2) }
        #expect(
            market.prices()?.band
                == PriceBand(minimum: ReferencePrice(98), maximum: ReferencePrice(102)))
        market.session(.overnight)
        #expect(
            market.prices()?.band
                == PriceBand(minimum: ReferencePrice(99), maximum: ReferencePrice(101)))
    }

    @Test(
        "R-079: orders that a moved band leaves outside stay and trade",
        arguments: Implementation.allCases)
    func restingOutside(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.bandWidth = Rate(percent: 10)
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader(), market.trader())
        let bid = alice.buy("1", at: "109")
        market.session(.preMarket)
        #expect(market.cancelled.isEmpty)
        market.index("80")
        // The band is 76 to 84 by now; a seller gets what the bid offers.
        #expect(market.cancelled.isEmpty)
        #expect(alice.remaining(bid) == "1")
        bob.sell("0.4", at: "84")
        #expect(market.trades == ["0.4 @ 109"])
        #expect(alice.remaining(bid) == "0.6")
        // What is changed is checked anew.
        let other = alice.buy("1", at: "84")
        alice.modify(other, .buy, price: "84.01")
        #expect(market.refusal == .priceTooHigh)
        alice.cancel(bid)
        #expect(market.refusal == nil)
    }

    // MARK: Limits

    @Test(
        "R-080: half of the largest position overnight and in a pause, a tenth at the weekend",
        arguments: Implementation.allCases)
    func positionLimit(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        for (session, most, tooMuch) in [
            (.open, "25000", "25000.001"), (.preMarket, "25000", "25000.001"),
            (.postMarket, "25000", "25000.001"), (.overnight, "12500", "12500.001"),
            (.closed, "12500", "12500.001"), (.weekend, "2500", "2500.001"),
        ] as [(MarketSession, String, String)] {
            market.session(session)
            alice.buy(tooMuch, at: "100")
            #expect(market.refusal == .maximumNotional, "\(session)")
            bob.sell(tooMuch, at: "101")
            #expect(market.refusal == .maximumNotional, "\(session)")
            alice.buy(most, at: "100")
            #expect(market.refusal == nil, "\(session)")
            bob.sell(most, at: "101")
            #expect(market.refusal == nil, "\(session)")
            alice.cancelAll()
            bob.cancelAll()
        }
    }

    @Test(
        "R-080, R-081, X-33, X-34: over the limit of the session only what reduces passes",
        arguments: Implementation.allCases)
    func overnight(_ implementation: Implementation) {
        for (position, isBuy, size, isRefused) in [
            // 4,000 are worth 1,344,760; the limit is 1,250,000.
            ("4000", false, "500", false), ("4000", true, "0.1", true),
            ("3700", true, "50", true), ("3700", true, "18.135", false),
            ("3700", true, "18.136", true),
        ] {
            let market = Market(implementation, index: "336.19")
            let (alice, bob) = (market.trader(), market.trader())
            bob.sell(position, at: "336.19")
            alice.buy(position, at: "336.19")
            market.session(.overnight)
            #expect(market.cancelled.isEmpty)
            #expect(alice.holding == position)
            if isBuy {
                alice.buy(size, at: "336.19")
            } else {
                alice.sell(size, at: "336.19")
            }
            #expect(market.refusal == (isRefused ? .maximumNotional : nil), "\(size)")
        }
    }

    @Test(
        "The cap of the open interest shrinks with the session, too",
        arguments: Implementation.allCases)
    func openInterestCap(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.risk.openInterestCap = Money(10_000)
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader(), market.trader())
        for (session, most, tooMuch) in [
            (.open, "100", "100.001"), (.overnight, "50", "50.001"), (.closed, "50", "50.001"),
            (.weekend, "10", "10.001"),
        ] as [(MarketSession, String, String)] {
            market.session(session)
            alice.buy(tooMuch, at: "100")
            #expect(market.refusal == .openInterestLimit, "\(session)")
            alice.buy(most, at: "100")
            #expect(market.refusal == nil, "\(session)")
            alice.cancelAll()
        }
        // At the weekend's cap nobody can open, but who holds can close.
        alice.buy("10", at: "100")
        bob.sell("10", at: "100")
        bob.sell("1", at: "100")
        #expect(market.refusal == .openInterestLimit)
        alice.sell("10", at: "100")
        #expect(market.refusal == nil)
    }

    // MARK: Orders around the clock

    @Test(
        "R-101: an active contract takes orders in every session",
        arguments: Implementation.allCases)
    func aroundTheClock(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        for session in MarketSession.allCases {
            market.session(session)
            let bid = alice.buy("1", at: "100")
            #expect(market.refusal == nil, "\(session)")
            alice.modify(bid, .buy, quantity: "2")
            #expect(market.refusal == nil, "\(session)")
            bob.sellAtMarket("1")
            #expect(market.trades == ["1 @ 100"], "\(session)")
            alice.cancel(bid)
            #expect(market.cancelled == [bid: .requested], "\(session)")
        }
    }

    @Test(
        "R-044: a halted contract takes no orders; what is there stays and may be cancelled",
        arguments: Implementation.allCases, MarketSession.allCases)
    func halted(_ implementation: Implementation, _ session: MarketSession) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        market.session(session)
        alice.sell("1", at: "100")
        bob.buy("1", at: "100")
        let bid = alice.buy("1", at: "99")
        let other = alice.buy("1", at: "98")
        market.reconfigure { $0.status = .inactive }
        #expect(market.cancelled.isEmpty)
        bob.sell("1", at: "99")
        #expect(market.refusal == .marketClosed)
        bob.sellAtMarket("1")
        #expect(market.refusal == .marketClosed)
        alice.modify(bid, .buy, quantity: "0.5")
        #expect(market.refusal == .marketClosed)
        #expect(alice.remaining(bid) == "1")
        #expect(bob.holding == "1")
        alice.cancel(bid)
        #expect(market.cancelled == [bid: .requested])
        market.reconfigure { $0.status = .active }
        bob.sellAtMarket("1")
        #expect(market.trades == ["1 @ 98"])
        #expect(alice.remaining(other) == nil)
    }

    @Test(
        "R-044: an unknown symbol is no symbol; one without a price or delisted is closed",
        arguments: Implementation.allCases)
    func unknown(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        market.list(SampleInstruments.growthMode.instrument, index: nil)
        alice.buy("1", at: "100", in: 2)
        #expect(market.refusal == .unknownSymbol)
        alice.buy("1", at: "100", in: 1)
        #expect(market.refusal == .marketClosed)
        let bid = alice.buy("1", at: "99")
        market.reconfigure { $0.status = .delisted }
        #expect(market.cancelled == [bid: .corporateAction])
        alice.buy("1", at: "99")
        #expect(market.refusal == .marketClosed)
    }
}

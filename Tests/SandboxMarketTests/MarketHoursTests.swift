import ExchangeEngine
import ExchangeTypes
import MarketCalendar
import SandboxMarket
import Testing

/// The sandbox on an exchange that is told of market hours: both sides of a closing and an opening.
@Suite struct MarketHoursTests {
    /// Half a minute before currencies and futures close: Friday, 6 March 2026, 21:59:30 UTC.
    private static let beforeClosing: Int64 = 1_772_834_370
    /// Half a minute before they open again: Sunday, 8 March 2026, 21:59:30 UTC.
    private static let beforeOpening: Int64 = 1_773_007_170
    private static let symbols = [
        "NVDA-USD", "US100-USD", "GOLD-USD", "CL-USD", "NATGAS-USD", "EUR-USD",
    ]
    private let table = SandboxInstruments.table.filter {
        symbols.contains($0.instrument.symbol.string)
    }

    private func simulation(
        _ second: Int64, mode: SandboxMarket.Mode = .full
    ) throws -> Simulation {
        var simulation = Simulation(
            SandboxMarket(seed: 9, instruments: table, mode: mode), second: second)
        simulation.calendar = try CalendarPlanner(SandboxInstruments.calendars)
        return simulation
    }

    private func id(_ symbol: String) throws -> InstrumentID {
        let place = try #require(
            table.firstIndex { $0.instrument.symbol.string == symbol })
        return InstrumentID(UInt32(place))
    }

    /// How many outside prices of a contract are among some commands.
    private func priceCount(_ commands: ArraySlice<Command>, of id: InstrumentID) -> Int {
        commands.count { command in
            guard case .updateIndexPrice(let update) = command else { return false }
            return update.instrument == id
        }
    }

    @Test func aMarketThatClosesGoesOnWithItsOwnPrice() throws {
        var simulation = try simulation(Self.beforeClosing)
        try simulation.start()
        // US futures and currencies close after these; US shares have their late session.
        try simulation.tick(times: 100)
        #expect(try simulation.closedSessions == [id("NVDA-USD"): .postMarket])
        #expect(simulation.prices.values.allSatisfy { $0.source == .external })
        try simulation.tick(times: 40)
        let closing = simulation.prices
        let (sent, traded) = (simulation.commands.count, simulation.trades)
        try simulation.tick(times: 8 * 60)

        #expect(
            try simulation.closedSessions == [
                id("NVDA-USD"): .postMarket, id("US100-USD"): .overnight, id("CL-USD"): .overnight,
                id("NATGAS-USD"): .overnight, id("GOLD-USD"): .overnight, id("EUR-USD"): .weekend,
            ])
        for listed in table {
            let id = try id(listed.instrument.symbol.string)
            let isOpen = listed.instrument.symbol.string == "NVDA-USD"
            let prices = try #require(simulation.prices[id])
            #expect(prices.source == (isOpen ? .external : .internal))
            // no price comes from outside, and the oracle moves all the same.
            #expect((priceCount(simulation.commands[sent...], of: id) == 0) == !isOpen)
            #expect(prices.oracle != closing[id]?.oracle, "\(listed.instrument.symbol)")
            let touch = simulation.touch(id)
            #expect(touch.bid != nil && touch.ask != nil)
            #expect(simulation.trades[id, default: 0] > traded[id, default: 0] + 10)
        }
        #expect(simulation.refusals == [])
        simulation.exchange.checkInvariants()
    }

    @Test func aMarketThatOpensFollowsItsUnderlierAgain() throws {
        var simulation = try simulation(Self.beforeOpening)
        try simulation.start()
        try simulation.tick(times: 60)
        // it began at the weekend, because the calendar said so at once.
        #expect(
            try simulation.closedSessions == [
                id("NVDA-USD"): .weekend, id("US100-USD"): .weekend, id("CL-USD"): .weekend,
                id("NATGAS-USD"): .weekend, id("EUR-USD"): .weekend,
            ])
        try simulation.tick(times: 80)
        #expect(try simulation.closedSessions == [id("NVDA-USD"): .weekend])
        for (id, prices) in simulation.prices {
            let isShare = try id == self.id("NVDA-USD")
            #expect(prices.source == (isShare ? .internal : .external))
        }
        #expect(simulation.refusals == [])
        simulation.exchange.checkInvariants()
    }

    /// Noon in London of the fifth, the sixth and the tenth business day of March 2026.
    @Test(arguments: [
        (Int64(1_772_798_400), Int64(100)), (1_773_057_600, 80), (1_773_403_200, 0),
    ])
    func aRolledContractFollowsBothFutures(second: Int64, percent: Int64) throws {
        //
        var simulation = try simulation(second)
        try simulation.start()
        try simulation.tick(times: 20)
        let oil = try id("CL-USD")
        var legs: [UpdateIndexPrice.Leg: ReferencePrice] = [:]
        for case .updateIndexPrice(let update) in simulation.commands
        where update.instrument == oil {
            legs[update.leg] = update.price
        }
        let front = Int128(try #require(legs[.front]).units)
        let next = Int128(try #require(legs[.next]).units)
        let composed = Rounding.halfEven(
            front * Int128(percent) + next * Int128(100 - percent), by: 100)
        #expect(simulation.prices[oil]?.oracle.units == Int64(composed))
    }

    /// Closings that an earlier run has planned must not close a market that never shall.
    @Test func alwaysOpenAfterMarketHoursIsOpenAgain() throws {
        var first = try simulation(Self.beforeClosing)
        try first.start()
        try first.tick(times: 10)
        var second = Simulation(SandboxMarket(seed: 9, instruments: table), after: first)
        second.calendar = try CalendarPlanner(SandboxInstruments.openCalendars)
        try second.start()
        try second.tick(times: 4)
        #expect(second.closedSessions == [:])
        var closings = 0
        for _ in 0..<160 {
            try second.tick()
            closings += second.closedSessions.isEmpty ? 0 : 1
        }
        // At most a second until the calendar has answered.
        #expect(closings <= SandboxMarket.ticksPerSecond)
        #expect(second.closedSessions == [:])
        #expect(second.prices.values.allSatisfy { $0.source == .external })
        #expect(second.refusals == [])
    }

    /// A restart in the middle of a closed market.
    @Test func theNextRunKnowsThatAMarketIsClosed() throws {
        var first = try simulation(Self.beforeClosing)
        try first.start()
        try first.tick(times: 160)
        let closed = first.closedSessions
        let oil = try id("CL-USD")
        #expect(closed[oil] == .overnight)
        var second = Simulation(SandboxMarket(seed: 9, instruments: table), after: first)
        second.calendar = try CalendarPlanner(SandboxInstruments.calendars)
        try second.start()
        try second.tick(times: 160)
        #expect(second.closedSessions == closed)
        #expect(priceCount(second.commands[...], of: oil) == 0)
        #expect(second.touch(oil).bid != nil && second.touch(oil).ask != nil)
        #expect(second.refusals == [])
    }

    @Test func aQuietMarketThatOpensGetsItsPriceAgain() throws {
        var simulation = try simulation(Self.beforeOpening, mode: .quiet)
        try simulation.start()
        try simulation.tick(times: 60)
        let oil = try id("CL-USD")
        #expect(simulation.prices[oil]?.source == .internal)
        let sent = simulation.commands.count
        try simulation.tick(times: 400)
        #expect(simulation.prices[oil]?.source == .external)
        // Four fifths of 90.87, and a fifth of a future that is a fifth of a percent dearer.
        #expect(simulation.prices[oil]?.oracle == ReferencePrice("90.906348"))
        // Once: both futures.
        #expect(priceCount(simulation.commands[sent...], of: oil) == 2)
    }

    /// Somebody pays two percent more than anybody asks, and the oracle has only the book to go by.
    @Test func makersFollowTheOracleOfAClosedMarket() throws {
        // R-014, with an oracle that needs a second for what otherwise takes hours.
        var simulation = try simulation(Self.beforeOpening)
        try simulation.start()
        try simulation.tick(times: 8)
        var venue = VenueParameters()
        venue.internalOracleGain = Rate(percent: 100)
        _ = try simulation.others(.configureVenue(venue))
        let index = try id("US100-USD")
        let before = try #require(simulation.prices[index]).oracle
        let newcomer = AccountID(UInt32(table.count) + 2)
        _ = try simulation.others(.openAccount(OpenAccount(identity: UniqueID(high: 1, low: 1))))
        _ = try simulation.others(.deposit(Deposit(account: newcomer, amount: Money(1_000_000))))
        let instrument = table[Int(index.index)].instrument
        let high = instrument.priceDown(ReferencePrice(units: before.units / 50 * 51))
        _ = try simulation.others(
            .placeOrder(
                PlaceOrder(
                    account: newcomer, instrument: .known(index), side: .buy, type: .limit,
                    timeInForce: .goodTillCancelled,
                    quantity: WireDecimal(significand: 25, exponent: 0),
                    price: WireDecimal(instrument.decimal(high)))))
        try simulation.tick(times: 12)
        #expect(simulation.prices[index]?.source == .internal)
        _ = try simulation.others(.cancelAllOrders(CancelAllOrders(account: newcomer)))
        try simulation.tick(times: 8)
        let bid = try #require(simulation.touch(index).bid)
        #expect(instrument.reference(bid).units > before.units / 100 * 101)
        simulation.exchange.checkInvariants()
    }
}

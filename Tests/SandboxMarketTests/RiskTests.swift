import ExchangeEngine
import ExchangeTypes
import SandboxMarket
import Testing

@testable import ExchangeSequencer

/// The sandbox's part in an exchange that liquidates.
@Suite struct RiskTests {
    private let few = Array(SandboxInstruments.table.prefix(3))

    @Test func anEmptyExchangeGetsItsVenueAndItsReserveOnce() throws {
        //
        var first = Simulation(SandboxMarket(seed: 5, instruments: few))
        try first.start()
        #expect(first.commands.prefix(2) == [.configureVenue(VenueParameters()), fund])
        #expect(reserve(first) == Money(1_000_000))
        try first.tick(times: 20)
        // Events were lost, and later the exchange was started anew.
        var market = first.market
        #expect(!market.genesis().contains(fund))
        var second = Simulation(SandboxMarket(seed: 5, instruments: few), after: first)
        try second.start()
        try second.tick(times: 20)
        #expect(!second.commands.contains(fund))
        #expect(reserve(second) == Money(1_000_000))
    }

    /// Its reserve fund may be spent, which nobody can tell from one that never was.
    @Test func anExchangeThatListsSomethingGetsNoReserve() throws {
        var simulation = Simulation(SandboxMarket(seed: 5, instruments: few))
        _ = try simulation.others(.configureInstrument(few[0].instrument))
        try simulation.start()
        #expect(!simulation.commands.contains(fund))
        #expect(reserve(simulation) == nil)
    }

    @Test func pricesThatStandStillNeverCountAsStale() throws {
        var simulation = Simulation(SandboxMarket(seed: 5, instruments: few, mode: .quiet))
        try simulation.start()
        var venue = VenueParameters()
        venue.staleSeconds = 0
        #expect(simulation.commands.prefix(2) == [.configureVenue(venue), fund])
        try simulation.tick(times: 200)
        #expect(simulation.prices.values.allSatisfy { $0.source == .external })
        #expect(simulation.prices.count == few.count)
    }

    @Test func everyMakerIsAProviderOfItsContract() throws {
        // told once in each run, with the position limit of the class.
        var first = Simulation(SandboxMarket(seed: 5, instruments: few))
        try first.start()
        try first.tick(times: 40)
        #expect(providers(first.commands).map(\.instrument) == few.map(\.instrument.id))
        #expect(Set(providers(first.commands).map(\.account)).count == few.count)
        for provider in providers(first.commands) {
            #expect(provider.maximumNotional == Money(2_500_000))
        }
        var second = Simulation(SandboxMarket(seed: 5, instruments: few), after: first)
        try second.start()
        try second.tick(times: 40)
        #expect(providers(second.commands) == providers(first.commands))
    }

    /// A newcomer with all the leverage there is, and an underlier that falls by a twelfth.
    @Test func aNewcomerWhoLosesAllIsTakenOverByTheMaker() throws {
        var simulation = Simulation(SandboxMarket(seed: 5, instruments: few))
        try simulation.start()
        try simulation.tick(times: 8)
        let newcomer = try newcomer(in: &simulation, money: Money(10_000))
        let nvidia = few[0].instrument
        for _ in 0..<8 {
            _ = try simulation.others(buy(newcomer, nvidia, lots: 50_000))
            try simulation.tick(times: 4)
        }
        let price = try #require(simulation.prices[nvidia.id]).oracle
        let fallen = ReferencePrice(units: price.units / 12 * 11)
        let events = try simulation.others(
            .updateIndexPrice(UpdateIndexPrice(instrument: nvidia.id, price: fallen)))
        let takers = events.compactMap { event -> AccountID? in
            guard case .orderFilled(let fill) = event, fill.executionType == .providerTransfer,
                fill.order.account != newcomer
            else { return nil }
            return fill.order.account
        }
        #expect(Set(takers) == Set(providers(simulation.commands).prefix(1).map(\.account)))
        #expect(!takers.isEmpty)
        simulation.exchange.checkInvariants()

        // The market goes on: the price comes back, and the maker sells what it was given.
        let before = simulation.events.count
        try simulation.tick(times: 400)
        let touch = simulation.touch(nvidia.id)
        #expect(touch.bid != nil && touch.ask != nil)
        #expect(simulation.refusals.count == 0)
        #expect(simulation.openOrders.count == few.count * 16)
        for case .alertRaised(let alert) in simulation.events[before...] {
            Issue.record("\(alert)")
        }
        simulation.exchange.checkInvariants()
    }

    /// Somebody takes the bots' money away: they are refused, ask for more, and go on.
    @Test(arguments: [0, 1, 2, 3])
    func aBotWithoutMoneyGetsMore(bot: UInt32) throws {
        var simulation = Simulation(SandboxMarket(seed: 5, instruments: few))
        try simulation.start()
        try simulation.tick(times: 400)
        let account = AccountID(bot)
        _ = try simulation.others(.cancelAllOrders(CancelAllOrders(account: account)))
        guard case .balance(let balance) = simulation.exchange.report(.balance(account)) else {
            Issue.record("no balance")
            return
        }
        // All but a few coins, for marks move until the command arrives.
        let amount = min(balance.availableBalance, balance.equity) - Money(50)
        let withdrawn = try simulation.others(
            .withdraw(Withdraw(account: account, amount: amount)))
        #expect(!withdrawn.contains { if case .commandRefused = $0 { true } else { false } })
        let deposits = depositCount(simulation.commands, of: account)
        // A twelfth up, then down again: who has no cushion is liquidated.
        for step in [12, -13] as [Int64] {
            for listed in few {
                let price = try #require(simulation.prices[listed.instrument.id]).oracle
                let moved = ReferencePrice(units: price.units + price.units / step)
                _ = try simulation.others(
                    .updateIndexPrice(
                        UpdateIndexPrice(instrument: listed.instrument.id, price: moved)))
            }
            try simulation.tick(times: 40)
        }
        #expect(depositCount(simulation.commands, of: account) > deposits)
        let refusals = simulation.refusals.count
        try simulation.tick(times: 40)
        #expect(simulation.refusals.count == refusals)
        for listed in few {
            let touch = simulation.touch(listed.instrument.id)
            #expect(touch.bid != nil && touch.ask != nil)
        }
        simulation.exchange.checkInvariants()
    }

    @Test func aBotInLiquidationGetsMoney() throws {
        //
        var market = SandboxMarket(seed: 5, instruments: few)
        var simulation = Simulation(market)
        try simulation.start()
        try simulation.tick(times: 4)
        market = simulation.market
        let maker = AccountID(1)
        #expect(depositCount(market.tick(), of: maker) == 0)
        let order = PlaceOrder(
            account: maker, instrument: .known(few[1].instrument.id), side: .buy, type: .limit,
            timeInForce: .goodTillCancelled, quantity: .zero, price: .zero)
        for (reason, deposits) in [
            (RejectReason.inLiquidation, 1), (.insufficientMargin, 1), (.maximumNotional, 0),
        ] {
            market.observe(
                batch(.orderRejected(OrderRejected(order: order, reason: reason))))
            #expect(depositCount(market.tick(), of: maker) == deposits, "\(reason)")
        }
    }

    // MARK: What is seen

    private func batch(_ event: Event) -> EventBatch {
        let entry = EventBatch.Entry(
            origin: nil, sequence: SequenceNumber(1), timestamp: .zero, outcome: .events(0..<1))
        return EventBatch(entries: [entry], events: [event])
    }

    private let fund = Command.fundReserve(Money(1_000_000))

    private func reserve(_ simulation: Simulation) -> Money? {
        var reserve: Money?
        for case .reserveChanged(let balance) in simulation.description { reserve = balance }
        return reserve
    }

    private func providers(_ commands: [Command]) -> [SetProvider] {
        commands.compactMap { if case .setProvider(let provider) = $0 { provider } else { nil } }
    }

    private func depositCount(_ commands: [Command], of account: AccountID) -> Int {
        commands.count { command in
            if case .deposit(let deposit) = command { deposit.account == account } else { false }
        }
    }

    private func newcomer(in simulation: inout Simulation, money: Money) throws -> AccountID {
        let events = try simulation.others(
            .openAccount(OpenAccount(identity: UniqueID(high: 1, low: 1))))
        let account = try #require(
            events.compactMap { event -> AccountID? in
                if case .accountOpened(let opened) = event { opened.account } else { nil }
            }.first)
        _ = try simulation.others(.deposit(Deposit(account: account, amount: money)))
        return account
    }

    private func buy(_ account: AccountID, _ instrument: Instrument, lots: Int64) -> Command {
        .placeOrder(
            PlaceOrder(
                account: account, instrument: .known(instrument.id), side: .buy, type: .market,
                timeInForce: .immediateOrCancel,
                quantity: WireDecimal(instrument.decimal(Quantity(lots: lots))), price: .zero))
    }
}

import ExchangeEngine
import ExchangeTypes
import SandboxMarket
import Testing

/// The market against the real exchange.
@Suite struct SandboxMarketTests {
    @Test func aSecondAfterTheStartEveryContractHasTwoSides() throws {
        var simulation = Simulation(SandboxMarket(seed: 1))
        try simulation.start()
        try simulation.tick(times: 4)
        for instrument in SandboxInstruments.all {
            let touch = simulation.touch(instrument.id)
            let bid = try #require(touch.bid)
            let ask = try #require(touch.ask)
            #expect(bid < ask)
            // No contract is quoted wider than 20 basis points, the coarsest tick included.
            let spread =
                instrument.notional(ask, Quantity(lots: 1)).units
                - instrument.notional(bid, Quantity(lots: 1)).units
            #expect(spread * 500 < instrument.notional(bid, Quantity(lots: 1)).units)
        }
    }

    @Test func aNewcomersMarketOrderOfThousandDollarsFillsAtOnce() throws {
        var simulation = Simulation(SandboxMarket(seed: 1))
        try simulation.start()
        try simulation.tick(times: 4)
        let newcomer = try open(in: &simulation)
        for instrument in SandboxInstruments.all {
            for side in Side.allCases {
                let events = try simulation.others(
                    marketOrder(newcomer, instrument, side, worth: Money(1_000), simulation))
                let cancelled = events.contains { event in
                    if case .orderCancelled = event { true } else { false }
                }
                let traded = events.contains { event in
                    if case .tradeExecuted = event { true } else { false }
                }
                #expect(traded && !cancelled, "\(instrument.symbol) \(side)")
            }
        }
    }

    /// A long run: whatever must hold of the market, checked on the same four thousand ticks.
    @Test func aQuarterOfAnHourOfTheWholeMarket() throws {
        var simulation = Simulation(SandboxMarket(seed: 42), invariantInterval: 100)
        try simulation.start()
        var busiestSecond = 0
        let seconds = 1_000
        for second in 0..<seconds {
            let before = simulation.commands.count
            try simulation.tick(times: SandboxMarket.ticksPerSecond)
            if second > 0 {
                busiestSecond = max(busiestSecond, simulation.commands.count - before)
            }
            if second.isMultiple(of: 60) { simulation.exchange.checkInvariants() }
        }
        simulation.exchange.checkInvariants()
        let perSecond = simulation.commands.count / seconds
        #expect(simulation.refusals.count == 0)
        #expect((60...200).contains(perSecond), "\(perSecond) commands a second")
        #expect(busiestSecond < 400)
        // One trade in four seconds is expected of each contract, seven a second of the market.
        let trades = simulation.trades
        for instrument in SandboxInstruments.all {
            #expect(trades[instrument.id, default: 0] > seconds / 8, "\(instrument.symbol)")
        }
        #expect(trades.values.reduce(0, +) > 4 * seconds)
        for holding in simulation.holdings {
            let instrument = SandboxInstruments.all[Int(holding.position.instrument.index)]
            let price = try #require(simulation.indexPrices[instrument.id])
            let value = instrument.notional(price, holding.position.quantity.magnitude).money
            // The takers' limits and one order more each; the makers hold the other side.
            #expect(value < Money(55_500), "\(instrument.symbol)")
        }
        // No feed was ever silent, nobody was liquidated.
        for event in simulation.events {
            switch event {
            case .alertRaised, .liquidationChanged: Issue.record("\(event)")
            case _: break
            }
        }
        // Selling to oneself would show as orders taken out by the exchange.
        for case .orderCancelled(_, let reason) in simulation.events {
            #expect(reason == .requested)
        }
        for instrument in SandboxInstruments.all {
            let touch = simulation.touch(instrument.id)
            #expect(touch.bid != nil && touch.ask != nil)
        }
    }

    /// A busy exchange answers later than the next tick. Orders are then filled while they are told to
    /// move or to leave, and nothing else may be refused.
    @Test func lateAnswersMakeTheMarketSlowButNotWrong() throws {
        var simulation = Simulation(SandboxMarket(seed: 42), invariantInterval: 100)
        try simulation.start()
        simulation.delay = 1
        try simulation.tick(times: 800)
        let orderly: Set<RejectReason> = [.cannotModifyPartialFill, .cannotModifyNoSuchOrder]
        for event in simulation.refusals {
            switch event {
            case .modifyRejected(let rejection): #expect(orderly.contains(rejection.reason))
            case .cancelRejected(_, let reason): #expect(reason == .noSuchOrder)
            case _: Issue.record("\(event)")
            }
        }
        #expect(simulation.refusals.count * 100 < simulation.commands.count)
        simulation.delay = 0
        try simulation.tick(times: 4)
        #expect(simulation.openOrders.count == SandboxInstruments.all.count * 16)
        simulation.exchange.checkInvariants()
    }

    @Test func theSameSeedIsTheSameMarketAndAnotherIsNot() throws {
        func run(_ seed: UInt64) throws -> Simulation {
            var simulation = Simulation(SandboxMarket(seed: seed))
            try simulation.start()
            try simulation.tick(times: 100)
            return simulation
        }
        let first = try run(7)
        let second = try run(7)
        let other = try run(8)
        #expect(first.commands == second.commands)
        #expect(first.exchange.stateHash() == second.exchange.stateHash())
        #expect(first.commands != other.commands)
        let identities = first.commands.compactMap { command -> UniqueID? in
            guard case .openAccount(let open) = command else { return nil }
            return open.identity
        }
        #expect(Set(identities).count == identities.count)
        for identity in identities {
            #expect(identity.high & 0xf000 == 0x4000 && identity.low >> 62 == 2)
        }
    }

    @Test func sweepingTheBookForMinutesNeverLeadsAMakerBeyondItsLimits() throws {
        var simulation = Simulation(
            SandboxMarket(seed: 3, instruments: Array(SandboxInstruments.table.prefix(1))))
        try simulation.start()
        try simulation.tick(times: 2)
        let instrument = SandboxInstruments.all[0]
        // Three newcomers, for one alone would meet its own position limit first.
        for _ in 0..<3 {
            let newcomer = try open(in: &simulation)
            for _ in 0..<30 {
                _ = try simulation.others(
                    marketOrder(newcomer, instrument, .buy, worth: Money(100_000), simulation))
                try simulation.tick(times: 2)
            }
        }
        let price = try #require(simulation.indexPrices[instrument.id])
        let largest = simulation.holdings.map { holding in
            instrument.notional(price, holding.position.quantity.magnitude).money
        }.max()
        // Two fifths of the exchange's limit, and at most one side of resting orders more.
        #expect(try #require(largest) > Money(1_000_000))
        #expect(try #require(largest) < Money(1_400_000))
        let botsRefused = simulation.refusals.filter { event in
            if case .orderRejected(let rejection) = event {
                return rejection.order.type == .limit
            }
            return true
        }
        #expect(botsRefused == [])
        #expect(simulation.touch(instrument.id).bid != nil)
        simulation.exchange.checkInvariants()
    }

    @Test func aQuietMarketHasContractsAndPricesAndNothingElse() throws {
        var simulation = Simulation(SandboxMarket(seed: 1, mode: .quiet))
        try simulation.start()
        try simulation.tick(times: 10)
        // The venue, the reserve fund, and a second price for three contracts that are rolled.
        #expect(simulation.commands.count == 2 + 2 * SandboxInstruments.all.count + 3)
        #expect(simulation.refusals.count == 0)
        let expected = Dictionary(
            uniqueKeysWithValues: SandboxInstruments.table.map {
                ($0.instrument.id, $0.referencePrice)
            })
        #expect(simulation.indexPrices == expected)
        #expect(simulation.openOrders == [])
    }

    private func open(in simulation: inout Simulation) throws -> AccountID {
        let number = UInt64(simulation.events.count)
        let events = try simulation.others(
            .openAccount(OpenAccount(identity: UniqueID(high: 1, low: number))))
        let opened = try #require(
            events.compactMap { event -> AccountID? in
                if case .accountOpened(let opened) = event { opened.account } else { nil }
            }.first)
        _ = try simulation.others(.deposit(Deposit(account: opened, amount: Money(1_000_000))))
        return opened
    }

    private func marketOrder(
        _ account: AccountID, _ instrument: Instrument, _ side: Side, worth: Money,
        _ simulation: Simulation
    ) throws -> Command {
        let price = try #require(simulation.indexPrices[instrument.id])
        let lotValue = instrument.notional(price, Quantity(lots: 1))
        let lots = Int64(Notional(worth).units / lotValue.units)
        return .placeOrder(
            PlaceOrder(
                account: account, instrument: .known(instrument.id), side: side, type: .market,
                timeInForce: .immediateOrCancel,
                quantity: WireDecimal(instrument.decimal(Quantity(lots: lots))), price: .zero))
    }
}

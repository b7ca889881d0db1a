import ExchangeEngine
import ExchangeTypes
import Testing

@testable import SandboxMarket

/// Bad days on the real exchange: every step, what it leads to, and the way back.
@Suite struct MarketStepTests {
    private let table = SandboxInstruments.table.filter {
        ["NVDA-USD", "US100-USD", "EUR-USD"].contains($0.instrument.symbol.string)
    }
    private let nvidia = InstrumentID(0)
    private let index = InstrumentID(1)

    private func only(_ name: String) throws -> MarketStep.Scope {
        .symbols([try #require(Symbol(name))])
    }

    private func simulation(
        mode: SandboxMarket.Mode = .full, venue: VenueParameters = VenueParameters()
    ) throws -> Simulation {
        var simulation = Simulation(
            SandboxMarket(seed: 21, instruments: table, mode: mode, venue: venue))
        try simulation.start()
        try simulation.tick(times: 40)
        return simulation
    }

    private func oracle(_ simulation: Simulation, _ id: InstrumentID) throws -> Int64 {
        try #require(simulation.prices[id]).oracle.units
    }

    /// How much higher a price is than before, in tenths of a percent.
    private func change(
        _ simulation: Simulation, _ id: InstrumentID, from before: Int64
    ) throws -> Int64 {
        try (oracle(simulation, id) - before) * 1_000 / before
    }

    private func orders(_ simulation: Simulation, _ id: InstrumentID) -> [OrderState] {
        simulation.openOrders.filter { $0.instrument == id }
    }

    // MARK: Prices

    @Test(arguments: [Int64(-5), 5, -40])
    func aGapMovesTheOracleAtOnceAndTheQuotesAfterIt(percent: Int64) throws {
        var simulation = try simulation()
        let before = try oracle(simulation, nvidia)
        let other = try oracle(simulation, index)
        try simulation.apply(.gap(only("NVDA-USD"), Rate(percent: percent)))
        let after = try oracle(simulation, nvidia)
        #expect(abs(after - before - before / 100 * percent) < before / 1_000)
        #expect(try oracle(simulation, index) == other)
        try simulation.tick(times: 12)
        let instrument = table[0].instrument
        let touch = simulation.touch(nvidia)
        let bid = instrument.reference(try #require(touch.bid)).units
        let ask = instrument.reference(try #require(touch.ask)).units
        #expect(abs(bid - after) < after / 100 && abs(ask - after) < after / 100)
        // It stays there: no pull takes a gap back.
        try simulation.tick(times: 400)
        #expect(abs(try oracle(simulation, nvidia) - after) < after / 50)
        simulation.exchange.checkInvariants()
    }

    @Test func aGapOfAllMovesAll() throws {
        var simulation = try simulation()
        let before = simulation.indexPrices
        try simulation.apply(.gap(.all, Rate(percent: -5)))
        for (id, price) in before {
            #expect(try (-51 ... -49).contains(change(simulation, id, from: price.units)))
        }
    }

    @Test(arguments: [Int64(3), -3])
    func aDriftTakesItsTimeAndEnds(percent: Int64) throws {
        var simulation = try simulation()
        let before = try oracle(simulation, index)
        try simulation.apply(.drift(only("US100-USD"), Rate(percent: percent), seconds: 60))
        #expect(try oracle(simulation, index) == before)
        try simulation.tick(times: 120)
        #expect(abs(try change(simulation, index, from: before) - percent * 5) <= 3)
        try simulation.tick(times: 120)
        #expect(abs(try change(simulation, index, from: before) - percent * 10) <= 3)
        try simulation.tick(times: 120)
        #expect(abs(try change(simulation, index, from: before) - percent * 10) <= 3)
    }

    @Test func aGapDuringADriftMovesItsEndToo() throws {
        var simulation = try simulation()
        let before = try oracle(simulation, index)
        try simulation.apply(.drift(.all, Rate(percent: 10), seconds: 40))
        try simulation.tick(times: 80)
        try simulation.apply(.gap(.all, Rate(percent: -20)))
        try simulation.tick(times: 100)
        // 1.1 × 0.8.
        #expect(abs(try change(simulation, index, from: before) + 120) <= 4)
    }

    @Test func volatilityIsHigherForAWhile() throws {
        var simulation = try simulation()
        func range(_ ticks: Int) throws -> Int64 {
            var prices: [Int64] = []
            for _ in 0..<ticks {
                try simulation.tick()
                prices.append(try oracle(simulation, index))
            }
            return zip(prices, prices.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
        }
        let usual = try range(240)
        try simulation.apply(.volatility(.all, times: Rate(percent: 2_000), seconds: 60))
        let wild = try range(240)
        let later = try range(240)
        #expect(wild > usual * 10 && wild < usual * 40)
        #expect(later < usual * 2)
        try simulation.apply(.volatility(.all, times: .zero, seconds: 60))
        #expect(try range(236) < usual / 10)
    }

    // MARK: Contracts

    @Test func aHaltKeepsEverythingElseAndEndsWithResume() throws {
        var simulation = try simulation()
        var changed = table[0].instrument
        changed.maximumLeverage = 5
        _ = try simulation.others(.configureInstrument(changed))
        let before = orders(simulation, nvidia)
        try simulation.apply(.halt(only("NVDA-USD")))
        changed.status = .inactive
        #expect(simulation.commands.last == .configureInstrument(changed))
        let count = simulation.commands.count
        let trades = simulation.trades
        try simulation.tick(times: 80)
        #expect(orders(simulation, nvidia).map(\.id) == before.map(\.id))
        #expect(simulation.trades[nvidia] == trades[nvidia])
        #expect(simulation.trades[index, default: 0] > trades[index, default: 0])
        // No bot tries in vain; outside prices go on.
        #expect(simulation.refusals == [])
        #expect(
            simulation.commands[count...].contains { command in
                guard case .updateIndexPrice(let update) = command else { return false }
                return update.instrument == nvidia
            })
        try simulation.apply(.resume(only("NVDA-USD")))
        changed.status = .active
        #expect(simulation.commands.last == .configureInstrument(changed))
        try simulation.tick(times: 80)
        #expect(simulation.trades[nvidia, default: 0] > trades[nvidia, default: 0])
    }

    @Test func haltAndResumeInOneTickLeaveTheContractActive() throws {
        var simulation = try simulation()
        simulation.delay = 2
        try simulation.apply(.halt(.all))
        try simulation.apply(.resume(.all))
        try simulation.tick(times: 20)
        for case .instrumentConfigured(let instrument) in simulation.description {
            #expect(instrument.status == .active)
        }
    }

    @Test func aDelistedContractStaysDelisted() throws {
        var simulation = try simulation()
        var gone = table[0].instrument
        gone.status = .delisted
        _ = try simulation.others(.configureInstrument(gone))
        let count = simulation.commands.count
        for step in [
            MarketStep.halt(.all), .resume(.all), .gap(.all, Rate(percent: 1)),
        ] {
            try simulation.apply(step)
        }
        try simulation.tick(times: 8)
        for command in simulation.commands[count...] {
            if case .configureInstrument(let instrument) = command {
                #expect(instrument.id != nvidia)
            }
            if case .updateIndexPrice(let update) = command {
                #expect(update.instrument != nvidia)
            }
        }
        #expect(simulation.refusals == [])
    }

    // MARK: Makers

    private func spread(_ simulation: Simulation, _ id: InstrumentID) throws -> Int64 {
        let touch = simulation.touch(id)
        return try #require(touch.ask).ticks - #require(touch.bid).ticks
    }

    @Test(arguments: [Int64(10), 2])
    func spreadsAreWiderForAWhile(factor: Int64) throws {
        var simulation = try simulation()
        let usual = try spread(simulation, nvidia)
        try simulation.apply(
            .widenSpreads(only("NVDA-USD"), times: Rate(percent: factor * 100), seconds: 30))
        try simulation.tick(times: 8)
        let wide = try spread(simulation, nvidia)
        #expect(abs(wide - usual * factor) <= usual * factor / 4)
        try simulation.tick(times: 60)
        #expect(abs(try spread(simulation, nvidia) - usual * factor) <= usual * factor / 2)
        try simulation.tick(times: 80)
        #expect(try spread(simulation, nvidia) < usual * 2)
        #expect(orders(simulation, nvidia).count == 16)
        #expect(simulation.refusals == [])
    }

    /// With and without a speed bump, in which orders on their way wait.
    @Test(arguments: [Int64(0), 600_000_000], [0, 2])
    func makersThatWithdrawLeaveNothingAndComeBack(bump: Int64, delay: Int) throws {
        var venue = VenueParameters()
        venue.speedBumpNanoseconds = bump
        var simulation = try simulation(venue: venue)
        try simulation.tick(times: 4)
        simulation.delay = delay
        // Everything is on the move when they are told to go.
        try simulation.apply(.gap(.all, Rate(percent: 2)))
        try simulation.tick()
        try simulation.apply(.withdrawMakers(only("NVDA-USD")))
        try simulation.tick(times: 4)
        for _ in 0..<40 {
            try simulation.tick()
            #expect(orders(simulation, nvidia) == [])
        }
        #expect(orders(simulation, index).count >= 12)
        try simulation.apply(.returnMakers(only("NVDA-USD")))
        simulation.delay = 0
        try simulation.tick(times: 12)
        // Behind a speed bump a few are always on their way.
        #expect(orders(simulation, nvidia).count >= (bump == 0 ? 16 : 12))
        simulation.exchange.checkInvariants()
    }

    // MARK: The feed

    @Test func aSilentFeedGoesStaleAndComesBack() throws {
        //
        var simulation = try simulation()
        try simulation.apply(.silenceFeed(only("NVDA-USD")))
        let count = simulation.commands.count
        try simulation.apply(.gap(.all, Rate(percent: 5)))
        try simulation.tick(times: 20)
        // Not stale yet, and the makers know no more than the exchange does.
        #expect(try #require(simulation.prices[nvidia]).source == .external)
        let known = try oracle(simulation, nvidia)
        let ask = table[0].instrument.reference(try #require(simulation.touch(nvidia).ask)).units
        #expect(abs(ask - known) < known / 100)
        try simulation.tick(times: 40)
        #expect(
            !simulation.commands[count...].contains { command in
                guard case .updateIndexPrice(let update) = command else { return false }
                return update.instrument == nvidia
            })
        #expect(try #require(simulation.prices[nvidia]).source == .internal)
        #expect(try #require(simulation.prices[index]).source == .external)
        let before = try oracle(simulation, nvidia)
        let bid = table[0].instrument.reference(try #require(simulation.touch(nvidia).bid)).units
        #expect(abs(bid - before) < before / 100)
        try simulation.apply(.restoreFeed(only("NVDA-USD")))
        try simulation.tick(times: 4)
        #expect(try #require(simulation.prices[nvidia]).source == .external)
        #expect(abs(try change(simulation, nvidia, from: before) - 50) <= 5)
        let alerts = simulation.events.filter { event in
            if case .alertRaised = event { true } else { false }
        }
        #expect(alerts == [.alertRaised(.feedSilent(nvidia))])
    }

    @Test func aQuietMarketStepsToo() throws {
        var simulation = try simulation(mode: .quiet)
        let before = simulation.indexPrices
        try simulation.apply(.silenceFeed(.all))
        try simulation.apply(.gap(.all, Rate(percent: 5)))
        try simulation.tick(times: 8)
        #expect(simulation.indexPrices == before)
        try simulation.apply(.restoreFeed(.all))
        try simulation.apply(.drift(.all, Rate(percent: -20), seconds: 10))
        try simulation.tick(times: 44)
        for (id, price) in before {
            // 1.05 × 0.8.
            #expect(abs(try change(simulation, id, from: price.units) + 160) <= 1)
        }
        let count = simulation.commands.count
        try simulation.tick(times: 44)
        #expect(simulation.commands.count == count)
        #expect(simulation.openOrders == [])
    }

    // MARK: Bounds

    @Test(arguments: [
        (MarketStep.gap(.all, Rate(tenthBasisPoints: 49_001)), "fraction"),
        (.gap(.all, Rate(tenthBasisPoints: -49_001)), "fraction"),
        (.drift(.all, Rate(percent: 50), seconds: 1), "fraction"),
        (.drift(.all, .zero, seconds: 0), "seconds"),
        (.drift(.all, .zero, seconds: 86_401), "seconds"),
        (.volatility(.all, times: Rate(percent: -1), seconds: 1), "factor"),
        (.volatility(.all, times: Rate(percent: 5_001), seconds: 1), "factor"),
        (.volatility(.all, times: .one, seconds: 0), "seconds"),
        (.widenSpreads(.all, times: Rate(percent: 99), seconds: 1), "factor"),
        (.widenSpreads(.all, times: Rate(percent: 5_001), seconds: 1), "factor"),
        (.widenSpreads(.all, times: .one, seconds: 86_401), "seconds"),
    ])
    func aStepOutOfBoundsSaysWhatIsWrong(step: MarketStep, word: String) {
        let error = #expect(throws: InvalidMarketValue.self) { try step.validate() }
        #expect(error?.description.hasPrefix(word) == true, "\(String(describing: error))")
    }

    /// The largest steps that pass, again and again: the exchange believes every price that follows.
    @Test(arguments: [Int64(49), -49])
    func theLargestStepsAreBelieved(percent: Int64) throws {
        var simulation = try simulation()
        for _ in 0..<6 {
            try simulation.apply(.gap(.all, Rate(percent: percent)))
            try simulation.tick(times: 8)
        }
        #expect(
            !simulation.refusals.contains { event in
                if case .commandRefused = event { true } else { false }
            })
        let ratio = try oracle(simulation, index) * 100 / table[1].referencePrice.units
        #expect(percent > 0 ? (780...820).contains(ratio) : (12...13).contains(ratio))
        simulation.exchange.checkInvariants()
    }

    @Test func unknownAndRepeatedSymbolsAreNoHarm() throws {
        var simulation = try simulation()
        let before = try oracle(simulation, nvidia)
        let names = try ["NOBODY-USD", "NVDA-USD", "NVDA-USD"].map { try #require(Symbol($0)) }
        try simulation.apply(.gap(.symbols(names), Rate(percent: 10)))
        #expect(try change(simulation, nvidia, from: before) == 100)
        try simulation.apply(.gap(.symbols([]), Rate(percent: 10)))
        #expect(try change(simulation, nvidia, from: before) == 100)
    }

    /// Before anything is listed, steps are remembered and send nothing that would be refused.
    @Test func stepsBeforeTheBeginningSendNothing() {
        var market = SandboxMarket(seed: 21, instruments: table)
        for step in [
            MarketStep.gap(.all, Rate(percent: 1)), .halt(.all), .resume(.all),
            .withdrawMakers(.all), .silenceFeed(.all),
        ] {
            #expect(market.apply(step) == [])
        }
    }
}

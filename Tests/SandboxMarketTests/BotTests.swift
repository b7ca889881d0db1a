import ExchangeEngine
import ExchangeTypes
import Testing

@testable import SandboxMarket

/// All bots on the real exchange.
@Suite struct BotTests {
    /// One contract of each model and class.
    private static let symbols = ["NVDA-USD", "SAMSUNG-KRW", "US100-USD", "EUR-USD"]

    private func table(_ bots: BotMix = BotMix()) -> [SandboxInstrument] {
        SandboxInstruments.table.filter { Self.symbols.contains($0.instrument.symbol.string) }
            .map { listed in
                var listed = listed
                listed.bots = bots
                return listed
            }
    }

    /// The largest position that a bot may have: its limit, one order, and what prices do meanwhile.
    private func bound(_ bot: Bot, _ listed: SandboxInstrument) -> Money {
        let size = listed.bots.size
        // The smallest quantity may be worth more than a small bot's order.
        let rounding = Money(100)
        let usual =
            switch bot {
            case .maker:
                MarketMaker.positionLimit(listed.instrument, in: .open, size: size)
                    + Money(units: size.of(MomentumTrader.largestOrder.units))
            case .noise: Money(units: size.of((NoiseTrader.positionLimit + Money(2_050)).units))
            case .momentum:
                Money(
                    units: size.of(
                        (MomentumTrader.positionLimit + MomentumTrader.largestOrder).units))
            }
        return Money(units: usual.units / 100 * 102) + rounding
    }

    /// Trends up and down, jumps, gaps, and answers that come late: nobody ever holds more than allowed.
    @Test(arguments: [(Int64(100), 0), (25, 0), (500, 0), (100, 2)])
    func noBotEverHoldsMoreThanItsLimit(percent: Int64, delay: Int) throws {
        let table = table(BotMix(size: Rate(percent: percent)))
        var simulation = Simulation(
            SandboxMarket(seed: 12, instruments: table), invariantInterval: 1_000)
        try simulation.start()
        simulation.delay = delay
        var largest: [Bot: Money] = [:]
        for minute in 0..<20 {
            let fraction = Rate(tenthBasisPoints: minute.isMultiple(of: 4) ? 800 : -250)
            try simulation.apply(.drift(.all, fraction, seconds: 50))
            for _ in 0..<60 {
                try simulation.tick(times: 4)
                for holding in simulation.holdings {
                    let place = Int(holding.position.instrument.index)
                    let bot = simulation.market.bot(Int(holding.account.index))
                    let price = try #require(simulation.prices[holding.position.instrument]).oracle
                    let value = table[place].instrument.notional(
                        price, holding.position.quantity.magnitude
                    ).money
                    #expect(value <= bound(bot, table[place]), "\(bot) \(minute)")
                    largest[bot] = max(largest[bot] ?? .zero, value)
                }
            }
        }
        // The limits were in reach: this run has something to say of them.
        let momentum = try #require(largest[.momentum])
        #expect(momentum > Money(units: Rate(percent: percent).of(Money(29_000).units)))
        #expect(largest.count == 3)
        for event in simulation.events {
            if case .liquidationChanged = event { Issue.record("\(event)") }
        }
        simulation.exchange.checkInvariants()
    }

    private func orders(_ simulation: Simulation) -> (limits: Int, accounts: Set<Int>) {
        var limits = 0
        var accounts: Set<Int> = []
        for case .placeOrder(let order) in simulation.commands {
            if order.type == .limit { limits += 1 }
            accounts.insert(Int(order.account.index))
        }
        return (limits, accounts)
    }

    @Test(arguments: [
        BotMix(), BotMix(hasMaker: false), BotMix(hasNoise: false), BotMix(hasMomentum: false),
        BotMix(hasMaker: false, hasNoise: false, hasMomentum: false),
    ])
    func onlyTheBotsOfTheMixTrade(mix: BotMix) throws {
        var simulation = Simulation(
            SandboxMarket(seed: 12, instruments: Array(table(mix).prefix(1))),
            invariantInterval: 1_000)
        try simulation.start()
        try simulation.apply(.drift(.all, Rate(percent: 5), seconds: 100))
        try simulation.tick(times: 600)
        let orders = orders(simulation)
        #expect((orders.limits > 0) == mix.hasMaker)
        #expect(orders.accounts.contains(0) == mix.hasMaker)
        #expect(orders.accounts.contains(1) == mix.hasNoise)
        #expect(orders.accounts.contains(2) == mix.hasMomentum)
    }

    @Test func sizesAreMultiplied() throws {
        func depth(_ percent: Int64) throws -> Money {
            let table = Array(table(BotMix(size: Rate(percent: percent))).prefix(1))
            var simulation = Simulation(SandboxMarket(seed: 12, instruments: table))
            try simulation.start()
            try simulation.tick(times: 4)
            return simulation.openOrders.reduce(.zero) { sum, order in
                sum + table[0].instrument.notional(order.price, order.remaining).money
            }
        }
        let usual = try depth(100)
        let large = try depth(500)
        let small = try depth(10)
        // Sizes are rounded up to a thousandth of a share.
        #expect(abs(large.units - usual.units * 5) < usual.units / 100)
        #expect(abs(small.units * 10 - usual.units) < usual.units / 10)
    }

    /// At the weekend a tenth of the largest position is left, and orders five times as large as usual
    /// have to go.
    @Test func largeBotsFindRoomAtTheWeekend() throws {
        let table = Array(table(BotMix(size: Rate(percent: 500))).prefix(1))
        var simulation = Simulation(SandboxMarket(seed: 12, instruments: table))
        try simulation.start()
        try simulation.tick(times: 8)
        _ = try simulation.others(
            .scheduleSession(
                ScheduleSession(instrument: InstrumentID(0), session: .weekend, startsAt: .zero)))
        try simulation.tick(times: 8)
        let refusals = simulation.refusals.count
        try simulation.tick(times: 200)
        #expect(simulation.refusals.count == refusals)
        #expect(refusals < 40)
        let side = simulation.openOrders.filter { $0.side == .buy }.reduce(Money.zero) {
            $0 + table[0].instrument.notional($1.price, $1.remaining).money
        }
        #expect(side <= Money(250_000) && simulation.openOrders.count == 16)
    }

    @Test(arguments: [Int64(0), 501, -1])
    func aSizeOutOfBoundsSaysSo(percent: Int64) {
        let error = #expect(throws: InvalidMarketValue.self) {
            try BotMix(size: Rate(percent: percent)).validate()
        }
        #expect(error?.description.hasPrefix("size must be 0.01 to 5, not ") == true)
    }
}

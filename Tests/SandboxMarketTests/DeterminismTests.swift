import ExchangeEngine
import ExchangeTypes
import Testing

@testable import SandboxMarket

/// One seed is one market, bit for bit.
@Suite struct DeterminismTests {
    /// One contract of each model.
    private let table = SandboxInstruments.table.filter {
        ["AAPL-USD", "SAMSUNG-KRW", "US500-USD", "EUR-USD"].contains($0.instrument.symbol.string)
    }
    /// Half an hour before Seoul opens: Monday, 11 January 2027, 23:30 UTC.
    private let start: Int64 = 1_799_710_200
    private static let hour = 3_600 * SandboxMarket.ticksPerSecond

    private func simulation(seed: UInt64) -> Simulation {
        Simulation(
            SandboxMarket(seed: seed, instruments: table), second: start,
            invariantInterval: 10_000)
    }

    /// A hash of all that the market sent, byte by byte.
    private func hash(_ simulation: Simulation) -> UInt64 {
        var writer = ByteWriter()
        var hasher = StateHasher()
        for command in simulation.commands {
            writer.bytes.removeAll(keepingCapacity: true)
            CommandCodec.encode(command, to: &writer)
            for byte in writer.bytes { hasher.combine(UInt64(byte)) }
        }
        return hasher.value
    }

    /// An hour twice, side by side, and once more with another seed; then a second run over each.
    @Test func anHourIsTheSameHourAndARestartGoesOn() throws {
        var first = simulation(seed: 7)
        var second = simulation(seed: 7)
        try first.start()
        try second.start()
        for _ in 0..<Self.hour {
            try first.tick()
            try second.tick()
        }
        #expect(first.commands.count > 10_000)
        #expect(hash(first) == hash(second))
        #expect(first.exchange.stateHash() == second.exchange.stateHash())
        // The same in every process and on every machine. An intended change of the market or of the
        // exchange's answers changes it, and nothing else may.
        #expect(hash(first) == 12_605_565_740_997_780_392)
        #expect(first.refusals == [])
        for case .liquidationChanged(let change) in first.events { Issue.record("\(change)") }
        first.exchange.checkInvariants()

        let before = first.indexPrices
        var firstAgain = Simulation(SandboxMarket(seed: 7, instruments: table), after: first)
        var secondAgain = Simulation(SandboxMarket(seed: 7, instruments: table), after: second)
        try firstAgain.start()
        try secondAgain.start()
        try firstAgain.tick(times: 20)
        for (id, price) in firstAgain.indexPrices {
            let old = try #require(before[id]).units
            #expect(abs(price.units - old) < old / 100)
        }
        try firstAgain.tick(times: 400)
        try secondAgain.tick(times: 420)
        #expect(hash(firstAgain) == hash(secondAgain))
        #expect(first.exchange.stateHash() == second.exchange.stateHash())
        #expect(firstAgain.refusals == [])
        #expect(firstAgain.openOrders.count == table.count * 16)
    }

    @Test func anotherSeedIsAnotherMarket() throws {
        var first = simulation(seed: 7)
        var other = simulation(seed: 8)
        for _ in 0..<1 {
            try first.start()
            try other.start()
            try first.tick(times: 240)
            try other.tick(times: 240)
        }
        #expect(hash(first) != hash(other))
        #expect(first.exchange.stateHash() != other.exchange.stateHash())
        for (id, price) in first.indexPrices { #expect(other.indexPrices[id] != price) }
    }

    /// Steps are a part of the market: the same at the same ticks lead to the same commands.
    @Test func theSameBadDayIsTheSameMarket() throws {
        func day() throws -> Simulation {
            var simulation = simulation(seed: 7)
            try simulation.start()
            let steps: [MarketStep] = [
                .gap(.all, Rate(percent: -5)), .halt(.all), .resume(.all),
                .volatility(.all, times: Rate(percent: 500), seconds: 20),
                .widenSpreads(.all, times: Rate(percent: 300), seconds: 10),
                .withdrawMakers(.all), .returnMakers(.all), .silenceFeed(.all), .restoreFeed(.all),
                .drift(.all, Rate(percent: 8), seconds: 20),
            ]
            for step in steps {
                try simulation.tick(times: 30)
                try simulation.apply(step)
            }
            try simulation.tick(times: 200)
            return simulation
        }
        let (first, second) = (try day(), try day())
        #expect(hash(first) == hash(second))
        #expect(first.exchange.stateHash() == second.exchange.stateHash())
        first.exchange.checkInvariants()
    }
}

import ExchangeEngine
import ExchangeTypes
import Testing

@testable import SandboxMarket

/// Recorded prices on the real exchange.
@Suite struct ReplayTests {
    private let few = Array(SandboxInstruments.table.prefix(2))
    private let nvidia = InstrumentID(0)

    private func replay(
        _ prices: [String], speed: Decimal8 = Decimal8(1), loops: Bool = false
    ) throws -> PriceReplay {
        let rows = prices.enumerated().map { "\($0.offset),NVDA-USD,\($0.element)\n" }
        let text = "time,symbol,price\n" + rows.joined()
        let tape = try PriceTape(Array(text.utf8), symbols: Set(few.map(\.instrument.symbol)))
        return try PriceReplay(tape, speed: speed, loops: loops)
    }

    /// The outside prices that were sent of a contract.
    private func sent(_ simulation: Simulation, _ id: InstrumentID) -> [String] {
        simulation.commands.compactMap { command in
            guard case .updateIndexPrice(let update) = command, update.instrument == id else {
                return nil
            }
            return "\(update.price)"
        }
    }

    @Test(arguments: [SandboxMarket.Mode.full, .quiet])
    func theExchangeFollowsTheTapeToItsEnd(mode: SandboxMarket.Mode) throws {
        let replay = try replay(["230.00000001", "231", "229.5", "232"])
        var simulation = Simulation(
            SandboxMarket(seed: 4, instruments: few, mode: mode, replay: replay))
        try simulation.start()
        try simulation.tick(times: 16)
        #expect(sent(simulation, nvidia) == ["230.00000001", "231", "229.5", "232"])
        // It is said again, lest it count as stale.
        try simulation.tick(times: 80)
        #expect(simulation.prices[nvidia]?.oracle == ReferencePrice(232))
        #expect(simulation.prices[nvidia]?.source == .external)
        #expect(Set(sent(simulation, nvidia).dropFirst(3)) == ["232"])
        // The other contract has its model, or stands still.
        #expect((sent(simulation, InstrumentID(1)).count > 10) == (mode == .full))
        #expect(simulation.refusals == [])
        #expect((simulation.touch(nvidia).bid != nil) == (mode == .full))
    }

    @Test func stepsMoveRecordedPricesToo() throws {
        var simulation = Simulation(
            SandboxMarket(seed: 4, instruments: few, mode: .quiet, replay: try replay(["200"])))
        try simulation.start()
        try simulation.tick(times: 4)
        try simulation.apply(.gap(.all, Rate(percent: -5)))
        #expect(simulation.prices[nvidia]?.oracle == ReferencePrice(190))
    }

    @Test func aTapeThatLoopsBeginsAnew() throws {
        let replay = try replay(["230", "231", "232"], loops: true)
        var simulation = Simulation(
            SandboxMarket(seed: 4, instruments: few, mode: .quiet, replay: replay))
        try simulation.start()
        try simulation.tick(times: 28)
        #expect(
            sent(simulation, nvidia) == ["230", "231", "232", "230", "231", "232", "230", "231"])
    }

    /// An exchange that knows another price is told of the tape's at once, and believes it.
    @Test func aTapeNearTheLastPriceIsTakenOver() throws {
        var first = Simulation(SandboxMarket(seed: 4, instruments: few, mode: .quiet))
        try first.start()
        try first.tick(times: 8)
        var second = Simulation(
            SandboxMarket(
                seed: 4, instruments: few, mode: .quiet, replay: try replay(["300", "301"])),
            after: first)
        try second.start()
        try second.tick(times: 8)
        #expect(second.prices[nvidia]?.oracle == ReferencePrice(301))
        #expect(second.refusals == [])
    }

    /// a first price twice as high is refused ten times, then taken with an alert; meanwhile the
    /// bots trade at the price that the exchange believes.
    @Test func aDistantTapeIsTakenAfterTenRefusals() throws {
        var first = Simulation(SandboxMarket(seed: 4, instruments: few))
        try first.start()
        try first.tick(times: 8)
        var second = Simulation(
            SandboxMarket(seed: 4, instruments: few, replay: try replay(["460"])), after: first)
        try second.start()
        var seconds = 0
        while second.prices[nvidia]?.oracle != ReferencePrice(460), seconds < 60 {
            try second.tick(times: 4)
            seconds += 1
            guard let oracle = second.prices[nvidia]?.oracle, oracle < ReferencePrice(300) else {
                continue
            }
            let instrument = few[0].instrument
            let ask = instrument.reference(try #require(second.touch(nvidia).ask))
            #expect(ask < ReferencePrice(260))
        }
        #expect((15...30).contains(seconds), "\(seconds)")
        #expect(second.events.contains(.alertRaised(.distantPriceTaken(nvidia))))
        let refused = second.refusals.count { event in
            if case .commandRefused(.unbelievablePrice) = event { true } else { false }
        }
        #expect(refused == 10)
        try second.tick(times: 40)
        let ask = few[0].instrument.reference(try #require(second.touch(nvidia).ask))
        #expect(ask > ReferencePrice(455))
        second.exchange.checkInvariants()
    }

    /// Beyond nine times of the contract's first price nothing is ever believed; a new folder is.
    @Test func aTapeBeyondTheCorridorNeedsANewExchange() throws {
        var first = Simulation(SandboxMarket(seed: 4, instruments: few))
        try first.start()
        var second = Simulation(
            SandboxMarket(seed: 4, instruments: few, replay: try replay(["3000"])), after: first)
        try second.start()
        try second.tick(times: 200)
        #expect(second.prices[nvidia]?.source == .internal)
        #expect(try #require(second.prices[nvidia]).oracle < ReferencePrice(300))
        var new = Simulation(
            SandboxMarket(seed: 4, instruments: few, replay: try replay(["3000"])))
        try new.start()
        try new.tick(times: 8)
        #expect(new.prices[nvidia]?.oracle == ReferencePrice(3_000))
        #expect(new.refusals == [])
    }
}

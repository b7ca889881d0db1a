import ExchangeEngine
import ExchangeTypes
import Testing

@testable import SandboxMarket

/// What a contract is worth over its underlier: how far it goes, that it comes back, and what follows.
@Suite struct BasisTests {
    private let underlier = ReferencePrice(1_000)

    /// In hundredths of a basis point.
    private func distance(_ basis: Basis) -> Int64 {
        (basis.price(over: underlier).units - underlier.units) / 100_000
    }

    @Test(arguments: [
        (ProductCategory.equity, Int64(1_150)), (.index, 430), (.commodity, 720),
        (.foreignExchange, 215),
    ])
    func itsDeviationIsAFewBasisPointsOfTheClass(category: ProductCategory, expected: Int64) {
        var basis = Basis(category, random: SplitMix64(seed: 3))
        var sum = Int128.zero
        var squares = Int128.zero
        // Sixty days.
        let seconds = 60 * 86_400
        for _ in 0..<seconds {
            basis.step()
            sum += Int128(distance(basis))
            squares += Int128(distance(basis)) * Int128(distance(basis))
        }
        let mean = Int64(sum / Int128(seconds))
        let deviation = Int64((squares / Int128(seconds)).squareRootDown())
        #expect(abs(deviation - expected) < expected / 10, "\(deviation)")
        #expect(abs(mean) < expected / 10, "\(mean)")
    }

    @Test(arguments: [Int64(3), -3])
    func itGoesOnFromTheMarkThatItFindsAndComesBack(thousandths: Int64) {
        var basis = Basis(.foreignExchange, random: SplitMix64(seed: 4))
        basis.resume(
            at: ReferencePrice(units: underlier.units / 1_000 * (1_000 + thousandths)),
            over: underlier)
        #expect(distance(basis) == thousandths * 1_000)
        for _ in 0..<1_800 { basis.step() }
        // Half of it, and what came by chance.
        #expect(abs(distance(basis) - thousandths * 500) < 700)
    }

    @Test func aMarkFarAwayIsNoBasis() {
        var basis = Basis(.equity, random: SplitMix64(seed: 4))
        basis.resume(at: ReferencePrice(2_000), over: underlier)
        #expect(distance(basis) == 10_000)
        basis.resume(at: ReferencePrice(1), over: underlier)
        #expect(distance(basis) == -10_000)
    }

    /// a mark beyond the clamp makes funding, and the side that it favours pays.
    @Test func itMovesTheMarkAndMakesFunding() throws {
        var simulation = Simulation(
            SandboxMarket(seed: 8, instruments: Array(SandboxInstruments.table.prefix(4))),
            invariantInterval: 10_000)
        try simulation.start()
        try simulation.tick(times: 2_400 * SandboxMarket.ticksPerSecond)
        let rates = simulation.events.compactMap { event -> FundingRateChanged? in
            guard case .fundingRateChanged(let change) = event, change.rate != .zero else {
                return nil
            }
            return change
        }
        #expect(Set(rates.map(\.instrument)).count > 1)
        // No more than a few tenths of a basis point an hour.
        #expect(rates.allSatisfy { abs($0.rate.units) < 50_000_000 })
        for (id, prices) in simulation.prices {
            let touch = simulation.touch(id)
            let instrument = SandboxInstruments.all[Int(id.index)]
            let bid = instrument.reference(try #require(touch.bid))
            let ask = instrument.reference(try #require(touch.ask))
            // between the oracle and the book, for it is a median of both and a mean.
            #expect(prices.mark >= min(prices.oracle, bid))
            #expect(prices.mark <= max(prices.oracle, ask))
        }
        #expect(simulation.refusals == [])
        simulation.exchange.checkInvariants()
    }
}

import ExchangeTypes
import Testing

@testable import SandboxMarket

@Suite struct RandomWalkTests {
    @Test func splitMix64GivesItsPublishedNumbers() {
        // The first numbers of the public reference implementation for this seed.
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test func drawsStayWithinTheirRangeAndReachItsEnds() {
        var random = SplitMix64(seed: 7)
        let draws = (0..<10_000).map { _ in random.within(-3...3) }
        #expect(Set(draws) == [-3, -2, -1, 0, 1, 2, 3])
    }

    @Test func purposesDrawIndependently() {
        let random = SplitMix64(seed: 7)
        var streams = (0..<100).map { random.split($0) }
        #expect(Set(streams.indices.map { streams[$0].next() }).count == 100)
    }

    private let second = UnderlierSecond(number: 0, time: .zero)

    /// What moves as much as the class of the contract does.
    private func walk(_ listed: SandboxInstrument, seed: UInt64) -> RandomWalk {
        let deviation = Liveliness(listed.instrument.category).deviation * 10_000
        return RandomWalk(
            listed, deviation: Rate(units: deviation), random: SplitMix64(seed: seed))
    }

    /// A sandbox runs for days without anybody looking.
    @Test(arguments: SandboxInstruments.table)
    func aDayMovesThePriceButNotFar(listed: SandboxInstrument) {
        var walk = walk(listed, seed: 99)
        var low = walk.price
        var high = walk.price
        for _ in 0..<86_400 {
            walk.step(second)
            low = min(low, walk.price)
            high = max(high, walk.price)
        }
        let reference = listed.referencePrice.units
        #expect(low.units > reference - reference / 10)
        #expect(high.units < reference + reference / 10)
        #expect(high.units - low.units > reference / 1_000)
    }

    @Test func aWalkGoesOnFromAPriceSeenElsewhere() {
        let listed = SandboxInstruments.table[0]
        var walk = walk(listed, seed: 1)
        let seen = ReferencePrice(250)
        walk.resume(at: seen)
        #expect(walk.price == seen)
        walk.step(second)
        #expect(abs(walk.price.units - seen.units) < seen.units / 1_000)
        #expect(walk.price != seen)
    }

    @Test func aWalkFarAwayIsPulledBack() {
        let listed = SandboxInstruments.table[0]
        var walk = walk(listed, seed: 1)
        walk.resume(at: ReferencePrice(units: listed.referencePrice.units * 2))
        for _ in 0..<86_400 { walk.step(second) }
        #expect(walk.price.units < listed.referencePrice.units * 5 / 4)
    }
}

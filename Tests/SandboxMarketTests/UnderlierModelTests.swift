import ExchangeTypes
import MarketCalendar
import Testing

@testable import SandboxMarket

/// Each model alone, with fixed seeds: what they are told to do on average is what they do.
@Suite struct UnderlierModelTests {
    /// Price and reference of 1,000, on so fine a grid that no rounding shows.
    private func listed(
        _ model: UnderlierModel, hours: MarketHours = .alwaysOpen
    ) -> SandboxInstrument {
        var listed = SandboxInstruments.table[0]
        listed.referencePrice = ReferencePrice(1_000)
        listed.instrument.tickSize = Decimal8(units: 100)
        listed.calendar = UnderlierCalendar(hours: hours)
        listed.model = model
        return listed
    }

    private func underlier(
        _ model: UnderlierModel, hours: MarketHours = .alwaysOpen, seed: UInt64 = 11
    ) -> any Underlier {
        model.underlier(of: listed(model, hours: hours), random: SplitMix64(seed: seed))
    }

    /// Changes of some seconds in a row, in units of 1e-8 of the reference.
    private func changes(
        _ underlier: inout any Underlier, seconds: Int, from start: Int64 = 1_800_000_000,
        volatility: Rate = .one
    ) -> [Int64] {
        (0..<seconds).map { number in
            let before = underlier.price.units
            underlier.step(
                UnderlierSecond(
                    number: Int64(number),
                    time: Timestamp(nanoseconds: (start + Int64(number)) * 1_000_000_000),
                    volatility: volatility))
            return (underlier.price.units - before) / 1_000
        }
    }

    /// The root of the mean square.
    private func deviation(_ values: [Int64]) -> Int64 {
        let sum = values.reduce(Int128(0)) { $0 + Int128($1) * Int128($1) }
        return Int64((sum / Int128(values.count)).squareRootDown())
    }

    private let tenthOfPercent = Rate(tenthBasisPoints: 100)

    @Test(arguments: [Rate.one, Rate(percent: 300)])
    func aWalkMovesAsMuchAsItShall(volatility: Rate) {
        var walk = underlier(.randomWalk(deviation: Rate(tenthBasisPoints: 10)))
        let found = deviation(changes(&walk, seconds: 50_000, volatility: volatility))
        let expected = volatility.of(10_000)
        #expect(abs(found - expected) < expected / 50, "\(found)")
    }

    @Test func aMeanRevertingPriceIsHalfWayBackAfterItsHalfLife() {
        var still = underlier(.meanReverting(deviation: .zero, halfLife: 600))
        still.resume(at: ReferencePrice(1_100))
        _ = changes(&still, seconds: 600)
        #expect(abs(still.price.units - ReferencePrice(1_050).units) < ReferencePrice(1).units / 10)
        _ = changes(&still, seconds: 6_000)
        #expect(abs(still.price.units - ReferencePrice(1_000).units) < ReferencePrice(1).units / 10)
    }

    /// d × √(h / 1.386): here 1e-4 × √(1,386 / 1.386), about a third of a percent.
    @Test func aMeanRevertingPriceStaysAsNearAsItShall() {
        var price = underlier(
            .meanReverting(deviation: Rate(tenthBasisPoints: 10), halfLife: 1_386))
        var distances: [Int64] = []
        for _ in 0..<4_000 {
            _ = changes(&price, seconds: 50)
            distances.append((price.price.units - ReferencePrice(1_000).units) / 1_000)
        }
        let found = deviation(distances)
        #expect(found > 280_000 && found < 350_000, "\(found)")
        #expect(distances.allSatisfy { abs($0) < 1_500_000 })
    }

    @Test func jumpsComeAsOftenAndAsLargeAsTheyShall() {
        var price = underlier(
            .jumps(deviation: .zero, perHour: 60, size: Rate(tenthBasisPoints: 400)))
        // So soon after a jump nothing has pulled the price back.
        let jumps = changes(&price, seconds: 100 * 3_600).filter { abs($0) > 100_000 }
        #expect(abs(jumps.count - 6_000) < 250, "\(jumps.count)")
        #expect(jumps.allSatisfy { (190_000...610_000).contains(abs($0)) })
        let up = jumps.count { $0 > 0 }
        #expect(abs(up * 2 - jumps.count) < 250)
    }

    @Test func withoutJumpsItIsAWalk() {
        let deviation = Rate(tenthBasisPoints: 10)
        var none = underlier(.jumps(deviation: deviation, perHour: 0, size: tenthOfPercent))
        #expect(changes(&none, seconds: 20_000).allSatisfy { abs($0) < 40_000 })
    }

    /// Monday, 11 January 2027, 00:00 UTC.
    private let monday: Int64 = 1_799_625_600

    /// Openings by local clocks, as seconds since Monday in UTC.
    @Test(arguments: [
        (MarketHours.korea, [86_400, 172_800, 259_200, 345_600]),
        (.japan, [12_600, 86_400, 99_000, 172_800, 185_400, 259_200, 271_800, 345_600, 358_200]),
        (.usEquities, [52_200, 138_600, 225_000, 311_400, 397_800]),
        (.foreignExchange, [597_600]),
        (.alwaysOpen, []),
    ])
    func eachOpeningIsAGapAndNothingElseIs(hours: MarketHours, openings: [Int]) {
        var price = underlier(
            .tradingHours(deviation: .zero, calm: .zero, gap: tenthOfPercent), hours: hours)
        // From one second into the week, in which Seoul and Tokyo are open already.
        let gaps = changes(&price, seconds: 7 * 86_400 - 1, from: monday + 1).enumerated()
            .filter { abs($0.element) > 500 }.map(\.offset)
        #expect(gaps == openings.map { $0 - 1 })
    }

    @Test func aClosedMarketIsCalm() {
        var price = underlier(
            .tradingHours(
                deviation: Rate(tenthBasisPoints: 10), calm: Rate(percent: 25), gap: .zero),
            hours: .korea)
        let open = deviation(changes(&price, seconds: 6 * 3_600, from: monday))
        let closed = deviation(changes(&price, seconds: 12 * 3_600, from: monday + 8 * 3_600))
        #expect(abs(open - 10_000) < 300, "\(open)")
        #expect(abs(closed - 2_500) < 100, "\(closed)")
    }

    /// An exchange that knows the hours asks for nothing while they are closed: the gap comes with the
    /// first second afterwards, once.
    @Test func anOpeningThatNobodySawIsAGapToo() {
        var price = underlier(
            .tradingHours(deviation: .zero, calm: .zero, gap: tenthOfPercent), hours: .korea)
        _ = changes(&price, seconds: 10, from: monday)
        let later = changes(&price, seconds: 10, from: monday + 3 * 86_400 + 3_600)
        #expect(later.map { abs($0) > 500 } == [true] + [Bool](repeating: false, count: 9))
    }

    /// However wild the values that pass, prices stay between an eighth and eight times of the reference.
    @Test(arguments: [
        UnderlierModel.randomWalk(deviation: UnderlierModel.largestDeviation),
        .meanReverting(deviation: UnderlierModel.largestDeviation, halfLife: 604_800),
        .jumps(
            deviation: UnderlierModel.largestDeviation, perHour: 3_600,
            size: UnderlierModel.largestMove),
        .tradingHours(
            deviation: UnderlierModel.largestDeviation, calm: .one,
            gap: UnderlierModel.largestMove),
    ])
    func evenTheWildestPriceStaysWithinTheCorridor(model: UnderlierModel) throws {
        try model.validate()
        var price = underlier(model, hours: .japan)
        for _ in 0..<20_000 {
            _ = changes(&price, seconds: 1, volatility: MarketStep.factors.upperBound)
            #expect(price.price >= ReferencePrice(125) && price.price <= ReferencePrice(8_000))
        }
    }

    /// After a recording, say. Only the way back is open then.
    @Test func aPriceFromFarAwayComesBackWithoutALeap() {
        var walk = underlier(.randomWalk(deviation: Rate(tenthBasisPoints: 10)))
        walk.resume(at: ReferencePrice(20_000))
        let steps = changes(&walk, seconds: 3_600)
        #expect(steps.allSatisfy { abs($0) < 100_000_000 })
        #expect(walk.price < ReferencePrice(19_000) && walk.price > ReferencePrice(15_000))
    }

    @Test(arguments: [
        (UnderlierModel.randomWalk(deviation: Rate(tenthBasisPoints: 201)), "deviation"),
        (.randomWalk(deviation: Rate(units: -1)), "deviation"),
        (.meanReverting(deviation: .zero, halfLife: 9), "half-life"),
        (.meanReverting(deviation: .zero, halfLife: 604_801), "half-life"),
        (.jumps(deviation: .zero, perHour: -1, size: .zero), "jumps per hour"),
        (.jumps(deviation: .zero, perHour: 3_601, size: .zero), "jumps per hour"),
        (.jumps(deviation: .zero, perHour: 1, size: Rate(tenthBasisPoints: 10_001)), "jump size"),
        (.tradingHours(deviation: .zero, calm: Rate(percent: 101), gap: .zero), "calm"),
        (.tradingHours(deviation: .zero, calm: .one, gap: Rate(percent: -1)), "opening gap"),
    ])
    func aModelOutOfBoundsSaysWhatIsWrong(model: UnderlierModel, word: String) {
        let error = #expect(throws: InvalidMarketValue.self) { try model.validate() }
        #expect(error?.description.hasPrefix(word) == true, "\(String(describing: error))")
    }

    @Test func theTableHasEveryModelAndAllAreWithinBounds() throws {
        var kinds: Set<String> = []
        for listed in SandboxInstruments.table {
            try listed.model.validate()
            try listed.bots.validate()
            let kind = "\(listed.model)".prefix { $0 != "(" }
            kinds.insert(String(kind))
            if listed.instrument.category == .foreignExchange { #expect(kind == "meanReverting") }
            if listed.instrument.category == .index { #expect(kind == "randomWalk") }
        }
        #expect(kinds == ["randomWalk", "meanReverting", "jumps", "tradingHours"])
    }
}

extension Int128 {
    /// The largest whole number whose square is not above.
    func squareRootDown() -> Int128 {
        var (low, high) = (Int128(0), self + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if middle * middle <= self { low = middle } else { high = middle }
        }
        return low
    }
}

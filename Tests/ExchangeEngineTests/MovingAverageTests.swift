import ExchangeTypes
import Foundation
import Testing

@testable import ExchangeEngine

/// What fades as time passes: the basis, the last minute of samples, the sum of forced orders.
@Suite struct MovingAverageTests {
    // MARK: BasisAverage

    @Test("X-20: a second moves the average by 1 − e^(−1/150) of the distance")
    func basisStep() {
        var average = BasisAverage()
        #expect(average.value == nil)
        #expect(average.units == 0)
        average.sample(2_000_000_000_000_000)
        #expect(average.value == 2_000_000_000_000_000)
        average.sample(3_500_000_000_000_000)
        #expect(average.value == 2_009_966_740_617_500)
        #expect(average.units == 20_099_667)
    }

    @Test("X-20: downwards and below zero it is the same")
    func negativeBasis() {
        var average = BasisAverage()
        average.sample(-2_000_000_000_000_000)
        average.sample(-3_500_000_000_000_000)
        #expect(average.value == -2_009_966_740_617_500)
        #expect(average.units == -20_099_667)
        average.sample(-2_009_966_740_617_500)
        #expect(average.value == -2_009_966_740_617_500)
    }

    @Test("R-012: after n seconds e^(−n/150) of the distance is left")
    func basisDecay() {
        var average = BasisAverage()
        average.sample(Int128(unitsPerOne) * Int128(unitsPerOne))
        for second in 1...1_500 {
            average.sample(0)
            let left = Double(average.value ?? 0) / 1e16
            #expect(abs(left - exp(-Double(second) / 150)) < 1e-10, "after \(second) s")
        }
    }

    @Test("A step is rounded half-even, and a small distance is not lost")
    func basisRounding() {
        // 664,449,374.5 and 1,993,348,123.5.
        for (distance, step) in [
            (100_000_000_000, 664_449_374), (300_000_000_000, 1_993_348_124), (1, 0),
            (1_000, 7),
        ] as [(Int128, Int128)] {
            for sign in [1, -1] as [Int128] {
                var average = BasisAverage()
                average.sample(0)
                average.sample(sign * distance)
                #expect(average.value == sign * step)
            }
        }
    }

    @Test("What is shown is rounded half-even to eight decimals")
    func basisUnits() {
        for (value, units) in [
            (149_999_999, 1), (150_000_000, 2), (250_000_000, 2), (-250_000_000, -2),
            (-350_000_000, -4),
        ] as [(Int128, Int64)] {
            var average = BasisAverage()
            average.sample(value)
            #expect(average.units == units)
        }
    }

    // MARK: MinuteOfSamples

    @Test("The mean is over the samples there are, at most the last sixty")
    func minute() {
        var minute = MinuteOfSamples()
        #expect(minute.mean == nil)
        #expect(minute.ordered.isEmpty)
        for sample in Int64(1)...60 { minute.add(sample) }
        // 1,830 / 60.
        #expect(minute.mean == 30)
        #expect(minute.ordered == Array(1...60))
        minute.add(121)
        // Without the one: 1,950 / 60 is 32.5, and the even number is 32.
        #expect(minute.mean == 32)
        #expect(minute.ordered == Array(2...60) + [121])
        for _ in 1...60 { minute.add(-7) }
        #expect(minute.mean == -7)
        #expect(minute.ordered == Array(repeating: -7, count: 60))
    }

    @Test("The mean of a few is rounded half-even, either way")
    func minuteRounding() {
        for (samples, mean) in [
            ([1], 1), ([1, 2], 2), ([2, 3], 2), ([-1, -2], -2), ([-2, -3], -2), ([1, 1, 2], 1),
            ([0, 0, -2], -1),
        ] as [([Int64], Int64)] {
            var minute = MinuteOfSamples()
            for sample in samples { minute.add(sample) }
            #expect(minute.mean == mean, "\(samples)")
        }
    }

    @Test("Samples on another scale keep their order and their age")
    func rescaledMinute() {
        var minute = MinuteOfSamples()
        for sample in Int64(1)...65 { minute.add(sample) }
        minute.rescale { $0 * 10 }
        #expect(minute.ordered == (6...65).map { $0 * 10 })
        // The mean of 60 to 650.
        #expect(minute.mean == 355)
        minute.add(0)
        #expect(minute.ordered.first == 70)
        #expect(minute.ordered.last == 0)
    }

    // MARK: DecayingSum

    @Test("X-26: 200,000 are worth 121,306.13194253 after half a minute")
    func decay() {
        var sum = DecayingSum()
        #expect(sum.decayed(at: 1_000) == .zero)
        sum.add(Money(200_000), at: 1_000)
        #expect(sum.decayed(at: 1_030) == decimal("121306.13194253"))
        // Looking does not change it, and neither does a time that has not come.
        #expect(sum.decayed(at: 1_000) == Money(200_000))
        #expect(sum.decayed(at: 999) == Money(200_000))
        sum.add(Money(1), at: 1_030)
        #expect(sum.sum == decimal("121307.13194253"))
        #expect(sum.second == 1_030)
        sum.add(Money(2), at: 1_030)
        #expect(sum.decayed(at: 1_030) == decimal("121309.13194253"))
    }

    @Test("X-26: what is left after n seconds is e^(−n/60), to more than twelve decimals")
    func decayFactors() {
        var sum = DecayingSum()
        // The factor itself: 2^62 times it, over 2^62.
        sum.add(Money(units: 1 << 62), at: 0)
        var last = Int64.max
        for second in Int64(0)...4_095 {
            let units = sum.decayed(at: second).units
            let left = Double(units) / Double(Int64(1) << 62)
            #expect(abs(left - exp(-Double(second) / 60)) < 1e-15, "after \(second) s")
            #expect(units <= last)
            last = units
        }
        // Half-even of 2^62 × e^(−1/60), and of twice that exponent.
        #expect(sum.decayed(at: 1).units == 4_535_461_553_111_609_846)
        #expect(sum.decayed(at: 2).units == 4_460_496_967_390_726_141)
        // Their product, cut to 62 bits.
        #expect(sum.decayed(at: 3).units == 4_386_771_437_286_673_377)
    }

    @Test("After a long pause nothing is left, however long it was")
    func longGap() {
        var sum = DecayingSum()
        sum.add(Money(units: .max), at: 0)
        #expect(sum.decayed(at: 2_048) > .zero)
        for gap in [4_095, 4_096, 4_097, 1 << 13, 1 << 40, Int64.max] as [Int64] {
            #expect(sum.decayed(at: gap) == .zero)
        }
        sum.add(Money(5), at: 1 << 40)
        #expect(sum.sum == Money(5))
    }
}

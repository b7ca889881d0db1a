import ExchangeTypes
import Testing

@testable import ExchangeEngine

/// From premium samples to a rate. **Source** `rules.md` §5, `docs/RISK.md` §5.
@Suite struct FundingWindowTests {
    private let usual = VenueParameters()

    private func rate(of samples: [Int64], clamp: Int64? = nil, cap: Int64? = nil) -> Int64 {
        var window = FundingWindow()
        for sample in samples { window.add(Rate(units: sample)) }
        return window.rate(
            clamp: clamp.map { Rate(units: $0) } ?? usual.fundingClamp,
            cap: cap.map { Rate(units: $0) } ?? usual.fundingCap
        ).units
    }

    /// Basis points in units of a rate.
    private func bps(_ points: Int64) -> Int64 { points * 100_000_000 }

    @Test(
        "R-034 to R-036, X-15, X-16, X-17: the newest sample weighs most, 5 bps are free",
        arguments: [
            ([2, 4, 3, 1], 0), ([6, 8, 10, 12], 5_000_000), ([-9, -15, -12], -7_500_000),
        ] as [([Int64], Int64)])
    func examples(_ sample: ([Int64], Int64)) {
        #expect(rate(of: sample.0.map(bps)) == sample.1)
    }

    @Test("Without samples the rate is zero, and so it is after a reset")
    func empty() {
        #expect(rate(of: []) == 0)
        var window = FundingWindow()
        window.add(Rate(percent: 1))
        window.reset()
        #expect(window.rate(clamp: .zero, cap: Rate(percent: 10)) == .zero)
        // The weights begin at one again.
        window.add(Rate(units: 300))
        window.add(Rate(units: 600))
        #expect(window.rate(clamp: .zero, cap: Rate(percent: 10)) == Rate(units: 5))
    }

    @Test("R-035: exactly the clamp is free, and only what is beyond it counts, either way")
    func clamp() {
        for sign in [1, -1] as [Int64] {
            #expect(rate(of: [sign * bps(5)]) == 0)
            // The hundredth of 50 units is half a unit, of 51 it is more.
            #expect(rate(of: [sign * (bps(5) + 50)]) == 0)
            #expect(rate(of: [sign * (bps(5) + 51)]) == sign)
            #expect(rate(of: [sign * (bps(5) + 150)]) == sign * 2)
            #expect(rate(of: [sign * 100], clamp: 0) == sign)
            #expect(rate(of: [sign * 300], clamp: 100) == sign * 2)
        }
    }

    @Test("R-036: the cap holds after the clamp, at the edge and beyond it")
    func cap() {
        for sign in [1, -1] as [Int64] {
            #expect(rate(of: [sign * bps(1_004)]) == sign * 999_000_000)
            #expect(rate(of: [sign * bps(1_005)]) == sign * 1_000_000_000)
            #expect(rate(of: [sign * (bps(1_005) + 100)]) == sign * 1_000_000_000)
            #expect(rate(of: [sign * bps(9_000)]) == sign * 1_000_000_000)
            #expect(rate(of: [sign * bps(9_000)], cap: 0) == 0)
        }
    }

    @Test("The average is rounded half-even before the clamp, and the hundredth once more")
    func rounding() {
        // 303 / 6 is 50.5 and becomes 50, whose hundredth is half a unit; 309 / 6 becomes 52.
        #expect(rate(of: [303, 0, 0], clamp: 0) == 0)
        #expect(rate(of: [309, 0, 0], clamp: 0) == 1)
        #expect(rate(of: [-303, 0, 0], clamp: 0) == 0)
        #expect(rate(of: [-309, 0, 0], clamp: 0) == -1)
    }

    @Test("An hour of one sample a second at the largest premium fits")
    func fullHour() {
        var window = FundingWindow()
        for _ in 1...3_600 { window.add(Rate(units: 8 * Rate.unitsPerOne)) }
        #expect(window.count == 3_600)
        #expect(
            window.rate(clamp: usual.fundingClamp, cap: usual.fundingCap)
                == Rate(units: 1_000_000_000))
    }
}

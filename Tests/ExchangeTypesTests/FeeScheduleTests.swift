import ExchangeTypes
import Testing

/// The tiers by trailing volume, and what they pay. **Source** `rules.md` §10.
@Suite struct FeeScheduleTests {
    private let schedule = FeeSchedule()

    @Test(
        "A tier begins at its volume, not before",
        arguments: [
            (0, 5), (2_000_000, 4), (10_000_000, 3), (50_000_000, 2), (250_000_000, 1),
        ] as [(Int64, UInt8)])
    func tiers(volume: Int64, tier: UInt8) {
        let exact = Notional(wholeUnits: volume)
        #expect(schedule.tier(of: exact) == tier)
        #expect(schedule.tier(of: exact + Notional(units: 1)) == tier)
        if volume > 0 { #expect(schedule.tier(of: exact - Notional(units: 1)) == tier + 1) }
    }

    @Test("The best tier has no end")
    func hugeVolumes() {
        #expect(schedule.tier(of: Notional(units: .max)) == 1)
    }

    @Test(
        "Tiers pay 100, 90, 80, 65 and 50 percent of the entry rate",
        arguments: [
            (5, 1_000_000_000), (4, 900_000_000), (3, 800_000_000), (2, 650_000_000),
            (1, 500_000_000),
        ] as [(UInt8, Int64)])
    func rates(tier: UInt8, units: Int64) {
        // The 10 bps of a single stock, and a rebate of as much.
        let entry = Rate(tenthBasisPoints: 100)
        #expect(schedule.rate(entry, tier: tier) == Rate(units: units))
        #expect(schedule.rate(Rate(units: -entry.units), tier: tier) == Rate(units: -units))
    }

    @Test("A rate that does not divide is rounded half-even to 1e-12")
    func rounding() {
        #expect(schedule.rate(Rate(units: 5), tier: 1) == Rate(units: 2))
        #expect(schedule.rate(Rate(units: 7), tier: 1) == Rate(units: 4))
        #expect(schedule.rate(Rate(units: -5), tier: 1) == Rate(units: -2))
        #expect(schedule.rate(Rate(units: 1), tier: 2) == Rate(units: 1))
    }

    @Test("R-111: thresholds rise and percentages are percentages")
    func validity() {
        typealias Change = (inout FeeSchedule) -> Void
        let good: [Change] = [
            { _ in }, { $0.percentages = [0, 100, 0, 100] }, { $0.thresholds = [1, 2, 3, 4] },
            { $0.thresholds[3] = .max },
        ]
        let bad: [Change] = [
            { $0.thresholds[0] = 0 }, { $0.thresholds[0] = .min },
            { $0.thresholds[1] = $0.thresholds[0] },
            { $0.thresholds[3] = $0.thresholds[2] - 1 }, { $0.percentages[0] = 101 },
            { $0.percentages[3] = -1 },
        ]
        for (changes, isValid) in [(good, true), (bad, false)] {
            for (place, change) in changes.enumerated() {
                var venue = VenueParameters()
                change(&venue.fees)
                #expect(venue.isValid == isValid, "change \(place)")
            }
        }
    }
}

import ExchangeTypes

extension CommandGenerator {
    /// Parameters of a venue so small that its limits are met; one of several kinds for each seed.
    mutating func smallVenue() -> VenueParameters {
        var venue = VenueParameters()
        venue.maximumSubaccounts = UInt32(random.within(5...12))
        venue.maximumOpenOrders = UInt32(random.one(of: 4, 8, 100, 1_000))
        venue.staleSeconds = UInt32(random.one(of: 0, 5, 10, 60))
        venue.refusedPricesBeforeTaken = UInt32(random.one(of: 0, 2, 10))
        venue.markIntervalNanoseconds =
            random.one(of: 0, 1_000_000, 100_000_000, 1_000_000_000)
        venue.premiumIntervalSeconds = UInt32(random.one(of: 5, 20, 60, 300, 3_600))
        venue.internalOracleGain = Rate(
            units: random.one(of: 277_739_201, 277_739_201, 20_000_000_000, 0))
        venue.closeOutDivisor = UInt16(random.one(of: 2, 3, 5, 20))
        venue.totalOpenInterestCap = Money(random.one(of: 15_000, 40_000, 2_000_000))
        venue.fundingClamp = Rate(tenthBasisPoints: random.within(0...100))
        venue.fees.thresholds = [500, 5_000, 50_000, 500_000]
        venue.fees.percentages = [90, 80, 33, random.within(0...50)]
        return venue
    }

    /// Mostly one parameter changed, sometimes to what is refused.
    mutating func configureVenue() -> Command {
        var changed = venue
        switch random.below(8) {
        case 0:
            changed.premiumIntervalSeconds = 7
            return .configureVenue(changed)
        case 1:
            changed.fees.thresholds = [5, 4, 3, 2]
            return .configureVenue(changed)
        case 2: changed.closeOutDivisor = UInt16(random.within(2...6))
        case 3: changed.totalOpenInterestCap = Money(random.within(2_000...60_000))
        case 4: changed.maximumOpenOrders = UInt32(random.within(3...30))
        case 5: changed.staleSeconds = UInt32(random.within(0...20))
        case _: changed = smallVenue()
        }
        venue = changed
        return .configureVenue(changed)
    }
}

/// How risk of one contract is measured and limited.
///
/// The initial values are those of a single stock. **Source** `rules.md` §5, §8, §9, §11; every value
/// that the documents leave open is the operator's to choose.
public struct RiskParameters: Hashable, Sendable {
    /// Half the width of the price band while the underlier is not in its `open` session.
    public var closedBandWidth = Rate(tenthBasisPoints: 5_000)
    /// Whether the underlier counts as active between two sessions of a trading day. **Source** R-031.
    public var isActiveOvernight = true
    /// The share of `maximumNotional` that holds overnight. **Source** R-080.
    public var overnightShare = Rate(percent: 50)
    /// The share of `maximumNotional` that holds at the weekend. **Source** R-080.
    public var weekendShare = Rate(percent: 10)
    /// The largest value of all long positions together, in USDC. **Source** R-082.
    public var openInterestCap = Money(50_000_000)
    /// The value that a premium sample trades into the book, in USDC. **Source** R-032.
    public var impactNotional = Money(10_000)
    /// How far from the mark price a forced order may trade. **Source** R-091.
    public var liquidationSpread = Rate(percent: 1)
    /// The largest 60-second average of forced orders' value, in USDC. **Source** R-092.
    public var liquidationLimit = Money(250_000)
    /// What a liquidity provider is paid for taking a position over, of its value. **Source** R-095.
    public var providerFee = Rate(percent: 1)

    public init() {}

    /// Whether the engine can work with these.
    var isValid: Bool {
        let one = Rate(percent: 100)
        return closedBandWidth > .zero && closedBandWidth < one
            && overnightShare >= .zero && overnightShare <= one
            && weekendShare >= .zero && weekendShare <= one
            && openInterestCap > .zero && openInterestCap <= Limits.maximumOpenInterest
            && impactNotional > .zero && impactNotional <= Limits.maximumImpactNotional
            && liquidationSpread >= .zero && liquidationSpread < one
            && liquidationLimit >= .zero && liquidationLimit <= Limits.maximumOpenInterest
            && providerFee >= .zero && providerFee < one
    }
}

/// What holds for all contracts and accounts of the venue.
///
/// **Source** `rules.md` §2, §4.2, §5, §9, §10, §14.
public struct VenueParameters: Hashable, Sendable {
    /// Open orders of one account over all contracts; at most `Limits.maximumOpenOrdersPerAccount`.
    public var maximumOpenOrders: UInt32 = 1_000
    /// Subaccounts of one user.
    public var maximumSubaccounts: UInt32 = 20
    /// The largest value of all long positions of all contracts, in USDC.
    public var totalOpenInterestCap = Money(2_000_000_000)
    /// Silence of an outside feed after which it counts as stale, in seconds; 0 for never.
    public var staleSeconds: UInt32 = 10
    /// Outside prices refused in a row after which the next is taken, with an alert.
    public var refusedPricesBeforeTaken: UInt32 = 10
    /// The least time between two marks that only the book has moved.
    public var markIntervalNanoseconds: Int64 = 100_000_000
    /// Seconds between two premium samples; divides 3,600.
    public var premiumIntervalSeconds: UInt32 = 5
    /// Premium that is not charged for, either way.
    public var fundingClamp = Rate(tenthBasisPoints: 50)
    /// The largest funding rate, before the division by 100.
    public var fundingCap = Rate(tenthBasisPoints: 10_000)
    /// `1 − e^(−1/3600)`: what an internal oracle moves towards its book in a second.
    public var internalOracleGain = Rate(units: 277_739_201)
    /// The close-out margin is the initial margin divided by this.
    public var closeOutDivisor: UInt16 = 3
    /// How long limit orders and their changes wait before they reach the book; 0 for not at all.
    /// **Source** `rules.md` §7, R-071.
    public var speedBumpNanoseconds: Int64 = 0
    public var isLimitBumped = true
    public var isPostOnlyBumped = true
    /// How far from the mark an order may trade that closes a position by command. **Source** P-128.
    public var closePositionSpread = Rate(percent: 1)
    public var fees = FeeSchedule()

    public init() {}

    /// Whether the engine can work with these.
    public var isValid: Bool {
        maximumOpenOrders <= Limits.maximumOpenOrdersPerAccount
            && totalOpenInterestCap > .zero && totalOpenInterestCap <= Limits.maximumOpenInterest
            && markIntervalNanoseconds >= 0 && markIntervalNanoseconds <= 1_000_000_000
            && staleSeconds <= 86_400
            && premiumIntervalSeconds > 0 && premiumIntervalSeconds <= 3_600
            && 3_600 % premiumIntervalSeconds == 0
            && fundingClamp >= .zero && fundingClamp <= Rate(percent: 100)
            && fundingCap >= .zero && fundingCap <= Rate(percent: 100)
            && internalOracleGain >= .zero && internalOracleGain <= Rate(percent: 100)
            && closeOutDivisor >= 2 && closeOutDivisor <= 1_000
            && speedBumpNanoseconds >= 0 && speedBumpNanoseconds <= 10_000_000_000
            && closePositionSpread >= .zero && closePositionSpread < Rate(percent: 100)
            && fees.isValid
    }
}

/// The fee tiers of users by trailing effective volume. Tier 5 is where everybody starts.
///
/// `SIMD4`, because it is a value of fixed size that can be compared. **Source** `rules.md` §10.
public struct FeeSchedule: Hashable, Sendable {
    /// The tier of a user without volume.
    public static let entryTier: UInt8 = 5
    /// Effective volume of 30 days from which tiers 4, 3, 2 and 1 apply, in whole USDC.
    public var thresholds: SIMD4<Int64> = [2_000_000, 10_000_000, 50_000_000, 250_000_000]
    /// What tiers 4, 3, 2 and 1 pay of the entry fees, in percent.
    public var percentages: SIMD4<Int64> = [90, 80, 65, 50]

    public init() {}

    var isValid: Bool {
        (0..<4).allSatisfy { place in
            thresholds[place] > 0 && (0...100).contains(percentages[place])
                && (place == 0 || thresholds[place - 1] < thresholds[place])
        }
    }

    /// The tier of an effective volume. **Units** 1e-16 USDC.
    public func tier(of volume: Notional) -> UInt8 {
        var tier = Self.entryTier
        for place in 0..<4 where volume >= Notional(wholeUnits: thresholds[place]) { tier -= 1 }
        return tier
    }

    /// A fee rate of the entry tier, as another tier pays it; rounded half-even to 1e-12.
    public func rate(_ entry: Rate, tier: UInt8) -> Rate {
        if tier >= Self.entryTier { return entry }
        let percent = percentages[Int(Self.entryTier - max(tier, 1)) - 1]
        return Rate(
            units: Int64(Rounding.halfEven(Int128(entry.units) * Int128(percent), by: 100)))
    }
}

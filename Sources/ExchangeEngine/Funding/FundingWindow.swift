import ExchangeTypes

/// The premium samples of the hour that is under way. **Source** `rules.md` §5; RISK.md §5.
struct FundingWindow {
    private(set) var count: Int64 = 0
    /// Σ i × P_i, the newest sample weighing most. **Source** R-034.
    private(set) var weightedSum: Int128 = 0
    /// The rate that was last said.
    var said = Rate.zero

    init() {}

    /// The window of a snapshot.
    init(count: Int64, weightedSum: Int128, said: Rate) {
        self.count = count
        self.weightedSum = weightedSum
        self.said = said
    }

    mutating func add(_ premium: Rate) {
        count += 1
        weightedSum += Int128(count) * Int128(premium.units)
    }

    /// Begins the next hour.
    mutating func reset() {
        count = 0
        weightedSum = 0
    }

    /// The rate if the window ended now: the part of the average premium beyond the clamp, divided by
    /// 100. Zero without samples. **Source** R-035, R-036, X-15 to X-17.
    func rate(clamp: Rate, cap: Rate) -> Rate {
        if count == 0 { return .zero }
        let weights = Int128(count) * Int128(count + 1) / 2
        let average = Rounding.halfEven(weightedSum, by: weights)
        let pull = min(max(-average, -Int128(clamp.units)), Int128(clamp.units))
        let rate = min(max(average + pull, -Int128(cap.units)), Int128(cap.units))
        return Rate(units: Int64(Rounding.halfEven(rate, by: 100)))
    }
}

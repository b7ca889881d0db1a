public import ExchangeTypes

/// The settlement of an equity index and of its future on one day. **Source** R-006, R-007.
public struct Settlement: Hashable, Sendable {
    public var day: CivilDay
    public var spot: ReferencePrice
    public var future: ReferencePrice
    public init(day: CivilDay, spot: ReferencePrice, future: ReferencePrice) {
        self.day = day
        self.spot = spot
        self.future = future
    }

    /// Spot over future, rounded half-even to 1e-12: what turns the future's price into the index's.
    ///
    /// - Precondition: both prices are positive, and the spot is at most nine million times the future.
    public var ratio: Rate {
        precondition(spot > .zero && future > .zero, "a settlement price of zero is none")
        return Rate(
            units: Int64(
                Rounding.halfEven(
                    Int128(spot.units) * Int128(Rate.unitsPerOne), by: Int128(future.units))))
    }
}

/// The settlements of one equity index, and which of them holds when.
public struct SettlementRatio: Sendable {
    /// By day.
    private let settlements: [Settlement]
    private let days: SettlementDay

    public init(_ settlements: [Settlement], days: SettlementDay) {
        self.settlements = settlements.sorted { $0.day < $1.day }
        self.days = days
    }

    /// The ratio at an instant: that of the last day that has ended; one before the first.
    public func ratio(at instant: Timestamp) -> Rate {
        settlements.last { days.end(of: $0.day) <= instant }?.ratio ?? Rate(percent: 100)
    }

    /// The first instant after another at which a settlement takes effect; nil after the last.
    public func nextChange(after instant: Timestamp) -> Timestamp? {
        settlements.lazy.map { days.end(of: $0.day) }.first { $0 > instant }
    }
}

public import ExchangeTypes

/// How an oracle moves from the front contract to the next one in the course of a month.
/// **Source** `rules.md` §2.2, R-008.
public struct FuturesRoll: Sendable {
    private let days: SettlementDay

    public init(days: SettlementDay) { self.days = days }

    /// The front contract's weight at an instant.
    public func frontWeight(at instant: Timestamp) -> Rate {
        Self.frontWeight(onBusinessDay: Self.businessDay(days.day(of: instant)))
    }

    /// The first instant after another at which the weight changes.
    public func nextChange(after instant: Timestamp) -> Timestamp {
        let weight = frontWeight(at: instant)
        var day = days.day(of: instant)
        // A month has two weights at least, so this ends within a month.
        while true {
            let end = days.end(of: day)
            if frontWeight(at: end) != weight { return end }
            day = day.advanced(byDays: 1)
        }
    }

    /// All of it up to the fifth business day of the month, none from the tenth on.
    static func frontWeight(onBusinessDay day: Int64) -> Rate {
        Rate(percent: 100 - 20 * min(max(day - 5, 0), 5))
    }

    /// The number of Mondays to Fridays of the month up to and including a day. Bank holidays count.
    static func businessDay(_ day: CivilDay) -> Int64 {
        Int64((0..<day.dayOfMonth).count { day.advanced(byDays: -$0).weekday < 5 })
    }
}

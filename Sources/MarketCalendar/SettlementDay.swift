public import ExchangeTypes

/// The days that futures are settled by: each begins at 16:30 in Chicago of the calendar day before.
/// **Source** `rules.md` §2.2, R-007.
public struct SettlementDay: Sendable {
    /// The time of day at which a new one begins.
    public static let change = TimeOfDay(16, 30)
    /// The time zone of `change`.
    public static let zoneName = "America/Chicago"

    private let zone: ZoneRules

    /// Days by the clocks of Chicago.
    public init(zone: ZoneRules) { self.zone = zone }

    /// The day that an instant belongs to.
    public func day(of instant: Timestamp) -> CivilDay {
        let sinceChange = zone.local(at: instant.second) - Self.change.seconds
        return CivilDay(number: floorDivide(sinceChange, by: secondsPerDay) + 1)
    }

    /// When a day ends, and the next one begins.
    public func end(of day: CivilDay) -> Timestamp {
        let local = day.number * secondsPerDay + Self.change.seconds
        return Timestamp(second: zone.firstInstant(showing: local))
    }
}

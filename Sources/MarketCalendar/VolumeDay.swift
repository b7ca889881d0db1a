public import ExchangeTypes

/// The days that traded volume is counted by: each begins at 20:00 in Chicago.
/// **Source** `protocol.md` §3.12, P-038.
public struct VolumeDay: Sendable {
    /// The time of day at which a new one begins.
    public static let change = TimeOfDay(20)
    /// The time zone of `change`.
    public static let zoneName = "America/Chicago"

    private let zone: ZoneRules

    /// Days by the clocks of Chicago.
    public init(zone: ZoneRules) { self.zone = zone }

    /// When the day that an instant belongs to ends, and the next one begins.
    public func end(after instant: Timestamp) -> Timestamp {
        let midnight = floorDivide(zone.local(at: instant.second), by: secondsPerDay)
        var local = midnight * secondsPerDay + Self.change.seconds
        // Today's change is over, or the clocks were put back behind it.
        while zone.firstInstant(showing: local) <= instant.second { local += secondsPerDay }
        return Timestamp(second: zone.firstInstant(showing: local))
    }
}

import ExchangeTypes
import MarketCalendar

/// Changes of session of some weeks, worked out second by second with Python's `zoneinfo` from the same
/// rows: the weeks in which New York and Chicago put their clocks forward (8 March 2026) and back
/// (1 November 2026), and some without.
struct SessionSample: CustomStringConvertible {
    let name: String
    let hours: MarketHours
    let start: String
    let end: String
    /// One a line: the instant and the session that begins then.
    let changes: String

    init(
        _ name: String, _ hours: MarketHours, from start: String, through end: String,
        _ changes: String
    ) {
        self.name = name
        self.hours = hours
        self.start = start
        self.end = end
        self.changes = changes
    }

    var description: String { "\(name) \(start)" }

    /// Every night from 01:15 to 03:00, where the clocks are changed.
    private static let nightShift = MarketHours(
        zoneName: "America/New_York",
        week: [[MarketHours.Row]](
            repeating: [
                MarketHours.Row(.open, TimeOfDay(1, 15), through: TimeOfDay(2, 29, 59)),
                MarketHours.Row(.preMarket, TimeOfDay(2, 30), through: TimeOfDay(3)),
            ], count: 7))

    private static let thanksgiving = MarketHours(
        zoneName: MarketHours.usEquities.zoneName, week: MarketHours.usEquities.week,
        exceptions: [CivilDay(2026, 11, 26): MarketHours.holiday])

    static let all = [
        SessionSample(
            "usEquities", .usEquities, from: "2026-03-06", through: "2026-03-11",
            """
            2026-03-06T01:00:00Z overnight
            2026-03-06T09:00:00Z preMarket
            2026-03-06T14:30:00Z open
            2026-03-06T21:00:00Z postMarket
            2026-03-07T01:00:00Z weekend
            2026-03-09T00:00:00Z overnight
            2026-03-09T08:00:00Z preMarket
            2026-03-09T13:30:00Z open
            2026-03-09T20:00:00Z postMarket
            2026-03-10T00:00:00Z overnight
            2026-03-10T08:00:00Z preMarket
            2026-03-10T13:30:00Z open
            2026-03-10T20:00:00Z postMarket
            2026-03-11T00:00:00Z overnight
            """),
        SessionSample(
            "usEquities", .usEquities, from: "2026-10-30", through: "2026-11-04",
            """
            2026-10-30T08:00:00Z preMarket
            2026-10-30T13:30:00Z open
            2026-10-30T20:00:00Z postMarket
            2026-10-31T00:00:00Z weekend
            2026-11-02T01:00:00Z overnight
            2026-11-02T09:00:00Z preMarket
            2026-11-02T14:30:00Z open
            2026-11-02T21:00:00Z postMarket
            2026-11-03T01:00:00Z overnight
            2026-11-03T09:00:00Z preMarket
            2026-11-03T14:30:00Z open
            2026-11-03T21:00:00Z postMarket
            """),
        SessionSample(
            "cmeFutures", .cmeFutures, from: "2026-03-06", through: "2026-03-11",
            """
            2026-03-06T22:00:00Z overnight
            2026-03-07T06:00:00Z weekend
            2026-03-08T22:00:00Z open
            2026-03-09T21:00:00Z overnight
            2026-03-09T22:00:00Z open
            2026-03-10T21:00:00Z overnight
            2026-03-10T22:00:00Z open
            """),
        SessionSample(
            "cmeFutures", .cmeFutures, from: "2026-10-30", through: "2026-11-04",
            """
            2026-10-30T21:00:00Z overnight
            2026-10-31T05:00:00Z weekend
            2026-11-01T23:00:00Z open
            2026-11-02T22:00:00Z overnight
            2026-11-02T23:00:00Z open
            2026-11-03T22:00:00Z overnight
            2026-11-03T23:00:00Z open
            """),
        SessionSample(
            "metals", .metals, from: "2026-03-06", through: "2026-03-11",
            """
            2026-03-06T22:00:01Z overnight
            2026-03-07T05:00:00Z weekend
            2026-03-08T21:00:00Z open
            """),
        SessionSample(
            "metals", .metals, from: "2026-10-30", through: "2026-11-04",
            """
            2026-10-30T21:00:01Z overnight
            2026-10-31T04:00:00Z weekend
            2026-11-01T22:00:00Z open
            """),
        SessionSample(
            "korea", .korea, from: "2026-03-06", through: "2026-03-11",
            """
            2026-03-06T06:30:01Z overnight
            2026-03-06T15:00:00Z weekend
            2026-03-08T15:00:00Z overnight
            2026-03-09T00:00:00Z open
            2026-03-09T06:30:01Z overnight
            2026-03-10T00:00:00Z open
            2026-03-10T06:30:01Z overnight
            2026-03-11T00:00:00Z open
            """),
        SessionSample(
            "korea", .korea, from: "2026-10-30", through: "2026-11-04",
            """
            2026-10-30T06:30:01Z overnight
            2026-10-30T15:00:00Z weekend
            2026-11-01T15:00:00Z overnight
            2026-11-02T00:00:00Z open
            2026-11-02T06:30:01Z overnight
            2026-11-03T00:00:00Z open
            2026-11-03T06:30:01Z overnight
            2026-11-04T00:00:00Z open
            """),
        SessionSample(
            "nightShift", nightShift, from: "2026-03-07", through: "2026-03-10",
            """
            2026-03-07T06:15:00Z open
            2026-03-07T07:30:00Z preMarket
            2026-03-07T08:00:01Z overnight
            2026-03-08T06:15:00Z open
            2026-03-08T07:00:00Z preMarket
            2026-03-08T07:00:01Z overnight
            2026-03-09T05:15:00Z open
            2026-03-09T06:30:00Z preMarket
            2026-03-09T07:00:01Z overnight
            """),
        SessionSample(
            "nightShift", nightShift, from: "2026-10-31", through: "2026-11-03",
            """
            2026-10-31T05:15:00Z open
            2026-10-31T06:30:00Z preMarket
            2026-10-31T07:00:01Z overnight
            2026-11-01T05:15:00Z open
            2026-11-01T06:00:00Z overnight
            2026-11-01T06:15:00Z open
            2026-11-01T07:30:00Z preMarket
            2026-11-01T08:00:01Z overnight
            2026-11-02T06:15:00Z open
            2026-11-02T07:30:00Z preMarket
            2026-11-02T08:00:01Z overnight
            """),
        SessionSample(
            "japan", .japan, from: "2026-06-04", through: "2026-06-09",
            """
            2026-06-04T02:30:01Z overnight
            2026-06-04T03:30:00Z open
            2026-06-04T06:30:01Z overnight
            2026-06-05T00:00:00Z open
            2026-06-05T02:30:01Z overnight
            2026-06-05T03:30:00Z open
            2026-06-05T06:30:01Z overnight
            2026-06-05T15:00:00Z weekend
            2026-06-07T15:00:00Z overnight
            2026-06-08T00:00:00Z open
            2026-06-08T02:30:01Z overnight
            2026-06-08T03:30:00Z open
            2026-06-08T06:30:01Z overnight
            2026-06-09T00:00:00Z open
            """),
        SessionSample(
            "foreignExchange", .foreignExchange, from: "2026-03-05", through: "2026-03-12",
            """
            2026-03-06T22:00:00Z weekend
            2026-03-08T22:00:00Z open
            """),
        SessionSample(
            "usEquitiesThanksgiving", thanksgiving, from: "2026-11-25", through: "2026-11-28",
            """
            2026-11-25T01:00:00Z overnight
            2026-11-25T09:00:00Z preMarket
            2026-11-25T14:30:00Z open
            2026-11-25T21:00:00Z postMarket
            2026-11-26T01:00:00Z overnight
            2026-11-26T05:00:00Z closed
            2026-11-27T05:00:00Z overnight
            2026-11-27T09:00:00Z preMarket
            2026-11-27T14:30:00Z open
            2026-11-27T21:00:00Z postMarket
            """),
    ]
}

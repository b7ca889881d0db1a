import ExchangeTypes

/// The weeks seen live. **Source** `rules.md` §12. They know no holidays: those are exceptions that an
/// operator adds.
extension MarketHours {
    /// Never closed.
    public static let alwaysOpen = MarketHours(zoneName: "UTC", week: days(7, [allDay(.open)]))

    /// Shares listed in the United States, and funds on them.
    public static let usEquities = MarketHours(
        zoneName: "America/New_York",
        week: days(4, usDay) + [
            usDay + [Row(.weekend, TimeOfDay(20), through: .lastSecond)],
            [allDay(.weekend)],
            [Row(.weekend, .midnight, through: TimeOfDay(19, 59, 59))],
        ])

    /// Futures of CME Group on indices, energy and copper: a pause each day at 16:00 Chicago.
    ///
    /// The recorded Monday had no pause; the exchange has one, so this is taken for a slip.
    public static let cmeFutures = MarketHours(
        zoneName: "America/Chicago",
        week: days(4, [cmeMorning, Row(.open, TimeOfDay(17), through: .lastSecond)]) + [
            [cmeMorning],
            [allDay(.weekend)],
            [
                Row(.weekend, .midnight, through: TimeOfDay(16, 59, 59)),
                Row(.open, TimeOfDay(17), through: .lastSecond),
            ],
        ])

    /// Gold and silver.
    ///
    /// The record says nothing of Sunday before 17:00, which is weekend (`rules.md` §9).
    public static let metals = MarketHours(
        zoneName: "America/New_York",
        week: days(4, [allDay(.open)]) + [
            [Row(.open, .midnight, through: TimeOfDay(17))],
            [allDay(.weekend)],
            [
                Row(.weekend, .midnight, through: TimeOfDay(16, 59, 59)),
                Row(.open, TimeOfDay(17), through: .lastSecond),
            ],
        ])

    /// Shares listed in Seoul.
    public static let korea = MarketHours(
        zoneName: "Asia/Seoul",
        week: days(5, [Row(.open, TimeOfDay(9), through: TimeOfDay(15, 30))])
            + days(2, [allDay(.weekend)]))

    /// Shares listed in Tokyo.
    public static let japan = MarketHours(
        zoneName: "Asia/Tokyo",
        week: days(
            5,
            [
                Row(.open, TimeOfDay(9), through: TimeOfDay(11, 30)),
                Row(.open, TimeOfDay(12, 30), through: TimeOfDay(15, 30)),
            ]) + days(2, [allDay(.weekend)]))

    /// Currencies: from Sunday to Friday, 22:00 UTC.
    public static let foreignExchange = MarketHours(
        zoneName: "UTC",
        week: days(4, [allDay(.open)]) + [
            [
                Row(.open, .midnight, through: TimeOfDay(21, 59, 59)),
                Row(.weekend, TimeOfDay(22), through: .lastSecond),
            ],
            [allDay(.weekend)],
            [
                Row(.weekend, .midnight, through: TimeOfDay(21, 59, 59)),
                Row(.open, TimeOfDay(22), through: .lastSecond),
            ],
        ])

    /// A day without trading.
    public static let holiday = [Row(.closed, .midnight, through: .lastSecond)]

    private static let usDay = [
        Row(.preMarket, TimeOfDay(4), through: TimeOfDay(9, 30)),
        Row(.open, TimeOfDay(9, 30), through: TimeOfDay(16)),
        Row(.postMarket, TimeOfDay(16), through: TimeOfDay(19, 59, 59)),
    ]

    private static let cmeMorning = Row(.open, .midnight, through: TimeOfDay(15, 59, 59))

    private static func allDay(_ session: MarketSession) -> Row {
        Row(session, .midnight, through: .lastSecond)
    }

    private static func days(_ count: Int, _ rows: [Row]) -> [[Row]] {
        [[Row]](repeating: rows, count: count)
    }
}

public import ExchangeTypes

/// When the market of an underlier is in which session: a week of local times, and days on which it is
/// otherwise. **Source** `rules.md` §12, R-102.
public struct MarketHours: Hashable, Sendable {
    /// A session from one local time through another, of one day.
    public struct Row: Hashable, Sendable {
        public var session: MarketSession
        public var open: TimeOfDay
        /// The last second of the session. A row that begins in this very second wins it.
        public var close: TimeOfDay
        public init(_ session: MarketSession, _ open: TimeOfDay, through close: TimeOfDay) {
            self.session = session
            self.open = open
            self.close = close
        }
    }

    /// The IANA name of the time zone whose clocks count.
    public var zoneName: String
    /// The rows of Monday to Sunday, in order of time. Times that are in no row are gaps.
    public var week: [[Row]]
    /// The rows of days that differ from their weekday's, such as holidays.
    public var exceptions: [CivilDay: [Row]]

    /// - Precondition: seven days; rows in order of time, with at most a second in common.
    public init(zoneName: String, week: [[Row]], exceptions: [CivilDay: [Row]] = [:]) {
        precondition(week.count == 7, "a week has seven days, not \(week.count)")
        for rows in week + exceptions.values {
            precondition(Self.isInOrder(rows), "rows \(rows) are not in order of time")
        }
        self.zoneName = zoneName
        self.week = week
        self.exceptions = exceptions
    }

    /// The rows of a day.
    public func rows(of day: CivilDay) -> [Row] { exceptions[day] ?? week[day.weekday] }

    private static func isInOrder(_ rows: [Row]) -> Bool {
        rows.allSatisfy { $0.open <= $0.close }
            && zip(rows, rows.dropFirst()).allSatisfy { $0.close <= $1.open && $0.open < $1.open }
    }
}

/// A time on the local clock, to the second.
public struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds that the clock shows since midnight, from 0 to 86,399.
    public let seconds: Int64

    public init(_ hour: Int64, _ minute: Int64 = 0, _ second: Int64 = 0) {
        precondition(
            (0..<24).contains(hour) && (0..<60).contains(minute) && (0..<60).contains(second),
            "\(hour):\(minute):\(second) is no time of day")
        seconds = hour * 3_600 + minute * 60 + second
    }

    public static let midnight = TimeOfDay(0)
    public static let lastSecond = TimeOfDay(23, 59, 59)

    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.seconds < right.seconds
    }

    /// `HH:MM:SS`.
    public var description: String {
        [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

public import ExchangeTypes

/// An underlier's market enters a session.
public struct SessionStart: Hashable, Sendable {
    public var session: MarketSession
    public var startsAt: Timestamp
    public init(session: MarketSession, startsAt: Timestamp) {
        self.session = session
        self.startsAt = startsAt
    }
}

/// Market hours laid on the line of absolute time.
///
/// The session of an instant is that of the row its local time lies in. Nothing more needs to be said
/// of clocks that are put forward or back: a change of session is where this function changes.
public struct SessionTimeline: Sendable {
    private let hours: MarketHours
    private let zone: ZoneRules

    /// Hours by the clocks of a place, which should be that of the hours' `zoneName`.
    public init(_ hours: MarketHours, zone: ZoneRules) {
        self.hours = hours
        self.zone = zone
    }

    /// The session at an instant.
    public func session(at instant: Timestamp) -> MarketSession { session(at: instant.second) }

    /// Every change of session after an instant, up to and including another, in order of time.
    public func starts(after start: Timestamp, through end: Timestamp) -> [SessionStart] {
        let (first, last) = (start.second, end.second)
        guard first < last else { return [] }
        var current = session(at: first)
        return candidates(from: first + 1, through: last).compactMap { second in
            let next = session(at: second)
            defer { current = next }
            return next == current
                ? nil : SessionStart(session: next, startsAt: Timestamp(second: second))
        }
    }

    private func session(at second: Int64) -> MarketSession {
        let local = zone.local(at: second)
        let day = CivilDay(number: floorDivide(local, by: secondsPerDay))
        let time = floorRemainder(local, by: secondsPerDay)
        let rows = hours.rows(of: day)
        let started = rows.last { $0.open.seconds <= time }
        if let started, time <= started.close.seconds { return started.session }
        let earlier = started ?? neighbour(of: day, step: -1)?.last
        let later = rows.first { $0.open.seconds > time } ?? neighbour(of: day, step: 1)?.first
        // A gap of no row is overnight, unless the weekend lies on both sides of it.
        return earlier?.session == .weekend && later?.session == .weekend ? .weekend : .overnight
    }

    /// The rows of the nearest day before or after one that has any.
    private func neighbour(of day: CivilDay, step: Int64) -> [MarketHours.Row]? {
        for distance in 1...7 {
            let rows = hours.rows(of: day.advanced(byDays: step * Int64(distance)))
            if !rows.isEmpty { return rows }
        }
        return nil
    }

    /// All seconds at which the session may change, in order: where the clocks show a row's beginning
    /// or its end, and where the clocks themselves are changed.
    private func candidates(from first: Int64, through last: Int64) -> [Int64] {
        var seconds = Set(zone.changes(in: first - 1..<last + 1))
        // No clock is more than a day from UTC.
        let days =
            floorDivide(first, by: secondsPerDay) - 1...floorDivide(last, by: secondsPerDay) + 1
        for number in days {
            for row in hours.rows(of: CivilDay(number: number)) {
                for time in [row.open.seconds, row.close.seconds + 1] {
                    seconds.formUnion(zone.instants(showing: number * secondsPerDay + time))
                }
            }
        }
        return seconds.filter { (first...last).contains($0) }.sorted()
    }
}

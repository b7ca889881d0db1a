import ExchangeTypes
import MarketCalendar

/// A random walk that keeps market hours: calm while its market is closed, with a gap at each opening.
///
/// It goes by the time in the exchange's log, which is the same for everybody and in every replay,
/// whether or not the exchange itself is told of these hours. Openings while nobody asked, such as
/// those of a market that the exchange holds closed, are one gap.
struct TradingHoursWalk: Underlier {
    private var walk: RandomWalk
    private let sessions: SessionTimeline
    private let calm: Rate
    /// The standard deviation of an opening's gap, in units of 1e-8 of the reference.
    private let gap: Int64
    private var random: SplitMix64
    private var outlook: Outlook?

    /// What is known of the next opening.
    private struct Outlook {
        /// Nil when there is none up to `end`.
        var opensAt: Timestamp?
        var end: Timestamp
    }

    /// How far ahead the next opening is looked for: longer than any week without one.
    private static let horizon: Int64 = 8 * 86_400 * 1_000_000_000

    /// - Precondition: the time zone of the hours is known.
    init(
        _ walk: RandomWalk, hours: MarketHours, calm: Rate, gap: Rate, random: SplitMix64
    ) {
        self.walk = walk
        do {
            sessions = SessionTimeline(hours, zone: try ZoneRules(name: hours.zoneName))
        } catch {
            preconditionFailure("\(error)")
        }
        self.calm = calm
        self.gap = gap.units / 10_000
        self.random = random
    }

    var price: ReferencePrice { walk.price }

    mutating func step(_ second: UnderlierSecond) {
        var own = second
        if sessions.session(at: second.time) != .open {
            own.volatility = Rate(units: calm.of(second.volatility.units))
        }
        walk.step(own)
        if hasOpened(by: second.time) { walk.move(by: random.normal(deviation: gap)) }
    }

    /// Whether the market opened since the last question.
    private mutating func hasOpened(by time: Timestamp) -> Bool {
        if let outlook, time < outlook.opensAt ?? outlook.end { return false }
        let hasOpened = outlook?.opensAt != nil
        let end = time.advanced(byNanoseconds: Self.horizon)
        let openings = sessions.starts(after: time, through: end)
        outlook = Outlook(opensAt: openings.first { $0.session == .open }?.startsAt, end: end)
        return hasOpened
    }

    mutating func resume(at price: ReferencePrice) { walk.resume(at: price) }

    mutating func reseed(_ random: SplitMix64) {
        walk.reseed(random.split(0))
        self.random = random.split(1)
    }
}

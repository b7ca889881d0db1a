import ExchangeTypes

/// What a calendar knows of the underlier of one contract.
public struct UnderlierCalendar: Hashable, Sendable {
    public var hours: MarketHours
    /// Whether the oracle is composed of two dated futures, rolled each month. **Source** R-008.
    public var rollsMonthly: Bool
    /// The settlements of an equity index whose oracle follows a future; none for all else.
    public var settlements: [Settlement]

    public init(hours: MarketHours, rollsMonthly: Bool = false, settlements: [Settlement] = []) {
        self.hours = hours
        self.rollsMonthly = rollsMonthly
        self.settlements = settlements
    }
}

/// A calendar with the rules of its time zones: answers for any instant.
struct Timetable {
    let sessions: SessionTimeline
    private let roll: FuturesRoll?
    private let ratio: SettlementRatio?

    init(_ calendar: UnderlierCalendar, zone: ZoneRules, days: SettlementDay) {
        sessions = SessionTimeline(calendar.hours, zone: zone)
        roll = calendar.rollsMonthly ? FuturesRoll(days: days) : nil
        ratio =
            calendar.settlements.isEmpty ? nil : SettlementRatio(calendar.settlements, days: days)
    }

    /// How the oracle is composed at an instant; nil where it is a single price as it comes.
    func composition(of instrument: InstrumentID, at instant: Timestamp) -> ComposeOracle? {
        if roll == nil && ratio == nil { return nil }
        var composition = ComposeOracle(instrument: instrument)
        if let roll { composition.frontWeight = roll.frontWeight(at: instant) }
        if let ratio { composition.ratio = ratio.ratio(at: instant) }
        return composition
    }

    /// The first instant after another at which the composition changes; nil when it never does.
    func nextComposition(after instant: Timestamp) -> Timestamp? {
        [roll?.nextChange(after: instant), ratio?.nextChange(after: instant)].compactMap { $0 }
            .min()
    }
}

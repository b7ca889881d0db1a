public import ExchangeTypes

/// Turns calendars into commands with absolute times, a week ahead, so that the exchange keeps its
/// sessions even when nobody plans any more, and no replay needs a time zone.
///
/// A state machine without a clock. What was sent in this run is not sent again; what the exchange knows
/// from an earlier run is sent once more and changes nothing there, for a session replaces one of the
/// same instant. Where the exchange is in another session than its calendar says, because an earlier run
/// had other hours, the right one is sent at once.
public struct CalendarPlanner: Sendable {
    /// What to send, and when to ask again.
    public struct Plan: Sendable {
        public var commands: [Command]
        public var nextAt: Timestamp
    }

    /// How far ahead sessions are planned, in nanoseconds: a week.
    public static let horizon: Int64 = 7 * nanosecondsPerDay
    /// The longest time between two plans.
    private static let interval: Int64 = nanosecondsPerDay
    private static let nanosecondsPerDay: Int64 = secondsPerDay * 1_000_000_000

    /// Looked up, never iterated.
    private let timetables: [Symbol: Timetable]
    /// In the order of listing.
    private var contracts: [PlannedContract] = []

    /// A planner of contracts by their symbols; it waits for the exchange to list them.
    ///
    /// - Throws: when a time zone is unknown here.
    public init(_ calendars: [Symbol: UnderlierCalendar]) throws(UnknownTimeZone) {
        let days = SettlementDay(zone: try ZoneRules(name: SettlementDay.zoneName))
        var timetables: [Symbol: Timetable] = [:]
        for (symbol, calendar) in calendars {
            timetables[symbol] = Timetable(
                calendar, zone: try ZoneRules(name: calendar.hours.zoneName), days: days)
        }
        self.timetables = timetables
    }

    /// Whether something was seen that may ask for a command at once.
    public var hasNews: Bool { contracts.contains { $0.mustCheck } }

    /// Takes in an event of the exchange, or a part of its description.
    public mutating func observe(_ event: Event) {
        switch event {
        case .instrumentConfigured(let instrument):
            observe(instrument)
        case .sessionChanged(let change):
            guard let index = index(of: change.instrument) else { return }
            contracts[index].observe(change.session)
        case .accountOpened, .pricesChanged, .fundingRateChanged, .openInterestChanged,
            .orderAccepted, .orderAmended, .orderCancelled, .orderRejected, .cancelRejected,
            .modifyRejected, .orderFilled, .tradeExecuted, .levelChanged, .positionChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged, .reserveChanged,
            .alertRaised, .commandRefused, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func observe(_ instrument: Instrument) {
        let index = index(of: instrument.id)
        if instrument.status == .delisted {
            if let index { contracts.remove(at: index) }
        } else if index == nil, let timetable = timetables[instrument.symbol] {
            contracts.append(PlannedContract(instrument.id, timetable))
        }
    }

    private func index(of instrument: InstrumentID) -> Int? {
        contracts.firstIndex { $0.instrument == instrument }
    }

    /// What to send at an instant; instants never go back.
    public mutating func plan(at now: Timestamp) -> Plan {
        var plan = Plan(commands: [], nextAt: now.advanced(byNanoseconds: Self.interval))
        for index in contracts.indices {
            contracts[index].plan(
                at: now, through: now.advanced(byNanoseconds: Self.horizon), into: &plan)
        }
        return plan
    }
}

/// One contract, and what was sent of its calendar.
private struct PlannedContract {
    let instrument: InstrumentID
    private let timetable: Timetable
    /// The session that the exchange is in: a new contract begins in the open one.
    private var session = MarketSession.open
    /// Whether the session was not yet compared with the calendar's.
    private(set) var mustCheck = true
    /// The instant up to which all sessions were sent.
    private var plannedThrough: Timestamp?
    /// The instants of sessions that wait at the exchange.
    private var waiting: [Timestamp] = []
    private var composition: ComposeOracle?

    init(_ instrument: InstrumentID, _ timetable: Timetable) {
        self.instrument = instrument
        self.timetable = timetable
    }

    mutating func observe(_ session: MarketSession) {
        self.session = session
        mustCheck = true
    }

    mutating func plan(
        at now: Timestamp, through end: Timestamp, into plan: inout CalendarPlanner.Plan
    ) {
        planCurrent(at: now, into: &plan)
        planAhead(after: now, through: end, into: &plan)
        let wanted = timetable.composition(of: instrument, at: now)
        if let wanted, wanted != composition { plan.commands.append(.composeOracle(wanted)) }
        composition = wanted
        if let next = timetable.nextComposition(after: now) { plan.nextAt = min(plan.nextAt, next) }
    }

    /// The session that should be now, where the exchange is in another.
    private mutating func planCurrent(at now: Timestamp, into plan: inout CalendarPlanner.Plan) {
        let hasSlept = plannedThrough.map { $0 < now } ?? false
        guard mustCheck || hasSlept else { return }
        mustCheck = false
        let wanted = timetable.sessions.session(at: now)
        if wanted != session { schedule(wanted, at: now, into: &plan) }
        session = wanted
    }

    /// The sessions that were not sent yet, as many as the exchange keeps waiting.
    private mutating func planAhead(
        after now: Timestamp, through end: Timestamp, into plan: inout CalendarPlanner.Plan
    ) {
        waiting.removeAll { $0 <= now }
        let starts = timetable.sessions.starts(
            after: max(plannedThrough ?? now, now), through: end)
        let room = Limits.maximumScheduledSessions - waiting.count
        for start in starts.prefix(room) {
            schedule(start.session, at: start.startsAt, into: &plan)
            waiting.append(start.startsAt)
        }
        plannedThrough = starts.count > room ? waiting.last : end
        if starts.count > room, let first = waiting.first { plan.nextAt = min(plan.nextAt, first) }
    }

    private func schedule(
        _ session: MarketSession, at instant: Timestamp, into plan: inout CalendarPlanner.Plan
    ) {
        plan.commands.append(
            .scheduleSession(
                ScheduleSession(instrument: instrument, session: session, startsAt: instant)))
    }
}

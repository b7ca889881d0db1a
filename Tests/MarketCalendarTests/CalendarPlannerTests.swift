import ExchangeTypes
import Testing

@testable import MarketCalendar

/// What is sent when, told from the commands alone.
@Suite struct CalendarPlannerTests {
    private static func listing(
        _ id: UInt32, _ symbol: String, status: InstrumentStatus = .active
    ) throws -> Event {
        .instrumentConfigured(
            Instrument(
                id: InstrumentID(id), symbol: try #require(Symbol(symbol)), category: .equity,
                status: status, tickSize: Decimal8(units: 1_000_000),
                lotSize: Decimal8(units: 100_000), minimumQuantity: Quantity(lots: 1),
                maximumQuantity: Quantity(lots: 1_000_000), maximumLeverage: 10,
                makerFee: .zero, takerFee: .zero, bandWidth: Rate(percent: 10),
                maximumNotional: Money(1_000_000), minimumNotional: Money(10)))
    }

    /// A planner of one contract, `X-USD`, listed with id 3.
    private func planner(_ calendar: UnderlierCalendar) throws -> CalendarPlanner {
        var planner = try CalendarPlanner([#require(Symbol("X-USD")): calendar])
        planner.observe(try Self.listing(3, "X-USD"))
        return planner
    }

    private func session(_ session: MarketSession) -> Event {
        .sessionChanged(SessionChanged(instrument: InstrumentID(3), session: session))
    }

    private func lines(_ commands: [Command]) -> [String] {
        commands.map { command in
            switch command {
            case .scheduleSession(let schedule):
                text(SessionStart(session: schedule.session, startsAt: schedule.startsAt))
            case .composeOracle(let compose):
                "\(compose.frontWeight.units / 10_000_000_000) % × \(compose.ratio.units)"
            case _: "\(command)"
            }
        }
    }

    private func expected(
        _ hours: MarketHours, after start: String, through end: String
    ) throws -> [String] {
        SessionTimeline(hours, zone: try ZoneRules(name: hours.zoneName))
            .starts(after: try instant(start), through: try instant(end)).map(text)
    }

    @Test("R-102: the first plan holds the sessions of a week")
    func firstPlan() throws {
        var planner = try planner(UnderlierCalendar(hours: .usEquities))
        #expect(planner.hasNews)
        // In the open session, which is what a new contract begins in.
        let plan = planner.plan(at: try instant("2026-03-06T15:00:00Z"))
        #expect(
            try lines(plan.commands)
                == expected(
                    .usEquities, after: "2026-03-06T15:00:00Z", through: "2026-03-13T15:00:00Z"))
        #expect(plan.commands.count == 21)
        #expect(plan.nextAt == (try instant("2026-03-07T15:00:00Z")))
        #expect(!planner.hasNews)
        for case .scheduleSession(let schedule) in plan.commands {
            #expect(schedule.instrument == InstrumentID(3))
        }
    }

    @Test("R-102: a market that is closed at the start is closed at once")
    func closedAtStart() throws {
        var planner = try planner(UnderlierCalendar(hours: .usEquities))
        let plan = planner.plan(at: try instant("2026-03-07T15:00:00Z"))
        #expect(lines(plan.commands).first == "2026-03-07T15:00:00Z weekend")
        #expect(lines(plan.commands).dropFirst().first == "2026-03-09T00:00:00Z overnight")
    }

    @Test("R-102: months of plans send every session once and nothing twice")
    func nothingTwice() throws {
        var planner = try planner(UnderlierCalendar(hours: .usEquities))
        var now = try instant("2026-02-20T15:00:00Z")
        let end = try instant("2026-04-20T15:00:00Z")
        var sent: [String] = []
        while now < end {
            let plan = planner.plan(at: now)
            sent += lines(plan.commands)
            #expect(planner.plan(at: now).commands.isEmpty)
            try #require(plan.nextAt > now)
            now = plan.nextAt
        }
        #expect(
            try sent
                == expected(
                    .usEquities, after: "2026-02-20T15:00:00Z", through: "2026-04-26T15:00:00Z"))
    }

    /// The exchange remembers what it was told; the same instants again replace what is there.
    @Test("R-102: a later run says the same of the same week")
    func restart() throws {
        var first = try planner(UnderlierCalendar(hours: .cmeFutures))
        var second = try planner(UnderlierCalendar(hours: .cmeFutures))
        let before = lines(first.plan(at: try instant("2026-03-06T15:00:00Z")).commands)
        second.observe(session(.overnight))
        let after = lines(second.plan(at: try instant("2026-03-06T22:30:00Z")).commands)
        #expect(before.first == "2026-03-06T22:00:00Z overnight")
        #expect(after == before.dropFirst() + ["2026-03-13T21:00:00Z overnight"])
    }

    @Test("R-102: an exchange in another session than the calendar's is corrected once")
    func correction() throws {
        var planner = try planner(UnderlierCalendar(hours: .alwaysOpen))
        #expect(planner.plan(at: try instant("2026-03-06")).commands.isEmpty)
        // Left over from a run with market hours.
        planner.observe(session(.weekend))
        #expect(planner.hasNews)
        let now = try instant("2026-03-07T01:00:01Z")
        #expect(lines(planner.plan(at: now).commands) == ["2026-03-07T01:00:01Z open"])
        planner.observe(session(.open))
        #expect(planner.hasNews)
        #expect(planner.plan(at: now).commands.isEmpty)
        #expect(!planner.hasNews)
    }

    @Test("R-102: sessions that begin as planned are no news to act on")
    func asPlanned() throws {
        var planner = try planner(UnderlierCalendar(hours: .foreignExchange))
        _ = planner.plan(at: try instant("2026-03-06T21:00:00Z"))
        planner.observe(session(.weekend))
        // All that is new is what a week ahead of it brings.
        let plan = planner.plan(at: try instant("2026-03-06T22:00:00Z"))
        #expect(lines(plan.commands) == ["2026-03-13T22:00:00Z weekend"])
    }

    @Test("R-102: after a week without any plan the present comes first, the past not at all")
    func longSleep() throws {
        var planner = try planner(UnderlierCalendar(hours: .foreignExchange))
        _ = planner.plan(at: try instant("2026-03-03"))
        let plan = planner.plan(at: try instant("2026-03-21"))
        #expect(
            lines(plan.commands) == [
                "2026-03-21T00:00:00Z weekend", "2026-03-22T22:00:00Z open",
                "2026-03-27T22:00:00Z weekend",
            ])
    }

    @Test("R-102: no more changes wait than the exchange takes, and none is left out")
    func limit() throws {
        // Ten changes a day.
        let rows = (0..<5).map { hour in
            MarketHours.Row(.open, TimeOfDay(4 * hour), through: TimeOfDay(4 * hour + 1, 59, 59))
        }
        let hours = MarketHours(
            zoneName: "UTC", week: [[MarketHours.Row]](repeating: rows, count: 7))
        var planner = try planner(UnderlierCalendar(hours: hours))
        var now = try instant("2026-03-06T01:00:00Z")
        let end = try instant("2026-03-16T01:00:00Z")
        var sent: [SessionStart] = []
        while now < end {
            let plan = planner.plan(at: now)
            for case .scheduleSession(let schedule) in plan.commands {
                sent.append(
                    SessionStart(session: schedule.session, startsAt: schedule.startsAt))
            }
            #expect(sent.count { $0.startsAt > now } == Limits.maximumScheduledSessions)
            try #require(plan.nextAt > now)
            now = plan.nextAt
        }
        let last = try #require(sent.last?.startsAt)
        #expect(
            try sent.map(text)
                == expected(hours, after: "2026-03-06T01:00:00Z", through: text(last)))
    }

    @Test("R-008: weights are sent at the start, then when they change")
    func roll() throws {
        var planner = try planner(UnderlierCalendar(hours: .alwaysOpen, rollsMonthly: true))
        var now = try instant("2026-04-07T12:00:00Z")
        var sent: [String] = []
        var times: [String] = []
        while now < (try instant("2026-05-02")) {
            let plan = planner.plan(at: now)
            if !plan.commands.isEmpty { times.append(text(now)) }
            sent += lines(plan.commands)
            try #require(plan.nextAt > now)
            now = plan.nextAt
        }
        let one = Rate.unitsPerOne
        #expect(sent == [100, 80, 60, 40, 20, 0, 100].map { "\($0) % × \(one)" })
        #expect(
            times == [
                "2026-04-07T12:00:00Z", "2026-04-07T21:30:00Z", "2026-04-08T21:30:00Z",
                "2026-04-09T21:30:00Z", "2026-04-12T21:30:00Z", "2026-04-13T21:30:00Z",
                "2026-04-30T21:30:00Z",
            ])
    }

    @Test("R-007: a new settlement's ratio is sent when it takes effect")
    func ratio() throws {
        let settlement = Settlement(
            day: CivilDay(2026, 3, 9), spot: ReferencePrice(7_600), future: ReferencePrice(7_680))
        var planner = try planner(
            UnderlierCalendar(hours: .alwaysOpen, settlements: [settlement]))
        let first = planner.plan(at: try instant("2026-03-09T12:00:00Z"))
        #expect(lines(first.commands) == ["100 % × 1000000000000"])
        #expect(first.nextAt == (try instant("2026-03-09T21:30:00Z")))
        #expect(lines(planner.plan(at: first.nextAt).commands) == ["100 % × 989583333333"])
    }

    @Test("Contracts without a calendar, and delisted ones, are left alone")
    func others() throws {
        var planner = try planner(UnderlierCalendar(hours: .usEquities))
        planner.observe(try Self.listing(4, "Y-USD"))
        planner.observe(
            .sessionChanged(SessionChanged(instrument: InstrumentID(4), session: .weekend)))
        planner.observe(try Self.listing(3, "X-USD", status: .delisted))
        #expect(!planner.hasNews)
        #expect(planner.plan(at: try instant("2026-03-07")).commands.isEmpty)
    }

    @Test("A zone that nobody knows stops the start, not a plan")
    func unknownZone() throws {
        var hours = MarketHours.usEquities
        hours.zoneName = "Mars/Olympus"
        let symbol = try #require(Symbol("X-USD"))
        #expect(throws: UnknownTimeZone.self) {
            try CalendarPlanner([symbol: UnderlierCalendar(hours: hours)])
        }
    }
}

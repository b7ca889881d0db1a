import ExchangeTypes
import Testing

@testable import MarketCalendar

@Suite struct SessionTimelineTests {
    private func timeline(_ hours: MarketHours) throws -> SessionTimeline {
        SessionTimeline(hours, zone: try ZoneRules(name: hours.zoneName))
    }

    @Test(
        "R-102: sessions begin by the clocks of their place, also when those are changed",
        arguments: SessionSample.all)
    func samples(sample: SessionSample) throws {
        let starts = try timeline(sample.hours).starts(
            after: instant(sample.start), through: instant(sample.end))
        #expect(starts.map(text).joined(separator: "\n") == sample.changes)
    }

    /// The list and the question at an instant must never disagree, wherever a list begins.
    @Test("R-102: a list cut anywhere is the whole list", arguments: SessionSample.all)
    func cuts(sample: SessionSample) throws {
        let timeline = try timeline(sample.hours)
        let (first, last) = (try instant(sample.start), try instant(sample.end))
        let whole = timeline.starts(after: first, through: last)
        for cut in whole {
            let before = timeline.starts(after: first, through: cut.startsAt)
            let after = timeline.starts(after: cut.startsAt, through: last)
            #expect(before + after == whole)
            #expect(timeline.session(at: cut.startsAt) == cut.session)
            let justBefore = cut.startsAt.advanced(byNanoseconds: -1)
            #expect(timeline.session(at: justBefore) != cut.session)
        }
        #expect(timeline.starts(after: last, through: first) == [])
    }

    @Test(
        "R-031: gaps between rows are overnight; a gap within the weekend is weekend",
        arguments: [
            // Korea's Friday evening and Sunday midnight, Tokyo's lunch, New York's Sunday evening.
            (MarketHours.korea, "2026-03-06T12:00:00Z", MarketSession.overnight),
            (.korea, "2026-03-08T14:59:59Z", .weekend),
            (.japan, "2026-06-04T03:00:00Z", .overnight),
            (.usEquities, "2026-03-09T02:00:00Z", .overnight),
            (.usEquities, "2026-03-10T02:00:00Z", .overnight),
            (.cmeFutures, "2026-03-10T21:30:00Z", .overnight),
            (.alwaysOpen, "2026-03-07T12:00:00Z", .open),
        ])
    func gaps(hours: MarketHours, time: String, session: MarketSession) throws {
        #expect(try timeline(hours).session(at: instant(time)) == session)
    }

    @Test("R-031: between two rows of a weekend it is weekend")
    func weekendGap() throws {
        let open = MarketHours.Row(.open, .midnight, through: .lastSecond)
        let morning = MarketHours.Row(.weekend, .midnight, through: TimeOfDay(11, 59, 59))
        let hours = MarketHours(
            zoneName: "UTC",
            week: [[MarketHours.Row]](repeating: [open], count: 5) + [[morning], [morning]])
        let starts = try timeline(hours).starts(
            after: instant("2026-06-05"), through: instant("2026-06-08"))
        #expect(
            starts.map(text) == [
                "2026-06-06T00:00:00Z weekend", "2026-06-07T12:00:00Z overnight",
                "2026-06-08T00:00:00Z open",
            ])
    }

    @Test("Hours without any row are one long night")
    func noRows() throws {
        let hours = MarketHours(zoneName: "UTC", week: [[MarketHours.Row]](repeating: [], count: 7))
        #expect(try timeline(hours).session(at: instant("2026-06-05")) == .overnight)
        #expect(
            try timeline(hours).starts(after: instant("2026-06-05"), through: instant("2026-06-20"))
                == [])
    }

    /// The engine keeps so many changes waiting; a week of any market must fit.
    @Test(
        "A week of every template fits what the exchange keeps waiting",
        arguments: [
            MarketHours.usEquities, .cmeFutures, .metals, .korea, .japan, .foreignExchange,
        ])
    func fits(hours: MarketHours) throws {
        let starts = try timeline(hours).starts(
            after: instant("2026-03-01"), through: instant("2026-03-08"))
        #expect(starts.count > 1 && starts.count < Limits.maximumScheduledSessions / 2)
    }
}

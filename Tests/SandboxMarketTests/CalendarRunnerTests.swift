import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import MarketCalendar
import Testing

@testable import SandboxMarket

/// The calendar with a queue and a sequencer in the test's own thread, and a clock that is set by hand.
@Suite struct CalendarRunnerTests {
    /// Friday, 6 March 2026, 21:59:00 UTC: a minute before futures and currencies close.
    private let start = Timestamp(nanoseconds: 1_772_834_340_000_000_000)
    private let clock: VirtualClock
    private let exchange = Exchange()
    private let sequencer: Sequencer
    private let table = Array(SandboxInstruments.table[17...22])

    init() {
        clock = VirtualClock(start)
        sequencer = Sequencer(exchange: exchange, log: MemoryLog(), clock: clock)
    }

    private func makeRunner(
        _ inbox: any CommandInbox, _ calendars: [Symbol: UnderlierCalendar]
    ) throws -> CalendarRunner {
        let runner = CalendarRunner(
            planner: try CalendarPlanner(calendars), inbox: inbox, now: { [clock] in clock.now() })
        try sequencer.runBatch([Submission(.subscribe(runner))])
        return runner
    }

    private func list() throws {
        try sequencer.runBatch(
            table.enumerated().map { place, listed in
                var instrument = listed.instrument
                instrument.id = InstrumentID(UInt32(place))
                return Submission(.command(.configureInstrument(instrument)))
            })
    }

    /// Runs what waits in the queue; gives its length.
    @discardableResult
    private func serve(_ queue: SubmissionQueue) throws -> Int {
        var submissions: [Submission] = []
        queue.drain(into: &submissions)
        if submissions.isEmpty { submissions = [Submission(.command(.advanceTime))] }
        try sequencer.runBatch(submissions)
        return submissions.count
    }

    /// The sessions of all contracts, by id.
    private var sessions: [MarketSession] {
        var buffer = EventBuffer()
        exchange.describe(into: &buffer)
        var sessions = [MarketSession](repeating: .open, count: table.count)
        for case .sessionChanged(let change) in buffer.take() {
            sessions[Int(change.instrument.index)] = change.session
        }
        return sessions
    }

    // US500, US100, KOSPI (US hours), GOLD, SILVER, CL.
    private let closed: [MarketSession] = [
        .overnight, .overnight, .postMarket, .overnight, .overnight, .overnight,
    ]

    @Test("R-102: sessions change as the calendar has them, also when nobody plans any more")
    func sessionsChange() throws {
        let queue = SubmissionQueue()
        let runner = try makeRunner(queue, SandboxInstruments.calendars)
        var state = runner.start()
        runner.beat(&state)
        #expect(state.unsent.isEmpty)
        try list()
        runner.beat(&state)
        // A week of sessions of six contracts, the present one of one, and how one is rolled.
        #expect(try serve(queue) > 60)
        #expect(sessions == [.open, .open, .postMarket, .open, .open, .open])
        clock.advance(seconds: 61)
        try sequencer.runBatch([Submission(.command(.advanceTime))])
        #expect(sessions == closed)
        runner.beat(&state)
        // All went as planned: nothing but time passes.
        #expect(try serve(queue) == 1)
        exchange.checkInvariants()
    }

    @Test("R-102: a later run closes what should be closed, and opens what never shall be")
    func laterRuns() throws {
        try list()
        let queue = SubmissionQueue()
        clock.advance(seconds: 100)
        let first = try makeRunner(queue, SandboxInstruments.calendars)
        var state = first.start()
        first.beat(&state)
        try serve(queue)
        #expect(sessions == closed)
        // The next one has no market hours.
        let second = try makeRunner(queue, SandboxInstruments.openCalendars)
        var next = second.start()
        second.beat(&next)
        #expect(try serve(queue) == table.count)
        #expect(sessions.allSatisfy { $0 == .open })
        // What the first one planned for the evening begins, and is set right.
        clock.advance(seconds: 8 * 3_600)
        try sequencer.runBatch([Submission(.command(.advanceTime))])
        #expect(sessions.contains(.weekend))
        second.beat(&next)
        try serve(queue)
        #expect(sessions.allSatisfy { $0 == .open })
    }

    @Test("R-102: what a full queue refuses is sent later, in order")
    func fullQueue() throws {
        try list()
        let queue = SubmissionQueue(capacity: 7)
        let runner = try makeRunner(queue, SandboxInstruments.calendars)
        var state = runner.start()
        var count = 0
        repeat {
            runner.beat(&state)
            count += try serve(queue)
        } while !state.unsent.isEmpty
        #expect(count > 60)
        clock.advance(seconds: 61)
        try serve(queue)
        #expect(sessions == closed)
    }

    /// The log's time never goes back, so neither may the calendar's.
    @Test("R-102: a clock that is set back does not bring a past session back")
    func clockSetBack() throws {
        try list()
        let queue = SubmissionQueue()
        let runner = try makeRunner(queue, SandboxInstruments.calendars)
        var state = runner.start()
        runner.beat(&state)
        try serve(queue)
        clock.advance(seconds: 61)
        try serve(queue)
        clock.advance(seconds: -3_600)
        runner.beat(&state)
        try serve(queue)
        #expect(sessions == closed)
    }
}

extension VirtualClock {
    fileprivate func advance(seconds: Int64) {
        set(now().advanced(byNanoseconds: seconds * 1_000_000_000))
    }
}

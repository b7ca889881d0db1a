public import ExchangeSequencer
public import ExchangeTypes
public import MarketCalendar

/// The sandbox's exchange in one thread and in virtual time, as fast as it goes.
///
/// The runners of market and calendar and the sequencer are those of the server. In place of their
/// threads there is a clock that jumps from each instant at which one of them is due to the next, so
/// that the same market on the same exchange writes the same log, bit for bit.
public struct VirtualMarket {
    /// The exchange; others may have it run commands while this does not.
    public let sequencer: Sequencer
    private let clock: VirtualClock
    private let queue = SubmissionQueue()
    /// How long it takes until the exchange carries out what was sent, in nanoseconds: a test's busy
    /// exchange.
    var latency: Int64 = 0
    /// What was sent and not carried out yet, oldest first.
    private var underway: [(isDueAt: Timestamp, submissions: [Submission])] = []
    private let runner: SandboxMarketRunner
    private var state: SandboxMarketRunner.State
    private var isDueAt: Timestamp
    private var calendar: Calendar?

    /// Who tells of market hours.
    private struct Calendar {
        let runner: CalendarRunner
        var state: CalendarRunner.State
        var isDueAt: Timestamp
    }

    /// A market that begins now, which is what the clock says; it must be the sequencer's.
    ///
    /// Without a `calendar` nobody tells of market hours. `mailboxCapacity` is the number of batches
    /// that may wait for the market.
    public init(
        _ market: SandboxMarket, sequencer: Sequencer, clock: VirtualClock,
        calendar planner: CalendarPlanner? = nil, mailboxCapacity: Int = 65_536
    ) {
        self.sequencer = sequencer
        self.clock = clock
        runner = SandboxMarketRunner(
            market: market, inbox: queue, mailboxCapacity: mailboxCapacity)
        state = runner.start()
        isDueAt = clock.now()
        guard let planner else { return }
        let calendar = CalendarRunner(planner: planner, inbox: queue, now: { clock.now() })
        self.calendar = Calendar(runner: calendar, state: calendar.start(), isDueAt: clock.now())
        let isAccepted = queue.enqueue(Submission(.subscribe(calendar)))
        precondition(isAccepted, "a new queue must take its first subscriber")
    }

    /// The market as it is by now.
    public var market: SandboxMarket { state.market }

    /// Lives through all that is due up to an instant, which it includes.
    ///
    /// - Throws: the log's error, after which nothing more may be run.
    public mutating func run(until end: Timestamp) throws {
        while true {
            let next = nextInstant
            if next > end { break }
            clock.set(next)
            try live(at: next)
        }
        clock.set(end)
    }

    /// Lets a step happen to the market, and the exchange hear of it.
    ///
    /// - Throws: the log's error, after which nothing more may be run.
    public mutating func apply(_ step: MarketStep) throws {
        runner.readMail(&state)
        for command in state.market.apply(step) {
            let isAccepted = queue.enqueue(Submission(.command(command)))
            precondition(isAccepted, "the queue is empty between two instants, and a step is small")
        }
        try carryOut(at: clock.now())
    }

    /// The next instant at which anybody has something to do.
    private var nextInstant: Timestamp {
        let idle = sequencer.idleNanoseconds.map { clock.now().advanced(byNanoseconds: $0) }
        return [calendar?.isDueAt, underway.first?.isDueAt, idle].compactMap { $0 }
            .reduce(isDueAt, min)
    }

    /// First what the exchange does by itself, so that the market has heard of it.
    private mutating func live(at now: Timestamp) throws {
        try sequencer.runDue()
        if isDueAt <= now {
            runner.beat(&state)
            isDueAt = now.advanced(by: state.pause)
        }
        if var calendar, calendar.isDueAt <= now {
            calendar.runner.beat(&calendar.state)
            calendar.isDueAt = now.advanced(by: CalendarRunner.pause)
            self.calendar = calendar
        }
        try carryOut(at: now)
    }

    /// Gives the exchange what has been on its way for long enough.
    private mutating func carryOut(at now: Timestamp) throws {
        var submissions: [Submission] = []
        queue.drain(into: &submissions)
        if !submissions.isEmpty {
            let arrival = now.advanced(byNanoseconds: latency)
            underway.append((max(underway.last?.isDueAt ?? arrival, arrival), submissions))
        }
        while let first = underway.first, first.isDueAt <= now {
            underway.removeFirst()
            try sequencer.runBatch(first.submissions)
        }
    }
}

extension Timestamp {
    fileprivate func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return advanced(byNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

public import ExchangeSequencer
public import ExchangeTypes
public import MarketCalendar
import Synchronization

/// Tells the exchange when its underliers' markets open and close, and how their futures are rolled.
///
/// The exchange's own thread only notes what is listed and which session it is in; the runner's task
/// plans, and looks once a second whether there is something to send.
public final class CalendarRunner: EventSubscriber, Sendable {
    /// What happened since the last look. At most one entry for each contract.
    private struct News {
        /// Looked up, and taken in order of the ids.
        var listed: [InstrumentID: Instrument] = [:]
        /// Looked up, and taken in order of the ids.
        var sessions: [InstrumentID: MarketSession] = [:]
        /// The log's time, which the clock may be behind when it was set back.
        var time = Timestamp.zero

        /// The same as events, listings first.
        var events: [Event] {
            let listings = listed.values.sorted { $0.id.index < $1.id.index }
            let changes = sessions.sorted { $0.key.index < $1.key.index }
            return listings.map { .instrumentConfigured($0) }
                + changes.map {
                    .sessionChanged(SessionChanged(instrument: $0.key, session: $0.value))
                }
        }
    }

    private let planner: CalendarPlanner
    private let inbox: any CommandInbox
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>
    private let news = Mutex(News())

    /// A runner that has yet to be subscribed to the exchange; `clock` only tells when to look.
    public init(
        planner: CalendarPlanner, inbox: any CommandInbox,
        now: @escaping @Sendable () -> Timestamp, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.planner = planner
        self.inbox = inbox
        self.now = now
        self.clock = clock
    }

    public func deliver(_ batch: EventBatch) {
        news.withLock { news in
            for event in batch.events {
                if case .instrumentConfigured(let instrument) = event {
                    news.listed[instrument.id] = instrument
                } else if case .sessionChanged(let change) = event {
                    news.sessions[change.instrument] = change.session
                }
            }
            if let last = batch.entries.last { news.time = max(news.time, last.timestamp) }
        }
    }

    /// Plans until the task is cancelled; to be called once.
    public func run() async {
        var state = start()
        while !Task.isCancelled {
            beat(&state)
            do { try await clock.sleep(for: Self.pause) } catch { break }
        }
    }

    /// The time between two looks.
    static let pause = Duration.seconds(1)

    /// What lasts from one look to the next.
    struct State {
        var planner: CalendarPlanner
        /// What the inbox had no room for yet, oldest first.
        var unsent: ArraySlice<Command> = []
        var time = Timestamp.zero
        var nextAt = Timestamp.zero
    }

    func start() -> State { State(planner: planner) }

    /// Takes in what happened, plans if something is due, and sends what there is room for.
    func beat(_ state: inout State) {
        let news = news.withLock { news in
            defer { news = News(time: news.time) }
            return news
        }
        for event in news.events { state.planner.observe(event) }
        state.time = max(state.time, news.time, now())
        if state.unsent.isEmpty && (state.planner.hasNews || state.time >= state.nextAt) {
            let plan = state.planner.plan(at: state.time)
            state.unsent = plan.commands[...]
            state.nextAt = plan.nextAt
        }
        while let command = state.unsent.first, inbox.enqueue(Submission(.command(command))) {
            state.unsent.removeFirst()
        }
    }
}

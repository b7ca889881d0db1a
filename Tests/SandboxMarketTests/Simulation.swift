import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import MarketCalendar
import SandboxMarket
import Synchronization

/// Keeps batches until they are asked for.
final class Feed: EventSubscriber {
    private let batches = Mutex<[EventBatch]>([])

    func deliver(_ batch: EventBatch) { batches.withLock { $0.append(batch) } }

    func take() -> [EventBatch] {
        batches.withLock { batches in
            defer { batches = [] }
            return batches
        }
    }
}

/// A quarter of a second later each time.
final class SteppingClock: SequencerClock {
    private(set) var time: Timestamp

    /// Begins in January 2027 where nothing else is said.
    init(second: Int64 = 1_800_000_000) {
        time = Timestamp(nanoseconds: second * 1_000_000_000)
    }

    func now() -> Timestamp {
        time = time.advanced(byNanoseconds: 250_000_000)
        return time
    }
}

/// A market and an exchange in one thread, without a clock: every tick is answered before the next.
struct Simulation {
    let exchange: Exchange
    let sequencer: Sequencer
    var market: SandboxMarket
    /// Tells the exchange of market hours, where a test wants them.
    var calendar: CalendarPlanner?
    private var calendarIsDueAt = Timestamp.zero
    private let clock: SteppingClock
    private let feed = Feed()
    /// How many sends later the market learns what happened.
    var delay = 0
    private var late: [[EventBatch]] = []
    /// Whether what happens never reaches the market.
    var losesEvents = false
    /// All that the market sent since `start`.
    private(set) var commands: [Command] = []
    /// All that happened since `start`, others' doings included.
    private(set) var events: [Event] = []

    /// An empty exchange; long runs check its invariants less often.
    init(
        _ market: SandboxMarket, clock: SteppingClock = SteppingClock(),
        invariantInterval: UInt64 = Sequencer.usualInvariantInterval
    ) {
        exchange = Exchange()
        sequencer = Sequencer(
            exchange: exchange, log: MemoryLog(), clock: clock,
            invariantInterval: invariantInterval)
        self.market = market
        self.clock = clock
    }

    /// A new market on the exchange of another.
    init(_ market: SandboxMarket, after other: Simulation) {
        exchange = other.exchange
        sequencer = other.sequencer
        clock = other.clock
        self.market = market
    }

    /// Subscribes, then sends what the exchange lacks.
    mutating func start() throws {
        try sequencer.runBatch([Submission(.subscribe(feed))])
        collect()
        try send(market.genesis())
        try keepCalendar()
    }

    mutating func tick() throws {
        try send(market.tick())
        try keepCalendar()
    }

    /// Lets a step happen to the market.
    mutating func apply(_ step: MarketStep) throws { try send(market.apply(step)) }

    mutating func tick(times: Int) throws {
        for _ in 0..<times { try tick() }
    }

    /// Somebody else's command; gives its events.
    mutating func others(_ command: Command) throws -> [Event] {
        let before = events.count
        try sequencer.runBatch([Submission(.command(command))])
        collect()
        return Array(events[before...])
    }

    private mutating func keepCalendar() throws {
        guard var planner = calendar, planner.hasNews || clock.time >= calendarIsDueAt else {
            return
        }
        let plan = planner.plan(at: clock.time)
        calendar = planner
        calendarIsDueAt = plan.nextAt
        if !plan.commands.isEmpty { try send(plan.commands) }
    }

    private mutating func send(_ batch: [Command]) throws {
        commands += batch
        // Time passes also when nothing is sent.
        let sent = batch.isEmpty ? [.advanceTime] : batch
        try sequencer.runBatch(sent.map { Submission(.command($0)) })
        collect()
    }

    private mutating func collect() {
        let batches = feed.take()
        if !losesEvents { late.append(batches) }
        while late.count > delay {
            for batch in late.removeFirst() { market.observe(batch) }
        }
        for batch in batches {
            for event in batch.events { calendar?.observe(event) }
            for entry in batch.entries {
                guard case .events(let range) = entry.outcome else { continue }
                events += batch.events[range]
            }
        }
    }

    // MARK: What is seen

    /// Every refusal since `start`.
    var refusals: [Event] {
        events.filter { event in
            switch event {
            case .orderRejected, .cancelRejected, .modifyRejected, .commandRefused: true
            case _: false
            }
        }
    }

    /// Number of trades of each contract since `start`.
    var trades: [InstrumentID: Int] {
        var counts: [InstrumentID: Int] = [:]
        for case .tradeExecuted(let trade) in events { counts[trade.instrument, default: 0] += 1 }
        return counts
    }

    /// What the exchange says of every contract's prices.
    var prices: [InstrumentID: PricesChanged] {
        var prices: [InstrumentID: PricesChanged] = [:]
        for case .pricesChanged(let change) in description { prices[change.instrument] = change }
        return prices
    }

    /// What the exchange says of the markets that are not open.
    var closedSessions: [InstrumentID: MarketSession] {
        var sessions: [InstrumentID: MarketSession] = [:]
        for case .sessionChanged(let change) in description {
            sessions[change.instrument] = change.session
        }
        return sessions
    }

    /// Best prices from a description of the exchange.
    func touch(_ instrument: InstrumentID) -> (bid: Price?, ask: Price?) {
        var bids: [Price] = []
        var asks: [Price] = []
        for case .levelChanged(let level) in description where level.instrument == instrument {
            if level.side == .buy { bids.append(level.price) } else { asks.append(level.price) }
        }
        return (bids.max(), asks.min())
    }

    /// All open orders of all accounts.
    var openOrders: [OrderState] {
        description.flatMap { event -> [OrderState] in
            guard case .accountOpened(let opened) = event,
                case .openOrders(let orders) = exchange.report(
                    .openOrders(opened.account, instrument: nil))
            else { return [] }
            return orders
        }
    }

    /// All holdings of all accounts.
    var holdings: [(account: AccountID, position: PositionReport)] {
        description.flatMap { event -> [(AccountID, PositionReport)] in
            guard case .accountOpened(let opened) = event,
                case .positions(let positions) = exchange.report(.positions(opened.account))
            else { return [] }
            return positions.map { (opened.account, $0) }
        }
    }

    /// The exchange's oracle prices.
    var indexPrices: [InstrumentID: ReferencePrice] { prices.mapValues(\.oracle) }

    /// What a new subscriber would be told.
    var description: [Event] {
        var buffer = EventBuffer()
        exchange.describe(into: &buffer)
        return buffer.take()
    }
}

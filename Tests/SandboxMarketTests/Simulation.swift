import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import MarketCalendar
import Synchronization
import Testing

@testable import SandboxMarket

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

/// Keeps the commands of the bots and the calendar, and nothing on disk.
final class CommandRecorder: CommandLog {
    private let log = MemoryLog()
    private var commands: [Command] = []
    /// Whether somebody else's commands come.
    var isPaused = false

    var nextSequence: UInt64 { log.nextSequence }
    var maximumBatchByteCount: Int { log.maximumBatchByteCount }

    func append(_ batch: inout CommandBatch) throws(JournalError) {
        log.append(&batch)
        if isPaused { return }
        batch.forEachCommand { _, _, payload in
            do {
                let command = try CommandCodec.decode(payload.indices.map { payload[$0] }[...])
                if command != .advanceTime { commands.append(command) }
            } catch {
                Issue.record(error)
            }
        }
    }

    func sync() { log.sync() }
    func close() { log.close() }

    func take() -> [Command] {
        defer { commands = [] }
        return commands
    }
}

/// A virtual market, all that it sent, and all that happened.
struct Simulation {
    let sequencer: Sequencer
    private let clock: VirtualClock
    private let log: CommandRecorder
    private let feed = Feed()
    private let initial: SandboxMarket
    private var running: VirtualMarket?
    /// Tells the exchange of market hours, where a test wants them; set before the start.
    var calendar: CalendarPlanner?
    /// Batches that may wait for the market; set before the start.
    var mailboxCapacity = 65_536
    /// How many ticks later the exchange carries out what was sent.
    var delay = 0 {
        didSet {
            running?.latency = Int64(delay) * 1_000_000_000 / Int64(SandboxMarket.ticksPerSecond)
        }
    }
    /// All that the market and the calendar sent since `start`.
    private(set) var commands: [Command] = []
    /// All that happened since `start`, others' doings included.
    private(set) var events: [Event] = []

    /// An empty exchange; long runs check its invariants less often. It is January 2027 where nothing else
    /// is said.
    init(
        _ market: SandboxMarket, second: Int64 = 1_800_000_000,
        invariantInterval: UInt64 = Sequencer.usualInvariantInterval
    ) {
        initial = market
        clock = VirtualClock(Timestamp(nanoseconds: second * 1_000_000_000))
        log = CommandRecorder()
        sequencer = Sequencer(
            exchange: Exchange(), log: log, clock: clock, invariantInterval: invariantInterval)
    }

    /// A new market on the exchange of another.
    init(_ market: SandboxMarket, after other: Simulation) {
        initial = market
        clock = other.clock
        log = other.log
        sequencer = other.sequencer
    }

    /// The exchange, after all that has happened.
    var exchange: Exchange { sequencer.exchange }

    /// The market, after all that it was told.
    var market: SandboxMarket { running?.market ?? initial }

    /// Subscribes, then sends what the exchange lacks.
    mutating func start() throws {
        try sequencer.runBatch([Submission(.subscribe(feed))])
        collect()
        running = VirtualMarket(
            initial, sequencer: sequencer, clock: clock, calendar: calendar,
            mailboxCapacity: mailboxCapacity)
        try run(milliseconds: 10)
    }

    mutating func tick() throws { try tick(times: 1) }

    /// Lets a step happen to the market.
    mutating func apply(_ step: MarketStep) throws {
        try running?.apply(step)
        collect()
    }

    mutating func tick(times: Int) throws {
        try run(milliseconds: Int64(times * 1_000 / SandboxMarket.ticksPerSecond))
    }

    /// Somebody else's command; gives its events.
    mutating func others(_ command: Command) throws -> [Event] {
        let before = events.count
        log.isPaused = true
        try sequencer.runBatch([Submission(.command(command))])
        log.isPaused = false
        collect()
        return Array(events[before...])
    }

    private mutating func run(milliseconds: Int64) throws {
        try running?.run(until: clock.now().advanced(byNanoseconds: milliseconds * 1_000_000))
        collect()
    }

    private mutating func collect() {
        commands += log.take()
        for batch in feed.take() {
            for entry in batch.entries {
                guard case .events(let range) = entry.outcome else { continue }
                events += batch.events[range]
            }
        }
    }

    // MARK: What is seen

    /// Every refusal since `start`.
    var refusals: [Event] { events.filter(\.isRefusal) }

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

extension Event {
    /// Whether the exchange said no.
    var isRefusal: Bool {
        switch self {
        case .orderRejected, .cancelRejected, .modifyRejected, .commandRefused: true
        case _: false
        }
    }
}

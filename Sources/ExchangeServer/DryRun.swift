import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
public import ExchangeTypes
public import Logging
import SandboxMarket
import Synchronization

/// The sandbox from its first command on, in virtual time: hours pass in seconds, and one seed gives one
/// log, bit for bit.
public struct DryRun {
    /// Where it has led.
    public struct Summary: Hashable, Sendable {
        /// The number of commands, which is the place of the last one.
        public let sequence: UInt64
        public let trades: Int
        public let stateHash: UInt64
    }

    /// What is to be written of a contract, as CSV.
    public struct Lines: Hashable, Sendable {
        /// The names of the fields of `prices`.
        public static let pricesHeader = MarketTable.pricesHeader
        /// The names of the fields of `candles`.
        public static let candlesHeader = MarketTable.candlesHeader
        /// One line.
        public let prices: String
        /// One line for each minute that has ended since the lines before.
        public let candles: [String]
    }

    private var market: VirtualMarket
    private let trades = TradeCounter()
    private let table: MarketTable?
    private let storage: DeferredSyncStorage?

    /// A run that begins at an instant, of the configuration's market and no clients.
    ///
    /// Its log goes into the data folder, or nowhere if the configuration says so. `symbol` names the
    /// contract that rows and candles tell of.
    /// - Throws: when the folder holds a log already, or no contract has that symbol, or the market's files
    ///   cannot be read.
    public init(
        _ configuration: ServerConfiguration, start: Timestamp, symbol: Symbol? = nil,
        logger: Logger
    ) throws {
        if let symbol, !SandboxInstruments.all.contains(where: { $0.symbol == symbol }) {
            let symbols = SandboxInstruments.all.map(\.symbol.string).joined(separator: ", ")
            throw ConfigurationError(
                description: "no contract is called \(symbol.string); there are \(symbols)")
        }
        // There are no clients: whoever stands for a key's user, nothing happens to anybody.
        let sandbox = try configuration.sandboxMarket(logger) { _ in UniqueID(high: 0, low: 0) }
        let clock = VirtualClock(start)
        let log: any CommandLog
        (log, storage) = try Self.log(configuration, seed: sandbox.seed, start: start)
        let sequencer = Sequencer(exchange: Exchange(), log: log, clock: clock)
        table = symbol.map { MarketTable($0) }
        try sequencer.runBatch([Submission(.subscribe(trades))])
        if let table { try sequencer.runBatch([Submission(.subscribe(table))]) }
        market = VirtualMarket(
            sandbox, sequencer: sequencer, clock: clock,
            calendar: try configuration.calendarPlanner())
    }

    private static func log(
        _ configuration: ServerConfiguration, seed: UInt64, start: Timestamp
    ) throws -> (any CommandLog, DeferredSyncStorage?) {
        switch configuration.log {
        case .memory:
            return (MemoryLog(), nil)
        case .disk:
            let directory = DataDirectory(configuration.dataDirectory)
            try directory.checkHasNoLog()
            // Not drawn: the same run is to write the same files.
            var name = StateHasher()
            name.combine(seed)
            name.combine(start.nanoseconds)
            let storage = DeferredSyncStorage(try directory.openStorage())
            let journal = try Journal.open(
                storage: storage,
                configuration: JournalConfiguration(
                    exchangeID: try directory.exchangeID(ofNew: max(1, name.value)),
                    segmentByteCount: configuration.segmentMebibytes << 20))
            return (journal, storage)
        }
    }

    /// Lives through all that happens up to an instant, which it includes.
    ///
    /// - Throws: the log's error, after which nothing more may be run.
    public mutating func run(until end: Timestamp) throws { try market.run(until: end) }

    /// The number of commands so far.
    public var commandCount: UInt64 { market.sequencer.lastSequence.value }

    /// What the public sees of the contract at an instant that was run to; nil without a symbol.
    public func lines(at time: Timestamp) -> Lines? {
        table.map { table in
            let (prices, candles) = table.lines(at: time)
            return Lines(prices: prices, candles: candles)
        }
    }

    /// Ends the log and makes it durable.
    public func finish() throws -> Summary {
        market.sequencer.exchange.checkInvariants()
        try market.sequencer.close()
        try storage?.syncAll()
        return Summary(
            sequence: commandCount, trades: trades.count,
            stateHash: market.sequencer.exchange.stateHash())
    }
}

/// Counts what was traded.
private final class TradeCounter: EventSubscriber {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func deliver(_ batch: EventBatch) {
        let count = batch.events.count { if case .tradeExecuted = $0 { true } else { false } }
        state.withLock { $0 += count }
    }
}

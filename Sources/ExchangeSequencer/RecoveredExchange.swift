public import ExchangeEngine
public import ExchangeJournal
public import ExchangeTypes
public import MarketDataViews

/// An exchange rebuilt from its log, and the log ready to go on.
public struct RecoveredExchange {
    public let exchange: Exchange
    /// What the log says of trades and ended orders.
    public let history: TradeHistory
    /// What the log says of candles, daily volumes and the times of published values.
    public let marketHistory: MarketHistory
    public let journal: Journal
    /// The time of the last command; the log's time never goes back behind it.
    public let lastTimestamp: Timestamp
    /// The command that the snapshot at the beginning was taken after; nil if all of the log was read.
    public let snapshot: UInt64?
    /// Newer snapshots that could not be used, and why.
    public let faults: [SnapshotFault]

    /// Opens the journal, goes on from the newest good snapshot and applies every command behind it.
    /// Daily volumes start again as `dailyReset` says.
    ///
    /// A snapshot that is damaged, was written by a later version or belongs to another log is passed
    /// over for the one before it, and in the end for the beginning of the log.
    ///
    /// - Throws: `JournalError`, with file, offset and advice, when the log cannot be trusted, holds a
    ///   command that this version cannot read, ends before a command that a snapshot knows, or begins
    ///   later than every good snapshot; the directory is then left as it was.
    public static func recover(
        storage: any Storage, configuration: JournalConfiguration,
        dailyReset: DailyReset = .midnightUTC
    ) throws(JournalError) -> RecoveredExchange {
        let lock = try storage.lock()
        let replay = try LogReplay.run(
            storage: storage, configuration: configuration, dailyReset: dailyReset)
        replay.copy.exchange.checkInvariants()
        let journal = try Journal.resume(
            replay.reader, storage: storage, configuration: configuration, lock: lock)
        return RecoveredExchange(
            exchange: replay.copy.exchange, history: replay.copy.history,
            marketHistory: replay.copy.marketHistory, journal: journal,
            lastTimestamp: replay.copy.lastTimestamp, snapshot: replay.snapshot,
            faults: replay.faults)
    }

    /// Replays a log that may belong to a running exchange from its newest good snapshot on; writes
    /// nothing. Gives the last command too.
    public static func replay(
        storage: any Storage, configuration: JournalConfiguration
    ) throws(JournalError) -> (Exchange, UInt64) {
        let replay = try LogReplay.run(
            storage: storage, configuration: configuration, dailyReset: .midnightUTC)
        return (replay.copy.exchange, replay.reader.nextSequence - 1)
    }

    /// Applies every command of a log that may belong to a running exchange; writes nothing.
    public static func replay(_ reader: JournalReader) throws(JournalError) -> (Exchange, UInt64) {
        let copy = ReplayedExchange(.midnightUTC)
        try reader.forEachCommand(copy.apply)
        return (copy.exchange, reader.nextSequence - 1)
    }
}

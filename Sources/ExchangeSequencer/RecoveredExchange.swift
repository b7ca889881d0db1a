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

    /// Opens the journal and applies every command in it; daily volumes start again as `dailyReset` says.
    ///
    /// - Throws: `JournalError`, with file, offset and advice, when the log cannot be trusted or holds a
    ///   command that this version cannot read; the directory is then left as it was.
    public static func recover(
        storage: any Storage, configuration: JournalConfiguration,
        dailyReset: DailyReset = .midnightUTC
    ) throws(JournalError) -> RecoveredExchange {
        let replay = Replay(dailyReset)
        let journal = try Journal.open(
            storage: storage, configuration: configuration, replay: replay.apply)
        replay.exchange.checkInvariants()
        return RecoveredExchange(
            exchange: replay.exchange, history: replay.history,
            marketHistory: replay.marketHistory, journal: journal,
            lastTimestamp: replay.lastTimestamp)
    }

    /// Applies every command of a log that may belong to a running exchange; writes nothing.
    public static func replay(_ reader: JournalReader) throws(JournalError) -> (Exchange, UInt64) {
        let replay = Replay(.midnightUTC)
        try reader.forEachCommand(replay.apply)
        return (replay.exchange, reader.nextSequence - 1)
    }
}

/// Commands from the log into an engine. Events only go into the histories: everybody was told of them
/// before.
private final class Replay {
    let exchange = Exchange()
    var history = TradeHistory()
    var marketHistory: MarketHistory
    var lastTimestamp = Timestamp.zero
    private var events = EventBuffer()
    private var bytes: [UInt8] = []

    init(_ dailyReset: DailyReset) { marketHistory = MarketHistory(dailyReset: dailyReset) }

    func apply(_ sequence: UInt64, _ timestamp: Int64, _ payload: Span<UInt8>) throws {
        bytes.removeAll(keepingCapacity: true)
        for index in payload.indices { bytes.append(payload[index]) }
        let command = try CommandCodec.decode(bytes[...])
        lastTimestamp = Timestamp(nanoseconds: timestamp)
        exchange.apply(
            SequencedCommand(
                sequence: SequenceNumber(sequence), timestamp: lastTimestamp, command: command),
            into: &events)
        recordHistory()
        events.removeAll()
    }

    private func recordHistory() {
        var start = 0
        for part in events.takeParts() {
            record(events.events[start..<part.end], at: part.time)
            start = part.end
        }
        record(events.events[start...], at: lastTimestamp)
    }

    private func record(_ events: ArraySlice<Event>, at time: Timestamp) {
        history.record(events, at: time)
        marketHistory.record(events, at: time)
    }
}

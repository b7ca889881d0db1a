/// The lengths of candles, shortest first; each is a whole multiple of the one before it.
/// **Source** `protocol.md` §3.1.
public enum CandleInterval: UInt8, Hashable, Sendable, CaseIterable {
    case oneMinute
    case fiveMinutes
    case fifteenMinutes
    case thirtyMinutes
    case oneHour
    case fourHours
    case oneDay

    /// The length. **Units** nanoseconds.
    public var nanoseconds: Int64 {
        let minutes: Int64 =
            switch self {
            case .oneMinute: 1
            case .fiveMinutes: 5
            case .fifteenMinutes: 15
            case .thirtyMinutes: 30
            case .oneHour: 60
            case .fourHours: 240
            case .oneDay: 1_440
            }
        return minutes * 60_000_000_000
    }

    /// When the candle of an instant opens: a whole multiple of the length since 1970, in UTC.
    /// **Source** P-031.
    public func start(of instant: Timestamp) -> Timestamp {
        let remainder = instant.nanoseconds % nanoseconds
        let sinceStart = remainder < 0 ? remainder + nanoseconds : remainder
        return Timestamp(nanoseconds: instant.nanoseconds - sinceStart)
    }
}

/// The trades of one contract in one interval, summed up. **Source** `protocol.md` §3.6.
///
/// Its prices are those of the public trades, which may lie between ticks when they were made off the
/// book.
public struct Candle: Hashable, Sendable {
    /// When it opens, in UTC; it ends one interval later.
    public var start: Timestamp
    /// The first price; that of the last trade before, while there is none.
    public var open: ReferencePrice
    public var high: ReferencePrice
    public var low: ReferencePrice
    /// The latest price.
    public var close: ReferencePrice
    /// What changed hands, in the quote currency, exactly.
    public var volume: Notional
    /// The number of trades.
    public var trades: Int64
    public init(
        start: Timestamp, open: ReferencePrice, high: ReferencePrice, low: ReferencePrice,
        close: ReferencePrice, volume: Notional = .zero, trades: Int64 = 0
    ) {
        self.start = start
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.trades = trades
    }
}

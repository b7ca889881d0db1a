public import ExchangeTypes

/// A command of the public endpoint. **Source** `protocol.md` §3.1.
public struct MarketDataRequest: Hashable, Sendable {
    /// What shall happen to the subscriptions.
    public enum Action: Hashable, Sendable, CaseIterable {
        case subscribe
        case unsubscribe
    }
    public var action: Action
    /// Those that can be served, in the order given, repetitions included: the acknowledgement echoes
    /// them.
    public var channels: [MarketDataChannel]
    public var symbols: [SymbolSelector]
    /// Not empty when `candle` is among the channels, unless each symbol names its own.
    public var intervals: [CandleInterval]
    /// Not empty when `level2` is among the channels.
    public var significantFigures: [SignificantFigures]
    /// What is wrong with a part of the command; to be said after the acknowledgement of the rest.
    /// **Source** `protocol.md` §3.14, §18.18.
    public var problems: [WireError]
    public init(
        action: Action, channels: [MarketDataChannel], symbols: [SymbolSelector],
        intervals: [CandleInterval] = [], significantFigures: [SignificantFigures] = [],
        problems: [WireError] = []
    ) {
        self.action = action
        self.channels = channels
        self.symbols = symbols
        self.intervals = intervals
        self.significantFigures = significantFigures
        self.problems = problems
    }
}

extension MarketDataRequest {
    /// The intervals of the command, and those of single symbols that it does not name itself.
    public var candleIntervals: [CandleInterval] {
        var named = Set(intervals)
        return intervals
            + symbols.compactMap(\.interval).filter { named.insert($0).inserted }
    }
}

/// The public channels.
public enum MarketDataChannel: Hashable, Sendable, CaseIterable {
    case level2
    case trade
    case candle
    case bestBidOffer
    case underlier
    case markPrice
    case funding
    case openInterest
    case priceBand
    case marketStatistics
}

/// What a command names as a symbol.
public struct SymbolSelector: Hashable, Sendable {
    public var symbol: Symbol
    /// Given in the form `NVDA-USD/1MIN`, for candles only. **Source** `protocol.md` C-28.
    public var interval: CandleInterval?
    public init(_ symbol: Symbol, interval: CandleInterval? = nil) {
        self.symbol = symbol
        self.interval = interval
    }
    /// Whether it means every symbol, later ones included.
    public var isWildcard: Bool { symbol == Self.wildcard }

    private static let wildcard = Symbol(String(describing: Word.wildcard))
}

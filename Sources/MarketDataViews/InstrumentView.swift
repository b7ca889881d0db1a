public import ExchangeTypes

/// What the public knows of one instrument.
public struct InstrumentView: Hashable, Sendable {
    /// The contract and its parameters, as last configured.
    public private(set) var instrument: Instrument
    /// The book.
    public private(set) var depth = DepthView()
    /// The prices that come from outside the book; nil before the first index price.
    public private(set) var prices: PublishedPrices?
    /// The latest trade; nil before the first.
    public private(set) var lastTrade: TimedTrade?

    /// An instrument that was listed just now.
    init(_ instrument: Instrument) { self.instrument = instrument }

    /// Takes over new parameters.
    ///
    /// The engine says nothing more when a new width moves the price band, so it is drawn anew here.
    mutating func configure(_ instrument: Instrument, at time: Timestamp) {
        precondition(
            instrument.symbol == self.instrument.symbol
                && instrument.tickSize == self.instrument.tickSize
                && instrument.lotSize == self.instrument.lotSize,
            "instrument \(instrument.id.index) changed its name or its grid")
        self.instrument = instrument
        guard var prices else { return }
        let band = instrument.band(around: prices.index)
        guard band != prices.band else { return }
        prices.band = band
        prices.time = time
        self.prices = prices
    }

    /// Takes over a level's new total.
    mutating func apply(_ change: LevelChanged, at time: Timestamp) {
        depth.apply(change, at: time)
    }

    /// Takes over a new index price and what hangs on it.
    mutating func apply(_ change: IndexPriceChanged, at time: Timestamp) {
        prices = PublishedPrices(
            index: change.index, mark: change.mark, band: change.band, time: time)
    }

    /// Takes over a trade.
    mutating func apply(_ trade: Trade, at time: Timestamp) {
        lastTrade = TimedTrade(trade: trade, time: time)
    }
}

/// The prices of an instrument that are not orders'. **Source** `protocol.md` §3.7, §3.8, §3.11.
public struct PublishedPrices: Hashable, Sendable {
    /// The outside price of the underlier.
    public var index: ReferencePrice
    /// The price that positions are valued at.
    public var mark: ReferencePrice
    /// The range of prices that orders may pay.
    public var band: PriceBand
    /// When any of these was last set.
    public var time: Timestamp
    /// Prices that were set at an instant.
    public init(
        index: ReferencePrice, mark: ReferencePrice, band: PriceBand, time: Timestamp
    ) {
        self.index = index
        self.mark = mark
        self.band = band
        self.time = time
    }
}

/// A trade and when it happened. **Source** `protocol.md` §3.5.
public struct TimedTrade: Hashable, Sendable {
    /// The match.
    public var trade: Trade
    /// The instant of the command that made it.
    public var time: Timestamp
    /// A trade at an instant.
    public init(trade: Trade, time: Timestamp) {
        self.trade = trade
        self.time = time
    }
}

public import ExchangeTypes

/// What the public knows of one instrument.
public struct InstrumentView: Hashable, Sendable {
    /// The contract and its parameters, as last configured.
    public private(set) var instrument: Instrument
    /// When it was listed.
    public private(set) var listedAt: Timestamp
    /// The book.
    public private(set) var depth = DepthView()
    /// The prices that come from outside the book; nil before the first oracle price.
    public private(set) var prices: PublishedPrices?
    /// What the market of the underlier is doing; contracts start in an open one.
    public private(set) var session = MarketSession.open
    /// The funding of the window under way; nil before the first was told.
    public private(set) var funding: PublishedFunding?
    /// The sum of all longs; nothing before the first trade.
    public private(set) var openInterest = PublishedOpenInterest()
    /// The latest trade; nil before the first.
    public private(set) var lastTrade: TimedTrade?

    /// An instrument that was listed just now.
    init(_ instrument: Instrument, at time: Timestamp) {
        self.instrument = instrument
        listedAt = time
    }

    /// Takes over what only one who saw the past can know: the last trade, and since when the values
    /// hold that are known here already.
    mutating func adopt(_ past: InstrumentHistory) {
        listedAt = past.listedAt
        lastTrade = past.lastTrade
        prices?.time = past.pricesTime
        funding = past.funding
        openInterest.time = past.openInterestTime
        depth.adopt(past.bestBidOffer)
    }

    /// Takes over new parameters; what they move, the engine says itself.
    mutating func configure(_ instrument: Instrument) {
        precondition(
            instrument.symbol == self.instrument.symbol
                && instrument.tickSize == self.instrument.tickSize
                && instrument.lotSize == self.instrument.lotSize,
            "instrument \(instrument.id.index) changed its name or its grid")
        self.instrument = instrument
    }

    /// Takes over a level's new total.
    mutating func apply(_ change: LevelChanged, at time: Timestamp) {
        depth.apply(change, at: time)
    }

    /// Takes over new prices.
    mutating func apply(_ change: PricesChanged, at time: Timestamp) {
        prices = PublishedPrices(
            oracle: change.oracle, mark: change.mark, band: change.band, source: change.source,
            time: time)
    }

    /// Takes over a change of the underlier's session.
    mutating func apply(_ change: SessionChanged) { session = change.session }

    /// Takes over a new funding rate.
    mutating func apply(_ change: FundingRateChanged, at time: Timestamp) {
        funding = PublishedFunding(rate: change.rate, settlesAt: change.settlesAt, time: time)
    }

    /// Takes over a new sum of all longs.
    mutating func apply(_ change: OpenInterestChanged, at time: Timestamp) {
        openInterest = PublishedOpenInterest(quantity: change.quantity, time: time)
    }

    /// Takes over a trade.
    mutating func apply(_ trade: Trade, at time: Timestamp) {
        lastTrade = TimedTrade(trade: trade, time: time)
    }
}

/// The prices of an instrument that are not orders'. **Source** `protocol.md` §3.7, §3.8, §3.11.
public struct PublishedPrices: Hashable, Sendable {
    /// The price of the underlier.
    public var oracle: ReferencePrice
    /// The price that positions are valued at.
    public var mark: ReferencePrice
    /// The range of prices that orders may pay.
    public var band: PriceBand
    /// Where the oracle price comes from.
    public var source: OracleSource
    /// When any of these was last set.
    public var time: Timestamp
    /// Prices that were set at an instant.
    public init(
        oracle: ReferencePrice, mark: ReferencePrice, band: PriceBand, source: OracleSource,
        time: Timestamp
    ) {
        self.oracle = oracle
        self.mark = mark
        self.band = band
        self.source = source
        self.time = time
    }
}

/// What holders pay each other if the window ends as it stands. **Source** `protocol.md` §3.9.
public struct PublishedFunding: Hashable, Sendable {
    /// A fraction for the hour; positive when longs pay.
    public var rate: Rate
    /// When the window ends.
    public var settlesAt: Timestamp
    /// When the rate was set.
    public var time: Timestamp
    /// A rate that was set at an instant.
    public init(rate: Rate, settlesAt: Timestamp, time: Timestamp) {
        self.rate = rate
        self.settlesAt = settlesAt
        self.time = time
    }
}

/// The sum of all long positions. **Source** `protocol.md` §3.10.
public struct PublishedOpenInterest: Hashable, Sendable {
    /// The sum.
    public var quantity: Quantity
    /// When it last changed; zero when it never has.
    public var time: Timestamp
    /// A sum that was reached at an instant.
    public init(quantity: Quantity = .zero, time: Timestamp = .zero) {
        self.quantity = quantity
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

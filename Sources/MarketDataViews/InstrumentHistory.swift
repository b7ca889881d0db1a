public import ExchangeTypes

/// What the public knows of one instrument and nobody could say who only knows how things stand: what
/// was traded, and since when each published value holds.
public struct InstrumentHistory: Hashable, Sendable {
    /// When the contract was listed.
    public let listedAt: Timestamp
    /// The candles; nil before the first trade.
    public internal(set) var candles: CandleSeries?
    /// What was traded since the last reset, at most what fits.
    public internal(set) var dailyVolume = Quantity.zero
    /// The latest trade as it was told, whatever was split since; nil before the first.
    public internal(set) var lastTrade: TimedTrade?
    /// When the prices were last set; zero before the first.
    public internal(set) var pricesTime = Timestamp.zero
    /// The funding rate as it was last told, which a description may not repeat; nil before the first.
    public internal(set) var funding: PublishedFunding?
    /// When the open interest last changed; zero when it never has.
    public internal(set) var openInterestTime = Timestamp.zero
    /// The best prices, and when either last changed.
    public internal(set) var bestBidOffer = BestBidOffer()

    /// The contract, for its grid, and whether it can still trade.
    private var instrument: Instrument

    /// An instrument that was listed just now.
    init(_ instrument: Instrument, at time: Timestamp) {
        self.instrument = instrument
        listedAt = time
    }

    mutating func configure(_ instrument: Instrument) { self.instrument = instrument }

    mutating func setPrices(at time: Timestamp) { pricesTime = time }

    mutating func apply(_ change: FundingRateChanged, at time: Timestamp) {
        funding = PublishedFunding(rate: change.rate, settlesAt: change.settlesAt, time: time)
    }

    mutating func setOpenInterest(at time: Timestamp) { openInterestTime = time }

    mutating func apply(_ change: LevelChanged, at time: Timestamp) {
        switch change.side {
        case .buy:
            if bestBidOffer.bid == change.best { return }
            bestBidOffer.bid = change.best
        case .sell:
            if bestBidOffer.ask == change.best { return }
            bestBidOffer.ask = change.best
        }
        bestBidOffer.time = time
    }

    /// Takes in a trade; every public one counts, of whatever type. **Source** P-032.
    mutating func apply(_ trade: Trade, at time: Timestamp) {
        lastTrade = TimedTrade(trade: trade, time: time)
        let lots = dailyVolume.lots.addingReportingOverflow(trade.quantity.lots)
        dailyVolume = Quantity(lots: lots.overflow ? .max : lots.partialValue)
        if candles == nil { candles = CandleSeries(firstPrice: trade.price, at: time) }
        candles?.add(trade.price, worth: instrument.notional(trade.price, trade.quantity))
    }

    /// Goes over to the units of a split.
    mutating func apply(_ split: SplitInstrument) {
        candles?.rescale(by: split, tickSize: instrument.tickSize)
        let lots = Rounding.halfEven(
            Int128(dailyVolume.lots) * Int128(split.numerator), by: Int128(split.denominator))
        dailyVolume = Quantity(lots: Int64(min(lots, Int128(Int64.max))))
    }

    mutating func resetDailyVolume() { dailyVolume = .zero }

    /// Ends the candles whose time is over; those of a delisted contract are followed by none.
    mutating func advanceCandles(
        from earlier: Timestamp, to time: Timestamp, _ report: (CandleInterval, Candle) -> Void
    ) {
        if instrument.status == .delisted {
            candles?.end(after: earlier, by: time, report)
        } else {
            candles?.advance(to: time, report)
        }
    }
}

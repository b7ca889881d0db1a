import ExchangeTypes

/// A listed contract with its prices: everything of fixed size, so that reading it copies no array.
struct Listing {
    var instrument: Instrument
    /// What the underlier's market is doing.
    var session = MarketSession.open
    /// Whether it was active before the sessions of the current second began: an hour that ends counts as
    /// what it was.
    var wasActive = true
    /// The outside prices, and how the oracle follows from them.
    var front = OutsidePrice()
    var next = OutsidePrice()
    var frontWeight = Rate(percent: 100)
    var ratio = Rate(percent: 100)
    /// The first oracle price, around which `Limits.indexCorridor` lies.
    var firstOracle: ReferencePrice?
    /// The last oracle price that came from outside, around which an internal one is kept.
    var lastExternal = ReferencePrice.zero
    /// When the last outside price came that the oracle depends on.
    var lastOutsideAt = Timestamp.zero
    var source = OracleSource.external
    /// Nil until the first outside price.
    var oracle: ReferencePrice?
    /// The oracle in units of 1e-16 while it is internal, so that small moves are not rounded away.
    var internalOracle: Int128 = 0
    /// The average distance of the book's middle from the oracle.
    var basis = BasisAverage()
    /// Nil as long as `oracle` is.
    var mark: ReferencePrice?
    var markedAt = Timestamp.zero
    /// Whether the book or the last trade changed since the mark was computed.
    var isDirty = false
    /// Of two orders that met; transfers off the book leave it alone.
    var lastTrade: Price?
    /// What was last said of the prices.
    var saidPrices: PricesChanged?
    var funding = FundingWindow()
    /// The sum of all long positions.
    var openInterest = Quantity.zero
    /// Its value at the mark, as it is contained in `Exchange.totalOpenInterest`.
    var openInterestValue = Notional.zero
    var forcedOrders = DecayingSum()

    init(instrument: Instrument) { self.instrument = instrument }

    /// Whether its outside price and funding count.
    var isActive: Bool { instrument.isActive(in: session) }

    /// Whether orders are taken. **Source** R-044, R-101.
    var isOpen: Bool { instrument.status == .active && oracle != nil }

    /// The range that oracle and mark never leave, so that no position's value can outgrow money.
    func corridor(_ first: ReferencePrice) -> ClosedRange<Int64> {
        let factor = Limits.indexCorridor
        let lowest = Int64(Rounding.up(Int128(first.units), by: Int128(factor)))
        return lowest...first.units * factor
    }
}

/// One outside price of a contract's underlier.
struct OutsidePrice {
    /// Nil until one was taken.
    var price: ReferencePrice?
    /// When the feed saw it, if it said so.
    var observedAt: Timestamp?
    /// Prices refused in a row for being too far away.
    var refusals: UInt32 = 0
}

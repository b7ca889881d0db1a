public import ExchangeTypes

/// The best price of each side and its total, where there is one.
public struct BestBidOffer: Hashable, Sendable {
    /// The highest bid; nil when nobody bids.
    public var bid: PriceLevel?
    /// The lowest ask; nil when nobody asks.
    public var ask: PriceLevel?
    /// When either of them last changed; zero when they never have.
    public var time: Timestamp
    /// The best of two sides that took this shape at an instant.
    public init(bid: PriceLevel? = nil, ask: PriceLevel? = nil, time: Timestamp = .zero) {
        self.bid = bid
        self.ask = ask
        self.time = time
    }
}

import ExchangeTypes
import MarketDataViews

/// Tells whether a state is still what it was when it was last sent: equal versions, no change.
struct StateVersion: Equatable {
    private let first: Int64
    private let second: Int64
    private let third: Int64

    init(_ first: Int64, _ second: Int64 = 0, _ third: Int64 = 0) {
        self.first = first
        self.second = second
        self.third = third
    }
}

extension MarketView {
    /// The version of what a topic shows now; nil when there is nothing to show yet, or, of a delisted
    /// contract, any more. **Source** `protocol.md` §18.6.
    func version(of topic: Topic) -> StateVersion? {
        guard let id = topic.instrument else {
            return topic.feed.isOverview ? StateVersion(0) : nil
        }
        let view = self[id]
        if view.instrument.status == .delisted { return nil }
        switch topic.feed {
        case .level2: return StateVersion(Int64(view.depth.version))
        case .bestBidOffer: return StateVersion(Int64(view.depth.bestBidOfferVersion))
        case .underlier, .markPrice:
            return view.prices.map { StateVersion($0.time.nanoseconds) }
        case .priceBand:
            return view.prices.map { StateVersion($0.band.minimum.units, $0.band.maximum.units) }
        case .funding: return view.currentFunding.map { StateVersion($0.settlesAt.nanoseconds) }
        case .openInterest: return StateVersion(view.openInterest.quantity.lots)
        case .candle(let interval):
            // A split moves the prices without a trade.
            return candle(id, interval).map {
                StateVersion($0.start.nanoseconds, $0.trades, $0.close.units)
            }
        case .marketStatistics: return StateVersion(0)
        case .trade: return nil
        }
    }
}

extension InstrumentView {
    /// When the best prices last changed, or the contract was listed while they never have.
    var bestTime: Timestamp { max(depth.bestBidOffer.time, listedAt) }

    /// When the open interest last changed, or the contract was listed while it never has.
    var openInterestTime: Timestamp { max(openInterest.time, listedAt) }

    /// The funding of the window under way; nil before the first price.
    ///
    /// Until the exchange says a rate it is zero, for the hour of the latest prices: so it is when a
    /// contract is listed while its underlier's market is closed. **Source** `docs/RISK.md` §5, P-034.
    var currentFunding: PublishedFunding? {
        guard let prices else { return nil }
        if let funding { return funding }
        let hour = CandleInterval.oneHour
        let end = hour.start(of: prices.time).advanced(byNanoseconds: hour.nanoseconds)
        return PublishedFunding(rate: .zero, settlesAt: end, time: prices.time)
    }
}

import ExchangeTypes
import QFEXWire

/// What the shard can send: a channel with its filter.
enum Feed: Hashable {
    case bestBidOffer
    case level2(SignificantFigures)
    case trade

    /// The feeds of a channel; none while the channel is not served.
    static func all(
        of channel: MarketDataChannel, _ figures: [SignificantFigures] = [.tick]
    ) -> [Feed] {
        switch channel {
        case .bestBidOffer: [.bestBidOffer]
        case .level2: figures.map { .level2($0) }
        case .trade: [.trade]
        case .candle, .underlier, .markPrice, .funding, .openInterest, .priceBand,
            .marketStatistics:
            []
        }
    }

    /// Whether it has a value of now, to be shown at once and with each pulse (P-027). Trades are
    /// events: they have no history (P-029).
    var isState: Bool {
        switch self {
        case .bestBidOffer, .level2: true
        case .trade: false
        }
    }
}

/// The unit of subscription: a feed of one contract, or of all, later ones included.
/// **Source** `protocol.md` §3.1.
struct Topic: Hashable {
    let feed: Feed
    /// Nil for the wildcard.
    let instrument: InstrumentID?
}

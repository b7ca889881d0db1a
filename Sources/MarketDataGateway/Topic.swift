import ExchangeTypes
import QFEXWire

/// What the shard can send: a channel with its filter.
enum Feed: Hashable {
    case bestBidOffer
    case level2(SignificantFigures)
    case trade
}

/// The unit of subscription: a feed of one contract, or of all, later ones included.
/// **Source** `protocol.md` §3.1.
struct Topic: Hashable {
    let feed: Feed
    /// Nil for the wildcard.
    let instrument: InstrumentID?
}

import ExchangeTypes
import QFEXWire

/// What the shard can send: a channel with its filter.
enum Feed: Hashable {
    case level2(SignificantFigures)
    case trade
    case candle(CandleInterval)
    case bestBidOffer
    case underlier
    case markPrice
    case funding
    case openInterest
    case priceBand
    case marketStatistics

    /// Every feed there is, in the order of the channels.
    static let all = MarketDataChannel.allCases.flatMap {
        all(of: $0, SignificantFigures.allCases, CandleInterval.allCases)
    }

    /// The feeds of a channel with the filters of a command.
    static func all(
        of channel: MarketDataChannel, _ figures: [SignificantFigures],
        _ intervals: [CandleInterval]
    ) -> [Feed] {
        switch channel {
        case .level2: figures.map { .level2($0) }
        case .trade: [.trade]
        case .candle: intervals.map { .candle($0) }
        case .bestBidOffer: [.bestBidOffer]
        case .underlier: [.underlier]
        case .markPrice: [.markPrice]
        case .funding: [.funding]
        case .openInterest: [.openInterest]
        case .priceBand: [.priceBand]
        case .marketStatistics: [.marketStatistics]
        }
    }

    /// Whether it has a value of now, to be shown at once and with its cadence (P-027). Trades are
    /// events: they have no history (P-029).
    var isState: Bool { cadence != nil }

    /// Whether the wildcard brings one message about all contracts. Then a subscription by name is a
    /// stream of its own beside it; else it covers what the wildcard would bring again (P-016).
    /// **Source** `protocol.md` §3.12.
    var isOverview: Bool { self == .marketStatistics }
}

/// The unit of subscription: a feed of one contract, or of all, later ones included.
/// **Source** `protocol.md` §3.1.
struct Topic: Hashable {
    let feed: Feed
    /// Nil for the wildcard.
    let instrument: InstrumentID?
}

import ExchangeTypes
import MarketDataViews
import QFEXWire
import WebSocketTransport

/// Encodes each state once for all connections that get it, until it changes or the next pulse.
struct MessageBodies {
    /// What a body was made of.
    private struct Entry {
        let version: UInt64
        let body: SharedBody
    }
    private var entries: [Topic: Entry] = [:]

    /// The shared part of the message that shows a feed of a contract as it is.
    ///
    /// `time` is that of a depth message; best prices carry the time of their last change, or of
    /// the listing while there was none.
    mutating func body(
        _ feed: Feed, _ view: InstrumentView, listedAt: Timestamp, at time: Timestamp
    ) -> SharedBody {
        let topic = Topic(feed: feed, instrument: view.instrument.id)
        let version = feed == .bestBidOffer ? view.depth.bestBidOfferVersion : view.depth.version
        if let entry = entries[topic], entry.version == version { return entry.body }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        switch feed {
        case .bestBidOffer: Self.encodeBest(view, listedAt: listedAt, to: &bytes)
        case .level2(let figures): Self.encodeDepth(view, figures, at: time, to: &bytes)
        case .trade: preconditionFailure("a trade is an event, not a state")
        }
        let body = SharedBody(bytes)
        entries[topic] = Entry(version: version, body: body)
        return body
    }

    /// A pulse shows every depth with its own time.
    mutating func forget() { entries.removeAll(keepingCapacity: true) }

    /// The shared part of a trade's message.
    static func trade(
        _ trade: Trade, in instrument: Instrument, at time: Timestamp
    ) -> SharedBody {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        MarketDataEncoder.tradeBody(trade, in: instrument, at: time, to: &bytes)
        return SharedBody(bytes)
    }

    private static func encodeBest(
        _ view: InstrumentView, listedAt: Timestamp, to bytes: inout [UInt8]
    ) {
        let best = view.depth.bestBidOffer
        MarketDataEncoder.bboBody(
            bid: best.bid, ask: best.ask, in: view.instrument, at: max(best.time, listedAt),
            to: &bytes)
    }

    private static func encodeDepth(
        _ view: InstrumentView, _ figures: SignificantFigures, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        MarketDataEncoder.levelBody(
            bids: view.depth.levels(.buy, significantFigures: figures),
            asks: view.depth.levels(.sell, significantFigures: figures),
            significantFigures: figures, in: view.instrument, at: time, to: &bytes)
    }
}

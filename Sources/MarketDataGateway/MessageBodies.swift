import ExchangeTypes
import MarketDataViews
import QFEXWire

/// Encodes each state once, however many connections get it; forgotten after each pulse.
struct MessageBodies {
    private var bodies: [Topic: [UInt8]] = [:]

    /// The shared part of the message that shows a feed of a contract as it is now.
    ///
    /// `now` is the time of a depth message; best prices carry the time of their last change.
    mutating func body(
        _ feed: Feed, _ instrument: InstrumentID, _ view: MarketView, now: Timestamp
    ) -> [UInt8] {
        let topic = Topic(feed: feed, instrument: instrument)
        if let body = bodies[topic] { return body }
        let body = Self.encode(feed, view[instrument], now: now)
        bodies[topic] = body
        return body
    }

    mutating func forget() { bodies.removeAll(keepingCapacity: true) }

    static func encode(_ feed: Feed, _ view: InstrumentView, now: Timestamp) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        switch feed {
        case .bestBidOffer:
            let best = view.depth.bestBidOffer
            // A book that never had an order has no time of its own.
            let time = best.time == .zero ? now : best.time
            MarketDataEncoder.bboBody(
                bid: best.bid, ask: best.ask, in: view.instrument, at: time, to: &bytes)
        case .level2(let figures):
            MarketDataEncoder.levelBody(
                bids: view.depth.levels(.buy, significantFigures: figures),
                asks: view.depth.levels(.sell, significantFigures: figures),
                significantFigures: figures, in: view.instrument, at: now, to: &bytes)
        case .trade:
            preconditionFailure("a trade is an event, not a state")
        }
        return bytes
    }

    static func encode(_ trade: Trade, in instrument: Instrument, at time: Timestamp) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        MarketDataEncoder.tradeBody(trade, in: instrument, at: time, to: &bytes)
        return bytes
    }
}

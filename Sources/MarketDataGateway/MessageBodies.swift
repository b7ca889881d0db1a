import ExchangeTypes
import MarketDataViews
import QFEXWire
import WebSocketTransport

/// Encodes each state once for all connections that get it, until it changes or the next beat.
struct MessageBodies {
    /// What a body was made of.
    private struct Entry {
        let version: StateVersion
        let change: UInt64
        let body: SharedBody
    }
    /// Looked up only, never iterated.
    private var entries: [Topic: Entry] = [:]
    /// Rises whenever the market may be another.
    private var change: UInt64 = 0

    /// The shared part of the message that shows a topic as it is.
    ///
    /// `time` is that of depth, funding and overviews; other values carry the time when they were set.
    /// **Rejects** a topic that has no version (a programming error).
    mutating func body(
        _ topic: Topic, _ version: StateVersion, _ market: MarketView, at time: Timestamp
    ) -> SharedBody {
        if let entry = entries[topic], entry.version == version,
            entry.change == change || topic.feed.isKnownByVersion
        {
            return entry.body
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        if topic.feed.isOverview {
            Self.encodeStatistics(topic, market, at: time, to: &bytes)
        } else if let id = topic.instrument {
            Self.encode(topic.feed, id, market, at: time, to: &bytes)
        }
        precondition(!bytes.isEmpty, "nothing to show of \(topic)")
        let body = SharedBody(bytes)
        entries[topic] = Entry(version: version, change: change, body: body)
        return body
    }

    /// A beat shows every value with its own time.
    mutating func forget() { entries.removeAll(keepingCapacity: true) }

    /// Something happened: what no version covers is encoded anew.
    mutating func marketChanged() { change += 1 }

    /// The shared part of a trade's message.
    static func trade(
        _ trade: Trade, in instrument: Instrument, at time: Timestamp
    ) -> SharedBody {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        MarketDataEncoder.tradeBody(trade, in: instrument, at: time, to: &bytes)
        return SharedBody(bytes)
    }

    /// The shared part of a candle's last message.
    static func closedCandle(_ closed: ClosedCandle, in instrument: Instrument) -> SharedBody {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        MarketDataEncoder.candleBody(
            closed.candle, closed.interval, in: instrument, to: &bytes)
        return SharedBody(bytes)
    }

    private static func encode(
        _ feed: Feed, _ id: InstrumentID, _ market: MarketView, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        let view = market[id]
        switch feed {
        case .level2(let figures): encodeDepth(view, figures, at: time, to: &bytes)
        case .bestBidOffer: encodeBest(view, to: &bytes)
        case .underlier:
            guard let prices = view.prices else { return }
            MarketDataEncoder.underlierBody(
                prices.oracle, from: prices.source, in: view.instrument, at: prices.time,
                to: &bytes)
        case .markPrice:
            guard let prices = view.prices else { return }
            MarketDataEncoder.markPriceBody(
                prices.mark, in: view.instrument, at: prices.time, to: &bytes)
        case .priceBand:
            guard let prices = view.prices else { return }
            MarketDataEncoder.priceBandBody(
                prices.band, in: view.instrument, at: prices.time, to: &bytes)
        case .funding:
            guard let funding = view.currentFunding else { return }
            MarketDataEncoder.fundingBody(
                funding.rate, settlesAt: funding.settlesAt, in: view.instrument, at: time,
                to: &bytes)
        case .openInterest:
            MarketDataEncoder.openInterestBody(
                view.openInterest.quantity, in: view.instrument, at: view.openInterestTime,
                to: &bytes)
        case .candle(let interval):
            guard let candle = market.candle(id, interval) else { return }
            MarketDataEncoder.candleBody(candle, interval, in: view.instrument, to: &bytes)
        case .trade, .marketStatistics: return
        }
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

    private static func encodeBest(_ view: InstrumentView, to bytes: inout [UInt8]) {
        let best = view.depth.bestBidOffer
        MarketDataEncoder.bboBody(
            bid: best.bid, ask: best.ask, in: view.instrument, at: view.bestTime, to: &bytes)
    }

    private static func encodeStatistics(
        _ topic: Topic, _ market: MarketView, at time: Timestamp, to bytes: inout [UInt8]
    ) {
        let views =
            topic.instrument.map { [market[$0]] }
            ?? market.instruments.filter { $0.instrument.status != .delisted }
        let rows = views.map { view in
            MarketStatistics(
                instrument: view.instrument,
                best: .init(
                    .init(bid: view.depth.bestBidOffer.bid, ask: view.depth.bestBidOffer.ask),
                    view.bestTime),
                mark: view.prices.map { .init($0.mark, $0.time) },
                openInterest: .init(view.openInterest.quantity, view.openInterestTime),
                dailyVolume: market.dailyVolume(view.instrument.id))
        }
        MarketDataEncoder.marketStatisticsBody(
            rows, for: topic.instrument.map { market[$0].instrument.symbol }, at: time, to: &bytes)
    }
}

extension Feed {
    /// Whether a version covers all that a message shows. That of funding leaves out the rate, and
    /// that of an overview everything.
    fileprivate var isKnownByVersion: Bool {
        switch self {
        case .funding, .marketStatistics: false
        case .level2, .trade, .candle, .bestBidOffer, .underlier, .markPrice, .openInterest,
            .priceBand:
            true
        }
    }
}

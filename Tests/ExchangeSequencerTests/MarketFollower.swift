import ExchangeSequencer
import ExchangeTypes
import MarketDataViews
import Synchronization

/// A subscriber that keeps a view of the market, as the public gateway does. One description is enough
/// for it: to any other sequencer of the same exchange it listens on.
final class MarketFollower: EventSubscriber {
    private struct State {
        var view = MarketView()
        var closed: [ClosedCandle] = []
        var events: [Event] = []
        var isDescribed = false
    }
    private let state = Mutex(State())

    func deliver(_ batch: EventBatch) {
        state.withLock { state in
            for entry in batch.entries {
                if case .description = entry.outcome, state.isDescribed { continue }
                let closed = state.view.advance(to: entry.timestamp)
                state.closed += closed
                switch entry.outcome {
                case .events(let range):
                    for event in batch.events[range] {
                        state.view.apply(event, at: entry.timestamp)
                        state.events.append(event)
                    }
                case .description(let range):
                    for event in batch.events[range] {
                        state.view.apply(event, at: entry.timestamp)
                    }
                    if let history = batch.marketHistory { state.view.adopt(history) }
                    state.isDescribed = true
                case .report: continue
                }
            }
        }
    }

    var view: MarketView { state.withLock { $0.view } }

    /// The events since the last call, without descriptions.
    func takeEvents() -> [Event] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// The candles that ended since the last call.
    func takeClosed() -> [ClosedCandle] {
        state.withLock { state in
            defer { state.closed = [] }
            return state.closed
        }
    }

    /// All that anybody can be shown of the market.
    var everything: [PublicInstrument] {
        let view = view
        return view.instruments.map { PublicInstrument(view, $0) }
    }
}

/// All that is public of an instrument, to be compared.
struct PublicInstrument: Equatable {
    let instrument: Instrument
    let listedAt: Timestamp
    let bids: DepthSide
    let asks: DepthSide
    let bestBidOffer: BestBidOffer
    let prices: PublishedPrices?
    let session: MarketSession
    let funding: PublishedFunding?
    let openInterest: PublishedOpenInterest
    let lastTrade: TimedTrade?
    let candles: [Candle?]
    let dailyVolume: Quantity

    init(_ market: MarketView, _ view: InstrumentView) {
        instrument = view.instrument
        listedAt = view.listedAt
        bids = view.depth.bids
        asks = view.depth.asks
        bestBidOffer = view.depth.bestBidOffer
        prices = view.prices
        session = view.session
        funding = view.funding
        openInterest = view.openInterest
        lastTrade = view.lastTrade
        candles = CandleInterval.allCases.map { market.candle(view.instrument.id, $0) }
        dailyVolume = market.dailyVolume(view.instrument.id)
    }

    /// What is not the same, by name.
    func differences(from other: PublicInstrument) -> [String] {
        zip(Mirror(reflecting: self).children, Mirror(reflecting: other).children)
            .map { ("\($0.label ?? "")", "\($0.value)", "\($1.value)") }
            .filter { $0.1 != $0.2 }
            .map { "\(instrument.symbol) \($0.0): \($0.1) / \($0.2)" }
    }
}

/// What two see differently.
func differences(_ first: MarketFollower, _ second: MarketFollower) -> [String] {
    let (left, right) = (first.everything, second.everything)
    if left == right { return [] }
    let rows = zip(left, right).flatMap { $0.differences(from: $1) }
    return rows.isEmpty ? ["\(left.count) and \(right.count) instruments"] : rows
}

import ExchangeTypes
import MarketDataViews

/// A candle that will not change any more.
struct ClosedCandle: Hashable, Sendable {
    var instrument: InstrumentID
    var interval: CandleInterval
    var candle: Candle
}

extension MarketView {
    func candle(_ id: InstrumentID, _ interval: CandleInterval) -> Candle? { nil }
    func dailyVolume(_ id: InstrumentID) -> Quantity { .zero }
    mutating func advance(to time: Timestamp) -> [ClosedCandle] { [] }
}

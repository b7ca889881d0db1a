import ExchangeTypes
import MarketDataViews

/// Candles and daily volumes computed anew from a list of all trades.
struct NaiveCandles {
    let instrument: Instrument
    private var trades: [TimedTrade] = []

    init(_ instrument: Instrument) { self.instrument = instrument }

    mutating func add(_ trade: Trade, at time: Timestamp) {
        trades.append(TimedTrade(trade: trade, time: time))
    }

    /// The candle of an interval that an instant is in.
    func candle(_ interval: CandleInterval, at now: Timestamp) -> Candle? {
        let length = interval.nanoseconds
        let start = now.nanoseconds / length * length
        let before = trades.last { $0.time.nanoseconds < start }
        let within = trades.filter {
            $0.time.nanoseconds >= start && $0.time.nanoseconds < start + length
        }
        guard let anchor = within.first ?? before else { return nil }
        let prices = within.isEmpty ? [anchor.trade.price] : within.map(\.trade.price)
        return Candle(
            start: Timestamp(start), open: anchor.trade.price,
            high: prices.max() ?? anchor.trade.price, low: prices.min() ?? anchor.trade.price,
            close: (within.last ?? anchor).trade.price,
            volume: within.reduce(Notional.zero) {
                $0 + instrument.notional($1.trade.price, $1.trade.quantity)
            },
            trades: Int64(within.count))
    }

    /// What was traded from an instant on.
    func volume(since start: Timestamp) -> Quantity {
        trades.filter { $0.time >= start }.reduce(Quantity.zero) { $0 + $1.trade.quantity }
    }

    /// The candles that are over when time passes from one instant to another.
    func closings(from earlier: Timestamp, to now: Timestamp) -> [ClosedCandle] {
        CandleInterval.allCases.compactMap { interval in
            guard interval.start(of: earlier) != interval.start(of: now),
                let candle = candle(interval, at: earlier)
            else { return nil }
            return ClosedCandle(instrument: instrument.id, interval: interval, candle: candle)
        }
    }
}

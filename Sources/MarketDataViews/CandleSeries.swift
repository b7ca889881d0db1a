public import ExchangeTypes

/// The candles of one contract that are under way: one of each interval.
///
/// A trade touches the candle of the minute only. The longer ones hold what was before that minute, and
/// take it over when it ends, which they can because each interval is a multiple of the one before.
public struct CandleSeries: Hashable, Sendable {
    private(set) var minute: Candle
    /// The other intervals, shortest first, without the minute under way.
    private(set) var longer: [Candle]

    static let longerIntervals = Array(CandleInterval.allCases.dropFirst())

    /// The candles that a contract's first trade opens.
    init(firstPrice price: ReferencePrice, at time: Timestamp) {
        minute = Candle(flatAt: price, start: CandleInterval.oneMinute.start(of: time))
        longer = Self.longerIntervals.map { Candle(flatAt: price, start: $0.start(of: time)) }
    }

    /// Candles that were written down: of a minute, and of each longer interval without it.
    init(minute: Candle, longer: [Candle]) {
        self.minute = minute
        self.longer = longer
    }

    /// The candle of an interval as it stands.
    public func candle(_ interval: CandleInterval) -> Candle {
        if interval == .oneMinute { return minute }
        return longer[Int(interval.rawValue) - 1].followed(by: minute)
    }

    /// Takes in a trade of the minute under way.
    ///
    /// **Complexity** constant; the longer candles are left alone.
    mutating func add(_ price: ReferencePrice, worth value: Notional) {
        minute = minute.followed(
            by: Candle(flatAt: price, start: minute.start, volume: value, trades: 1))
    }

    /// Ends each candle whose time is over, and opens that of `time`, flat at the last price.
    ///
    /// Reports them shortest first. Intervals that passed whole without a trade are not reported.
    mutating func advance(to time: Timestamp, _ report: (CandleInterval, Candle) -> Void) {
        guard CandleInterval.oneMinute.end(of: minute) <= time else { return }
        report(.oneMinute, minute)
        for (place, interval) in Self.longerIntervals.enumerated() {
            let candle = longer[place].followed(by: minute)
            if interval.end(of: candle) <= time {
                report(interval, candle)
                longer[place] = Candle(flatAt: minute.close, start: interval.start(of: time))
            } else {
                longer[place] = candle
            }
        }
        minute = Candle(flatAt: minute.close, start: CandleInterval.oneMinute.start(of: time))
    }

    /// Reports each candle that ended after one instant and not after another, and opens none: the
    /// contract trades no more, and its last candles stay.
    func end(
        after earlier: Timestamp, by time: Timestamp, _ report: (CandleInterval, Candle) -> Void
    ) {
        for interval in CandleInterval.allCases {
            let candle = candle(interval)
            let end = interval.end(of: candle)
            if end > earlier && end <= time { report(interval, candle) }
        }
    }

    /// Puts all prices on the scale that holds after a split: the nearest tick, half-even, and one tick
    /// at least. What was paid stays what it was.
    mutating func rescale(by split: SplitInstrument, tickSize: Decimal8) {
        minute.rescale(by: split, tickSize: tickSize)
        for place in longer.indices { longer[place].rescale(by: split, tickSize: tickSize) }
    }
}

extension CandleInterval {
    /// When a candle of this interval ends.
    fileprivate func end(of candle: Candle) -> Timestamp {
        candle.start.advanced(byNanoseconds: nanoseconds)
    }
}

extension Candle {
    /// A candle with one price.
    fileprivate init(
        flatAt price: ReferencePrice, start: Timestamp, volume: Notional = .zero, trades: Int64 = 0
    ) {
        self.init(
            start: start, open: price, high: price, low: price, close: price, volume: volume,
            trades: trades)
    }

    /// This candle and what was traded after it, in the same interval.
    fileprivate func followed(by later: Candle) -> Candle {
        if later.trades == 0 { return self }
        let isFirst = trades == 0
        return Candle(
            start: start, open: isFirst ? later.open : open,
            high: isFirst ? later.high : max(high, later.high),
            low: isFirst ? later.low : min(low, later.low), close: later.close,
            volume: volume + later.volume, trades: trades + later.trades)
    }

    fileprivate mutating func rescale(by split: SplitInstrument, tickSize: Decimal8) {
        func scaled(_ price: ReferencePrice) -> ReferencePrice {
            let divisor = Int128(split.numerator) * Int128(tickSize.units)
            let dividend = Int128(price.units) * Int128(split.denominator)
            let ticks = max(1, Rounding.halfEven(dividend, by: divisor))
            return ReferencePrice(clamping: ticks * Int128(tickSize.units))
        }
        open = scaled(open)
        high = scaled(high)
        low = scaled(low)
        close = scaled(close)
    }
}

import ExchangeSequencer
import ExchangeTypes
import MarketDataViews
import QFEXWire
import Synchronization

/// What the public sees of one contract, as lines of CSV: its prices whenever they are asked for, and
/// each minute's candle once it is over.
final class MarketTable: EventSubscriber {
    /// The names of the fields of prices.
    static let pricesHeader =
        "time,oracle,mark,bid,ask,funding_rate,annualised_funding_rate,open_interest,last_trade\n"
    /// The names of the fields of candles.
    static let candlesHeader = "time,open,high,low,close,volume,trades\n"

    private struct State {
        var view = MarketView()
        var candles: [Candle] = []
    }

    private let symbol: Symbol
    private let state = Mutex(State())

    /// A table of the contract with this symbol.
    init(_ symbol: Symbol) { self.symbol = symbol }

    /// Folds the batch at once: who runs in virtual time has one thread, and all the time there is.
    func deliver(_ batch: EventBatch) {
        state.withLock { state in
            for entry in batch.entries {
                advance(&state, to: entry.timestamp)
                switch entry.outcome {
                case .events(let range), .description(let range):
                    for event in batch.events[range] {
                        state.view.apply(event, at: entry.timestamp)
                    }
                case .report: break
                }
            }
        }
    }

    private func advance(_ state: inout State, to time: Timestamp) {
        let id = state.view.instrumentID(of: symbol)
        for closed in state.view.advance(to: time)
        where closed.instrument == id && closed.interval == .oneMinute {
            state.candles.append(closed.candle)
        }
    }

    /// The prices as they are at an instant, a field empty while there is nothing to say, and the
    /// candles of the minutes that ended since this was asked last.
    func lines(at time: Timestamp) -> (prices: String, candles: [String]) {
        state.withLock { state in
            advance(&state, to: time)
            defer { state.candles = [] }
            let id = state.view.instrumentID(of: symbol)
            return (
                Self.line(id.map { state.view[$0] }, at: time), state.candles.map(Self.line)
            )
        }
    }

    private static func line(_ view: InstrumentView?, at time: Timestamp) -> String {
        var line = Line(time)
        line.add(view?.prices?.oracle)
        line.add(view?.prices?.mark)
        let best = view?.depth.bestBidOffer
        line.add(best?.bid.flatMap { view?.instrument.decimal($0.price) })
        line.add(best?.ask.flatMap { view?.instrument.decimal($0.price) })
        line.add(view?.funding?.rate)
        line.add(view.map { $0.instrument.decimal($0.openInterest.quantity) })
        line.add(view?.lastTrade?.trade.price)
        return line.text
    }

    private static func line(_ candle: Candle) -> String {
        var line = Line(candle.start)
        line.add(candle.open)
        line.add(candle.high)
        line.add(candle.low)
        line.add(candle.close)
        line.add(candle.volume.units, scale: notionalScale)
        line.add(Int128(candle.trades), scale: 0)
        return line.text
    }

    /// Decimals of a `Notional`.
    private static let notionalScale = 16
}

/// A line of CSV that begins with a time; no field needs quotes.
struct Line {
    private static let hoursPerYear: Int128 = 8_760
    private var bytes: [UInt8] = []

    /// A line of its time alone.
    init(_ time: Timestamp) { RFC3339.append(time, to: &bytes) }

    /// The line with its end.
    var text: String { String(decoding: bytes, as: UTF8.self) + "\n" }

    /// Adds a field that is empty for nil.
    mutating func add(_ value: (some FixedPoint)?) {
        bytes.append(UInt8(ascii: ","))
        if let value { DecimalText.append(value, to: &bytes) }
    }

    /// Adds two fields: the rate of an hour and that of a year.
    mutating func add(_ rate: Rate?) {
        let hourly = rate.map { Int128($0.units) }
        add(hourly, scale: 12)
        add(hourly.map { $0 * Self.hoursPerYear }, scale: 12)
    }

    /// Adds a field of so many decimals that is empty for nil.
    mutating func add(_ value: Int128?, scale: Int) {
        bytes.append(UInt8(ascii: ","))
        if let value { DecimalText.append(value, scale: scale, to: &bytes) }
    }
}

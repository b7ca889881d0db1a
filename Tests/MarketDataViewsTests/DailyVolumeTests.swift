import ExchangeTypes
import MarketDataViews
import Synchronization
import Testing

/// What is traded between two daily resets.
@Suite struct DailyVolumeTests {
    private let nvidia = InstrumentID(0)
    private let hour: Int64 = 3_600_000_000_000

    private func history(_ reset: DailyReset) throws -> MarketHistory {
        var history = MarketHistory(dailyReset: reset)
        let instrument = try Samples.instrument(0, symbol: "NVDA-USD")
        history.apply(.instrumentConfigured(instrument), at: .zero)
        return history
    }

    private func trade(_ history: inout MarketHistory, _ lots: Int64, at time: Int64) {
        history.advance(to: Timestamp(time))
        let trade = Samples.trade(1, instrument: 0, ticks: 20_000, lots: lots)
        history.apply(.tradeExecuted(trade), at: Timestamp(time))
    }

    @Test("P-038 Volume starts again at the nanosecond of the reset, also within a minute")
    func resets() throws {
        let end = 20 * hour + 30_000_000_000
        var history = try history(
            DailyReset { $0 < Timestamp(end) ? Timestamp(end) : Timestamp(Int64.max) })
        trade(&history, 3, at: end - hour)
        trade(&history, 4, at: end - 1)
        #expect(history[nvidia].dailyVolume == Quantity(lots: 7))
        trade(&history, 5, at: end)
        #expect(history[nvidia].dailyVolume == Quantity(lots: 5))
        let candle = history[nvidia].candles?.candle(.oneMinute)
        #expect(candle?.trades == 2)
        trade(&history, 1, at: end + 400 * hour)
        #expect(history[nvidia].dailyVolume == Quantity(lots: 6))
    }

    @Test("P-038 The next reset is asked for once a day, however long a pause was")
    func asksSeldom() throws {
        let asked = Mutex(0)
        let reset = DailyReset { instant in
            asked.withLock { $0 += 1 }
            return CandleInterval.oneDay.start(of: instant)
                .advanced(byNanoseconds: CandleInterval.oneDay.nanoseconds)
        }
        var history = try history(reset)
        for hours in 0..<48 as Range<Int64> { trade(&history, 1, at: hours * hour) }
        #expect(asked.withLock { $0 } == 2)
        trade(&history, 1, at: 10_000 * hour)
        #expect(asked.withLock { $0 } == 3)
        #expect(history[nvidia].dailyVolume == Quantity(lots: 1))
    }

    @Test("Volume that does not fit stays at the most that does, splits included")
    func saturates() throws {
        var history = try history(.midnightUTC)
        trade(&history, Int64.max - 1, at: 1)
        trade(&history, 1_000_000, at: 2)
        #expect(history[nvidia].dailyVolume == Quantity(lots: .max))
        let split = SplitInstrument(instrument: nvidia, numerator: 1_000, denominator: 1)
        history.apply(.instrumentSplit(split), at: Timestamp(3))
        #expect(history[nvidia].dailyVolume == Quantity(lots: .max))
    }
}

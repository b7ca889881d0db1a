import ExchangeTypes
import MarketDataViews
import Testing

/// Candles agree with the trades that were told, whenever one looks.
@Suite struct CandleTests {
    private let nvidia = InstrumentID(0)
    private let minute: Int64 = 60_000_000_000

    /// A market of two contracts, in which time has passed to an instant.
    private func market(at time: Timestamp = .zero) throws -> MarketView {
        var market = MarketView()
        _ = market.advance(to: time)
        for (place, symbol) in ["NVDA-USD", "TSLA-USD"].enumerated() {
            let instrument = try Samples.instrument(UInt32(place), symbol: symbol)
            market.apply(.instrumentConfigured(instrument), at: time)
        }
        return market
    }

    private func trade(
        _ market: inout MarketView, _ ticks: Int64, _ lots: Int64 = 1, at nanoseconds: Int64
    ) {
        let trade = Samples.trade(1, instrument: 0, ticks: ticks, lots: lots)
        market.apply(.tradeExecuted(trade), at: Timestamp(nanoseconds))
    }

    private func prices(_ candle: Candle?) -> [Int64]? {
        candle.map { [$0.open, $0.high, $0.low, $0.close].map { $0.units / 1_000_000 } }
    }

    @Test("A contract that never traded has no candle, and closes none")
    func untraded() throws {
        var market = try market()
        for interval in CandleInterval.allCases { #expect(market.candle(nvidia, interval) == nil) }
        #expect(market.advance(to: Timestamp(3_000 * minute)).isEmpty)
        #expect(market.candle(nvidia, .oneMinute) == nil)
    }

    @Test("P-031 P-032 Candles have first, highest, lowest and last price, value and number")
    func sums() throws {
        let start = 29_668_896 * minute
        var market = try market(at: Timestamp(start + 5))
        for (second, ticks) in [20_000, 20_300, 19_900, 20_100].enumerated() {
            trade(&market, Int64(ticks), 250, at: start + 5 + Int64(second) * 1_000_000_000)
        }
        for interval in CandleInterval.allCases {
            let candle = try #require(market.candle(nvidia, interval))
            #expect(prices(candle) == [20_000, 20_300, 19_900, 20_100])
            #expect(candle.trades == 4)
            // A quarter of a share each.
            #expect(candle.volume.money == Money(units: 200_75_000_000))
            #expect(candle.start.nanoseconds % interval.nanoseconds == 0)
            #expect(candle.start == interval.start(of: Timestamp(start)))
        }
    }

    @Test("P-031 A candle ends at the first nanosecond of the next one, and is told once")
    func boundary() throws {
        var market = try market(at: Timestamp(7 * minute))
        trade(&market, 20_000, at: 7 * minute)
        #expect(market.advance(to: Timestamp(8 * minute - 1)).isEmpty)
        trade(&market, 20_500, at: 8 * minute - 1)
        let closed = market.advance(to: Timestamp(8 * minute))
        #expect(closed.map(\.interval) == [.oneMinute])
        #expect(closed.map(\.instrument) == [nvidia])
        #expect(prices(closed.first?.candle) == [20_000, 20_500, 20_000, 20_500])
        #expect(closed.first?.candle.start == Timestamp(7 * minute))
        #expect(market.advance(to: Timestamp(8 * minute)).isEmpty)
        trade(&market, 20_400, at: 8 * minute)
        #expect(prices(market.candle(nvidia, .oneMinute)) == [20_400, 20_400, 20_400, 20_400])
        #expect(prices(market.candle(nvidia, .fiveMinutes)) == [20_000, 20_500, 20_000, 20_400])
    }

    @Test("An empty interval is flat at the close before it; its first trade opens it anew")
    func flat() throws {
        var market = try market(at: Timestamp(0))
        trade(&market, 20_000, at: 1)
        trade(&market, 20_500, at: 2)
        _ = market.advance(to: Timestamp(minute))
        let flat = try #require(market.candle(nvidia, .oneMinute))
        #expect(prices(flat) == [20_500, 20_500, 20_500, 20_500])
        #expect(flat.trades == 0 && flat.volume == .zero && flat.start == Timestamp(minute))
        #expect(market.advance(to: Timestamp(2 * minute)).map(\.candle) == [flat])
        trade(&market, 20_600, at: 2 * minute + 1)
        #expect(prices(market.candle(nvidia, .oneMinute)) == [20_600, 20_600, 20_600, 20_600])
        #expect(prices(market.candle(nvidia, .oneDay)) == [20_000, 20_600, 20_000, 20_600])
    }

    @Test("A pause of hours closes what was under way and opens what is now, no more")
    func gap() throws {
        var market = try market(at: Timestamp(61 * minute))
        trade(&market, 20_000, at: 61 * minute)
        let closed = market.advance(to: Timestamp(61 * minute + 10 * 60 * minute + 30))
        #expect(
            closed.map(\.interval) == [
                .oneMinute, .fiveMinutes, .fifteenMinutes, .thirtyMinutes, .oneHour, .fourHours,
            ])
        #expect(closed.allSatisfy { $0.candle.trades == 1 })
        for interval in CandleInterval.allCases where interval != .oneDay {
            let candle = try #require(market.candle(nvidia, interval))
            #expect(candle.trades == 0)
            #expect(candle.start == interval.start(of: Timestamp(661 * minute)))
        }
        #expect(market.candle(nvidia, .oneDay)?.trades == 1)
    }

    @Test("P-032 Trades of every type count, at prices between ticks too")
    func allTypes() throws {
        var market = try market()
        let types: [ExecutionType] = [.normal, .liquidation, .providerTransfer, .autoDeleveraging]
        for (place, type) in types.enumerated() {
            var trade = Samples.trade(1, instrument: 0, ticks: 20_000, lots: 1_000)
            trade.price = ReferencePrice(units: 200_00_000_000 + Int64(place))
            trade.executionType = type
            market.apply(.tradeExecuted(trade), at: Timestamp(5))
        }
        let candle = try #require(market.candle(nvidia, .oneMinute))
        #expect(candle.trades == 4)
        #expect(candle.high == ReferencePrice(units: 200_00_000_003))
        #expect(candle.low == ReferencePrice(units: 200_00_000_000))
        #expect(candle.volume == Notional(Money(units: 800_00_000_006)))
        #expect(market.dailyVolume(nvidia) == Quantity(lots: 4_000))
    }

    @Test("R-103 A split puts prices on the new scale, to the tick; what was paid stays")
    func split() throws {
        var market = try market()
        for (second, ticks) in [20_005, 20_016, 19, 20_006].enumerated() {
            trade(&market, Int64(ticks), 100, at: Int64(second))
        }
        let before = try #require(market.candle(nvidia, .oneMinute))
        market.apply(
            .instrumentSplit(SplitInstrument(instrument: nvidia, numerator: 10, denominator: 1)),
            at: Timestamp(9))
        for interval in CandleInterval.allCases {
            let after = try #require(market.candle(nvidia, interval))
            // Ties go to the even tick, and no price to nothing.
            #expect(prices(after) == [2_000, 2_002, 2, 2_001])
            #expect(after.volume == before.volume && after.trades == 4)
        }
        #expect(market.dailyVolume(nvidia) == Quantity(lots: 4_000))
        market.apply(
            .instrumentSplit(SplitInstrument(instrument: nvidia, numerator: 1, denominator: 1_000)),
            at: Timestamp(10))
        #expect(market.dailyVolume(nvidia) == Quantity(lots: 4))
        market.apply(
            .instrumentSplit(SplitInstrument(instrument: nvidia, numerator: 1_000, denominator: 1)),
            at: Timestamp(11))
        market.apply(
            .instrumentSplit(SplitInstrument(instrument: nvidia, numerator: 1_000, denominator: 1)),
            at: Timestamp(12))
        #expect(prices(market.candle(nvidia, .oneMinute)) == [2, 2, 1, 2])
        #expect(market.dailyVolume(nvidia) == Quantity(lots: 4_000_000))
        #expect(market.dailyVolume(InstrumentID(1)) == .zero)
    }

    @Test("A delisted contract keeps its last candles; each is told once when it is over")
    func delisted() throws {
        var market = try market(at: Timestamp(4 * minute))
        trade(&market, 20_000, at: 4 * minute)
        var instrument = market[nvidia].instrument
        instrument.status = .delisted
        market.apply(.instrumentConfigured(instrument), at: Timestamp(4 * minute + 1))
        let last = try #require(market.candle(nvidia, .oneMinute))
        var told: [CandleInterval] = []
        for minutes in [5, 6, 15, 16, 30, 59, 60, 240, 1_439, 1_440, 5_000] as [Int64] {
            let closed = market.advance(to: Timestamp(minutes * minute))
            told += closed.map(\.interval)
            #expect(closed.allSatisfy { $0.candle.trades == 1 && prices($0.candle)?[0] == 20_000 })
        }
        #expect(told == CandleInterval.allCases)
        #expect(market.candle(nvidia, .oneMinute) == last)
        #expect(market.candle(nvidia, .oneDay)?.start == .zero)
    }

    @Test("P-032 At any time candles, closings and volume are what a list of all trades gives")
    func againstList() throws {
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            var now = Timestamp(Int64.random(in: 0...2_000_000 * minute, using: &random))
            var market = try market(at: now)
            var naive = market.instruments.map { NaiveCandles($0.instrument) }
            for step in 0..<300 {
                let then = now
                now = later(than: now, using: &random)
                let closed = market.advance(to: now)
                try #require(closed == naive.flatMap { $0.closings(from: then, to: now) })
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0...1, using: &random)
                    let trade = Samples.trade(
                        UInt64(step), instrument: UInt32(place),
                        ticks: Int64.random(in: 90...110, using: &random),
                        lots: Int64.random(in: 1...1_000, using: &random))
                    market.apply(.tradeExecuted(trade), at: now)
                    naive[place].add(trade, at: now)
                }
                for (place, naive) in naive.enumerated() {
                    let id = InstrumentID(UInt32(place))
                    for interval in CandleInterval.allCases {
                        try #require(
                            market.candle(id, interval) == naive.candle(interval, at: now))
                    }
                    let midnight = CandleInterval.oneDay.start(of: now)
                    try #require(market.dailyVolume(id) == naive.volume(since: midnight))
                }
            }
        }
    }

    /// Some time later: often the edge of an interval, or the nanosecond before it.
    private func later(than now: Timestamp, using random: inout SeededRandom) -> Timestamp {
        if Bool.random(using: &random),
            let interval = CandleInterval.allCases.randomElement(
                using: &random)
        {
            let end = interval.start(of: now).advanced(byNanoseconds: interval.nanoseconds)
            let edge = end.advanced(byNanoseconds: Int64.random(in: -1...0, using: &random))
            return max(now, edge)
        }
        let lengths = [0, 1, minute / 4, 3 * minute, 400 * minute, 4_000 * minute]
        let longest = lengths[Int.random(in: lengths.indices, using: &random)]
        return now.advanced(byNanoseconds: Int64.random(in: 0...longest, using: &random))
    }
}

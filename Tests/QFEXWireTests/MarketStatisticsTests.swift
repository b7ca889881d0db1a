import ExchangeTypes
import QFEXWire
import Testing

/// The overview of all contracts, byte for byte.
@Suite struct MarketStatisticsTests {
    private let time = Timestamp(nanoseconds: 1_790_739_960_000_000_000)
    private let valueTime = Timestamp(nanoseconds: 1_790_739_959_500_000_000)

    private func row(
        _ symbol: String, bid: DepthRow? = nil, ask: DepthRow? = nil, mark: String? = nil,
        openInterest: Int64 = 0, volume: Int64 = 0
    ) throws -> MarketStatistics {
        var instrument = try makeInstrument()
        instrument.symbol = try .of(symbol)
        return MarketStatistics(
            instrument: instrument, best: .init(.init(bid: bid, ask: ask), valueTime),
            mark: try mark.map { .init(try #require(ReferencePrice($0)), valueTime) },
            openInterest: .init(Quantity(lots: openInterest), valueTime),
            dailyVolume: Quantity(lots: volume))
    }

    private func message(_ rows: [MarketStatistics], for symbol: Symbol?) -> String {
        encoded { bytes in
            MarketDataEncoder.appendPrefix(sequence: 13, to: &bytes)
            MarketDataEncoder.marketStatisticsBody(rows, for: symbol, at: time, to: &bytes)
        }
    }

    private let head = #"{"sequence":13,"type":"market_stats","time":"2026-09-30T03:46:00Z","#
    private let rowHead = #"{"time":"2026-09-30T03:45:59.5Z","#

    @Test("P-037 the wildcard's overview holds every contract, each value with its own time")
    func everything() throws {
        let rows = [
            try row(
                "NVDA-USD", bid: DepthRow(price: Price(ticks: 22_826), quantity: .init(lots: 511)),
                ask: DepthRow(price: Price(ticks: 22_835), quantity: .init(lots: 512_409)),
                mark: "228.32", openInterest: 12_034_500, volume: 812_500),
            try row("NEW-USD"),
        ]
        #expect(
            message(rows, for: nil) == head + #""symbol":"*","bbos":["# + rowHead
                + #""symbol":"NVDA-USD","bid":[["228.26","0.511"]],"ask":[["228.35","512.409"]]},"#
                + rowHead + #""symbol":"NEW-USD","bid":[],"ask":[]}],"mark_prices":["# + rowHead
                + #""symbol":"NVDA-USD","price":"228.32"}],"open_interests":["# + rowHead
                + #""symbol":"NVDA-USD","open_interest":"12034.5"},"# + rowHead
                + #""symbol":"NEW-USD","open_interest":"0"}],"daily_volumes":["#
                + #"{"symbol":"NVDA-USD","volume":"812.5"},{"symbol":"NEW-USD","volume":"0"}]}"#)
    }

    @Test("P-037 the overview of one contract echoes its symbol; no volume is too large")
    func one() throws {
        let rows = [try row("NVDA-USD", mark: "1", volume: .max)]
        #expect(
            message(rows, for: try .of("NVDA-USD"))
                == head + #""symbol":"NVDA-USD","bbos":["# + rowHead
                + #""symbol":"NVDA-USD","bid":[],"ask":[]}],"mark_prices":["# + rowHead
                + #""symbol":"NVDA-USD","price":"1"}],"open_interests":["# + rowHead
                + #""symbol":"NVDA-USD","open_interest":"0"}],"daily_volumes":["#
                + #"{"symbol":"NVDA-USD","volume":"9223372036854775.807"}]}"#)
    }

    @Test("P-037 the four lists are there when there is no contract at all")
    func nothing() {
        #expect(
            message([], for: nil) == head
                + #""symbol":"*","bbos":[],"mark_prices":[],"open_interests":[],"#
                + #""daily_volumes":[]}"#)
    }
}

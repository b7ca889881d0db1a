import ExchangeTypes
import QFEXWire
import Testing

/// Prices, funding, open interest, bands and candles, byte for byte.
@Suite struct MarketDataPriceTests {
    private let time = Timestamp(nanoseconds: 1_790_739_958_826_647_965)
    private static let timeText = "2026-09-30T03:45:58.826647965Z"

    /// A whole message: the connection's prefix and the shared body.
    private func message(sequence: UInt64, _ body: (inout [UInt8]) -> Void) -> String {
        encoded { bytes in
            MarketDataEncoder.appendPrefix(sequence: sequence, to: &bytes)
            body(&bytes)
        }
    }

    @Test(
        "P-035 the underlier's price says where it comes from",
        arguments: [(OracleSource.external, "external"), (.internal, "internal")])
    func underlier(source: OracleSource, name: String) throws {
        let instrument = try makeInstrument()
        let price = try #require(ReferencePrice("228.31"))
        let text = message(sequence: 9) { bytes in
            MarketDataEncoder.underlierBody(
                price, from: source, in: instrument, at: time, to: &bytes)
        }
        #expect(
            text == #"{"sequence":9,"type":"underlier","time":"\#(Self.timeText)","#
                + #""symbol":"NVDA-USD","price":"228.31","source":"\#(name)"}"#)
    }

    @Test("P-036 the mark price has all its digits and no trailing zeros")
    func markPrice() throws {
        let instrument = try makeInstrument()
        let price = try #require(ReferencePrice("228.32145670"))
        let text = message(sequence: 10) { bytes in
            MarketDataEncoder.markPriceBody(price, in: instrument, at: time, to: &bytes)
        }
        #expect(
            text == #"{"sequence":10,"type":"mark_price","time":"\#(Self.timeText)","#
                + #""symbol":"NVDA-USD","price":"228.3214567"}"#)
    }

    private func funding(_ units: Int64, secondsLeft nanoseconds: Int64) throws -> String {
        let instrument = try makeInstrument()
        return message(sequence: 3) { bytes in
            MarketDataEncoder.fundingBody(
                Rate(units: units), settlesAt: time.advanced(byNanoseconds: nanoseconds),
                in: instrument, at: time, to: &bytes)
        }
    }

    @Test(
        "P-033 funding has five and four decimals, rounded half-even from the exact rate",
        arguments: [
            (0, "0.00000", "0.0000"), (3_950_000, "0.00000", "0.0346"),
            (5_000_000, "0.00000", "0.0438"), (5_000_001, "0.00001", "0.0438"),
            (15_000_000, "0.00002", "0.1314"), (-5_000_001, "-0.00001", "-0.0438"),
            (-1, "0.00000", "0.0000"), (10_000_000_000, "0.01000", "87.6000"),
            (-123_456_789_012, "-0.12346", "-1081.4815"),
            // A year of these is 0.01095 and 0.03285 exactly.
            (1_250_000, "0.00000", "0.0110"), (3_750_000, "0.00000", "0.0328"),
        ] as [(Int64, String, String)])
    func fundingRates(units: Int64, hourly: String, yearly: String) throws {
        #expect(
            try funding(units, secondsLeft: 902_000_000_000)
                == #"{"sequence":3,"type":"funding","time":"\#(Self.timeText)","#
                + #""symbol":"NVDA-USD","funding_rate":"\#(hourly)","#
                + #""annualised_funding_rate":"\#(yearly)","time_remaining":902}"#)
    }

    @Test(
        "P-033 the time that remains is whole seconds, 0 when the window is over and never less",
        arguments: [
            (3_600_000_000_000, "3600"), (901_671_383_240, "902"), (1, "1"), (0, "0"),
            (-1, "0"), (-7_200_000_000_000, "0"),
        ] as [(Int64, String)])
    func timeRemaining(nanoseconds: Int64, seconds: String) throws {
        let text = try funding(0, secondsLeft: nanoseconds)
        #expect(text.hasSuffix(#","time_remaining":\#(seconds)}"#))
    }

    @Test(
        "P-036 open interest is in base units, and no sum is too large",
        arguments: [
            (12_034_500, "12034.5"), (0, "0"), (Int64.max, "9223372036854775.807"),
        ] as [(Int64, String)])
    func openInterest(lots: Int64, expected: String) throws {
        let instrument = try makeInstrument()
        let text = message(sequence: 11) { bytes in
            MarketDataEncoder.openInterestBody(
                Quantity(lots: lots), in: instrument, at: time, to: &bytes)
        }
        #expect(
            text == #"{"sequence":11,"type":"open_interest","symbol":"NVDA-USD","#
                + #""open_interest":"\#(expected)","time":"\#(Self.timeText)"}"#)
    }

    @Test("P-036 the price band")
    func priceBand() throws {
        let instrument = try makeInstrument()
        let band = PriceBand(
            minimum: try #require(ReferencePrice("205.5")),
            maximum: try #require(ReferencePrice("251.1")))
        let text = message(sequence: 12) { bytes in
            MarketDataEncoder.priceBandBody(band, in: instrument, at: time, to: &bytes)
        }
        #expect(
            text == #"{"sequence":12,"type":"minmax_price","symbol":"NVDA-USD","#
                + #""min_price":"205.5","max_price":"251.1","time":"\#(Self.timeText)"}"#)
    }

    private func candle(volume: Notional, _ interval: CandleInterval) throws -> String {
        let instrument = try makeInstrument()
        let candle = Candle(
            start: Timestamp(nanoseconds: 1_790_739_960_000_000_000),
            open: ReferencePrice(units: 22_830_000_000),
            high: ReferencePrice(units: 22_840_000_000), low: ReferencePrice(units: 22_820_000_000),
            close: ReferencePrice(units: 22_835_000_000),
            volume: volume, trades: 16)
        return message(sequence: 60) { bytes in
            MarketDataEncoder.candleBody(candle, interval, in: instrument, to: &bytes)
        }
    }

    @Test(
        "P-030 P-031 a candle echoes its interval, has no time, and whole numbers",
        arguments: [
            (CandleInterval.oneMinute, "1MIN"), (.fiveMinutes, "5MINS"),
            (.fifteenMinutes, "15MINS"), (.thirtyMinutes, "30MINS"), (.oneHour, "1HOUR"),
            (.fourHours, "4HOURS"), (.oneDay, "1DAY"),
        ])
    func candle(interval: CandleInterval, name: String) throws {
        #expect(
            try candle(volume: Notional(wholeUnits: 16_700), interval)
                == #"{"sequence":60,"type":"candle","symbol":"NVDA-USD","#
                + #""start":"2026-09-30T03:46:00Z","resolution":"\#(name)","open":"228.3","#
                + #""high":"228.4","low":"228.2","close":"228.35","usdVolume":16700,"trades":16}"#)
    }

    @Test(
        "P-031 a candle's volume is rounded to whole dollars, half-even",
        arguments: [
            (0, "0"), (4_999_999_999_999_999, "0"), (5_000_000_000_000_000, "0"),
            (5_000_000_000_000_001, "1"), (15_000_000_000_000_000, "2"),
            (Int128.max, "17014118346046923173169"),
        ] as [(Int128, String)])
    func candleVolume(units: Int128, expected: String) throws {
        let text = try candle(volume: Notional(units: units), .oneMinute)
        #expect(text.hasSuffix(#","usdVolume":\#(expected),"trades":16}"#))
    }
}

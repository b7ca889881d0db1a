import Foundation
import ServerTestKit
import Testing

/// What takes a minute to be seen. **Source** `protocol.md` §3.6, §3.9, §3.11.
@Suite struct MinuteTests {
    @Test(
        "P-033 time_remaining counts down; minmax_price once a minute; a closed candle comes once")
    func minute() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(
                ["level2", "trade", "candle", "funding", "minmax_price"], intervals: ["1MIN"])
            let funding = try await watcher.data("funding")
            // A server that just started says everything once with its first beats.
            _ = try await watcher.messages(pulses: 6)
            // Early enough in a minute that the last trade is not near its end.
            _ = try await watcher.next {
                $0["type"] == "level2" && Self.second($0["time"]).map { $0 < 40 } == true
            }
            for price in ["336.2", "336.5", "335.9"] { try await market.trade("0.5", at: price) }
            let seen = try await watcher.messages(pulses: 140, within: 300)
            var fold = TradeFold()
            for trade in seen where trade["type"] == "trade" { fold.add(trade) }
            try expectCountdown(funding, seen)
            #expect(seen.contains { $0["type"] == "minmax_price" })
            try expectClosedOnce(seen, fold)
            try await watcher.subscribe(["candle"], intervals: ["1MIN"])
            let flat = try await watcher.data("candle")
            let key = try #require(CandleKey(flat))
            #expect(fold.candles[key] == nil && fold.matches(key, flat), "\(flat)")
        }
    }

    private static func second(_ time: JSONValue?) -> Int64? {
        instant(time).map { $0 / 1_000_000_000 % 60 }
    }

    private func expectCountdown(_ first: JSONValue, _ seen: [JSONValue]) throws {
        let next = try #require(seen.first { $0["type"] == "funding" })
        try expectEndsOnTheHour(first)
        try expectEndsOnTheHour(next)
        let left = try [first, next].map { try #require($0["time_remaining"]?.number) }
        let times = try [first, next].map { try #require(instant($0["time"])) }
        // A window may have ended meanwhile.
        let hours = times.map { $0 / 3_600_000_000_000 }
        if hours[0] == hours[1] { #expect(left[1] < left[0], "\(first) \(next)") }
    }

    /// While nothing more is traded, the candle of the trades comes once more, as it closes; the
    /// candles behind it are flat at its close.
    private func expectClosedOnce(_ seen: [JSONValue], _ fold: TradeFold) throws {
        let key = try #require(fold.candles.keys.first { $0.interval == "1MIN" })
        let candles = seen.filter { $0["type"] == "candle" }
        let own = candles.filter { CandleKey($0) == key }
        let complete = own.filter { fold.matches(key, $0) }
        // Three trades within a second or two give one or two states under way, and the closed one.
        #expect((2...4).contains(own.count) && complete.count >= 2, "\(own)")
        #expect(own.last.map { fold.matches(key, $0) } == true)
        let place = try #require(candles.lastIndex { CandleKey($0) == key })
        let later = candles[(place + 1)...]
        #expect(!later.isEmpty)
        for candle in later {
            let next = try #require(CandleKey(candle))
            #expect(next.start > key.start && fold.matches(next, candle), "\(candle)")
        }
    }
}

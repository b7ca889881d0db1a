import Foundation
import ServerTestKit
import Testing

/// `candle`. **Source** `protocol.md` §3.6.
@Suite(.serialized) struct CandleTests {
    static let all = ["1MIN", "5MINS", "15MINS", "30MINS", "1HOUR", "4HOURS", "1DAY"]

    @Test("P-030 tokens, P-031 aligned start, P-032 candles of each interval are their trades'")
    func candles() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            let ack = try await watcher.subscribe(
                ["level2", "candle", "trade"], intervals: Self.all)
            #expect(ack["intervals"] == .array(Self.all.map { .string($0) }))
            for (price, side) in [
                ("336.2", "BUY"), ("336.5", "BUY"), ("335.9", "SELL"), ("336.1", "BUY"),
            ] { try await market.trade("0.35", at: price, taker: side) }
            var folded = TradeFold()
            var shown: [CandleKey: JSONValue] = [:]
            func isComplete() -> Bool {
                folded.trades == 4 && folded.candles.allSatisfy { $1.matches(shown[$0]) }
            }
            var pulses = 0
            _ = try await watcher.next { message in
                if message["type"] == "level2" { pulses += 1 }
                if message["type"] == "trade" { folded.add(message) }
                if let key = CandleKey(message) {
                    #expect(key.isAligned, "\(message)")
                    shown[key] = message
                }
                return pulses > 8 || isComplete()
            }
            #expect(isComplete(), "\(shown) and \(folded)")
            #expect(Set(shown.keys.map(\.interval)) == Set(Self.all))
            // Whoever comes later is shown the same.
            let late = try await market.watcher()
            try await late.subscribe(["candle"], intervals: Self.all)
            for interval in Self.all {
                let message = try await late.next { $0["resolution"]?.string == interval }
                let key = try #require(CandleKey(message))
                #expect(folded.matches(key, message), "\(message)")
            }
        }
    }

    @Test("P-030 candle needs intervals; the other channels of the command apply")
    func needsIntervals() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            for intervals in ["", #","intervals":null"#, #","intervals":[]"#] {
                try await watcher.client.send(
                    #"{"type":"subscribe","channels":["candle","bbo"],"symbols":["AAPL-USD"]"#
                        + intervals + "}")
                let ack = try await watcher.next { $0["type"] != "bbo" }
                #expect(ack["channels"] == ["bbo"])
                let error = try await watcher.next { $0["type"] != "bbo" }
                #expect(error["err"]?["error_code"] == "InvalidParameter")
            }
            #expect(watcher.sequence > 0)
        }
    }

    @Test("P-030 only the intervals that were named come, and one can be taken back alone")
    func namedIntervals() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"])
            try await watcher.subscribe(["candle"], intervals: ["1HOUR", "1DAY"])
            try await market.trade("0.5", at: "336.2")
            let both = try await watcher.messages(pulses: 4).compactMap { $0["resolution"]?.string }
            #expect(Set(both) == ["1HOUR", "1DAY"])
            let ack = try await watcher.subscribe(
                ["candle"], intervals: ["1HOUR"], type: "unsubscribe")
            #expect(ack["intervals"] == ["1HOUR"])
            try await market.trade("0.5", at: "336.2")
            let one = try await watcher.messages(pulses: 4).compactMap { $0["resolution"]?.string }
            #expect(Set(one) == ["1DAY"])
        }
    }

    @Test("§3.6 a candle in progress comes at most once a second, however much is traded")
    func conflated() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "candle"], intervals: ["1DAY"])
            _ = try await watcher.data("level2")
            var candles = 0
            var pulses = 0
            for _ in 0..<40 {
                try await market.trade("0.05", at: "336.2")
                for message in try await watcher.fence() {
                    if message["type"] == "candle" { candles += 1 }
                    if message["type"] == "level2" { pulses += 1 }
                }
            }
            for message in try await watcher.messages(pulses: 3) {
                if message["type"] == "candle" { candles += 1 }
                if message["type"] == "level2" { pulses += 1 }
            }
            #expect((1...(pulses / 2 + 2)).contains(candles), "\(candles) in \(pulses) pulses")
        }
    }
}

/// An interval of one contract.
struct CandleKey: Hashable {
    let symbol: String
    let interval: String
    /// Nanoseconds since 1970.
    let start: Int64

    static let seconds: [String: Int64] = [
        "1MIN": 60, "5MINS": 300, "15MINS": 900, "30MINS": 1_800, "1HOUR": 3_600,
        "4HOURS": 14_400, "1DAY": 86_400,
    ]

    /// The interval that a candle message is of.
    init?(_ message: JSONValue) {
        guard message["type"] == "candle", let symbol = message["symbol"]?.string,
            let interval = message["resolution"]?.string, let start = instant(message["start"])
        else { return nil }
        (self.symbol, self.interval, self.start) = (symbol, interval, start)
    }

    init(_ symbol: String, _ interval: String, at time: Int64) {
        let length = Self.seconds[interval, default: 1] * 1_000_000_000
        (self.symbol, self.interval) = (symbol, interval)
        start = time / length * length
    }

    /// P-031: aligned in UTC.
    var isAligned: Bool { CandleKey(symbol, interval, at: start) == self }
}

/// Candles folded from the messages of `trade`, and nothing else.
struct TradeFold {
    struct Folded {
        var open, high, low, close: Decimal
        var value: Decimal = 0
        var trades = 0

        /// P-032: whether a candle message says the same. `usdVolume` is a whole number.
        func matches(_ message: JSONValue?) -> Bool {
            guard let message, let volume = message["usdVolume"]?.number else { return false }
            return decimal(message["open"]) == open && decimal(message["high"]) == high
                && decimal(message["low"]) == low && decimal(message["close"]) == close
                && message["trades"]?.number == Decimal(trades) && abs(volume - value) < 1
        }
    }

    private(set) var candles: [CandleKey: Folded] = [:]
    private(set) var trades = 0
    /// The trades of each contract, in their order.
    private(set) var ids: [String: [String]] = [:]
    private var lastPrices: [String: Decimal] = [:]

    /// Whether a candle message says what its trades say, or, where there were none, that the price
    /// stayed what it was.
    func matches(_ key: CandleKey, _ message: JSONValue) -> Bool {
        if let folded = candles[key] { return folded.matches(message) }
        let last = lastPrices[key.symbol]
        return message["trades"] == 0 && message["usdVolume"] == 0
            && ["open", "high", "low", "close"].allSatisfy { decimal(message[$0]) == last }
    }

    mutating func add(_ trade: JSONValue) {
        guard let symbol = trade["symbol"]?.string, let time = instant(trade["time"]),
            let price = decimal(trade["price"]), let size = decimal(trade["size"])
        else { return }
        trades += 1
        ids[symbol, default: []].append(trade["trade_id"]?.string ?? "")
        lastPrices[symbol] = price
        for interval in CandleKey.seconds.keys {
            let key = CandleKey(symbol, interval, at: time)
            var candle =
                candles[key] ?? Folded(open: price, high: price, low: price, close: price)
            candle.high = max(candle.high, price)
            candle.low = min(candle.low, price)
            candle.close = price
            candle.value += price * size
            candle.trades += 1
            candles[key] = candle
        }
    }
}

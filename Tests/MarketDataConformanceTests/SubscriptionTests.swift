import Foundation
import ServerTestKit
import Testing

/// Commands of the public endpoint and the numbers of its messages. **Source** `protocol.md` §3.1,
/// §3.2.
@Suite(.serialized) struct SubscriptionTests {
    @Test("P-010 the ack comes before any data, without sequence; P-011 sig_figs; P-017 channels")
    func acknowledgement() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.client.send(
                #"{"type":"subscribe","channels":["bbo","level2","trade","candle"],"#
                    + #""symbols":["AAPL-USD","NVDA-USD"],"sig_figs":[2,0],"#
                    + #""intervals":["1HOUR","1MIN"]}"#)
            #expect(
                try await watcher.next() == [
                    "type": "subscribed", "channels": ["bbo", "level2", "trade", "candle"],
                    "symbols": ["AAPL-USD", "NVDA-USD"], "sig_figs": [2, 0],
                    "intervals": ["1HOUR", "1MIN"],
                ])
            var missing: Set<[String]> = []
            for (symbol, price) in [("AAPL-USD", "336.2"), ("NVDA-USD", "230.38")] {
                try await market.trade("0.5", at: price, symbol: symbol)
                for channel in ["bbo", "level2", "trade", "candle"] {
                    missing.insert([channel, symbol])
                }
            }
            _ = try await watcher.next { message in
                missing.remove([message["type"]?.string ?? "", message["symbol"]?.string ?? ""])
                return missing.isEmpty
            }
        }
    }

    @Test("P-011 sig_figs stands in the ack of level2 and in no other; P-019 nulls are defaults")
    func acknowledgedFilters() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            for channel in DocumentedShape.channels.keys.sorted() {
                let intervals = channel == "candle" ? #"["5MINS"]"# : "null"
                for type in ["subscribe", "unsubscribe"] {
                    try await watcher.client.send(
                        #"{"type":"\#(type)","channels":["\#(channel)"],"symbols":["LLY-USD"],"#
                            + #""sig_figs":null,"intervals":\#(intervals)}"#)
                    var expected: [String: JSONValue] = [
                        "type": .string(type + "d"), "channels": [.string(channel)],
                        "symbols": ["LLY-USD"],
                    ]
                    if channel == "level2" { expected["sig_figs"] = [0] }
                    if channel == "candle" { expected["intervals"] = ["5MINS"] }
                    let ack = try await watcher.next { $0["sequence"] == nil }
                    #expect(ack == .object(expected))
                }
            }
        }
    }

    @Test("P-012 unsubscribe is acknowledged and stops that data at once, and no other")
    func unsubscribe() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            let everything = DocumentedShape.channels.keys.sorted()
            try await watcher.subscribe(["level2"], ["NVDA-USD"])
            try await watcher.subscribe(everything, figures: [0, 1], intervals: ["1MIN"])
            try await market.trade("0.5", at: "336.2")
            _ = try await watcher.data("candle")
            for channel in everything {
                let ack = try await watcher.subscribe(
                    [channel], intervals: channel == "candle" ? ["1MIN"] : nil, type: "unsubscribe")
                #expect(ack["channels"] == [.string(channel)] && ack["symbols"] == ["AAPL-USD"])
            }
            try await market.trade("0.5", at: "336.2")
            let seen = try await watcher.messages(pulses: 4, of: "NVDA-USD")
            // One grouping was named only, and the other one goes on.
            let left = Set(seen.compactMap { $0["symbol"] == "AAPL-USD" ? $0["type"] : nil })
            #expect(left == ["level2"], "\(left)")
            #expect(seen.allSatisfy { $0["symbol"] != "AAPL-USD" || $0["sig_figs"] == 1 })
        }
    }

    @Test("P-013 sequence from 1, +1 over all channels; acks, errors and pongs take no number")
    func sequence() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "bbo", "trade"], ["*"], figures: [0, 1])
            #expect(try await watcher.next()["sequence"] == 1)
            for _ in 0..<5 {
                try await market.trade("0.2", at: "336.2")
                try await watcher.client.send(#"{"type":"nonsense"}"#)
                try await watcher.client.send(#"{"type":"subscribe","channels":["bbo"]}"#)
                try await watcher.client.ping("x")
                try await watcher.subscribe(["bbo"], ["NVDA-USD"])
                // The watcher compares every number with what it counted.
                let before = watcher.sequence
                _ = try await watcher.messages(pulses: 1)
                #expect(watcher.sequence > before)
            }
        }
    }

    @Test("P-014 two connections count for themselves")
    func independentSequences() async throws {
        try await Market.run { market in
            let (first, second) = (try await market.watcher(), try await market.watcher())
            try await first.subscribe(["level2", "bbo"], ["*"])
            _ = try await first.messages(pulses: 2)
            try await second.subscribe(["level2"])
            #expect(try await second.next()["sequence"] == 1)
            _ = try await second.messages(pulses: 2)
            _ = try await first.messages(pulses: 1)
            #expect(second.sequence < first.sequence)
        }
    }

    @Test("P-015 * brings every contract on every channel that has a value now")
    func wildcard() async throws {
        try await Market.run { market in
            for symbol in ["AAPL-USD", "NVDA-USD"] {
                let price = symbol == "AAPL-USD" ? "336.2" : "230.38"
                try await market.trade("0.5", at: price, symbol: symbol)
            }
            let channels = [
                "level2", "bbo", "mark_price", "underlier", "funding", "open_interest",
                "minmax_price", "candle",
            ]
            let clock = try await market.watcher()
            try await clock.subscribe(["level2"])
            for channel in channels {
                let watcher = try await market.watcher()
                try await watcher.subscribe(
                    [channel], ["*"], intervals: channel == "candle" ? ["1DAY"] : nil)
                let expected = channel == "candle" ? 2 : 29
                var symbols: Set<String> = []
                while symbols.count < expected {
                    let message = try await watcher.data(channel)
                    symbols.insert(try #require(message["symbol"]?.string))
                }
                #expect(symbols.count == expected)
            }
            let trades = try await market.watcher()
            try await trades.subscribe(["trade"], ["*"])
            try await market.trade("0.5", at: "336.2")
            try await market.trade("0.5", at: "230.38", symbol: "NVDA-USD")
            let symbols = [try await trades.next(), try await trades.next()].map { $0["symbol"] }
            #expect(symbols == ["AAPL-USD", "NVDA-USD"])
        }
    }

    @Test("P-016 a contract named and covered by * comes once; P-018 twice is once")
    func onceOnly() async throws {
        try await Market.run { market in
            let channels = ["level2", "bbo", "trade", "candle"]
            let watcher = try await market.watcher()
            for symbols in [["*"], ["AAPL-USD"], ["AAPL-USD", "AAPL-USD"], ["*", "*"]] {
                try await watcher.subscribe(channels, symbols, intervals: ["1DAY"])
            }
            _ = try await watcher.fence()
            for _ in 0..<3 { try await market.trade("0.1", at: "336.2") }
            let seen = try await watcher.messages(pulses: 5)
            let ids = seen.compactMap { $0["trade_id"]?.string }
            #expect(ids.count == 3 && Set(ids).count == 3)
            // A pulse stamps the depth of all contracts with one time.
            let depths = seen.filter { $0["type"] == "level2" }
                .map { [$0["symbol"], $0["time"], $0["sig_figs"]] }
            #expect(Set(depths).count == depths.count)
            let best = seen.filter { $0["type"] == "bbo" && $0["symbol"] == "AAPL-USD" }
            #expect((1...5).contains(best.count), "\(best.count) in five pulses")
            let candles = seen.filter { $0["type"] == "candle" }.map { $0["trades"] }
            #expect(Set(candles).count == candles.count, "\(candles)")
            // Without the wildcard the name goes on, with the name gone the wildcard would.
            try await watcher.unsubscribe(["level2"], ["*"])
            let later = try await watcher.messages(pulses: 2)
            let symbols = Set(later.compactMap { $0["type"] == "level2" ? $0["symbol"] : nil })
            #expect(symbols == ["AAPL-USD"])
        }
    }

    @Test("P-018 a repeated subscribe is acknowledged and shown again, and doubles nothing")
    func resubscribe() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            let first = try await watcher.subscribe(["bbo", "level2"])
            let shown = try await watcher.fence()
            for _ in 0..<5 {
                #expect(try await watcher.subscribe(["bbo", "level2"]) == first)
                let again = try await watcher.fence()
                for channel in ["bbo", "level2"] {
                    #expect(again.contains { $0["type"]?.string == channel })
                }
            }
            #expect(shown.count == 2)
            let depths = try await watcher.messages(pulses: 6)
                .filter { $0["type"] == "level2" }.map { $0["time"] }
            #expect(Set(depths).count == depths.count)
        }
    }

    @Test("C-28 the form symbol/interval subscribes that candle")
    func slashForm() async throws {
        try await Market.run { market in
            try await market.trade("0.5", at: "336.2")
            let watcher = try await market.watcher()
            let ack = try await watcher.subscribe(["candle"], ["AAPL-USD/5MINS"])
            #expect(ack["symbols"] == ["AAPL-USD/5MINS"] && ack["intervals"] == ["5MINS"])
            #expect(try await watcher.next()["resolution"] == "5MINS")
        }
    }
}

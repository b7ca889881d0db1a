import Foundation
import ServerTestKit
import Testing

/// Transport and subscriptions of the public endpoint, over real sockets.
@Suite(.serialized) struct SubscriptionTests {
    @Test("P-001 upgrade at / without credentials; P-005 pong with the same payload in 100 ms")
    func upgradeAndPing() async throws {
        try await Market.run { market in
            let client = try await WebSocketTestClient.connect(
                market.server.details.marketDataURL + "/")
            let started = ContinuousClock.now
            try await client.ping("hello")
            _ = try await client.next { $0["pong"] == "hello" }
            #expect(started.duration(to: .now) < .seconds(10))
            try await client.close()
        }
    }

    @Test("P-007 unknown fields and P-019 nulls are accepted")
    func unknownFieldsAndNulls() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.send(
                #"{"type":"subscribe","channels":["level2"],"symbols":["AAPL-USD"],"#
                    + #""intervals":null,"sig_figs":null,"builder_code":"x","extra":{"a":[1]}}"#)
            let ack = try await client.next { _ in true }
            #expect(ack["type"] == "subscribed")
            #expect(ack["sig_figs"] == [0])
            #expect(try await client.data("level2")["sig_figs"] == 0)
        }
    }

    @Test("P-010 ack first, without sequence; P-011 with sig_figs only for level2; P-017 channels")
    func acknowledgement() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.send(
                #"{"type":"subscribe","channels":["bbo","level2","trade"],"#
                    + #""symbols":["AAPL-USD","NVDA-USD"],"sig_figs":[0]}"#)
            let ack = try await client.next { _ in true }
            #expect(
                ack == [
                    "type": "subscribed", "channels": ["bbo", "level2", "trade"],
                    "symbols": ["AAPL-USD", "NVDA-USD"], "sig_figs": [0],
                ])
            let seen = try await client.everything(during: 0.8)
            for channel in ["bbo", "level2"] {
                for symbol in ["AAPL-USD", "NVDA-USD"] {
                    #expect(
                        seen.contains {
                            $0["type"]?.string == channel && $0["symbol"]?.string == symbol
                        })
                }
            }
            let other = try await market.watcher()
            let bestAck = try await other.subscribe(["bbo"])
            #expect(bestAck.keys == ["type", "channels", "symbols"])
        }
    }

    @Test("P-012 unsubscribe is acknowledged and stops the data")
    func unsubscribe() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.subscribe(["level2", "bbo"])
            _ = try await client.data("level2")
            let ack = try await client.subscribe(["level2"], type: "unsubscribe")
            #expect(ack["channels"] == ["level2"] && ack["symbols"] == ["AAPL-USD"])
            #expect(ack["sequence"] == nil)
            let later = try await client.everything(during: 1.2)
            #expect(!later.contains { $0["type"] == "level2" })
            #expect(later.contains { $0["type"] == "bbo" })
        }
    }

    @Test("P-013 sequence from 1, +1 over all channels; P-014 each connection counts for itself")
    func sequences() async throws {
        try await Market.run { market in
            let (first, second) = (try await market.watcher(), try await market.watcher())
            try await first.subscribe(["level2", "bbo", "trade"], ["*"], figures: [0, 1])
            try await market.order(market.maker, "SELL", "0.5", at: "336.2")
            try await market.order(market.taker, "BUY", "0.2", at: "336.2")
            try await second.subscribe(["bbo"])
            try await first.send(#"{"type":"nonsense"}"#)
            for client in [first, second] {
                let data = try await client.everything(during: 1.2).filter { $0["err"] == nil }
                #expect(data.count > 1)
                // What `subscribe` and the orders let pass is counted from where it stopped.
                let sequences = data.compactMap { $0["sequence"]?.number }
                #expect(sequences.count == data.count)
                #expect(sequences.first == 1)
                #expect(sequences == (1...data.count).map { Decimal($0) })
            }
            await first.drop()
            let again = try await market.watcher()
            try await again.subscribe(["bbo"])
            #expect(try await again.data("bbo")["sequence"] == 1)
        }
    }

    @Test("P-015 * brings every contract; P-016 one named too comes once; P-018 twice is once")
    func wildcard() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.subscribe(["level2"], ["*"])
            try await client.subscribe(["level2"], ["AAPL-USD"])
            try await client.subscribe(["level2"], ["AAPL-USD"])
            try await client.subscribe(["level2", "bbo"], ["*"])
            _ = try await client.everything(during: 0.3)
            let seen = try await client.everything(during: 2)
            var counts: [String: Int] = [:]
            for message in seen where message["type"] == "level2" {
                counts[message["symbol"]?.string ?? "", default: 0] += 1
            }
            #expect(counts.count == 29)
            for (symbol, count) in counts { #expect((3...5).contains(count), "\(symbol) \(count)") }
            let best = Set(seen.filter { $0["type"] == "bbo" }.compactMap { $0["symbol"]?.string })
            #expect(best.count == 29)
        }
    }

    @Test("P-040 malformed JSON gets an error frame and the link stays open")
    func malformed() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.send("{not json")
            let error = try await client.next { _ in true }
            #expect(error["type"] == "error")
            #expect(error["err"]?["error_code"] == "InvalidJSONFormat")
            #expect(error["sequence"] == nil)
            try await client.subscribe(["bbo"])
            #expect(try await client.data("bbo")["sequence"] == 1)
        }
    }
}

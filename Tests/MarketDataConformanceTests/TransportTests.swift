import Foundation
import ServerTestKit
import Testing

/// How a public connection begins, lives and ends. **Source** `protocol.md` §1, §2.
@Suite(.serialized) struct TransportTests {
    @Test("P-001 upgrade at / and without a path, no credentials; P-005 pong with the same payload")
    func upgradeAndPing() async throws {
        try await Market.run { market in
            let url = market.server.details.marketDataURL
            for url in [url, url + "/"] {
                let watcher = try await Watcher.connect(url)
                for payload in ["", "hello", String(repeating: "x", count: 125)] {
                    try await watcher.client.ping(payload)
                    let pong = try await watcher.next()
                    #expect(pong == ["pong": .string(payload)])
                }
                try await watcher.client.close()
            }
        }
    }

    @Test("P-005 pings among much data are answered, each with its payload")
    func pingAmongData() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "bbo"], ["*"])
            for number in 0..<20 {
                try await watcher.client.ping("\(number)")
                try await watcher.client.send(
                    #"{"type":"subscribe","channels":["level2","bbo"],"symbols":["*"]}"#)
            }
            for number in 0..<20 {
                let pong = try await watcher.next { $0["pong"] != nil }
                #expect(pong == ["pong": .string("\(number)")])
            }
            #expect(watcher.sequence > 58)
        }
    }

    @Test("P-004 every message is one text frame with FIN that holds one JSON object")
    func frames() async throws {
        try await Market.run { market in
            let client = try await RawTestClient.upgraded(market.server.details.marketDataURL)
            for text in [
                #"{"type":"subscribe","channels":["level2","bbo","trade"],"symbols":["*"]}"#,
                #"[{"type":"subscribe"}]"#,
                #"{"type":"unsubscribe","channels":["bbo"],"symbols":["AAPL-USD"]}"#,
            ] { try await client.sendText(text) }
            try await market.trade("0.5", at: "336.2")
            let data = try await client.receive {
                RawTestClient.frames($0).contains {
                    String(decoding: $0.payload, as: UTF8.self).contains(#""type":"trade""#)
                }
            }
            let frames = RawTestClient.frames(data)
            #expect(frames.count > 60)
            for frame in frames {
                #expect(frame.firstByte == 0x81)
                let text = String(decoding: frame.payload, as: UTF8.self)
                #expect(DocumentedShape.faults(text).isEmpty, "\(text)")
            }
            await client.drop()
        }
    }

    @Test("P-007 unknown fields of a command are ignored")
    func unknownFields() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.client.send(
                #"{"builder_code":"x","type":"subscribe","params":{},"channels":["level2"],"#
                    + #""depth":5,"symbols":["AAPL-USD"],"extra":{"a":[1,{"b":null}]},"id":7}"#)
            #expect(
                try await watcher.next() == [
                    "type": "subscribed", "channels": ["level2"], "symbols": ["AAPL-USD"],
                    "sig_figs": [0],
                ])
            #expect(try await watcher.next()["type"] == "level2")
        }
    }

    @Test("P-008 a new connection has no subscription of the one before; P-014 it counts from 1")
    func reconnect() async throws {
        try await Market.run { market in
            let first = try await market.watcher()
            try await first.subscribe(["level2", "bbo", "trade"], ["*"])
            _ = try await first.messages(pulses: 2)
            await first.client.drop()
            let again = try await market.watcher()
            try await again.subscribe(["level2"])
            try await market.trade("0.5", at: "336.2")
            let seen = try await again.messages(pulses: 3)
            #expect(seen.first?["sequence"] == 1)
            #expect(
                seen.allSatisfy { $0["type"] == "level2" && $0["symbol"] == "AAPL-USD" }, "\(seen)")
        }
    }
}

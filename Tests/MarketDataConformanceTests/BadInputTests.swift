import Foundation
import NIOWebSocket
import ServerTestKit
import Testing

/// What is wrong is answered as documented, and harms neither other subscriptions of the connection
/// nor anybody else. **Source** `protocol.md` §3.14, §18.
@Suite(.serialized) struct BadInputTests {
    /// A message and the answers to it, in their order.
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        /// Channels and symbols of the acknowledgement; nil for none.
        var served: ([String], [String])?
        /// The code of the error behind it; nil for none.
        var code: String?
        /// Words that the error's message must hold.
        var named: [String] = []

        var testDescription: String { "\(text.prefix(120))" }

        static func refused(_ text: String, _ code: String = "InvalidJSONFormat") -> Case {
            Case(text: text, code: code)
        }
    }

    static let malformed: [Case] = [
        "", "{", "nonsense", "42", "null", "[]", "\"subscribe\"", "{}", "{\"type\":7}",
        #"[{"type":"subscribe","channels":["bbo"],"symbols":["AAPL-USD"]}]"#,
        #"{"type":"subscribe","channels":["bbo"],"symbols":["AAPL-USD"]}{}"#,
        #"{"type":"subscribe","channels":["bbo"]}"#,
        #"{"type":"subscribe","symbols":["AAPL-USD"]}"#,
        #"{"channels":["bbo"],"symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":null,"symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":"bbo","symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":{"0":"bbo"},"symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":["bbo"],"symbols":"AAPL-USD"}"#,
        #"{"type":"subscribe","channels":["bbo"],"symbols":[null]}"#,
        #"{"type":"subscribe","channels":["bbo"],"symbols":[["AAPL-USD"]]}"#,
        #"{"type":"subscribe","channels":["bbo",1],"symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":["level2"],"symbols":["AAPL-USD"],"sig_figs":1}"#,
        #"{"type":"subscribe","channels":["level2"],"symbols":["AAPL-USD"],"sig_figs":["1"]}"#,
        #"{"type":"subscribe","channels":["candle"],"symbols":["AAPL-USD"],"intervals":"1MIN"}"#,
        #"{"type":"subscribe","channels":["candle"],"symbols":["AAPL-USD"],"intervals":[1]}"#,
        #"{"type":"Subscribe","channels":["bbo"],"symbols":["AAPL-USD"]}"#,
        #"{"type":"subscribe","channels":["bbo"],"symbols":["\ud800"]}"#,
        String(repeating: "[", count: 5_000), String(repeating: #"{"a":"#, count: 5_000),
    ].map { .refused($0) }

    static let tradeCommands: [Case] = [
        #"{"type":"add_order","params":{"symbol":"AAPL-USD","side":"BUY","order_type":"LIMIT","#
            + #""order_time_in_force":"GTC","quantity":1,"price":336}}"#,
        #"{"type":"cancel_all_orders","params":{}}"#,
        #"{"type":"subscribe","params":{"channels":["positions"]}}"#,
        #"{"type":"get_user_orders","params":{"limit":10}}"#,
        #"{"type":"cancel_on_disconnect","params":{"cancel_on_disconnect":true}}"#,
        #"{"type":"auth","params":{"hmac":{"public_key":"qfex_pub_x","signature":"feedface"}}}"#,
    ].map { .refused($0) }

    static let partly: [Case] = [
        Case(
            text: command(["bbo"], ["NOPE-USD", "AAPL-USD", "aapl-usd"]),
            served: (["bbo"], ["AAPL-USD"]), code: "InvalidParameter",
            named: ["NOPE-USD", "aapl-usd"]),
        Case(
            text: command(["bbo"], ["NOPE-USD"]), served: (["bbo"], []),
            code: "InvalidParameter", named: ["NOPE-USD"]),
        Case(
            text: command(["bbo", "orderbook"], ["AAPL-USD"]), served: (["bbo"], ["AAPL-USD"]),
            code: "InvalidJSONFormat", named: ["orderbook"]),
        Case(text: command(["BBO"], ["AAPL-USD"]), code: "InvalidJSONFormat", named: ["BBO"]),
        Case(
            text: command(["bbo", "candle"], ["AAPL-USD"]), served: (["bbo"], ["AAPL-USD"]),
            code: "InvalidParameter", named: ["intervals"]),
        Case(
            text: command(["candle"], ["AAPL-USD"]), code: "InvalidParameter",
            named: ["intervals"]),
        Case(
            text: command(["candle"], ["AAPL-USD"], #","intervals":["1MIN","2MINS"]"#),
            served: (["candle"], ["AAPL-USD"]), code: "InvalidJSONFormat", named: ["2MINS"]),
        Case(
            text: command(["candle", "bbo"], ["AAPL-USD"], #","intervals":["1min"]"#),
            served: (["bbo"], ["AAPL-USD"]), code: "InvalidJSONFormat", named: ["1min"]),
        Case(
            text: command(["bbo", "level2"], ["AAPL-USD"], #","sig_figs":[3]"#),
            served: (["bbo"], ["AAPL-USD"]), code: "InvalidParameter", named: ["sig_figs"]),
    ]

    static let harmless: [Case] = [
        Case(text: command([], ["AAPL-USD"]), served: ([], ["AAPL-USD"])),
        Case(text: command(["bbo"], []), served: (["bbo"], [])),
        Case(text: command([], []), served: ([], [])),
        Case(
            text: command(["bbo", "bbo"], ["AAPL-USD", "AAPL-USD"]),
            served: (["bbo", "bbo"], ["AAPL-USD", "AAPL-USD"])),
        Case(
            text: command(["bbo", "funding"], ["LLY-USD", "*"], type: "unsubscribe"),
            served: (["bbo", "funding"], ["LLY-USD", "*"])),
        Case(
            text: command(["candle"], ["LLY-USD"], #","intervals":["1DAY"]"#, type: "unsubscribe"),
            served: (["candle"], ["LLY-USD"])),
        Case(
            text: command(["level2"], ["NVDA-USD"], #","sig_figs":[2]"#, type: "unsubscribe"),
            served: (["level2"], ["NVDA-USD"])),
    ]

    @Test("P-040 malformed messages: InvalidJSONFormat, the link and its data go on")
    func malformedMessages() async throws { try await expectAnswers(Self.malformed) }

    @Test("Commands of the trade endpoint are no commands here, and secrets are not repeated")
    func tradeCommandsAreRefused() async throws {
        try await expectAnswers(Self.tradeCommands)
    }

    @Test(
        "§3.14 unknown symbols, channels, intervals, groupings: an error behind the ack of the rest"
    )
    func unknownParts() async throws { try await expectAnswers(Self.partly) }

    @Test("§18.17 empty lists, double subscribes, unsubscribes of nothing: an ack, and no effect")
    func withoutEffect() async throws { try await expectAnswers(Self.harmless) }

    @Test("§18.1 thousands of symbols: one error up to 64 KiB; a byte more closes with 1009")
    func thousandsOfSymbols() async throws {
        try await Market.run { market in
            let (watcher, other) = (try await market.watcher(), try await market.watcher())
            for client in [watcher, other] { try await subscribeToData(client) }
            let unknown = (0..<4_700).map { "X\($0)-USD" }
            for symbols in [unknown, unknown + ["AAPL-USD"] + unknown.prefix(800)] {
                let text = Self.command(["bbo"], symbols)
                #expect((50_000...65_536).contains(text.utf8.count))
                try await watcher.client.send(text)
                let answers = try await watcher.fence().filter { $0["sequence"] == nil }
                #expect(answers.map { $0["type"] } == ["subscribed", "error"])
                let known = symbols.filter { !$0.hasPrefix("X") }.map { JSONValue.string($0) }
                #expect(answers.first?["symbols"] == .array(known))
                let message = answers.last?["err"]?["message"]?.string ?? ""
                #expect(message.contains("X0-USD") && message.contains("X19-USD"))
                #expect(!message.contains("X20-USD") && message.contains("4680 more"))
            }
            // Every contract a thousand times, on every channel: no more than once each.
            let repeated = Array(repeating: ["*", "AAPL-USD", "NVDA-USD"], count: 1_000).flatMap {
                $0
            }
            try await watcher.client.send(
                Self.command(
                    DocumentedShape.channels.keys.sorted(), repeated, #","intervals":["1DAY"]"#))
            let ack = try await watcher.next { $0["type"] == "subscribed" }
            #expect(ack["symbols"]?.array?.count == 3_000)
            let shown = try await watcher.fence().filter { $0["type"] == "level2" }
            let depths = shown.map { [$0["symbol"], $0["time"]] }
            #expect(Set(depths).count == depths.count)
            try await expectData(market, watcher)

            let padding = String(
                repeating: " ", count: 65_536 - Self.command(["bbo"], []).utf8.count)
            try await watcher.client.send(Self.command(["bbo"], []) + padding)
            _ = try await watcher.next { $0["type"] == "subscribed" }
            try await watcher.client.send(Self.command(["bbo"], []) + padding + " ")
            var end = try await watcher.client.next()
            while case .text = end { end = try await watcher.client.next() }
            guard case .closed(let code, _) = end else { return }
            #expect(code == 1009)
            try await expectData(market, other)
        }
    }

    @Test("§18.2 binary frames are read as text: commands count, what is no UTF-8 is malformed")
    func binaryFrames() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await subscribeToData(watcher)
            let command = Array(Self.command(["bbo"], ["LLY-USD"]).utf8)
            try await watcher.client.send(frame: .binary, command)
            let ack = try await watcher.next { $0["sequence"] == nil }
            #expect(ack["type"] == "subscribed" && ack["symbols"] == ["LLY-USD"])
            for bytes: [UInt8] in [[0x7B, 0x22, 0x80, 0x22, 0x7D], [0], [], [0xFF, 0xFE]] {
                try await watcher.client.send(frame: .binary, bytes)
                let answer = try await watcher.next { $0["sequence"] == nil }
                #expect(answer["err"]?["error_code"] == "InvalidJSONFormat")
            }
            try await expectData(market, watcher)
        }
    }

    @Test("Hundreds of bad messages at once are answered one by one, in order, data between them")
    func flood() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await subscribeToData(watcher)
            let texts = (0..<300).map { #"{"type":"subscribe","id":\#($0)}"# }
            try await watcher.client.sendBurst(texts)
            for number in texts.indices {
                let answer = try await watcher.next { $0["sequence"] == nil }
                #expect(answer["err"]?["incoming_message"]?["id"] == .number(Decimal(number)))
            }
            try await expectData(market, watcher)
        }
    }

    // MARK: -

    private static func command(
        _ channels: [String], _ symbols: [String], _ more: String = "", type: String = "subscribe"
    ) -> String {
        func list(_ words: [String]) -> String {
            "[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        return
            #"{"type":"\#(type)","channels":\#(list(channels)),"symbols":\#(list(symbols))\#(more)}"#
    }

    /// Sends each message on one connection that has subscriptions, compares the answers, and sees
    /// that data goes on after each.
    private func expectAnswers(_ cases: [Case]) async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await subscribeToData(watcher)
            for each in cases {
                try await watcher.client.send(each.text)
                let answers = try await watcher.fence().filter { $0["sequence"] == nil }
                var rest = answers[...]
                if let (channels, symbols) = each.served {
                    let ack = rest.popFirst()
                    #expect(ack?["type"]?.string?.hasSuffix("subscribed") == true, "\(each.text)")
                    #expect(
                        ack?["channels"] == .array(channels.map { .string($0) }), "\(each.text)")
                    #expect(ack?["symbols"] == .array(symbols.map { .string($0) }), "\(each.text)")
                }
                if let code = each.code {
                    let error = rest.popFirst()?["err"]
                    #expect(
                        error?["error_code"]?.string == code, "\(each.text.prefix(200)): \(answers)"
                    )
                    for word in each.named {
                        #expect(error?["message"]?.string?.contains(word) == true, "\(answers)")
                    }
                    expectRepeated(each.text, error?["incoming_message"])
                }
                #expect(rest.isEmpty, "\(each.text.prefix(200)): \(answers)")
                _ = try await watcher.messages(pulses: 1, of: "NVDA-USD")
            }
            try await expectData(market, watcher)
        }
    }

    /// The error repeats the message that it is for, as JSON where it is any; never credentials.
    private func expectRepeated(_ text: String, _ repeated: JSONValue?) {
        if text.contains("signature") {
            #expect(repeated == .null, "\(String(describing: repeated))")
        } else if !text.contains("ud800"), let message = try? JSONValue(parsing: text),
            case .object = message
        {
            #expect(repeated == message, "\(text.prefix(200))")
        }
    }

    private func subscribeToData(_ watcher: Watcher) async throws {
        try await watcher.subscribe(["level2", "trade"], ["NVDA-USD"])
    }

    /// Depth and trades of NVDA-USD still come, and the watcher has seen no gap.
    private func expectData(_ market: Market, _ watcher: Watcher) async throws {
        let before = watcher.sequence
        try await market.trade("0.5", at: "230.38", symbol: "NVDA-USD")
        let trade = try await watcher.data("trade", "NVDA-USD")
        #expect(trade["size"] == "0.5")
        _ = try await watcher.messages(pulses: 2, of: "NVDA-USD")
        #expect(watcher.sequence >= before + 3)
    }
}

import Foundation
import NIOWebSocket
import ServerTestKit
import Testing

/// Well-formed frames with bad content: an error frame each, and the link stays open.
@Suite(.serialized) struct MessageTests {
    private static let deep =
        String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)

    static let malformed: [String] = [
        "", " ", "hello", "null", "[]", "7", "\"text\"", "{", "{}", "{\"type\":", "{\"type\":7}",
        "{\"type\":\"no_such_command\"}", "{\"type\":\"subscribe\"}", "{\"type\":\"subscribe\"}x",
        "{\"type\":\"sub\\uD800scribe\"}", "{\"type\":\"a\u{1}b\"}", "{'type':'subscribe'}",
        "{\"type\":\"subscribe\",\"params\":{\"channels\":\"fills\"},\"channels\":\"bbo\"}",
        "{\"type\":\"subscribe\",\"channels\":[\"bbo\"],\"symbols\":\"*\"}",
        "{\"type\":\"subscribe\",\"a\":\(deep)}", deep,
        "[" + String(repeating: "0,", count: 30_000) + "0]",
    ]

    @Test("Malformed messages get InvalidJSONFormat and leave the link open (P-040)")
    func malformedMessages() async throws {
        try await withServer { server in
            let market = try await WebSocketTestClient.connect(server.details.marketDataURL)
            let stranger = try await WebSocketTestClient.connect(server.details.tradeURL)
            let trader = try await WebSocketTestClient.trader(server.details)
            for text in Self.malformed {
                for client in [market, stranger, trader] {
                    try await client.send(text)
                    let answer = try await client.next { $0["err"] != nil }
                    #expect(
                        answer["err"]?["error_code"]?.string == "InvalidJSONFormat",
                        "\(text.prefix(60)): \(answer)")
                }
            }
            // A binary message may hold anything; one that is no UTF-8 is malformed, not a broken link
            // (protocol.md §18.2).
            for client in [market, stranger, trader] {
                try await client.send(frame: .binary, [0x7B, 0x22, 0x80, 0x22, 0x7D])
                let answer = try await client.next { $0["err"] != nil }
                #expect(answer["err"]?["error_code"]?.string == "InvalidJSONFormat", "\(answer)")
            }
            try await expectWorking(market)
            try await trader.send(["type": "get_user_orders", "params": [:]])
            _ = try await trader.next { $0["all_orders_response"] != nil }
        }
    }

    @Test("The last of duplicate keys counts")
    func duplicateKeys() async throws {
        try await withServer { server in
            let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
            try await client.send(
                #"{"type":"subscribe","type":"unsubscribe","symbols":["X"],"symbols":["AAPL-USD"],"#
                    + #""channels":["bbo"]}"#)
            let answer = try await client.next { _ in true }
            #expect(answer["type"] == "unsubscribed")
            #expect(answer["symbols"] == ["AAPL-USD"])
        }
    }

    @Test("Unknown symbols get InvalidParameter, the known ones are served")
    func unknownSymbols() async throws {
        try await withServer { server in
            let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
            try await client.send(
                #"{"type":"subscribe","channels":["bbo"],"symbols":["NOPE-USD","AAPL-USD"]}"#)
            let ack = try await client.next { _ in true }
            #expect(ack["symbols"] == ["AAPL-USD"])
            let refusal = try await client.next { $0["err"] != nil }
            #expect(refusal["type"] == "error")
            #expect(refusal["err"]?["error_code"] == "InvalidParameter")
            #expect(refusal["err"]?["message"]?.string?.contains("NOPE-USD") == true)
        }
    }

    @Test("Numbers out of range and missing fields are refused, and trading goes on")
    func hostileOrders() async throws {
        try await withServer { server in
            let trader = try await WebSocketTestClient.trader(server.details)
            func order(_ changes: String) -> String {
                #"{"type":"add_order","params":{"symbol":"AAPL-USD","side":"BUY","#
                    + #""order_type":"LIMIT","order_time_in_force":"GTC","quantity":1,"price":336"#
                    + changes + "}}"
            }
            let refused = [
                #","quantity":1e999999999"#, #","quantity":-1"#, #","quantity":0"#,
                #","price":1e400"#, #","price":-5"#, #","quantity":99999999999999999999999999999"#,
                #","price":1e-400"#, #","price":"NaN""#, #","quantity":null"#,
                #","symbol":"NOPE-USD""#, #","symbol":"""#, #","symbol":null"#, #","side":"UP""#,
                #","price":0.000000000000000000000000000001"#,
            ]
            for change in refused {
                try await trader.send(order(change))
                // As text: what is echoed may be beyond any decimal type.
                guard case .text(let answer) = try await trader.next() else {
                    Issue.record("closed after \(change)")
                    return
                }
                #expect(
                    answer.hasPrefix(#"{"err""#) || answer.hasPrefix(#"{"order_response""#),
                    "\(change): \(answer)")
                #expect(!answer.contains(#""status":"ACK""#), "\(change): \(answer)")
            }
            try await trader.send(order(#","client_order_id":"good""#))
            #expect(try await trader.orderResponse("good")["status"] == "ACK")
        }
    }

    @Test("Trading without authentication is PermissionDenied and changes nothing")
    func unauthenticated() async throws {
        try await withServer { server in
            let client = try await WebSocketTestClient.connect(server.details.tradeURL)
            try await client.send(["type": "cancel_all_orders", "params": [:]])
            let answer = try await client.next { $0["err"] != nil }
            #expect(answer["err"]?["error_code"] == "PermissionDenied")
            try await client.send(
                WebSocketTestClient.authMessage(
                    publicKey: server.details.publicKey, secretKey: "qfex_secret_wrong"))
            let refusal = try await client.next { $0["err"] != nil }
            #expect(refusal["err"]?["error_code"] == "PermissionDenied")
            guard case .closed(let code, _) = try await client.next() else {
                Issue.record("not closed")
                return
            }
            #expect(code == 1008)
        }
    }

    @Test("No secret, signature or token is logged, even at the trace level")
    func noSecretsInLog() async throws {
        let options = [
            "--market", "quiet", "--log", "memory", "--log-level", "trace", "--tls",
        ]
        try await withTemporaryDirectory { directory in
            let server = try await ServerProcess.start(data: directory, options)
            let key = server.details
            let good = WebSocketTestClient.authMessage(
                publicKey: key.publicKey, secretKey: key.secretKey)
            let bad = WebSocketTestClient.authMessage(
                publicKey: key.publicKey, secretKey: "qfex_secret_stranger0001")
            for message in [good, bad, good, ["type": "auth", "params": ["jwt": "eyJsecret.a.b"]]] {
                let client = try await WebSocketTestClient.connect(
                    "\(key.tradeURL)/?jwt=eyJquery.a.b&api_key=\(key.publicKey)",
                    headers: [
                        ("authorization", "Bearer eyJheader.a.b"),
                        ("x-qfex-hmac-signature", "feedfacefeedface"),
                    ],
                    authorityPath: key.authorityPath)
                try await client.send(message)
                _ = try await client.next()
                await client.drop()
            }
            #expect(await server.stop() == 0)
            // The banner on standard output shows the sandbox key on purpose.
            let lines = server.log.split(separator: "\n").filter {
                !$0.contains("Scripts/quickstart") && !$0.hasPrefix("  secret key")
            }
            #expect(lines.contains { $0.contains("exchange stopped") })
            let signatures = [good, bad].compactMap {
                $0["params"]?["hmac"]?["signature"]?.string
            }
            #expect(signatures.count == 2)
            for secret in signatures + ["qfex_secret_", "eyJ", "feedfacefeedface"] {
                #expect(!lines.contains { $0.contains(secret) }, "\(secret)")
            }
        }
    }
}

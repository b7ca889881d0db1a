import Crypto
import Foundation
import NIOWebSocket
import ServerTestKit
import Testing

extension TradeConformance {
    /// Who gets in, and what they hear. **Source** `protocol.md` §1, §4.
    @Suite struct Authentication {
        @Test func `P-002 P-050 a signed auth is answered by one frame, and nothing before it`()
            async throws
        {
            let user = try SharedExchange.current.newUser()
            let trader = try await Trader.connect(user, query: "/?api_key=\(user.publicKey)")
            try await trader.client.send(frame: .ping, Array("first".utf8))
            #expect(try await trader.nextFrame() == ["pong": "first"])
            try await trader.authenticate()
            let frames = try await trader.frames()
            #expect(frames == [["authenticated": true, "type": "auth", "result": "success"]])
        }

        @Test(arguments: [
            [
                ("x-qfex-public-key", "qfex_pub_x"), ("x-qfex-hmac-signature", "00"),
                ("x-qfex-nonce", "01"), ("x-qfex-timestamp", "1790000000"),
                ("x-qfex-client", "cli"), ("Origin", "https://example.com"),
            ], [("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")],
        ])
        func `P-003 headers at the handshake are accepted, but say nothing`(
            headers: [(String, String)]
        ) async throws {
            let trader = try await Trader.connect(headers: headers)
            try await trader.send("get_user_orders")
            let frame = try await trader.nextFrame()
            #expect(outline([frame]) == ["err PermissionDenied"])
            try await trader.authenticate()
            #expect(try await trader.nextFrame()["authenticated"] == true)
        }

        @Test func `P-051 the signature is HMAC-SHA256 of nonce and time with the whole secret`()
            async throws
        {
            func sign(_ secret: String, _ nonce: String, _ time: Int64) -> String {
                HMAC<SHA256>.authenticationCode(
                    for: Data("\(nonce):\(time)".utf8), using: SymmetricKey(data: Data(secret.utf8))
                ).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
            #expect(
                sign("qfex_secret_demo_0001", "00112233445566778899aabbccddeeff", 1_790_000_000)
                    == "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10929")
            #expect(
                sign("qfex_secret_test", "c0ffee", 1_760_545_414)
                    == "9a892254ce0416371a78a4352130b7825a2f5fb442b12ddfa7c2f5202ef045dc")
            for isUpper in [false, true] {
                let trader = try await Trader.connect()
                let time = Int64(Date().timeIntervalSince1970)
                let signature = sign(trader.user.secretKey, "c0ffee", time)
                try await trader.send(
                    "auth",
                    [
                        "hmac": [
                            "public_key": .string(trader.user.publicKey), "nonce": "c0ffee",
                            "unix_ts": .number(Decimal(time)),
                            "signature": .string(isUpper ? signature.uppercased() : signature),
                        ]
                    ])
                #expect(try await trader.nextFrame()["authenticated"] == true)
            }
        }

        @Test func `P-052 a wrong signature is told, ends the session and opens nothing`()
            async throws
        {
            let trader = try await Trader.connect()
            let message = WebSocketTestClient.authMessage(
                publicKey: trader.user.publicKey, secretKey: trader.user.secretKey + "x")
            let text = String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
            try await trader.client.sendBurst([
                text, #"{"type":"subscribe","params":{"channels":["order_responses"]}}"#,
            ])
            try await expectRefusalAndEnd(trader)
        }

        @Test func `P-052 an unknown key is refused like a wrong signature`() async throws {
            let trader = try await Trader.connect()
            try await trader.client.send(
                WebSocketTestClient.authMessage(
                    publicKey: "qfex_pub_nobody00", secretKey: trader.user.secretKey))
            try await expectRefusalAndEnd(trader)
        }

        @Test func `P-053 a nonce works once, also over connections`() async throws {
            let first = try await Trader.connect()
            let message = WebSocketTestClient.authMessage(
                publicKey: first.user.publicKey, secretKey: first.user.secretKey, nonce: "ab12")
            try await first.client.send(message)
            #expect(try await first.nextFrame()["authenticated"] == true)
            let second = try await Trader.connect(first.user)
            try await second.client.send(message)
            try await expectRefusalAndEnd(second)
            // Another key's nonces are its own.
            let third = try await Trader.connect()
            try await third.client.send(
                WebSocketTestClient.authMessage(
                    publicKey: third.user.publicKey, secretKey: third.user.secretKey, nonce: "ab12"
                ))
            #expect(try await third.nextFrame()["authenticated"] == true)
        }

        @Test(arguments: [String(repeating: "a", count: 101), "", "xyz", "0x12"])
        func `P-054 a nonce that is none can be corrected`(nonce: String) async throws {
            let trader = try await Trader.connect()
            func authenticate(_ nonce: String) async throws {
                try await trader.client.send(
                    WebSocketTestClient.authMessage(
                        publicKey: trader.user.publicKey, secretKey: trader.user.secretKey,
                        nonce: nonce))
            }
            try await authenticate(nonce)
            let refusal = try await trader.nextFrame()
            #expect(outline([refusal]) == ["err InvalidParameter"])
            try await authenticate(String(repeating: "a", count: 100))
            #expect(try await trader.nextFrame()["authenticated"] == true)
        }

        @Test(
            arguments: [(-1_000, false), (-800, true), (30, true), (200, false)] as [(Int, Bool)])
        func `P-055 a signature is good for 15 minutes and a minute ahead`(
            seconds: Int, isGood: Bool
        ) async throws {
            let trader = try await Trader.connect()
            let now = Int64(Date().timeIntervalSince1970)
            try await trader.client.send(
                WebSocketTestClient.authMessage(
                    publicKey: trader.user.publicKey, secretKey: trader.user.secretKey,
                    unixSeconds: now + Int64(seconds)))
            if isGood {
                #expect(try await trader.nextFrame()["authenticated"] == true)
            } else {
                try await expectRefusalAndEnd(trader)
            }
        }

        @Test func `P-057 a second auth is refused and the session goes on`() async throws {
            let trader = try await Trader.open()
            try await trader.authenticate()
            let frames = try await trader.frames()
            #expect(outline(frames) == ["err AlreadyAuthenticated"])
            #expect(frames[0]["err"]?["incoming_message"] == ["type": "auth", "params": [:]])
            _ = try await trader.rest("AUD-USD", "BUY", "100", "0.65")
            try await trader.leave()
        }

        @Test func `P-058 an account of nobody or of somebody else is refused`() async throws {
            let other = try await Trader.open()
            for account in [
                other.user.id, "11111111-2222-4333-8444-555555555555", "my account",
                String(repeating: "x", count: 500),
            ] {
                // Both somebody known and somebody never seen.
                let known = try await Trader.open()
                for user in [known.user, nil] {
                    let trader = try await Trader.connect(user)
                    try await trader.authenticate(account: account)
                    try await expectRefusalAndEnd(trader)
                }
            }
        }

        @Test func `P-058 the own user id as account_id is the primary account`() async throws {
            let first = try await Trader.connect()
            try await first.authenticate(account: first.user.id)
            #expect(try await first.nextFrame()["authenticated"] == true)
            let second = try await Trader.connect(first.user)
            try await second.authenticate(account: first.user.id.uppercased())
            #expect(try await second.nextFrame()["authenticated"] == true)
            let frames = try await second.place("AUD-USD", "BUY", "100", "0.65")
            #expect(responses(frames).first?["user_id"]?.string == first.user.id)
            try await second.leave()
        }

        @Test func `P-060 what is pipelined behind auth is carried out in order`() async throws {
            let trader = try await Trader.connect()
            let auth = WebSocketTestClient.authMessage(
                publicKey: trader.user.publicKey, secretKey: trader.user.secretKey)
            let order = trader.order("AUD-USD", "BUY", "100", "0.65", id: "early")
            let messages: [JSONValue] = [
                auth,
                ["type": "cancel_on_disconnect", "params": ["cancel_on_disconnect": true]],
                ["type": "subscribe", "params": ["channels": ["fills", "order_responses"]]],
                ["type": "add_order", "params": .object(order)],
                ["type": "nonsense", "params": [:]],
                ["type": "get_user_orders", "params": [:]],
            ]
            try await trader.client.sendBurst(
                messages.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) })
            let frames = try await trader.frames()
            #expect(
                outline(frames) == [
                    "authenticated+result+type", "ack+ack_response", "subscribed", "subscribed",
                    "err InvalidJSONFormat", "ACK", "all_orders_response",
                ])
            let orders = frames.last?["all_orders_response"]?["orders"]?.array ?? []
            #expect(orders.map { $0["client_order_id"] } == ["early"])
            try await trader.leave()
        }

        @Test func `P-061 a command before auth is refused, without effect`() async throws {
            let user = try SharedExchange.current.newUser()
            let trader = try await Trader.connect(user)
            let order = trader.order("AUD-USD", "BUY", "100", "0.65", id: "too early")
            try await trader.send("add_order", order)
            let refusal = try await trader.nextFrame()
            #expect(outline([refusal]) == ["err PermissionDenied"])
            try await trader.authenticate()
            #expect(try await trader.nextFrame()["authenticated"] == true)
            #expect(try await trader.openOrders().isEmpty)
        }

        @Test func `P-062 an unknown parameter of auth is accepted`() async throws {
            let trader = try await Trader.connect()
            let message = WebSocketTestClient.authMessage(
                publicKey: trader.user.publicKey, secretKey: trader.user.secretKey)
            guard case .object(var params)? = message["params"] else { return }
            params["builder_code"] = "11111111-2222-4333-8444-555555555555"
            params["jwt"] = .null
            try await trader.send("auth", params)
            #expect(try await trader.nextFrame()["authenticated"] == true)
        }

        @Test(arguments: [
            #"{"type":"auth","params":{}}"#,
            #"{"type":"auth","params":{"api_key":"qfex_pub_SECRETVALUE"}}"#,
            #"{"type":"auth","params":{"jwt":"eyJSECRETVALUE","hmac":{"signature":"SECRETVALUE"}}}"#,
            #"{"type":"auth","params":{"jwt":17,"x":"SECRETVALUE"}}"#,
            #"{"type":"auth","params":{"hmac":{"nonce":"12","signature":"SECRETVALUE"}}}"#,
            #"{"type":"auth","params":{"hmac":{"unix_ts":"1","signature":"SECRETVALUE"}}}"#,
            #"{"type":"auth","params":{"hmac":["SECRETVALUE"]}}"#,
            #"{"type":"auth","params":"qfex_secret_SECRETVALUE"}"#,
            #"{"type":"auth","jwt":"SECRETVALUE"}"#,
            #"{"type":"auth","params":{"jwt":"SECRETVALUE"#,
            #"{"type":"login","params":{"jwt":"SECRETVALUE"}}"#, #"jwt=SECRETVALUE"#,
        ])
        func `P-059 P-063 a malformed auth is told without repeating it`(text: String) async throws
        {
            let trader = try await Trader.connect()
            try await trader.client.send(text)
            guard case .text(let answer) = try await trader.client.next() else {
                Issue.record("the connection must stay open")
                return
            }
            #expect(outline([try JSONValue(parsing: answer)]) == ["err InvalidJSONFormat"])
            #expect(!answer.contains("SECRETVALUE"))
            try await trader.authenticate()
            #expect(try await trader.nextFrame()["authenticated"] == true)
        }

        @Test func `P-063 a refused token is not repeated`() async throws {
            let trader = try await Trader.connect()
            try await trader.send("auth", ["jwt": "eyJSECRETVALUE.e30.AA"])
            guard case .text(let answer) = try await trader.client.next() else {
                Issue.record("an error frame must precede the end")
                return
            }
            #expect(!answer.contains("SECRETVALUE"))
        }

        @Test(arguments: ["ES256", "EdDSA"])
        func `P-059 a token of a trusted key works`(algorithm: String) async throws {
            let exchange = try SharedExchange.current
            let trader = try await Trader.connect()
            let token = try exchange.tokens.token(user: trader.user.id, algorithm: algorithm)
            try await trader.send("auth", ["jwt": .string(token)])
            #expect(try await trader.nextFrame()["authenticated"] == true)
            let frames = try await trader.place("AUD-USD", "BUY", "100", "0.65")
            #expect(responses(frames).first?["user_id"]?.string == trader.user.id)
            try await trader.leave()
        }

        @Test func `P-059 expired and foreign tokens are refused`() async throws {
            let exchange = try SharedExchange.current
            let user = try exchange.newUser()
            let tokens = [
                try exchange.tokens.token(user: user.id, seconds: -5),
                try TokenSigner().token(user: user.id), try exchange.tokens.token(user: "bob"),
            ]
            for token in tokens {
                let trader = try await Trader.connect(user)
                try await trader.send("auth", ["jwt": .string(token)])
                try await expectRefusalAndEnd(trader)
            }
        }

        @Test func `A key that may only look cannot trade`() async throws {
            let exchange = try SharedExchange.current
            let made = try await ServerProcess.run([
                "keys", "create", "--data", exchange.data, "--label", "viewer", "--read-only",
            ])
            try #require(made.status == 0, "\(made.output)")
            let words = made.output.split(whereSeparator: \.isWhitespace).map(String.init)
            let user = TestUser(
                id: words[1], publicKey: try #require(words.first { $0.hasPrefix("qfex_pub_") }),
                secretKey: try #require(words.first { $0.hasPrefix("qfex_secret_") }))
            let trader = try await connectWhenKnown(user)
            let order = trader.order("AUD-USD", "BUY", "100", "0.65")
            for (command, params) in [
                ("add_order", order), ("cancel_all_orders", [:]),
                ("cancel_on_disconnect", ["cancel_on_disconnect": true]),
            ] {
                let frames = try await trader.perform(command, params)
                #expect(outline(frames) == ["err PermissionDenied"])
            }
            #expect(try await trader.openOrders().isEmpty)
        }

        /// Authenticates with a key that the server takes over within a second of its making.
        private func connectWhenKnown(_ user: TestUser) async throws -> Trader {
            for _ in 0..<50 {
                let trader = try await Trader.connect(user)
                try await trader.authenticate()
                if try await trader.nextFrame()["authenticated"] == true { return trader }
                try await Task.sleep(for: .milliseconds(100))
            }
            throw WebSocketTestClient.Timeout("the new key is not taken over")
        }

        private func expectRefusalAndEnd(_ trader: Trader) async throws {
            let frame = try await trader.nextFrame()
            #expect(outline([frame]) == ["err PermissionDenied"])
            #expect(frame["err"]?["incoming_message"] == ["type": "auth", "params": [:]])
            #expect(frame["err"]?["message"]?.string?.hasPrefix("authentication failed") == true)
            guard case .closed(let code, _) = try await trader.client.next() else {
                Issue.record("nothing may follow the refusal")
                return
            }
            #expect(code == 1008)
        }
    }
}

/// The time to authenticate, with a server that gives a second.
@Suite struct AuthenticationTimeoutTests {
    @Test func `P-056 without auth in time the socket is closed, with it it stays open`()
        async throws
    {
        try await withTemporaryDirectory { data in
            let user = try SharedExchange.makeUsers(1, data: data)[0]
            let server = try await ServerProcess.start(
                data: data,
                ["--market", "quiet", "--log", "memory", "--auth-seconds", "10"])
            let late = try await WebSocketTestClient.connect(server.details.tradeURL)
            let inTime = try await WebSocketTestClient.connect(server.details.tradeURL)
            try await inTime.send(
                WebSocketTestClient.authMessage(
                    publicKey: user.publicKey, secretKey: user.secretKey))
            _ = try await inTime.next { $0["authenticated"] == true }
            // What is refused does not buy time, and the end comes without a message.
            try await late.send(#"{"type":"auth","params":{}}"#)
            _ = try await late.next { $0["err"] != nil }
            #expect(
                try await late.next() == .closed(code: 1008, reason: "authentication timeout"))
            try await inTime.send(frame: .ping, Array("alive".utf8))
            _ = try await inTime.next { $0["pong"] != nil }
            #expect(await server.stop() == 0)
        }
    }
}

import Foundation
import NIOWebSocket
import ServerTestKit
import Testing

extension TradeConformance {
    /// What an operator can do to users and keys while the exchange runs.
    /// **Source** `protocol.md` §14, §18.13, P-184.
    @Suite struct Operators {
        let symbol = "META-USD"

        private func setStatus(_ user: TestUser, _ flags: [String]) async throws {
            let exchange = try SharedExchange.current
            let done = try await ServerProcess.run(
                ["users", "set-status", user.id, "--data", exchange.data] + flags)
            try #require(done.status == 0, "\(done.output)")
        }

        /// Asks again until the exchange has taken a change over, which it does within a second.
        private func placeUntil(_ trader: Trader, _ wanted: [String]) async throws -> [JSONValue] {
            var frames: [JSONValue] = []
            for _ in 0..<100 {
                frames = try await trader.place(symbol, "BUY", "0.1", "650")
                if outline(frames) == wanted { return frames }
                try await Task.sleep(for: .milliseconds(100))
            }
            return frames
        }

        @Test(arguments: [("--kyc-missing", "KycRequired"), ("--terms-missing", "TncRequired")])
        func `P-184 a blocked account gets the error on add_order and add_twap until it is freed`(
            flag: String, code: String
        ) async throws {
            try await withTrader { alice in
                try await setStatus(alice.user, [flag])
                let blocked = try await placeUntil(alice, ["err \(code)"])
                #expect(outline(blocked) == ["err \(code)"])
                #expect(
                    blocked.first?["err"]?["incoming_message"]
                        == [
                            "type": "add_order",
                            "params": .object(alice.order(symbol, "BUY", "0.1", "650")),
                        ])
                let twap: [String: JSONValue] = [
                    "symbol": .string(symbol), "side": "BUY", "total_quantity": 1,
                    "num_orders": 2, "order_interval_secs": 30, "reduce_only": false,
                ]
                #expect(
                    try await outline(alice.perform("add_twap", twap)) == ["err \(code)"])
                // What was there before can still be taken out.
                let cancelled = try await alice.perform("cancel_all_orders")
                #expect(outline(cancelled).last == "ack+ack_response")
                try await setStatus(alice.user, [])
                let freed = try await placeUntil(alice, ["ACK"])
                #expect(outline(freed) == ["ACK"])
            }
        }

        @Test func `P-184 a user who is blocked before the first visit is blocked at once`()
            async throws
        {
            let user = try SharedExchange.current.newUser()
            try await setStatus(user, ["--kyc-missing", "--terms-missing"])
            // The file is read within a second.
            try await Task.sleep(for: .milliseconds(2_500))
            let trader = try await Trader.open(user)
            let frames = try await trader.place(symbol, "BUY", "0.1", "650")
            #expect(outline(frames) == ["err KycRequired"])
            try await trader.leave()
        }

        @Test func `§18.13 a revoked key ends its session with the next command`() async throws {
            let exchange = try SharedExchange.current
            let alice = try await Trader.open()
            _ = try await alice.perform(
                "cancel_on_disconnect", ["cancel_on_disconnect": true])
            let done = try await ServerProcess.run(
                ["keys", "revoke", alice.user.publicKey, "--data", exchange.data])
            try #require(done.status == 0, "\(done.output)")
            for _ in 0..<100 {
                try await alice.send("get_user_leverage")
                guard case .text(let text) = try await alice.client.next() else {
                    Issue.record("the error comes before the end")
                    return
                }
                let frame = try JSONValue(parsing: text)
                guard frame["err"] != nil else {
                    try await Task.sleep(for: .milliseconds(50))
                    continue
                }
                #expect(outline([frame]) == ["err PermissionDenied"])
                #expect(
                    try await alice.client.next() == .closed(code: 1008, reason: "key revoked"))
                return
            }
            Issue.record("the key was not taken away")
        }
    }
}

/// The end of a connection that nobody says goodbye to. **Source** `protocol.md` §1, §11.
@Suite struct SilentDisconnects {
    @Test func `P-173 a connection that answers no ping ends, and its orders with it`()
        async throws
    {
        try await withExchange(environment: ["QFEX_PING_SECONDS": "1"]) {
            let alice = try await Trader.open()
            let url = try SharedExchange.current.server.details.tradeURL
            let silent = try await RawTestClient.upgraded(url)
            let auth = WebSocketTestClient.authMessage(
                publicKey: alice.user.publicKey, secretKey: alice.user.secretKey)
            let order: JSONValue = [
                "type": "add_order",
                "params": .object(alice.order("NVDA-USD", "BUY", "0.1", "220", id: "silent")),
            ]
            let arm: JSONValue = [
                "type": "cancel_on_disconnect", "params": ["cancel_on_disconnect": true],
            ]
            for message in [auth, arm, order] {
                let text = String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
                try await silent.sendText(text)
            }
            let placed = try await alice.client.orderResponse("silent")
            #expect(placed["status"] == "ACK")
            #expect(try await silent.closeCode(within: 60) == 1001)
            let cancelled = try await alice.client.orderResponse("silent")
            #expect(cancelled["status"] == "CANCELLED")
            try await alice.client.close()
        }
    }
}

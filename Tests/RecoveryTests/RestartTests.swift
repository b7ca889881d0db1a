import Foundation
import ServerTestKit
import Testing

/// Orderly restarts of the real process.
@Suite struct RestartTests {
    @Test(
        "The state hash at shutdown is the one after replay, and the sandbox market goes on (O-3)")
    func restartKeepsTheState() async throws {
        try await withTemporaryDirectory { data in
            var earlier = ""
            for life in 0..<3 {
                let server = try await ServerProcess.start(data: data)
                if life > 0 {
                    #expect(server.log.contains("state_hash=\(earlier)"), "life \(life)")
                }
                let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
                try await client.send([
                    "type": "subscribe", "channels": ["trade"], "symbols": ["*"],
                ])
                _ = try await client.next(within: 60) { $0["type"]?.string == "trade" }
                #expect(await server.stop() == 0, "\(server.log)")
                earlier = try #require(stateHash(in: server.log), "\(server.log)")
                let replayed = try await ServerProcess.run(["journal", "hash", "--data", data])
                #expect(replayed.output.contains(earlier), "\(replayed.output)")
            }
        }
    }

    @Test("P-160 P-162 trades, ended orders, stop orders and TWAPs are there after a restart")
    func restartKeepsTrading() async throws {
        try await withTemporaryDirectory { data in
            let options = ["--market", "quiet", "--speed-bump-milliseconds", "0"]
            let made = try await ServerProcess.run(
                ["keys", "create", "--label", "second", "--data", data])
            let words = made.output.split(whereSeparator: \.isWhitespace).map(String.init)
            let publicKey = try #require(words.first { $0.hasPrefix("qfex_pub_") })
            let secretKey = try #require(words.first { $0.hasPrefix("qfex_secret_") })
            let order: [String: JSONValue] = [
                "symbol": "NVDA-USD", "side": "SELL", "order_type": "LIMIT",
                "order_time_in_force": "GTC", "quantity": 1, "price": 230,
                "client_order_id": "traded",
            ]
            let server = try await ServerProcess.start(data: data, options)
            let other = try await WebSocketTestClient.trader(
                server.details, publicKey: publicKey, secretKey: secretKey)
            try await other.send(["type": "add_order", "params": .object(order)])
            _ = try await other.orderResponse("traded")
            let alice = try await WebSocketTestClient.trader(server.details)
            for changes in [
                ["side": "BUY", "order_time_in_force": "IOC"],
                ["order_type": "STOP_LOSS", "price": 220, "client_order_id": "waiting"],
            ] as [[String: JSONValue]] {
                let params = order.merging(changes) { $1 }
                try await alice.send(["type": "add_order", "params": .object(params)])
            }
            #expect(try await alice.orderResponse("waiting")["status"] == "ACK")
            try await alice.send([
                "type": "add_twap",
                "params": [
                    "symbol": "EUR-USD", "side": "BUY", "total_quantity": 100, "num_orders": 2,
                    "order_interval_secs": 86_400, "reduce_only": false,
                ],
            ])
            _ = try await alice.next { $0["twap_response"]?["status"] == "ACTIVE" }
            let before = try await answers(alice)
            #expect(before.trades["count"] == 1)
            #expect(before.order["status"] == "FILLED")
            #expect(before.open["orders"]?.array?.count == 1)
            #expect(before.open["twaps"]?.array?.count == 1)
            #expect(await server.stop() == 0, "\(server.log)")

            let again = try await ServerProcess.start(data: data, options)
            let after = try await answers(try await WebSocketTestClient.trader(again.details))
            #expect(after.trades == before.trades)
            #expect(after.order == before.order)
            #expect(after.open == before.open)
            #expect(await again.stop() == 0, "\(again.log)")
        }
    }

    /// What an account knows of its trading.
    private func answers(
        _ client: WebSocketTestClient
    ) async throws -> (trades: JSONValue, order: JSONValue, open: JSONValue) {
        try await client.send(["type": "get_user_trades", "params": [:]])
        let trades = try await client.next { $0["user_trades"] != nil }
        try await client.send([
            "type": "get_order", "params": ["symbol": "NVDA-USD", "order_id": "traded"],
        ])
        let order = try await client.orderResponse("traded")
        try await client.send(["type": "get_user_orders", "params": [:]])
        let open = try await client.next { $0["all_orders_response"] != nil }
        return (trades, order, open["all_orders_response"] ?? .null)
    }

    private func stateHash(in log: String) -> String? {
        let line = log.split(separator: "\n").last { $0.contains("exchange stopped") }
        let field = line?.split(separator: " ").first { $0.hasPrefix("state_hash=") }
        return field.map { String($0.dropFirst("state_hash=".count)) }
    }
}

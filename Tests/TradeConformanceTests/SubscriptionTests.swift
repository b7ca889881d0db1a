import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Who is told of what. **Source** `protocol.md` §5.
    @Suite(.serialized) struct Subscriptions {
        let symbol = "KOSPI-USD"

        @Test func `P-070 each channel is acknowledged by a frame, in the order of the request`()
            async throws
        {
            try await withTrader(channels: []) { alice in
                let channels = ["fills", "stop_orders", "order_responses", "fills"]
                let on = try await alice.subscribe(channels)
                #expect(on == channels.map { ["subscribed": .string($0)] })
                let names: [JSONValue] = ["order_responses", "balances"]
                let off = try await alice.perform("unsubscribe", ["channels": .array(names)])
                #expect(off == names.map { ["unsubscribed": $0] })
                let none = try await alice.subscribe([])
                #expect(none.isEmpty)
            }
        }

        @Test(arguments: ["subscribe", "unsubscribe"])
        func `P-071 an unknown channel is an error, and nothing is applied`(
            command: String
        ) async throws {
            try await withTrader(channels: command == "subscribe" ? [] : ["fills"]) { alice in
                let params: [String: JSONValue] = ["channels": ["fills", "order_respones"]]
                let frames = try await alice.perform(command, params)
                #expect(outline(frames) == ["err InvalidJSONFormat"])
                #expect(frames.first?["err"]?["incoming_message"]?["params"] == .object(params))
                // Whether fills are on is what it was before.
                try await withTrader(channels: []) { bob in
                    _ = try await bob.rest(symbol, "SELL", "1", "180")
                    let traded = try await alice.place(symbol, "BUY", "1", "180")
                    let isOn = command == "unsubscribe"
                    #expect(
                        outline(traded) == (isOn ? ["ACK", "fill", "FILLED"] : ["ACK", "FILLED"]))
                }
            }
        }

        @Test func `P-075 every subscribed connection of an account hears each event once`()
            async throws
        {
            try await withTrader { alice in
                let second = try await Trader.open(alice.user)
                let id = try await alice.rest(symbol, "BUY", "1", "170")
                _ = try await alice.cancel(symbol, id)
                let seen = try await second.frames()
                #expect(outline(seen) == ["ACK", "CANCELLED"])
                #expect(responses(seen).map { $0["order_id"]?.string } == [id, id])
                // A connection may act on the orders of another, and both hear of it once.
                let third = try await alice.rest(symbol, "BUY", "1", "171")
                let frames = try await second.cancel(symbol, third)
                #expect(outline(frames) == ["ACK", "CANCELLED"])
                let first = try await alice.frames()
                #expect(outline(first) == ["CANCELLED"])
                try await second.leave()
            }
        }

        @Test func `P-076 without the channel only replies to own commands come`() async throws {
            try await withTrader { alice in
                let silent = try await Trader.open(alice.user, channels: [])
                _ = try await alice.rest(symbol, "BUY", "1", "170")
                #expect(try await silent.frames().isEmpty)
                let own = try await silent.place(symbol, "BUY", "1", "170.5")
                #expect(outline(own) == ["ACK"])
                let heard = try await alice.frames()
                #expect(outline(heard) == ["ACK"])
                // What others do to an order later is no reply.
                try await withTrader { bob in
                    _ = try await bob.place(symbol, "SELL", "1", "170.5")
                }
                #expect(try await silent.frames().isEmpty)
                try await silent.leave()
            }
        }

        @Test func `P-077 other accounts' orders are not told`() async throws {
            try await withTraders { alice, bob in
                _ = try await alice.rest(symbol, "BUY", "1", "170")
                #expect(try await bob.frames().isEmpty)
                #expect(try await bob.openOrders().isEmpty)
            }
        }

        @Test func `P-079 after unsubscribing order_responses nothing comes from elsewhere`()
            async throws
        {
            try await withTrader { alice in
                let second = try await Trader.open(alice.user)
                _ = try await second.perform("unsubscribe", ["channels": ["order_responses"]])
                _ = try await alice.rest(symbol, "BUY", "1", "170")
                #expect(try await second.frames().isEmpty)
                try await second.leave()
            }
        }
    }

    /// The channels that tell a state each second. The tests run beside each other: they wait.
    @Suite struct Pulses {
        @Test func `P-072 P-078 balances come after the ack, each second, and on asking again`()
            async throws
        {
            try await withTrader(channels: []) { alice in
                for _ in 0..<2 {
                    try await alice.send("subscribe", ["channels": ["balances"]])
                    let ack = try await alice.client.next { $0["balance_response"] == nil }
                    #expect(ack == ["subscribed": "balances"])
                    let first = try await alice.nextFrame()
                    let balance = try #require(first["balance_response"])
                    #expect(
                        balance.keys == [
                            "id", "user_id", "deposit", "realised_pnl", "order_margin",
                            "position_margin", "unrealised_pnl", "net_funding",
                            "available_balance", "referral_rewards", "fees",
                        ])
                    #expect(balance["user_id"]?.string == alice.user.id)
                    #expect(balance["deposit"] == 100_000)
                    #expect(balance["available_balance"] == 100_000)
                }
                let seconds = try await secondsOfThreePulses(alice, "balance_response")
                #expect((0.5..<60).contains(seconds))
            }
        }

        @Test func `P-073 one frame for each symbol after the ack, and each second`() async throws {
            try await withTrader(channels: []) { alice in
                _ = try await alice.rest("US500-USD", "BUY", "0.1", "7600")
                _ = try await alice.rest("COPPER-USD", "BUY", "10", "6.5")
                let frames = try await alice.subscribe(["positions"])
                #expect(frames.first == ["subscribed": "positions"])
                // On a slow day the first pulse has come as well.
                let rows = frames.prefix(3).compactMap { $0["position_response"] }
                #expect(Set(rows.map { $0["symbol"] }) == ["US500-USD", "COPPER-USD"])
                #expect(rows.count == 2)
                let row = try #require(rows.first { $0["symbol"] == "COPPER-USD" })
                #expect(
                    row.keys == [
                        "id", "symbol", "position", "margin_alloc", "realised_pnl",
                        "unrealised_pnl", "net_funding", "open_orders", "open_quantity",
                        "leverage", "initial_margin", "maintenance_margin", "average_price",
                    ])
                #expect(row["position"] == 0)
                #expect(row["open_orders"] == 1)
                #expect(row["open_quantity"] == 10)
                #expect(row["leverage"] == 20)
                #expect(row["initial_margin"] == .decimal("0.05"))
                let seconds = try await secondsOfThreePulses(alice, "position_response", rows: 2)
                #expect((0.5..<60).contains(seconds))
            }
        }

        @Test func `P-074 a flattened position is told once with zero`() async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest("SILVER-USD", "SELL", "2", "66.5")
                _ = try await alice.place("SILVER-USD", "BUY", "2", "66.5")
                _ = try await bob.frames()
                _ = try await bob.rest("SILVER-USD", "BUY", "2", "66.4")
                let frames = try await alice.subscribe(["positions"])
                #expect(frames.last?["position_response"]?["position"] == 2)
                #expect(frames.last?["position_response"]?["average_price"] == .decimal("66.5"))
                // Only sent: looking for the answer could miss a pulse that comes before it.
                try await alice.send("add_order", alice.order("SILVER-USD", "SELL", "2", "66.4"))
                let zero = try await alice.client.next {
                    $0["position_response"]?["position"] == 0
                }
                #expect(zero["position_response"]?["symbol"] == "SILVER-USD")
                try await expectSilence(alice)
            }
        }

        @Test func `P-074 a symbol without orders any more is told once with zero`() async throws {
            try await withTrader { alice in
                _ = try await alice.rest("URANIUM-USD", "BUY", "2", "41")
                let frames = try await alice.subscribe(["positions"])
                #expect(frames.last?["position_response"]?["open_orders"] == 1)
                // Only sent: looking for the answer could miss a pulse that comes before it.
                try await alice.send("cancel_all_orders")
                let zero = try await alice.client.next {
                    $0["position_response"]?["open_orders"] == 0
                }
                #expect(zero["position_response"]?["symbol"] == "URANIUM-USD")
                #expect(zero["position_response"]?["open_quantity"] == 0)
                try await expectSilence(alice)
            }
        }

        @Test func `P-079 after unsubscribing no pulse comes`() async throws {
            try await withTrader(channels: []) { alice in
                _ = try await alice.rest("GOLD-USD", "BUY", "0.01", "4100")
                _ = try await alice.subscribe(["positions", "balances"])
                _ = try await alice.client.next { $0["balance_response"] != nil }
                _ = try await alice.perform(
                    "unsubscribe", ["channels": ["positions", "balances"]])
                try await expectSilence(alice)
            }
        }

        /// The time from the first to the third of the next pulses of `rows` frames.
        private func secondsOfThreePulses(
            _ trader: Trader, _ key: String, rows: Int = 1
        ) async throws -> Double {
            let clock = ContinuousClock()
            var times: [ContinuousClock.Instant] = []
            for _ in 0..<3 {
                for _ in 0..<rows { _ = try await trader.client.next { $0[key] != nil } }
                times.append(clock.now)
            }
            return (times[2] - times[0]) / .seconds(1)
        }

        /// Nothing comes for longer than a pulse.
        private func expectSilence(_ trader: Trader) async throws {
            await #expect(throws: WebSocketTestClient.Timeout.self) {
                _ = try await trader.client.next(within: 1.4)
            }
        }
    }
}

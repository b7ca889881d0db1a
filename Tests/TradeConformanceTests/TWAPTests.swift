import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Sliced orders, as far as a test may wait: whole lives are tested in virtual time
    /// (TradeGatewayTests). **Source** `protocol.md` §8.
    @Suite(.serialized) struct SlicedOrders {
        let symbol = "GBP-USD"
        let twap: [String: JSONValue] = [
            "symbol": "GBP-USD", "side": "BUY", "total_quantity": 100, "num_orders": 4,
            "order_interval_secs": 30, "reduce_only": false, "client_twap_id": "reb-1",
        ]

        private func rows(_ trader: Trader) async throws -> [JSONValue] {
            let frames = try await trader.perform("get_user_orders")
            return try #require(frames.last?["all_orders_response"]?["twaps"]?.array)
        }

        @Test(arguments: [[], ["order_responses"]])
        func `P-150 P-151 P-152 add_twap is answered, trades at once and is listed`(
            channels: [String]
        ) async throws {
            try await withTrader(channels: channels) { alice in
                try await withTrader { bob in
                    _ = try await bob.rest(symbol, "SELL", "1000", "1.27")
                    let frames = try await alice.perform("add_twap", twap)
                    try #require(
                        outline(frames) == ["twap_response", "ACK", "FILLED", "twap_response"])
                    let begun = try #require(frames[0]["twap_response"])
                    #expect(
                        begun.keys == [
                            "twap_id", "client_twap_id", "user_id", "status", "symbol",
                            "total_quantity", "filled_quantity", "average_fill_price",
                            "total_num_orders", "order_interval_secs", "reduce_only", "side",
                            "updated_at", "created_at",
                        ])
                    #expect(isUUID(begun["twap_id"]?.string))
                    #expect(begun["client_twap_id"] == "reb-1")
                    #expect(begun["status"] == "ACTIVE")
                    #expect(begun["total_quantity"] == 100 && begun["filled_quantity"] == 0)
                    let traded = try #require(frames[3]["twap_response"])
                    #expect(traded["filled_quantity"] == 25)
                    #expect(traded["average_fill_price"] == .decimal("1.27"))
                    let child = responses(frames)[0]
                    #expect(child["type"] == "MARKET" && child["time_in_force"] == "IOC")
                    #expect(child["quantity"] == 25)
                    #expect(try await rows(alice) == [traded])
                }
            }
        }

        @Test(arguments: ["twap_id", "client_twap_id"])
        func `P-119 a TWAP is cancelled by its id or the client's`(kind: String) async throws {
            try await withTraders { alice, bob in
                let frames = try await alice.perform("add_twap", twap)
                let begun = try #require(frames.first?["twap_response"])
                let id = try #require(begun[kind]?.string)
                let foreign = try await bob.cancel(symbol, id, by: kind)
                #expect(outline(foreign) == ["NO_SUCH_ORDER"])
                let elsewhere = try await alice.cancel("EUR-USD", id, by: kind)
                #expect(outline(elsewhere) == ["NO_SUCH_ORDER"])
                let cancelled = try await alice.cancel(symbol, id, by: kind)
                try #require(outline(cancelled) == ["CANCELLED", "twap_response"])
                #expect(responses(cancelled)[0]["order_id"] == begun["twap_id"])
                #expect(cancelled[1]["twap_response"]?["status"] == "CANCELLED")
                #expect(try await rows(alice).isEmpty)
                let again = try await alice.cancel(symbol, id, by: kind)
                #expect(outline(again) == ["NO_SUCH_ORDER"])
                #expect(responses(again)[0]["order_id"]?.string == id)
                let nowhere = try await alice.cancel("NOPE-USD", id, by: kind)
                #expect(outline(nowhere) == ["BAD_SYMBOL"])
            }
        }

        @Test func `P-126 P-127 cancel_all_orders ends TWAPs, those of its symbols`()
            async throws
        {
            try await withTrader { alice in
                _ = try await alice.perform("add_twap", twap)
                let other = try await alice.perform(
                    "cancel_all_orders", ["symbol": "EUR-USD"])
                #expect(outline(other) == ["ack+ack_response"])
                let all = try await alice.perform("cancel_all_orders", ["symbol": .string(symbol)])
                #expect(outline(all) == ["CANCELLED", "twap_response", "ack+ack_response"])
                #expect(try await rows(alice).isEmpty)
            }
        }

        @Test(
            arguments: [
                ["order_interval_secs": 29], ["num_orders": 1], ["total_quantity": 3],
                ["total_quantity": 0], ["total_quantity": -100], ["symbol": "NOPE-USD"],
                ["num_orders": 0], ["num_orders": -1], ["order_interval_secs": 1_000_000],
                ["worst_price": .decimal("1.270001")], ["worst_price": -1],
                ["client_twap_id": .string(String(repeating: "x", count: 65))],
                ["total_quantity": .decimal("1e100")], ["start_time": -1],
            ] as [[String: JSONValue]])
        func `P-150 what is out of range is InvalidParameter, and begins nothing`(
            change: [String: JSONValue]
        ) async throws {
            try await withTrader { alice in
                let params = twap.merging(change) { $1 }
                let frames = try await alice.perform("add_twap", params)
                #expect(outline(frames) == ["err InvalidParameter"])
                #expect(
                    frames.first?["err"]?["incoming_message"]
                        == ["type": "add_twap", "params": .object(params)])
                #expect(try await rows(alice).isEmpty)
            }
        }

        @Test func `P-150 a total is cut to whole lots, and the options may be left out`()
            async throws
        {
            try await withTrader { alice in
                var params = twap
                params["total_quantity"] = .decimal("100.7")
                params["client_twap_id"] = nil
                params["reduce_only"] = 0
                let frames = try await alice.perform("add_twap", params)
                let begun = try #require(frames.first?["twap_response"])
                #expect(begun["total_quantity"] == 100)
                #expect(begun["client_twap_id"] == .null)
                #expect(begun["reduce_only"] == false)
                let start = Decimal(Int(Date().timeIntervalSince1970) + 3_600)
                params["start_time"] = .number(start)
                params["worst_price"] = .decimal("1.3")
                params["client_twap_id"] = "later"
                let later = try await alice.perform("add_twap", params)
                #expect(outline(later) == ["twap_response"])
                #expect(try await rows(alice).map { $0["client_twap_id"] } == ["later", .null])
                let twice = try await alice.perform("add_twap", params)
                #expect(outline(twice) == ["err InvalidParameter"])
            }
        }
    }
}

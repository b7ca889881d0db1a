import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// `modify_order`. **Source** `protocol.md` §6.3.
    @Suite(.serialized) struct Modifications {
        let symbol = "PLTR-USD"

        private func modify(
            _ trader: Trader, _ id: String, side: String = "BUY", type: String? = "LIMIT",
            _ changes: [String: JSONValue]
        ) async throws -> [JSONValue] {
            var params = changes
            params["symbol"] = .string(symbol)
            params["order_id"] = .string(id)
            params["side"] = .string(side)
            if let type { params["order_type"] = .string(type) }
            return try await trader.perform("modify_order", params)
        }

        @Test func `P-121 a modification keeps the id and what it does not name`() async throws {
            try await withTrader { alice in
                let id = try await alice.rest(symbol, "BUY", "1", "170", id: "m")
                let price = try await modify(alice, id, ["price": 171])
                try #require(outline(price) == ["MODIFIED"])
                #expect(responses(price)[0]["order_id"]?.string == id)
                #expect(responses(price)[0]["client_order_id"] == "m")
                #expect(responses(price)[0]["price"] == 171)
                #expect(responses(price)[0]["quantity"] == 1)
                let quantity = try await modify(
                    alice, id,
                    ["quantity": 2, "price": .null, "take_profit": 0, "stop_loss": 0])
                try #require(outline(quantity) == ["MODIFIED"])
                #expect(responses(quantity)[0]["price"] == 171)
                #expect(responses(quantity)[0]["quantity"] == 2)
                #expect(responses(quantity)[0]["quantity_remaining"] == 2)
                let open = try await alice.openOrders()
                #expect(open.map { $0["status"] } == ["MODIFIED"])
                #expect(open.map { $0["quantity"] } == [2])
            }
        }

        @Test(arguments: [JSONValue.bool(false), 0, .null])
        func `P-124 reduce_only of a modification may say what the order says`(
            flag: JSONValue
        ) async throws {
            try await withTrader { alice in
                let id = try await alice.rest(symbol, "BUY", "1", "170")
                let frames = try await modify(alice, id, ["price": 171, "reduce_only": flag])
                #expect(outline(frames) == ["MODIFIED"])
            }
        }

        @Test func `P-122 unknown id, wrong side, type or owner change nothing`() async throws {
            try await withTraders { alice, bob in
                let id = try await alice.rest(symbol, "BUY", "1", "170", id: "client")
                let refused = [
                    try await modify(
                        alice, "11111111-2222-4333-8444-555555555555", ["price": 171]),
                    try await modify(alice, "client", ["price": 171]),
                    try await modify(alice, id, side: "SELL", ["price": 171]),
                    try await modify(alice, id, type: "ALO", ["price": 171]),
                    try await modify(bob, id, ["price": 171]),
                ]
                for frames in refused {
                    #expect(outline(frames) == ["CANNOT_MODIFY_NO_SUCH_ORDER"])
                }
                #expect(
                    responses(refused[0]).first?["order_id"]
                        == "11111111-2222-4333-8444-555555555555")
                #expect(responses(refused[2]).first?["order_id"]?.string == id)
                let open = try await alice.openOrders()
                #expect(open.map { $0["price"] } == [170])
                #expect(open.map { $0["status"] } == ["ACK"])
            }
        }

        @Test func `P-123 what has traded cannot be modified`() async throws {
            try await withTraders { alice, bob in
                let id = try await alice.rest(symbol, "BUY", "1", "177")
                _ = try await bob.place(symbol, "SELL", "0.4", "177")
                _ = try await alice.frames()
                let frames = try await modify(alice, id, ["price": 176])
                #expect(outline(frames) == ["CANNOT_MODIFY_PARTIAL_FILL"])
                #expect(responses(frames).first?["order_id"]?.string == id)
            }
        }

        @Test(arguments: ["order_type", "side", "symbol", "order_id"])
        func `P-124 a modification without a required field is malformed`(
            missing: String
        ) async throws {
            try await withTrader { alice in
                let id = try await alice.rest(symbol, "BUY", "1", "170")
                var params: [String: JSONValue] = [
                    "symbol": .string(symbol), "order_id": .string(id), "side": "BUY",
                    "order_type": "LIMIT", "price": 171,
                ]
                params[missing] = nil
                let frames = try await alice.perform("modify_order", params)
                #expect(outline(frames) == ["err InvalidJSONFormat"])
                #expect(frames.first?["err"]?["incoming_message"]?["params"] == .object(params))
                #expect(try await alice.openOrders().map { $0["price"] } == [170])
            }
        }

        @Test func `P-125 a modification to a price that crosses trades`() async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.4", "177")
                let id = try await alice.rest(symbol, "BUY", "1", "170")
                let frames = try await modify(alice, id, ["price": 177])
                #expect(outline(frames) == ["MODIFIED", "fill", "FILLED"])
                #expect(responses(frames).last?["quantity_remaining"] == .decimal("0.6"))
                #expect(responses(frames).last?["order_id"]?.string == id)
            }
        }

        @Test func `An ALO that would cross stays where it is`() async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.4", "177")
                let id = try await alice.rest(symbol, "BUY", "1", "170", type: "ALO")
                let frames = try await modify(alice, id, type: "ALO", ["price": 177])
                #expect(outline(frames) == ["CANNOT_MODIFY_ALO_WOULD_CROSS"])
                #expect(try await alice.openOrders().map { $0["price"] } == [170])
            }
        }

        @Test(
            arguments: [
                (["price": .decimal("170.001")], "INVALID_TICK_SIZE_PRECISION_PRICE"),
                (["quantity": .decimal("1.0001")], "INVALID_TICK_SIZE_PRECISION_QUANTITY"),
                (["quantity": .decimal("0.05")], "QUANTITY_LESS_THAN_MIN_QUANTITY"),
                (["price": 300], "PRICE_GREATER_THAN_MAX_PRICE"),
                (["quantity": 9000], "FAILED_MARGIN_CHECK"),
                (["quantity": 90000], "REJECTED_WOULD_BREACH_MAX_NOTIONAL"),
            ] as [([String: JSONValue], String)])
        func `P-121 the checks of a new order hold for a modified one`(
            changes: [String: JSONValue], status: String
        ) async throws {
            try await withTrader { alice in
                let id = try await alice.rest(symbol, "BUY", "1", "170")
                let frames = try await modify(alice, id, changes)
                #expect(outline(frames) == [status])
                #expect(responses(frames).first?["order_id"]?.string == id)
                let open = try await alice.openOrders()
                #expect(open.map { $0["price"] } == [170])
                #expect(open.map { $0["quantity"] } == [1])
            }
        }
    }
}

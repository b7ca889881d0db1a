import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// `get_order` and `get_user_orders`. **Source** `protocol.md` §9.
    @Suite(.serialized) struct Queries {
        let symbol = "MSTR-USD"

        private func getOrder(_ trader: Trader, _ id: String) async throws -> [JSONValue] {
            try await trader.perform(
                "get_order", ["symbol": .string(symbol), "order_id": .string(id)])
        }

        @Test func `P-160 get_order finds an order by either id, without a subscription`()
            async throws
        {
            try await withTrader(channels: []) { alice in
                let clientID = UUID().uuidString.lowercased()
                let id = try await alice.rest(symbol, "BUY", "1", "150", id: clientID)
                for name in [id, clientID, id.uppercased()] {
                    let frames = try await getOrder(alice, name)
                    try #require(outline(frames) == ["ACK"], "by \(name)")
                    #expect(responses(frames)[0]["order_id"]?.string == id)
                    #expect(responses(frames)[0]["client_order_id"]?.string == clientID)
                    #expect(responses(frames)[0]["quantity_remaining"] == 1)
                    #expect(responses(frames)[0].keys.count == 15)
                }
            }
        }

        @Test func `P-160 unknown and foreign orders are no such order`() async throws {
            try await withTraders { alice, bob in
                let foreign = try await bob.rest(symbol, "BUY", "1", "150", id: "bob's")
                for id in [foreign, "bob's", "x", UUID().uuidString] {
                    let frames = try await getOrder(alice, id)
                    #expect(outline(frames) == ["NO_SUCH_ORDER"])
                    #expect(responses(frames).first?["order_id"]?.string == id)
                    #expect(responses(frames).first?["symbol"]?.string == symbol)
                }
            }
        }

        @Test func `P-161 open orders: newest first, ACK or MODIFIED, also when partly filled`()
            async throws
        {
            try await withTraders { alice, bob in
                let first = try await alice.rest(symbol, "BUY", "1", "152")
                let second = try await alice.rest(symbol, "BUY", "1", "150")
                let third = try await alice.rest("LLY-USD", "BUY", "1", "1150")
                _ = try await bob.place(symbol, "SELL", "0.4", "152")
                _ = try await alice.perform(
                    "modify_order",
                    [
                        "symbol": .string(symbol), "order_id": .string(second), "side": "BUY",
                        "order_type": "LIMIT", "quantity": 2,
                    ])
                let orders = try await alice.openOrders()
                #expect(orders.map { $0["order_id"]?.string } == [third, second, first])
                #expect(orders.map { $0["status"] } == ["ACK", "MODIFIED", "ACK"])
                #expect(
                    orders.map { $0["quantity_remaining"] } == [1, 2, .decimal("0.6")])
                #expect(orders.allSatisfy { $0["trade_id"] == .null && $0.keys.count == 15 })
            }
        }

        @Test func `P-161 limit, offset and symbol choose a page`() async throws {
            try await withTrader { alice in
                let empty = try await alice.perform("get_user_orders")
                #expect(empty == [["all_orders_response": ["orders": [], "twaps": []]]])
                var ids: [String] = []
                for price in ["150", "151", "149"] {
                    ids.insert(try await alice.rest(symbol, "BUY", "1", price), at: 0)
                }
                let other = try await alice.rest("LLY-USD", "BUY", "1", "1150")
                func page(_ params: [String: JSONValue]) async throws -> [String] {
                    try await alice.openOrders(params).compactMap { $0["order_id"]?.string }
                }
                #expect(try await page([:]) == [other] + ids)
                #expect(try await page(["symbol": .string(symbol)]) == ids)
                #expect(try await page(["symbol": .null, "limit": .null]) == [other] + ids)
                #expect(try await page(["limit": 2, "offset": 1]) == Array(ids[0..<2]))
                #expect(try await page(["limit": 0]) == [other] + ids, "§18.19")
                #expect(try await page(["offset": 9]) == [])
                #expect(try await page(["limit": 1, "symbol": "LLY-USD"]) == [other])
            }
        }

        @Test(
            arguments: [
                ["limit": 1_001], ["limit": -1], ["offset": -1], ["limit": .decimal("1.5")],
                ["symbol": "NOPE-USD"],
            ] as [[String: JSONValue]])
        func `P-161 a page that cannot be is an error`(params: [String: JSONValue]) async throws {
            try await withTrader { alice in
                let frames = try await alice.perform("get_user_orders", params)
                #expect(outline(frames) == ["err InvalidParameter"])
                #expect(
                    frames.first?["err"]?["incoming_message"]
                        == ["type": "get_user_orders", "params": .object(params)])
            }
        }
    }
}

import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// `cancel_order` and `cancel_all_orders`. **Source** `protocol.md` §6.2, §6.4.
    @Suite(.serialized) struct Cancels {
        let symbol = "GOOGL-USD"
        let other = "AMZN-USD"

        @Test func `P-117 a cancel is one CANCELLED, a second one NO_SUCH_ORDER`() async throws {
            try await withTrader { alice in
                let id = try await alice.rest(symbol, "BUY", "0.5", "340", id: "mine")
                let first = try await alice.cancel(symbol, id)
                try #require(outline(first) == ["CANCELLED"])
                let cancelled = responses(first)[0]
                #expect(cancelled["order_id"]?.string == id)
                #expect(cancelled["client_order_id"] == "mine")
                #expect(cancelled["quantity"] == .decimal("0.5"))
                #expect(cancelled["quantity_remaining"] == .decimal("0.5"))
                #expect(cancelled["price"] == 340)
                let second = try await alice.cancel(symbol, id)
                try #require(outline(second) == ["NO_SUCH_ORDER"])
                let unknown = responses(second)[0]
                #expect(unknown.keys.count == 15)
                #expect(unknown["order_id"]?.string == id)
                #expect(unknown["symbol"]?.string == symbol)
                #expect(unknown["side"] == "BUY" && unknown["type"] == "LIMIT")
                #expect(unknown["time_in_force"] == "GTC")
                #expect(unknown["quantity"] == 0)
            }
        }

        @Test func `P-117 what was filled in part is cancelled with what is left`() async throws {
            try await withTraders { alice, bob in
                let id = try await alice.rest(symbol, "BUY", "1", "350")
                _ = try await bob.place(symbol, "SELL", "0.3", "350")
                _ = try await alice.frames()
                let frames = try await alice.cancel(symbol, id)
                #expect(outline(frames) == ["CANCELLED"])
                #expect(responses(frames)[0]["quantity"] == 1)
                #expect(responses(frames)[0]["quantity_remaining"] == .decimal("0.7"))
            }
        }

        @Test(arguments: [
            "", "nonsense", "11111111-2222-4333-8444-555555555555",
            String(repeating: "9", count: 64),
        ])
        func `P-117 an id of nothing is echoed with NO_SUCH_ORDER`(id: String) async throws {
            try await withTrader { alice in
                let frames = try await alice.cancel(symbol, id)
                #expect(outline(frames) == ["NO_SUCH_ORDER"])
                #expect(responses(frames).first?["order_id"]?.string == id)
            }
        }

        @Test func `P-118 a client id counts in its symbol only`() async throws {
            try await withTrader { alice in
                _ = try await alice.rest(symbol, "BUY", "0.5", "340", id: "c-1")
                _ = try await alice.rest(other, "BUY", "0.5", "250", id: "c-2")
                let elsewhere = try await alice.cancel(other, "c-1", by: "client_order_id")
                #expect(outline(elsewhere) == ["NO_SUCH_ORDER"])
                #expect(responses(elsewhere).first?["order_id"] == "c-1")
                let here = try await alice.cancel(symbol, "c-1", by: "client_order_id")
                #expect(outline(here) == ["CANCELLED"])
                #expect(responses(here).first?["client_order_id"] == "c-1")
                #expect(try await alice.openOrders().count == 1)
            }
        }

        @Test func `P-118 a UUID can be a client id`() async throws {
            try await withTrader { alice in
                let id = UUID().uuidString.lowercased()
                _ = try await alice.rest(symbol, "BUY", "0.5", "340", id: id)
                let wrongKind = try await alice.cancel(symbol, id)
                #expect(outline(wrongKind) == ["NO_SUCH_ORDER"])
                let right = try await alice.cancel(symbol, id, by: "client_order_id")
                #expect(outline(right) == ["CANCELLED"])
            }
        }

        @Test(arguments: [nil, "", JSONValue.null])
        func `C-20 an old client's cancel has the id in client_order_id`(
            orderID: JSONValue?
        ) async throws {
            try await withTrader { alice in
                _ = try await alice.rest(symbol, "BUY", "0.5", "340", id: "old")
                var params: [String: JSONValue] = [
                    "symbol": .string(symbol), "client_order_id": "old",
                    "cancel_order_id_type": "client_order_id",
                ]
                params["order_id"] = orderID
                let frames = try await alice.perform("cancel_order", params)
                #expect(outline(frames) == ["CANCELLED"])
            }
        }

        @Test(arguments: ["symbol", "order_id", "cancel_order_id_type"])
        func `P-116 a cancel needs all three fields`(missing: String) async throws {
            try await withTrader { alice in
                var params: [String: JSONValue] = [
                    "symbol": "GOOGL-USD", "order_id": "x", "cancel_order_id_type": "order_id",
                ]
                params[missing] = nil
                let frames = try await alice.perform("cancel_order", params)
                #expect(outline(frames) == ["err InvalidJSONFormat"])
                #expect(frames.first?["err"]?["incoming_message"]?["params"] == .object(params))
            }
        }

        @Test func `P-120 somebody else's order is no such order, and stays`() async throws {
            try await withTraders { alice, bob in
                let id = try await alice.rest(symbol, "BUY", "0.5", "340", id: "hers")
                let byID = try await bob.cancel(symbol, id)
                #expect(outline(byID) == ["NO_SUCH_ORDER"])
                let byClientID = try await bob.cancel(symbol, "hers", by: "client_order_id")
                #expect(outline(byClientID) == ["NO_SUCH_ORDER"])
                let all = try await bob.perform("cancel_all_orders")
                #expect(outline(all) == ["ack+ack_response"])
                #expect(try await alice.frames().isEmpty)
                #expect(try await alice.openOrders().count == 1)
            }
        }

        @Test func `P-126 P-166 cancel all: CANCELLED for each, then one ack`() async throws {
            try await withTrader { alice in
                let empty = try await alice.perform("cancel_all_orders")
                #expect(outline(empty) == ["ack+ack_response"])
                let ids = [
                    try await alice.rest(symbol, "BUY", "0.5", "340"),
                    try await alice.rest(other, "SELL", "0.5", "260"),
                    try await alice.rest(symbol, "SELL", "0.5", "360", type: "ALO"),
                ]
                let frames = try await alice.perform("cancel_all_orders", ["note": "all"])
                #expect(
                    outline(frames) == ["CANCELLED", "CANCELLED", "CANCELLED", "ack+ack_response"])
                #expect(Set(responses(frames).map { $0["order_id"]?.string }) == Set(ids))
                #expect(
                    frames.last == [
                        "ack": [
                            "incoming_message": [
                                "type": "cancel_all_orders", "params": ["note": "all"],
                            ]
                        ], "ack_response": true,
                    ])
            }
        }

        @Test(
            arguments: [
                (["symbol": "AMZN-USD"], 1), (["symbols": ["AMZN-USD"]], 1),
                (["symbols": ["AMZN-USD", "GOOGL-USD"]], 2), (["symbol": .null], 2),
                (["symbol": ""], 2), (["symbols": []], 2),
            ] as [([String: JSONValue], Int)])
        func `P-127 cancel all can be restricted to symbols`(
            params: [String: JSONValue], count: Int
        ) async throws {
            try await withTrader { alice in
                _ = try await alice.rest(symbol, "BUY", "0.5", "340")
                _ = try await alice.rest(other, "BUY", "0.5", "250")
                let frames = try await alice.perform("cancel_all_orders", params)
                #expect(outline(frames).dropLast().allSatisfy { $0 == "CANCELLED" })
                #expect(outline(frames).last == "ack+ack_response")
                #expect(frames.count == count + 1)
                #expect(try await alice.openOrders().count == 2 - count)
            }
        }

        @Test func `P-127 an unknown symbol is one error and cancels nothing`() async throws {
            try await withTrader { alice in
                _ = try await alice.rest(symbol, "BUY", "0.5", "340")
                let frames = try await alice.perform("cancel_all_orders", ["symbol": "NOPE-USD"])
                #expect(outline(frames) == ["err InvalidParameter"])
                #expect(
                    frames.first?["err"]?["incoming_message"]?["params"] == ["symbol": "NOPE-USD"])
                #expect(try await alice.openOrders().count == 1)
            }
        }
    }
}

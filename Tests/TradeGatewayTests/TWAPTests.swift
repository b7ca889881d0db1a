import ExchangeTypes
import Foundation
import ServerTestKit
import Testing

/// Sliced orders, as clients hear of them, through hours of virtual time.
/// **Source** `protocol.md` §8, §6.2.
@Suite struct TWAPTests {
    private let twap: [String: JSONValue] = [
        "symbol": "NVDA-USD", "side": "BUY", "total_quantity": 10, "num_orders": 3,
        "order_interval_secs": 30, "reduce_only": false, "client_twap_id": "reb-1",
    ]

    /// Somebody who sells as much as is wanted, at 100 and then at 101.
    private func sellers(_ rig: Rig) throws -> RigClient {
        let bob = try rig.trader()
        _ = try bob.place("SELL", "7", "100")
        _ = try bob.place("SELL", "100", "101")
        return bob
    }

    @Test("P-150 P-152 the first child at once, the others at their intervals, until all is traded")
    func wholeLife() throws {
        let rig = try Rig()
        _ = try sellers(rig)
        let user = try rig.newUser()
        let sender = try rig.trader(user, channels: [])
        let other = try rig.trader(user)
        let begun = try sender.perform("add_twap", twap)
        #expect(outline(begun) == ["twap ACTIVE", "ACK", "FILLED", "twap ACTIVE"])
        let first = try #require(begun[0]["twap_response"])
        #expect(
            first.keys == [
                "twap_id", "client_twap_id", "user_id", "status", "symbol", "total_quantity",
                "filled_quantity", "average_fill_price", "total_num_orders",
                "order_interval_secs", "reduce_only", "side", "updated_at", "created_at",
            ])
        #expect(first["user_id"]?.string == user.id)
        #expect(first["filled_quantity"] == 0)
        #expect(begun[1]["order_response"]?["type"] == "MARKET")
        #expect(begun[3]["twap_response"]?["filled_quantity"] == .decimal("3.333"))
        #expect(
            try other.heard() == ["twap ACTIVE", "ACK", "fill", "FILLED", "twap ACTIVE"])

        try rig.advance(milliseconds: 29_999)
        #expect(try other.heard() == [])
        try rig.advance(milliseconds: 1)
        #expect(try other.heard() == ["ACK", "fill", "FILLED", "twap ACTIVE"])
        try rig.advance(milliseconds: 30_000)
        let end = try other.take()
        #expect(outline(end) == ["ACK", "fill", "FILLED", "fill", "FILLED", "twap COMPLETED"])
        let completed = try #require(end.last?["twap_response"])
        #expect(completed["filled_quantity"] == 10)
        // 7 at 100 and 3 at 101.
        #expect(completed["average_fill_price"] == .decimal("100.3"))
        // No request of the sender's brought these about.
        #expect(try sender.heard() == [])
    }

    @Test("P-151 a TWAP is listed until it is done")
    func listed() throws {
        let rig = try Rig()
        _ = try sellers(rig)
        let alice = try rig.trader()
        let begun = try alice.perform("add_twap", twap)
        func rows(_ params: [String: JSONValue] = [:]) throws -> [JSONValue] {
            let frames = try alice.perform("get_user_orders", params)
            return try #require(frames.last?["all_orders_response"]?["twaps"]?.array)
        }
        #expect(try rows() == [try #require(begun.last?["twap_response"])])
        #expect(try rows(["symbol": "NVDA-USD"]).count == 1)
        try rig.advance(milliseconds: 60_000)
        #expect(try rows().isEmpty)
    }

    @Test("P-119 a TWAP is cancelled by either id, once; the rest of it never trades")
    func cancelled() throws {
        let rig = try Rig()
        _ = try sellers(rig)
        let alice = try rig.trader(channels: ["order_responses"])
        for kind in ["twap_id", "client_twap_id"] {
            let begun = try alice.perform("add_twap", twap)
            let state = try #require(begun[0]["twap_response"])
            let id = try #require(kind == "twap_id" ? state["twap_id"] : state["client_twap_id"])
            let cancel: [String: JSONValue] = [
                "symbol": "NVDA-USD", "order_id": id, "cancel_order_id_type": .string(kind),
            ]
            let frames = try alice.perform("cancel_order", cancel)
            #expect(outline(frames) == ["CANCELLED", "twap CANCELLED"])
            #expect(frames[0]["order_response"]?["order_id"] == state["twap_id"])
            #expect(frames[0]["order_response"]?["client_order_id"] == "reb-1")
            #expect(frames[0]["order_response"]?["quantity_remaining"] == .decimal("6.667"))
            let again = try alice.perform("cancel_order", cancel)
            #expect(outline(again) == ["NO_SUCH_ORDER"])
            #expect(again[0]["order_response"]?["order_id"] == id)
            try rig.advance(milliseconds: 90_000)
            #expect(try alice.heard() == [])
        }
    }

    @Test("P-126 P-170 cancel all and cancel on disconnect end TWAPs too")
    func cancelledWithAll() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let alice = try rig.trader(user)
        _ = try alice.perform("add_twap", twap)
        #expect(
            try outline(alice.perform("cancel_all_orders"))
                == ["CANCELLED", "twap CANCELLED", "ack+ack_response"])
        let other = try rig.trader(user)
        _ = try alice.perform("add_twap", twap)
        _ = try alice.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
        _ = try other.take()
        try alice.leave()
        #expect(try other.heard() == ["CANCELLED", "twap CANCELLED"])
    }

    @Test("A TWAP can start later, and skips what would cost more than its worst price")
    func startAndWorstPrice() throws {
        let rig = try Rig()
        _ = try sellers(rig)
        let alice = try rig.trader(channels: ["order_responses"])
        let start = rig.clock.now().nanoseconds / 1_000_000_000 + 100
        let more: [String: JSONValue] = [
            "start_time": .number(Decimal(start)), "worst_price": 100,
        ]
        #expect(
            try outline(alice.perform("add_twap", twap.merging(more) { $1 })) == ["twap ACTIVE"])
        try rig.advance(milliseconds: 99_000)
        #expect(try alice.heard() == [])
        try rig.advance(milliseconds: 61_000)
        let frames = try alice.take()
        #expect(
            outline(frames) == [
                "ACK", "FILLED", "twap ACTIVE", "ACK", "FILLED", "twap ACTIVE", "ACK", "FILLED",
                "CANCELLED", "twap COMPLETED",
            ])
        #expect(frames.last?["twap_response"]?["filled_quantity"] == 7)
        #expect(frames.last?["twap_response"]?["average_fill_price"] == 100)
    }

    @Test(
        "P-150 what cannot be a TWAP is an error that says why, and begins nothing",
        arguments: [
            (["order_interval_secs": 29], "order_interval_secs"), (["num_orders": 1], "num_orders"),
            (["num_orders": 0], "num_orders"), (["num_orders": -5], "num_orders"),
            (["num_orders": 10_001], "num_orders"), (["order_interval_secs": -1], "interval"),
            (["order_interval_secs": 86_401], "interval"),
            (["total_quantity": .decimal("0.29")], "minimum"),
            (["total_quantity": 0], "minimum"), (["total_quantity": -1], "minimum"),
            (["total_quantity": .decimal("1e30")], "too large"),
            (["worst_price": .decimal("99.999")], "worst_price"),
            (["worst_price": -1], "worst_price"),
            (["symbol": "NOPE-USD"], "NOPE-USD"), (["symbol": ""], "symbol"),
            (["client_twap_id": "taken"], "client_twap_id"),
            (["start_time": .decimal("1e30")], "start_time"),
        ] as [([String: JSONValue], String)])
    func refused(change: [String: JSONValue], word: String) throws {
        let rig = try Rig()
        let alice = try rig.trader()
        _ = try alice.perform("add_twap", twap.merging(["client_twap_id": "taken"]) { $1 })
        let params = twap.merging(change) { $1 }
        let frames = try alice.perform("add_twap", params)
        #expect(outline(frames) == ["err InvalidParameter"])
        #expect(frames.first?["err"]?["message"]?.string?.contains(word) == true, "\(frames)")
        #expect(
            frames.first?["err"]?["incoming_message"]
                == ["type": "add_twap", "params": .object(params)])
        let open = try alice.perform("get_user_orders")
        #expect(open.last?["all_orders_response"]?["twaps"]?.array?.count == 1)
    }
}

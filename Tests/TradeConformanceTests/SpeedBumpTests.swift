import Foundation
import ServerTestKit
import Testing

/// Limit orders wait before they reach the book; a server with the default configuration.
/// **Source** `protocol.md` §16.
@Suite struct SpeedBumpTests {
    private static let symbol = "NVDA-USD"
    private static let standard = ["--speed-bump-milliseconds", "100"]

    /// The next answer about an order, and how long it took.
    private func answer(
        _ trader: Trader, _ type: String, _ params: [String: JSONValue]
    ) async throws -> (status: String?, response: JSONValue, milliseconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        try await trader.send(type, params)
        let response = try await trader.client.orderResponse()
        return (response["status"]?.string, response, (clock.now - start) / .milliseconds(1))
    }

    @Test(arguments: [[], ["order_responses"]])
    func `P-200 LIMIT and ALO reach the book after 100 ms; MARKET does not wait`(
        channels: [String]
    ) async throws {
        try await withExchange(Self.standard) {
            let alice = try await Trader.open(channels: channels)
            for type in ["LIMIT", "ALO"] {
                let order = alice.order(Self.symbol, "BUY", "1", "220", type: type, id: type)
                let placed = try await answer(alice, "add_order", order)
                #expect(placed.status == "ACK")
                #expect(placed.milliseconds >= 100, "\(type)")
            }
            let market = try await alice.place(Self.symbol, "BUY", "1", type: "MARKET", tif: "IOC")
            #expect(outline(market) == ["ACK", "CANCELLED"])
            let wrong = try await alice.place(Self.symbol, "BUY", "1", "220.001")
            #expect(outline(wrong) == ["INVALID_TICK_SIZE_PRECISION_PRICE"])
            // The answer to the last order came once, whoever listens.
            #expect(try await alice.frames().isEmpty)
            try await alice.client.close()
        }
    }

    @Test func `P-200 a cancel passes an order that waits`() async throws {
        // So long that even a slow machine sends the cancel in time.
        try await withExchange(["--speed-bump-milliseconds", "3000"]) {
            let alice = try await Trader.open(channels: [])
            let first = alice.order(Self.symbol, "BUY", "1", "220", id: "first")
            #expect(try await answer(alice, "add_order", first).status == "ACK")
            try await alice.send(
                "add_order", alice.order(Self.symbol, "BUY", "1", "219", id: "next"))
            let cancelled = try await answer(
                alice, "cancel_order",
                [
                    "symbol": .string(Self.symbol), "order_id": "first",
                    "cancel_order_id_type": "client_order_id",
                ])
            #expect(cancelled.status == "CANCELLED")
            #expect(cancelled.response["client_order_id"] == "first")
            let next = try await alice.client.orderResponse()
            #expect(next["status"] == "ACK")
            #expect(next["client_order_id"] == "next")
            try await alice.client.close()
        }
    }

    @Test func `P-201 a change of a LIMIT order waits as well`() async throws {
        try await withExchange(Self.standard) {
            let alice = try await Trader.open(channels: [])
            let order = alice.order(Self.symbol, "BUY", "1", "220", id: "a")
            let placed = try await answer(alice, "add_order", order)
            let id = try #require(placed.response["order_id"])
            let modified = try await answer(
                alice, "modify_order",
                [
                    "symbol": .string(Self.symbol), "order_id": id, "side": "BUY",
                    "order_type": "LIMIT", "price": 221,
                ])
            #expect(modified.status == "MODIFIED")
            #expect(modified.milliseconds >= 100)
            #expect(modified.response["price"] == 221)
            try await alice.client.close()
        }
    }

    @Test func `P-202 orders in the bump are removed by cancel all and by a disconnect`()
        async throws
    {
        // Long enough that all of it happens within.
        try await withExchange(["--speed-bump-milliseconds", "3000"]) {
            let alice = try await Trader.open()
            let armed = try await Trader.open(alice.user)
            try await alice.send(
                "add_order", alice.order(Self.symbol, "BUY", "1", "220", id: "a"))
            let all = try await alice.perform("cancel_all_orders")
            #expect(outline(all) == ["CANCELLED", "ack+ack_response"])
            #expect(responses(all)[0]["quantity_remaining"] == 1)
            _ = try await armed.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
            try await armed.send(
                "add_order", armed.order(Self.symbol, "BUY", "1", "220", id: "b"))
            _ = try await armed.frames()
            await armed.client.drop()
            let gone = try await alice.client.orderResponse("b")
            #expect(gone["status"] == "CANCELLED")
            #expect(try await alice.openOrders().isEmpty)
            try await alice.client.close()
        }
    }
}

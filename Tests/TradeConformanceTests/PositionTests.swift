import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// `close_position` and orders that may only reduce. **Source** `protocol.md` §6.1, §6.5, §16.
    @Suite(.serialized) struct Positions {
        let symbol = "MSFT-USD"

        /// Alice buys from Bob.
        private func buy(
            _ quantity: String, _ alice: Trader, _ bob: Trader
        ) async throws {
            _ = try await bob.rest(symbol, "SELL", quantity, "494")
            let frames = try await alice.place(symbol, "BUY", quantity, "494")
            try #require(outline(frames) == ["ACK", "fill", "FILLED"])
            _ = try await bob.frames()
        }

        private func position(_ trader: Trader) async throws -> Decimal? {
            let frames = try await trader.subscribe(["positions"])
            _ = try await trader.perform("unsubscribe", ["channels": ["positions"]])
            return frames.compactMap { $0["position_response"] }
                .first { $0["symbol"]?.string == symbol }?["position"]?.number
        }

        private func close(
            _ trader: Trader, _ more: [String: JSONValue] = [:]
        ) async throws -> [JSONValue] {
            let params = more.merging(["symbol": .string(symbol)]) { old, _ in old }
            return try await trader.perform("close_position", params)
        }

        @Test(arguments: ["BUY", "SELL"])
        func `P-128 close_position sends a reduce-only LIMIT IOC for the whole position`(
            side: String
        ) async throws {
            try await withTraders { alice, bob in
                let (owner, other) = side == "BUY" ? (alice, bob) : (bob, alice)
                try await buy("2", alice, bob)
                let exit = side == "BUY" ? "SELL" : "BUY"
                _ = try await other.rest(symbol, side, "2", side == "BUY" ? "493" : "495")
                let frames = try await close(owner, ["client_order_id": "x1"])
                try #require(outline(frames) == ["ACK", "fill", "FILLED"])
                let ack = responses(frames)[0]
                #expect(ack["type"] == "LIMIT" && ack["time_in_force"] == "IOC")
                #expect(ack["side"]?.string == exit)
                #expect(ack["quantity"] == 2)
                #expect(ack["client_order_id"] == "x1")
                #expect(responses(frames)[1]["quantity_remaining"] == 0)
                #expect(try await position(owner) == nil)
            }
        }

        @Test func `P-128 what the book cannot take stays open`() async throws {
            try await withTraders { alice, bob in
                try await buy("2", alice, bob)
                _ = try await bob.rest(symbol, "BUY", "0.5", "493")
                let frames = try await close(alice, ["client_order_id": .null])
                #expect(outline(frames) == ["ACK", "fill", "FILLED", "CANCELLED"])
                #expect(responses(frames).last?["quantity_remaining"] == .decimal("1.5"))
                #expect(responses(frames)[0]["client_order_id"]?.string?.isEmpty == false)
                #expect(try await position(alice) == .init(string: "1.5"))
                let empty = try await close(alice)
                #expect(outline(empty) == ["ACK", "CANCELLED"])
                _ = try await bob.place(symbol, "BUY", "1.5", "493")
                _ = try await close(alice)
            }
        }

        @Test func `P-129 without a position there is an error and no order`() async throws {
            try await withTrader { alice in
                for params in [
                    ["symbol": .string(symbol)], ["symbol": "NOPE-USD"], ["symbol": ""],
                ] as [[String: JSONValue]] {
                    let frames = try await alice.perform("close_position", params)
                    #expect(outline(frames) == ["err InvalidParameter"])
                    #expect(
                        frames.first?["err"]?["incoming_message"]
                            == ["type": "close_position", "params": .object(params)])
                }
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test func `P-128 a client id of an open order is not taken twice`() async throws {
            try await withTraders { alice, bob in
                try await buy("1", alice, bob)
                _ = try await alice.rest(symbol, "BUY", "0.1", "450", id: "same")
                let frames = try await close(alice, ["client_order_id": "same"])
                #expect(outline(frames) == ["REJECTED"])
                #expect(responses(frames).first?["order_id"] == "")
                _ = try await bob.rest(symbol, "BUY", "1", "493")
                #expect(try await outline(close(alice)) == ["ACK", "fill", "FILLED"])
            }
        }

        @Test(arguments: [JSONValue.bool(true), 1])
        func `P-130 P-094 a reduce_only order never increases or turns a position`(
            flag: JSONValue
        ) async throws {
            try await withTraders { alice, bob in
                func reduce(
                    _ side: String, _ quantity: String, _ price: String? = nil,
                    type: String = "LIMIT", tif: String = "GTC"
                ) async throws -> [JSONValue] {
                    var params = alice.order(symbol, side, quantity, price, type: type, tif: tif)
                    params["reduce_only"] = flag
                    return try await alice.perform("add_order", params)
                }
                // Nothing to reduce, or the wrong way.
                #expect(try await outline(reduce("SELL", "1", "494")) == ["REJECTED"])
                try await buy("1", alice, bob)
                let wrongWay = try await reduce("BUY", "1", "494")
                #expect(outline(wrongWay) == ["REJECTED"])
                #expect(responses(wrongWay).first?["order_id"] == "")
                // More than there is, is cut.
                _ = try await bob.rest(symbol, "BUY", "5", "493")
                let frames = try await reduce("SELL", "3", type: "MARKET", tif: "IOC")
                #expect(outline(frames) == ["ACK", "fill", "FILLED"])
                #expect(responses(frames)[0]["quantity"] == 1)
                #expect(try await position(alice) == nil)
            }
        }

        @Test func `P-130 a resting reduce_only order goes with the position`() async throws {
            try await withTraders { alice, bob in
                try await buy("1", alice, bob)
                var params = alice.order(symbol, "SELL", "1", "500")
                params["reduce_only"] = true
                let resting = try await alice.perform("add_order", params)
                #expect(outline(resting) == ["ACK"])
                #expect(try await alice.openOrders().count == 1)
                _ = try await bob.rest(symbol, "BUY", "1", "493")
                let frames = try await close(alice)
                #expect(outline(frames).contains("CANCELLED"))
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test func `P-124 reduce_only of a modification must be the order's`() async throws {
            try await withTraders { alice, bob in
                try await buy("1", alice, bob)
                var params = alice.order(symbol, "SELL", "1", "500")
                params["reduce_only"] = true
                let resting = try await alice.perform("add_order", params)
                let id = try #require(responses(resting).first?["order_id"])
                var modify: [String: JSONValue] = [
                    "symbol": .string(symbol), "order_id": id, "side": "SELL",
                    "order_type": "LIMIT", "price": 501, "reduce_only": false,
                ]
                #expect(
                    try await outline(alice.perform("modify_order", modify))
                        == ["CANNOT_MODIFY_NO_SUCH_ORDER"])
                modify["reduce_only"] = true
                #expect(try await outline(alice.perform("modify_order", modify)) == ["MODIFIED"])
                _ = try await bob.rest(symbol, "BUY", "1", "493")
                _ = try await close(alice)
            }
        }
    }
}

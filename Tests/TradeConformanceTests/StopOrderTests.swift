import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Stop orders and attached legs. **Source** `protocol.md` §7, §12.5.
    @Suite(.serialized) struct StopOrders {
        let symbol = "CL-USD"

        /// Runs a test with Alice, who is long two units from 90.87 and hears of everything.
        private func withLong(
            _ symbol: String = "CL-USD", _ quantity: String = "2", at price: String = "90.87",
            _ body: (_ alice: Trader, _ bob: Trader) async throws -> Void
        ) async throws {
            let channels = ["order_responses", "fills", "stop_orders"]
            try await withTrader(channels: channels) { alice in
                try await withTrader { bob in
                    _ = try await bob.rest(symbol, "SELL", quantity, price)
                    let frames = try await alice.place(symbol, "BUY", quantity, price)
                    try #require(outline(frames) == ["ACK", "fill", "FILLED"])
                    _ = try await bob.frames()
                    try await body(alice, bob)
                }
            }
        }

        private func stop(
            _ trader: Trader, _ type: String, _ price: String, _ quantity: String = "2",
            tif: String = "GTC", side: String = "SELL", id: String? = nil
        ) async throws -> [JSONValue] {
            try await trader.place(symbol, side, quantity, price, type: type, tif: tif, id: id)
        }

        private func placed(_ trader: Trader, _ type: String, _ price: String) async throws
            -> JSONValue
        {
            let frames = try await stop(trader, type, price)
            try #require(outline(frames) == ["ACK", "stop_order_response"], "\(frames)")
            return try #require(responses(frames)[0]["order_id"])
        }

        @Test(
            arguments: [("TAKE_PROFIT", "95"), ("STOP_LOSS", "88")], ["GTC", "IOC", "FOK", "GFD"])
        func `P-140 P-145 a stop order is ACK with its type, whatever its lifetime`(
            stop kind: (String, String), tif: String
        ) async throws {
            try await withLong { alice, _ in
                let (type, price) = kind
                let frames = try await stop(alice, type, price, tif: tif, id: "s-1")
                try #require(outline(frames) == ["ACK", "stop_order_response"])
                let ack = responses(frames)[0]
                #expect(ack.keys.count == 15)
                #expect(ack["type"]?.string == type)
                #expect(ack["time_in_force"]?.string == (tif == "GFD" ? "GTC" : tif))
                #expect(ack["price"] == .decimal(price))
                #expect(ack["quantity"] == 2 && ack["quantity_remaining"] == 2)
                #expect(ack["client_order_id"] == "s-1")
                let told = try #require(frames[1]["stop_order_response"])
                #expect(told["stop_order_id"] == ack["order_id"])
                #expect(told["stop_order_type"]?.string == type)
                #expect(told["direction"] == "SELL")
                #expect(told["quantity"] == 2)
                #expect(told["user_id"]?.string == alice.user.id)
                let time = try #require(told["update_time"]?.string)
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil)
            }
        }

        @Test func `P-141 open stops are listed among the orders and found by get_order`()
            async throws
        {
            try await withLong { alice, _ in
                let first = try await placed(alice, "TAKE_PROFIT", "95")
                let limit = try await alice.rest(symbol, "BUY", "1", "90")
                let second = try await placed(alice, "STOP_LOSS", "88")
                let orders = try await alice.openOrders(["symbol": .string(symbol)])
                #expect(orders.map { $0["order_id"] } == [second, .string(limit), first])
                #expect(orders.map { $0["type"] } == ["STOP_LOSS", "LIMIT", "TAKE_PROFIT"])
                #expect(orders.allSatisfy { $0["status"] == "ACK" })
                let found = try await alice.perform(
                    "get_order", ["symbol": .string(symbol), "order_id": first])
                #expect(outline(found) == ["ACK"])
                #expect(responses(found)[0]["type"] == "TAKE_PROFIT")
            }
        }

        @Test(
            arguments: [
                ("TAKE_PROFIT", "90", "2", "SELL", "INVALID_TAKEPROFIT_PRICE"),
                ("STOP_LOSS", "91", "2", "SELL", "INVALID_STOPLOSS_PRICE"),
                ("TAKE_PROFIT", "95.001", "2", "SELL", "INVALID_TICK_SIZE_PRECISION_PRICE"),
                ("STOP_LOSS", "-1", "2", "SELL", "PRICE_LESS_THAN_MIN_PRICE"),
                ("TAKE_PROFIT", "1e30", "2", "SELL", "PRICE_GREATER_THAN_MAX_PRICE"),
                ("STOP_LOSS", "88", "0.0001", "SELL", "INVALID_TICK_SIZE_PRECISION_QUANTITY"),
                ("STOP_LOSS", "88", "1e30", "SELL", "QUANTITY_GREATER_THAN_MAX_QUANTITY"),
                ("STOP_LOSS", "88", "2.001", "SELL", "REJECTED"),
                ("STOP_LOSS", "95", "1", "BUY", "REJECTED"),
                // P-147: below the smallest order, and beyond the band.
                ("STOP_LOSS", "88", "0.001", "SELL", "ACK"),
                ("TAKE_PROFIT", "200", "2", "SELL", "ACK"),
            ])
        func `P-146 P-147 what is checked of a stop order, and what is not`(
            type: String, price: String, quantity: String, side: String, status: String
        ) async throws {
            try await withLong { alice, _ in
                let frames = try await stop(alice, type, price, quantity, side: side)
                #expect(outline(frames).first == status)
                let isAccepted = status == "ACK"
                #expect(frames.count == (isAccepted ? 2 : 1))
                if !isAccepted { #expect(responses(frames).first?["order_id"] == "") }
                #expect(try await alice.openOrders().count == (isAccepted ? 1 : 0))
            }
        }

        @Test func `P-147 without a position there is nothing to protect`() async throws {
            try await withTrader { alice in
                let frames = try await stop(alice, "STOP_LOSS", "88")
                #expect(outline(frames) == ["REJECTED"])
            }
        }

        @Test func `P-143 modify_stop_order: MODIFIED, the news, then the ack`() async throws {
            try await withLong { alice, _ in
                let id = try await placed(alice, "STOP_LOSS", "88")
                let params: [String: JSONValue] = [
                    "stop_order_id": id, "symbol": .string(symbol), "price": .decimal("87.5"),
                    "quantity": 1,
                ]
                let frames = try await alice.perform("modify_stop_order", params)
                try #require(
                    outline(frames) == ["MODIFIED", "stop_order_response", "ack+ack_response"])
                #expect(responses(frames)[0]["order_id"] == id)
                #expect(responses(frames)[0]["price"] == .decimal("87.5"))
                #expect(responses(frames)[0]["quantity"] == 1)
                #expect(frames[1]["stop_order_response"]?["price"] == .decimal("87.5"))
                #expect(
                    frames[2]["ack"]?["incoming_message"]
                        == ["type": "modify_stop_order", "params": .object(params)])
                for more in [
                    ["side": "SELL"], ["order_type": "STOP_LOSS"],
                    ["side": "SELL", "order_type": "STOP_LOSS"],
                ] as [[String: JSONValue]] {
                    let named = try await alice.perform(
                        "modify_stop_order", params.merging(more) { $1 })
                    #expect(outline(named).first == "MODIFIED")
                }
                for wrong in [["side": "BUY"], ["order_type": "TAKE_PROFIT"]]
                    as [[String: JSONValue]]
                {
                    let refused = try await alice.perform(
                        "modify_stop_order", params.merging(wrong) { $1 })
                    #expect(
                        outline(refused) == [
                            "CANNOT_MODIFY_NO_SUCH_ORDER", "err InvalidParameter",
                        ])
                }
            }
        }

        @Test func `P-143 a change that cannot be leaves the stop order as it was`() async throws {
            try await withLong { alice, bob in
                let id = try await placed(alice, "STOP_LOSS", "88")
                let limit = try await alice.rest(symbol, "BUY", "1", "90")
                func modify(_ changes: [String: JSONValue], _ trader: Trader? = nil) async throws
                    -> [String]
                {
                    let params: [String: JSONValue] = [
                        "stop_order_id": id, "symbol": .string(symbol), "price": 87,
                        "quantity": 1,
                    ]
                    return try await outline(
                        (trader ?? alice).perform(
                            "modify_stop_order", params.merging(changes) { $1 }))
                }
                let error = "err InvalidParameter"
                let unknown = ["CANNOT_MODIFY_NO_SUCH_ORDER", error]
                #expect(try await modify(["price": 95]) == ["INVALID_STOPLOSS_PRICE", error])
                #expect(try await modify(["quantity": 3]) == ["REJECTED", error])
                #expect(
                    try await modify(["price": .decimal("87.001")])
                        == ["INVALID_TICK_SIZE_PRECISION_PRICE", error])
                #expect(try await modify(["symbol": "AAPL-USD"]) == unknown)
                #expect(try await modify(["symbol": "NOPE-USD"]) == unknown)
                #expect(try await modify(["stop_order_id": .string(limit)]) == unknown)
                #expect(try await modify(["stop_order_id": "nonsense"]) == unknown)
                #expect(try await modify([:], bob) == unknown)
                let orders = try await alice.openOrders()
                #expect(orders.first { $0["order_id"] == id }?["price"] == 88)
                #expect(orders.count == 2)
            }
        }

        @Test func `P-144 cancel_stop_order: CANCELLED, the news, then the ack`() async throws {
            try await withLong { alice, bob in
                let id = try await placed(alice, "STOP_LOSS", "88")
                let params: [String: JSONValue] = ["stop_order_id": id]
                let foreign = try await bob.perform("cancel_stop_order", params)
                #expect(outline(foreign) == ["NO_SUCH_ORDER", "err InvalidParameter"])
                let frames = try await alice.perform("cancel_stop_order", params)
                try #require(
                    outline(frames) == ["CANCELLED", "stop_order_response", "ack+ack_response"])
                #expect(responses(frames)[0]["order_id"] == id)
                #expect(frames[1]["stop_order_response"]?["quantity"] == 0)
                #expect(
                    frames[2]["ack"]?["incoming_message"]
                        == ["type": "cancel_stop_order", "params": .object(params)])
                let again = try await alice.perform("cancel_stop_order", params)
                #expect(outline(again) == ["NO_SUCH_ORDER", "err InvalidParameter"])
                #expect(
                    again.last?["err"]?["incoming_message"]
                        == ["type": "cancel_stop_order", "params": .object(params)])
            }
        }

        @Test func `P-117 cancel_order and cancel_all_orders take stops out as well`()
            async throws
        {
            try await withLong { alice, _ in
                let id = try await placed(alice, "STOP_LOSS", "88")
                let byID = try await alice.cancel(symbol, try #require(id.string))
                #expect(outline(byID) == ["CANCELLED", "stop_order_response"])
                _ = try await placed(alice, "STOP_LOSS", "88")
                let all = try await alice.perform("cancel_all_orders")
                #expect(
                    outline(all) == ["CANCELLED", "stop_order_response", "ack+ack_response"])
            }
        }

        /// A contract of its own: its mark follows the book from here on.
        @Test func `P-142 a take profit fires when the mark rises to it`() async throws {
            try await withLong("AAPL-USD", "1", at: "336.19") { alice, bob in
                let placed = try await alice.place(
                    "AAPL-USD", "SELL", "1", "338", type: "TAKE_PROFIT")
                #expect(outline(placed) == ["ACK", "stop_order_response"])
                _ = try await bob.rest("AAPL-USD", "BUY", "1", "340")
                _ = try await bob.rest("AAPL-USD", "SELL", "1", "342")
                // With both sides there, the next whole second takes the mark to the book.
                let gone = try await alice.nextFrame(within: 30)
                #expect(gone["stop_order_response"]?["quantity"] == 0)
                #expect(gone["stop_order_response"]?["price"] == 338)
                let fill = try await alice.nextFrame()
                #expect(fill["fill_response"]?["order_type"] == "STOP_MARKET")
                #expect(fill["fill_response"]?["price"] == 340)
                let filled = try await alice.nextFrame()
                #expect(filled["order_response"]?["status"] == "FILLED")
                #expect(filled["order_response"]?["type"] == "STOP_MARKET")
                #expect(
                    filled["order_response"]?["order_id"] == responses(placed).first?["order_id"])
                #expect(filled["order_response"]?["quantity_remaining"] == 0)
            }
        }

        @Test func `P-142 a stop loss fires when the mark falls to it`() async throws {
            try await withLong("US100-USD", "0.01", at: "30916") { alice, bob in
                _ = try await alice.place(
                    "US100-USD", "SELL", "0.01", "30700", type: "STOP_LOSS")
                _ = try await bob.rest("US100-USD", "SELL", "0.01", "30650")
                _ = try await bob.rest("US100-USD", "BUY", "0.01", "30600")
                let gone = try await alice.nextFrame(within: 30)
                #expect(gone["stop_order_response"]?["stop_order_type"] == "STOP_LOSS")
                let fill = try await alice.nextFrame()
                #expect(fill["fill_response"]?["price"] == 30_600)
                let filled = try await alice.nextFrame()
                #expect(filled["order_response"]?["type"] == "STOP_MARKET")
            }
        }

        @Test func `P-146 take_profit and stop_loss of an entry are stops once it is filled`()
            async throws
        {
            try await withTraders { alice, bob in
                _ = try await bob.rest("NATGAS-USD", "SELL", "20", "3.06")
                var params = alice.order("NATGAS-USD", "BUY", "20", "3.06")
                params["take_profit"] = .decimal("3.2")
                params["stop_loss"] = .decimal("2.9")
                let frames = try await alice.perform("add_order", params)
                try #require(outline(frames) == ["ACK", "fill", "FILLED", "ACK", "ACK"])
                #expect(responses(frames)[0]["take_profit"] == .decimal("3.2"))
                #expect(responses(frames)[0]["stop_loss"] == .decimal("2.9"))
                #expect(fills(frames)[0]["take_profit"] == .decimal("3.2"))
                let open = try await alice.openOrders()
                #expect(open.map { $0["type"] } == ["STOP_LOSS", "TAKE_PROFIT"])
                #expect(open.map { $0["price"] } == [.decimal("2.9"), .decimal("3.2")])
                #expect(open.allSatisfy { $0["side"] == "SELL" && $0["quantity"] == 20 })
                _ = try await bob.frames()
                _ = try await bob.rest("NATGAS-USD", "BUY", "20", "3.05")
                let closed = try await alice.perform(
                    "close_position", ["symbol": "NATGAS-USD"])
                #expect(
                    outline(closed) == ["ACK", "fill", "FILLED", "CANCELLED", "CANCELLED"])
            }
        }

        @Test(
            arguments: [
                ("BUY", "take_profit", "3.0", "INVALID_TAKEPROFIT_PRICE"),
                ("BUY", "stop_loss", "3.1", "INVALID_STOPLOSS_PRICE"),
                ("SELL", "take_profit", "3.2", "INVALID_TAKEPROFIT_PRICE"),
                ("SELL", "stop_loss", "3.0", "INVALID_STOPLOSS_PRICE"),
                ("BUY", "take_profit", "3.20001", "INVALID_TAKEPROFIT_PRICE"),
                ("BUY", "stop_loss", "-1", "INVALID_STOPLOSS_PRICE"),
                ("BUY", "take_profit", "1e30", "INVALID_TAKEPROFIT_PRICE"),
            ])
        func `P-146 a leg on the wrong side or off the grid refuses the order`(
            side: String, leg: String, price: String, status: String
        ) async throws {
            try await withTrader { alice in
                var params = alice.order("NATGAS-USD", side, "20", "3.054")
                params[leg] = .decimal(price)
                let frames = try await alice.perform("add_order", params)
                #expect(outline(frames) == [status])
                #expect(responses(frames).first?["order_id"] == "")
                #expect(responses(frames).first?[leg] == .decimal(price))
            }
        }

        @Test func `P-121 legs of a resting order are changed and removed`() async throws {
            try await withTrader { alice in
                var params = alice.order("NATGAS-USD", "BUY", "20", "3")
                params["take_profit"] = .decimal("3.2")
                let placed = try await alice.perform("add_order", params)
                let id = try #require(responses(placed).first?["order_id"])
                func modify(_ changes: [String: JSONValue]) async throws -> JSONValue? {
                    let params: [String: JSONValue] = [
                        "symbol": "NATGAS-USD", "order_id": id, "side": "BUY",
                        "order_type": "LIMIT",
                    ]
                    let frames = try await alice.perform(
                        "modify_order", params.merging(changes) { $1 })
                    return responses(frames).first
                }
                let added = try await modify(["stop_loss": .decimal("2.9")])
                #expect(added?["status"] == "MODIFIED")
                #expect(added?["take_profit"] == .decimal("3.2"))
                #expect(added?["stop_loss"] == .decimal("2.9"))
                let removed = try await modify(["take_profit": 0, "stop_loss": .null])
                #expect(removed?["take_profit"] == 0)
                #expect(removed?["stop_loss"] == .decimal("2.9"))
                let wrong = try await modify(["take_profit": 2])
                #expect(wrong?["status"] == "INVALID_TAKEPROFIT_PRICE")
                #expect(wrong?["take_profit"] == 0)
            }
        }
    }
}

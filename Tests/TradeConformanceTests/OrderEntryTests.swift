import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// What `add_order` accepts, and how an accepted order is told. **Source** `protocol.md` §6.1.
    @Suite(.serialized) struct OrderEntry {
        let symbol = "NVDA-USD"

        @Test func `P-090 P-092 a resting order is one ACK with all 15 fields`() async throws {
            try await withTrader { alice in
                let before = Date().timeIntervalSince1970
                let frames = try await alice.place(symbol, "BUY", "0.5", "220.5", id: "mm-17")
                try #require(outline(frames) == ["ACK"])
                let ack = responses(frames)[0]
                #expect(frames[0].keys == ["order_response"])
                #expect(
                    ack.keys == [
                        "order_id", "symbol", "status", "quantity", "price", "take_profit",
                        "stop_loss", "side", "type", "time_in_force", "user_id",
                        "client_order_id", "quantity_remaining", "update_time", "trade_id",
                    ])
                #expect(isUUID(ack["order_id"]?.string))
                #expect(ack["symbol"] == "NVDA-USD")
                #expect(ack["quantity"] == .decimal("0.5"))
                #expect(ack["quantity_remaining"] == .decimal("0.5"))
                #expect(ack["price"] == .decimal("220.5"))
                #expect(ack["take_profit"] == 0)
                #expect(ack["stop_loss"] == 0)
                #expect(ack["side"] == "BUY")
                #expect(ack["type"] == "LIMIT")
                #expect(ack["time_in_force"] == "GTC")
                #expect(ack["user_id"]?.string == alice.user.id)
                #expect(ack["client_order_id"] == "mm-17")
                #expect(ack["trade_id"] == .null)
                let time = try #require(ack["update_time"]?.number)
                #expect(abs(Double("\(time)")! - before) < 60)
            }
        }

        @Test(arguments: [nil, JSONValue.null, ""])
        func `P-091 without a client id one is made`(id: JSONValue?) async throws {
            try await withTrader { alice in
                var params = alice.order(symbol, "BUY", "0.5", "220")
                params["client_order_id"] = id
                let ack = responses(try await alice.perform("add_order", params)).first
                #expect(ack?["status"] == "ACK")
                #expect(ack?["client_order_id"]?.string?.isEmpty == false)
            }
        }

        @Test(arguments: [
            #""quantity":2,"price":220"#, #""quantity":2.0,"price":220.00"#,
            #""quantity":2e0,"price":2.2e2"#, #""quantity":20E-1,"price":22000e-2"#,
            #""price":220.00000000000003,"quantity":2.0000000000000004"#,
        ]) func `P-093 numbers come in every notation`(numbers: String) async throws {
            try await withTrader { alice in
                try await alice.client.send(
                    #"{"type":"add_order","params":{"symbol":"NVDA-USD","side":"BUY","#
                        + #""order_type":"LIMIT","order_time_in_force":"GTC",\#(numbers)}}"#)
                let ack = responses(try await alice.frames()).first
                #expect(ack?["status"] == "ACK")
                #expect(ack?["quantity"] == 2)
                #expect(ack?["price"] == 220)
            }
        }

        @Test(arguments: [JSONValue.bool(false), 0, .null])
        func `P-094 a reduce_only that says no is accepted`(flag: JSONValue) async throws {
            try await withTrader { alice in
                var params = alice.order(symbol, "BUY", "0.5", "220")
                params["reduce_only"] = flag
                let frames = try await alice.perform("add_order", params)
                #expect(outline(frames) == ["ACK"])
            }
        }

        @Test(arguments: [nil, JSONValue.null, 0, -7, 220, 1_000_000_000])
        func `P-095 a market order ignores its price`(price: JSONValue?) async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.5", "231")
                var params = alice.order(symbol, "BUY", "0.5", type: "MARKET", tif: "IOC")
                params["price"] = price
                let frames = try await alice.perform("add_order", params)
                #expect(outline(frames) == ["ACK", "fill", "FILLED"])
                #expect(responses(frames)[0]["price"] == 0)
                // §12.1: a filled market order says what it traded at.
                #expect(responses(frames).last?["price"] == 231)
            }
        }

        @Test(arguments: ["LIMIT", "ALO"], [nil, JSONValue.null, 0])
        func `P-096 a limit needs a price`(type: String, price: JSONValue?) async throws {
            try await withTrader { alice in
                var params = alice.order(symbol, "BUY", "0.5", type: type)
                params["price"] = price
                let frames = try await alice.perform("add_order", params)
                #expect(outline(frames) == ["err InvalidOrder"])
                #expect(frames.first?["err"]?["incoming_message"]?["params"] == .object(params))
            }
        }

        @Test func `P-007 unknown fields and null options are ignored`() async throws {
            try await withTrader { alice in
                var params = alice.order(symbol, "BUY", "0.5", "220")
                params["builder_code"] = "11111111-2222-4333-8444-555555555555"
                params["whatever"] = ["deep": ["er": [1, nil]]]
                params["take_profit"] = .null
                params["stop_loss"] = 0
                let frames = try await alice.perform("add_order", params)
                #expect(outline(frames) == ["ACK"])
            }
        }

        @Test func `GFD is an old word for GTC and is answered as GTC`() async throws {
            try await withTrader { alice in
                let frames = try await alice.place(symbol, "BUY", "0.5", "220", tif: "GFD")
                #expect(responses(frames).first?["time_in_force"] == "GTC")
            }
        }

        @Test func `A client id of 64 bytes fits and any character comes back`() async throws {
            try await withTrader { alice in
                let long = String(repeating: "x", count: 64)
                for id in [long, "é\"\\/\u{1}😀", "order_id"] {
                    let frames = try await alice.place(symbol, "BUY", "0.5", "220", id: id)
                    #expect(responses(frames).first?["client_order_id"]?.string == id)
                }
                let frames = try await alice.place(symbol, "BUY", "0.5", "220", id: long + "x")
                #expect(outline(frames) == ["err InvalidParameter"])
            }
        }

        @Test func `R-053 an id of an open order is not taken twice`() async throws {
            try await withTrader { alice in
                _ = try await alice.rest(symbol, "BUY", "0.5", "220", id: "same")
                let frames = try await alice.place(symbol, "BUY", "0.5", "220", id: "same")
                #expect(outline(frames) == ["REJECTED"])
                _ = try await alice.cancel(symbol, "same", by: "client_order_id")
                _ = try await alice.rest(symbol, "BUY", "0.5", "220", id: "same")
            }
        }
    }
}

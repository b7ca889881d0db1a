import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// How executions are told to both sides. **Source** `protocol.md` §6.1, §12.1, §12.2, §16.
    @Suite(.serialized) struct Matching {
        let symbol = "META-USD"

        @Test func `P-097 P-098 P-099 both sides hear of each execution, fill first`()
            async throws
        {
            try await withTraders { alice, bob in
                let details = try SharedExchange.current.server.details
                let publicFeed = try await WebSocketTestClient.connect(details.marketDataURL)
                try await publicFeed.send([
                    "type": "subscribe", "channels": ["trade"], "symbols": [.string(symbol)],
                ])
                _ = try await publicFeed.next { $0["type"] == "subscribed" }
                let maker = try await bob.rest(symbol, "SELL", "1", "668.5", id: "maker")
                var trades: [JSONValue?] = []
                for (quantity, remaining) in [("0.4", "0.6"), ("0.6", "0")] {
                    let frames = try await alice.place(symbol, "BUY", quantity, "670")
                    try #require(outline(frames) == ["ACK", "fill", "FILLED"])
                    let filled = responses(frames)[1]
                    let fill = fills(frames)[0]
                    #expect(isUUID(fill["trade_id"]?.string))
                    #expect(filled["trade_id"] == fill["trade_id"])
                    #expect(filled["order_id"] == responses(frames)[0]["order_id"])
                    #expect(filled["quantity_remaining"] == 0)
                    #expect(filled["price"] == 670, "a limit order keeps its limit")
                    #expect(fill["price"] == .decimal("668.5"), "the maker's price counts")
                    #expect(fill["side"] == "BUY" && fill["aggressor_side"] == "BUY")

                    let theirs = try await bob.frames()
                    try #require(outline(theirs) == ["fill", "FILLED"])
                    #expect(fills(theirs)[0]["trade_id"] == fill["trade_id"])
                    #expect(fills(theirs)[0]["side"] == "SELL")
                    #expect(fills(theirs)[0]["aggressor_side"] == "BUY")
                    #expect(fills(theirs)[0]["remaining_quantity"] == .decimal(remaining))
                    #expect(responses(theirs)[0]["trade_id"] == fill["trade_id"])
                    #expect(responses(theirs)[0]["order_id"]?.string == maker)
                    #expect(responses(theirs)[0]["quantity"] == 1)
                    #expect(responses(theirs)[0]["quantity_remaining"] == .decimal(remaining))
                    trades.append(fill["trade_id"])
                }
                for trade in trades {
                    let message = try await publicFeed.next { $0["type"] == "trade" }
                    #expect(message["trade_id"] == trade)
                }
                try await publicFeed.close()
            }
        }

        @Test func `P-099 a fill has all fields with the types of 12.2`() async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "1", "668")
                let frames = try await alice.place(
                    symbol, "BUY", "1", type: "MARKET", tif: "IOC", id: "taker")
                let fill = try #require(fills(frames).first)
                #expect(
                    fill.keys == [
                        "trade_id", "user_id", "symbol", "price", "quantity", "side",
                        "aggressor_side", "order_id", "fee", "order_type", "tif", "order_price",
                        "client_order_id", "remaining_quantity", "take_profit", "stop_loss",
                        "execution_type", "timestamp", "realised_pnl",
                    ])
                #expect(fill["user_id"]?.string == alice.user.id)
                #expect(fill["symbol"]?.string == symbol)
                #expect(fill["price"] == 668)
                #expect(fill["quantity"] == 1)
                // 10 basis points of 668.
                #expect(fill["fee"] == .decimal("0.668"))
                #expect(fill["order_type"] == "MARKET")
                #expect(fill["tif"] == "IOC")
                #expect(fill["client_order_id"] == "taker")
                #expect(fill["remaining_quantity"] == 0)
                #expect(fill["take_profit"] == 0)
                #expect(fill["stop_loss"] == 0)
                #expect(fill["execution_type"] == "NEW")
                #expect(fill["realised_pnl"] == 0)
                #expect(fill["order_price"]?.number != nil)
                #expect(fill["timestamp"] == responses(frames).last?["update_time"])
            }
        }

        @Test func `P-098 P-100 a taker over three makers, then the rest stays open`() async throws
        {
            try await withTraders { alice, bob in
                for price in ["668.1", "668.3", "668.2"] {
                    _ = try await bob.rest(symbol, "SELL", "1", price)
                }
                let frames = try await alice.place(symbol, "BUY", "5", "669")
                #expect(
                    outline(frames) == [
                        "ACK", "fill", "FILLED", "fill", "FILLED", "fill", "FILLED",
                    ])
                #expect(
                    fills(frames).map { $0["price"] } == [
                        .decimal("668.1"), .decimal("668.2"), .decimal("668.3"),
                    ])
                #expect(responses(frames).map { $0["quantity_remaining"] } == [5, 4, 3, 2])
                #expect(Set(fills(frames).map { $0["trade_id"] }).count == 3)
                let open = try await alice.openOrders()
                #expect(open.map { $0["quantity_remaining"] } == [2])
            }
        }

        @Test(arguments: [("LIMIT", "IOC"), ("MARKET", "IOC"), ("LIMIT", "FOK")])
        func `P-101 P-103 with nothing to meet: ACK, CANCELLED`(
            type: String, tif: String
        ) async throws {
            try await withTrader { alice in
                let frames = try await alice.place(
                    symbol, "BUY", "0.7", type == "LIMIT" ? "668" : nil, type: type, tif: tif)
                try #require(outline(frames) == ["ACK", "CANCELLED"])
                let (ack, cancelled) = (responses(frames)[0], responses(frames)[1])
                #expect(ack["order_id"] == cancelled["order_id"])
                #expect(ack["client_order_id"] == cancelled["client_order_id"])
                #expect(cancelled["quantity_remaining"] == .decimal("0.7"))
                #expect(cancelled["trade_id"] == .null)
            }
        }

        @Test(arguments: [("LIMIT", "668"), ("MARKET", nil)] as [(String, String?)])
        func `P-102 an IOC filled in part ends with its rest cancelled`(
            type: String, price: String?
        ) async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.4", "668")
                let frames = try await alice.place(
                    symbol, "BUY", "1", price, type: type, tif: "IOC")
                #expect(outline(frames) == ["ACK", "fill", "FILLED", "CANCELLED"])
                #expect(
                    responses(frames).map { $0["quantity_remaining"] } == [
                        1, .decimal("0.6"), .decimal("0.6"),
                    ])
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test func `P-103 P-104 FOK fills as a whole or not at all`() async throws {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.5", "668")
                _ = try await bob.rest(symbol, "SELL", "0.5", "668.2")
                let tooMuch = try await alice.place(symbol, "BUY", "1.1", "668.2", tif: "FOK")
                #expect(outline(tooMuch) == ["ACK", "CANCELLED"])
                #expect(try await bob.frames().isEmpty)
                let fitting = try await alice.place(symbol, "BUY", "1", "668.2", tif: "FOK")
                #expect(outline(fitting) == ["ACK", "fill", "FILLED", "fill", "FILLED"])
                #expect(responses(fitting).last?["quantity_remaining"] == 0)
            }
        }

        @Test func `P-105 README 5 ALO that would trade is one CANCELLED, else it rests`()
            async throws
        {
            try await withTraders { alice, bob in
                _ = try await bob.rest(symbol, "SELL", "0.5", "668")
                let frames = try await alice.place(symbol, "BUY", "0.5", "668", type: "ALO")
                #expect(outline(frames) == ["CANCELLED"])
                #expect(responses(frames).first?["order_id"] == "")
                #expect(responses(frames).first?["quantity_remaining"] == .decimal("0.5"))
                #expect(try await bob.frames().isEmpty)
                _ = try await alice.rest(symbol, "BUY", "0.5", "667.99", type: "ALO")
            }
        }

        @Test func `P-115 the resting own order gives way, and others are met`() async throws {
            try await withTraders { alice, bob in
                let own = try await alice.rest(symbol, "SELL", "0.5", "668")
                _ = try await bob.rest(symbol, "SELL", "0.5", "668.1")
                let frames = try await alice.place(symbol, "BUY", "0.5", "669")
                #expect(outline(frames) == ["ACK", "CANCELLED_STP", "fill", "FILLED"])
                #expect(responses(frames)[1]["order_id"]?.string == own)
                #expect(responses(frames)[1]["quantity_remaining"] == .decimal("0.5"))
                let theirs = try await bob.frames()
                #expect(outline(theirs) == ["fill", "FILLED"])
            }
        }

        @Test func `P-131 better prices first, then older orders`() async throws {
            try await withTraders { alice, bob in
                for (price, id) in [
                    ("668.2", "third"), ("668.1", "first"), ("668.1", "second"), ("668.3", "last"),
                ] {
                    _ = try await bob.rest(symbol, "SELL", "0.1", price, id: id)
                }
                _ = try await alice.place(symbol, "BUY", "0.4", type: "MARKET", tif: "IOC")
                let order = fills(try await bob.frames()).map { $0["client_order_id"]?.string }
                #expect(order == ["first", "second", "third", "last"])
            }
        }
    }
}

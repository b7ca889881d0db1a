import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Which orders are refused, and how. **Source** `protocol.md` §6.1, §13, §14.
    @Suite(.serialized) struct Rejections {
        struct Case: Sendable, CustomTestStringConvertible {
            let status: String
            var symbol = "TSLA-USD"
            var side = "BUY"
            var quantity = "0.5"
            var price: String? = "350"
            var type = "LIMIT"
            var tif = "GTC"
            var testDescription: String {
                "\(status): \(side) \(quantity) \(symbol) at \(price ?? "any") \(type) \(tif)"
            }
        }

        static let cases: [Case] = [
            // P-106
            Case(status: "INVALID_TIME_IN_FORCE", type: "MARKET", tif: "GTC"),
            Case(status: "INVALID_TIME_IN_FORCE", type: "MARKET", tif: "FOK"),
            Case(status: "INVALID_TIME_IN_FORCE", type: "ALO", tif: "IOC"),
            Case(status: "INVALID_TIME_IN_FORCE", type: "ALO", tif: "FOK"),
            // P-107
            Case(status: "BAD_SYMBOL", symbol: "NOPE-USD"),
            Case(status: "BAD_SYMBOL", symbol: "tsla-usd"),
            Case(status: "BAD_SYMBOL", symbol: ""),
            // P-108
            Case(status: "INVALID_TICK_SIZE_PRECISION_PRICE", price: "350.001"),
            Case(status: "INVALID_TICK_SIZE_PRECISION_PRICE", price: "0.001"),
            Case(status: "INVALID_TICK_SIZE_PRECISION_QUANTITY", quantity: "0.5001"),
            Case(status: "INVALID_TICK_SIZE_PRECISION_QUANTITY", quantity: "0.0001"),
            // P-109
            Case(status: "QUANTITY_LESS_THAN_MIN_QUANTITY", quantity: "0.099"),
            Case(status: "QUANTITY_GREATER_THAN_MAX_QUANTITY", quantity: "10000000.001"),
            Case(status: "QUANTITY_GREATER_THAN_MAX_QUANTITY", quantity: "1e30"),
            // P-110: ten percent around 354.14, seen from the side that would overpay.
            Case(status: "PRICE_GREATER_THAN_MAX_PRICE", price: "389.56"),
            Case(status: "PRICE_LESS_THAN_MIN_PRICE", side: "SELL", price: "318.72"),
            Case(status: "PRICE_LESS_THAN_MIN_PRICE", price: "-1"),
            Case(status: "PRICE_GREATER_THAN_MAX_PRICE", side: "SELL", price: "1e30"),
            // P-111: 1.75 million with a tenth of it as margin, and 100,000 there.
            Case(status: "FAILED_MARGIN_CHECK", quantity: "5000"),
            Case(status: "FAILED_MARGIN_CHECK", side: "SELL", quantity: "5000"),
            Case(status: "FAILED_MARGIN_CHECK", quantity: "5000", type: "MARKET", tif: "IOC"),
            // P-113: 2.5 million is the most.
            Case(status: "REJECTED_WOULD_BREACH_MAX_NOTIONAL", quantity: "7100"),
            // §13 check order: what comes first is told.
            Case(status: "BAD_SYMBOL", symbol: "NOPE-USD", quantity: "0.00001", tif: "FOK"),
            Case(status: "INVALID_TIME_IN_FORCE", quantity: "0.0001", type: "ALO", tif: "IOC"),
            Case(status: "QUANTITY_LESS_THAN_MIN_QUANTITY", quantity: "0.05", price: "350.001"),
            Case(status: "INVALID_TICK_SIZE_PRECISION_PRICE", price: "999.999"),
        ]

        @Test(arguments: cases)
        func `P-106 to P-114 a refusal is one frame without order id, with what was asked`(
            _ order: Case
        ) async throws {
            try await withTrader { alice in
                let frames = try await alice.place(
                    order.symbol, order.side, order.quantity, order.price, type: order.type,
                    tif: order.tif, id: "refused")
                try #require(outline(frames) == [order.status])
                let response = responses(frames)[0]
                #expect(response.keys.count == 15)
                #expect(response["order_id"] == "")
                #expect(response["client_order_id"] == "refused")
                #expect(response["symbol"]?.string == order.symbol)
                #expect(response["side"]?.string == order.side)
                #expect(response["type"]?.string == order.type)
                #expect(response["time_in_force"]?.string == order.tif)
                #expect(response["quantity"] == .decimal(order.quantity))
                #expect(response["quantity_remaining"] == .decimal(order.quantity))
                #expect(response["trade_id"] == .null)
                #expect(response["user_id"]?.string == alice.user.id)
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test(arguments: [("389.55", "BUY"), ("318.73", "SELL"), ("3000", "SELL")])
        func `P-110 the edges of the band are inside`(price: String, side: String) async throws {
            try await withTrader { alice in
                _ = try await alice.rest("TSLA-USD", side, "0.5", price)
            }
        }

        @Test func `P-114 a refused order without client id gets one`() async throws {
            try await withTrader { alice in
                let frames = try await alice.place("NOPE-USD", "BUY", "1", "1")
                #expect(responses(frames).first?["client_order_id"]?.string?.isEmpty == false)
            }
        }

        static let valid =
            #""symbol":"TSLA-USD","side":"BUY","order_type":"LIMIT","order_time_in_force":"GTC","#
            + #""quantity":0.5,"price":350,"client_order_id":"c""#

        @Test(arguments: [
            (#""side":"BUY""#, #""side":"buy""#, "InvalidJSONFormat"),
            (#""side":"BUY","#, "", "InvalidJSONFormat"),
            (#""side":"BUY""#, #""side":null"#, "InvalidJSONFormat"),
            (#""LIMIT""#, #""STOP""#, "InvalidJSONFormat"),
            (#""LIMIT""#, "1", "InvalidJSONFormat"),
            (#""order_type":"LIMIT","#, "", "InvalidJSONFormat"),
            (#""GTC""#, #""GTT""#, "InvalidJSONFormat"),
            (#""order_time_in_force":"GTC","#, "", "InvalidJSONFormat"),
            (#""symbol":"TSLA-USD","#, "", "InvalidJSONFormat"),
            (#""TSLA-USD""#, #"["TSLA-USD"]"#, "InvalidJSONFormat"),
            (#""quantity":0.5,"#, "", "InvalidJSONFormat"),
            (#""quantity":0.5"#, #""quantity":"0.5""#, "InvalidJSONFormat"),
            (#""quantity":0.5"#, #""quantity":true"#, "InvalidJSONFormat"),
            (#""price":350"#, #""price":"350""#, "InvalidJSONFormat"),
            (#""client_order_id":"c""#, #""client_order_id":7"#, "InvalidJSONFormat"),
            (#""price":350"#, #""price":350,"reduce_only":2"#, "InvalidJSONFormat"),
            (#""price":350"#, #""price":350,"reduce_only":"false""#, "InvalidJSONFormat"),
            (#""quantity":0.5"#, #""quantity":0"#, "InvalidOrder"),
            (#""quantity":0.5"#, #""quantity":-0.5"#, "InvalidOrder"),
        ])
        func `P-116 P-166 a malformed order is an error that repeats it`(
            part: String, replacement: String, code: String
        ) async throws {
            try await withTrader { alice in
                let params = Self.valid.replacingOccurrences(of: part, with: replacement)
                try #require(params != Self.valid)
                let text = #"{"type":"add_order","params":{\#(params)}}"#
                try await alice.client.send(text)
                let frames = try await alice.frames()
                #expect(outline(frames) == ["err \(code)"])
                let incoming = frames.first?["err"]?["incoming_message"]
                #expect(try incoming == JSONValue(parsing: text))
                #expect(try await alice.openOrders().isEmpty)
            }
        }
    }
}

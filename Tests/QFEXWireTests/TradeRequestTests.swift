import ExchangeTypes
import QFEXWire
import Testing

@Suite struct TradeRequestTests {
    private static let orderParams = #"""
        "symbol":"NVDA-USD","side":"BUY","order_type":"LIMIT","order_time_in_force":"GTC",\#
        "quantity":0.5,"price":228.3
        """#

    private func addOrder(_ params: String) throws -> AddOrderRequest {
        let request = try decodeTrade(#"{"type":"add_order","params":{\#(params)}}"#)
        guard case .addOrder(let order) = request else {
            throw WireError(.serverError, "not an order: \(request)")
        }
        return order
    }

    private func addOrderError(_ params: String) -> WireErrorCode? {
        tradeErrorCode(#"{"type":"add_order","params":{\#(params)}}"#)
    }

    @Test("P-090 the documented add_order is decoded field by field")
    func addOrderSample() throws {
        let order = try addOrder(
            Self.orderParams
                + #","reduce_only":false,"take_profit":240,"stop_loss":220,"#
                + #""client_order_id":"mm-17""#
        )
        #expect(
            order
                == AddOrderRequest(
                    symbol: try .of("NVDA-USD"), side: .buy, type: .limit,
                    timeInForce: .goodTillCancelled, quantity: try .of("0.5"),
                    price: try .of("228.3"), takeProfit: try .of("240"), stopLoss: try .of("220"),
                    reduceOnly: false, clientOrderID: try .of("mm-17")))
    }

    @Test(
        "P-091 an absent, null or empty client order id is left to the exchange",
        arguments: [
            "", #","client_order_id":null"#, #","client_order_id":"""#,
        ])
    func generatedClientOrderID(field: String) throws {
        #expect(try addOrder(Self.orderParams + field).clientOrderID.isEmpty)
    }

    @Test func clientOrderIDsHaveUpTo64Bytes() throws {
        let longest = String(repeating: "é", count: 32)
        let order = try addOrder(Self.orderParams + #","client_order_id":"\#(longest)""#)
        #expect(order.clientOrderID.string == longest)
        #expect(
            addOrderError(Self.orderParams + #","client_order_id":"\#(longest)x""#)
                == .invalidParameter)
    }

    @Test(
        "P-093 integers, floats and exponents mean the same",
        arguments: [
            "1", "1.0", "1e0", "10E-1", "0.1e+1", "1.000",
        ])
    func numberForms(text: String) throws {
        let params =
            #""symbol":"A-USD","side":"SELL","order_type":"ALO","#
            + #""order_time_in_force":"GTC","quantity":\#(text),"price":\#(text)"#
        let order = try addOrder(params)
        #expect(order.quantity == (try .of("1")))
        #expect(order.price == (try .of("1")))
    }

    @Test(
        "P-094 reduce_only is a flag or 0 or 1",
        arguments: [
            ("", false), (#","reduce_only":true"#, true), (#","reduce_only":false"#, false),
            (#","reduce_only":1"#, true), (#","reduce_only":0"#, false),
            (#","reduce_only":null"#, false),
        ])
    func reduceOnly(field: String, expected: Bool) throws {
        #expect(try addOrder(Self.orderParams + field).reduceOnly == expected)
    }

    @Test("P-094 any other reduce_only is refused", arguments: ["2", "\"true\"", "[]", "0.5"])
    func wrongReduceOnly(value: String) {
        #expect(
            addOrderError(Self.orderParams + #","reduce_only":\#(value)"#) == .invalidJSONFormat)
    }

    @Test(
        "P-095 a market order's price is ignored",
        arguments: [
            "", #","price":null"#, #","price":0"#, #","price":0.0"#, #","price":1e9"#,
            #","price":-3"#, #","price":"x""#,
        ])
    func marketPrice(field: String) throws {
        let order = try addOrder(
            #""symbol":"NVDA-USD","side":"BUY","order_type":"MARKET","#
                + #""order_time_in_force":"IOC","quantity":1"# + field)
        #expect(order.type == .market && order.price == nil)
    }

    @Test(
        "P-096 all other types need a price",
        arguments: [
            "LIMIT", "ALO", "TAKE_PROFIT", "STOP_LOSS",
        ])
    func missingPrice(type: String) {
        for price in ["", #","price":null"#, #","price":0"#, #","price":-0.0e5"#] {
            #expect(
                addOrderError(
                    #""symbol":"NVDA-USD","side":"BUY","order_type":"\#(type)","#
                        + #""order_time_in_force":"GTC","quantity":1"# + price) == .invalidOrder)
        }
    }

    @Test func optionalPricesOfZeroAreNotGiven() throws {
        let order = try addOrder(Self.orderParams + #","take_profit":0,"stop_loss":0.0"#)
        #expect(order.takeProfit == nil && order.stopLoss == nil)
    }

    @Test("A quantity must be positive", arguments: ["0", "-1", "0.0", "-0", "0e9"])
    func quantity(text: String) {
        let params =
            #""symbol":"A-USD","side":"BUY","order_type":"MARKET","#
            + #""order_time_in_force":"IOC","quantity":\#(text)"#
        #expect(addOrderError(params) == .invalidOrder)
    }

    @Test func stopOrderTypesAndTheOldTimeInForceAreUnderstood() throws {
        let order = try addOrder(
            #""symbol":"NVDA-USD","side":"SELL","order_type":"STOP_LOSS","#
                + #""order_time_in_force":"GFD","quantity":1,"price":5"#)
        #expect(order.type == .stopLoss && order.type.isStop)
        #expect(order.timeInForce == .goodTillCancelled)
    }

    @Test(
        "P-116 a missing field, wrong type or unknown word is refused",
        arguments: [
            (#""symbol":"NVDA-USD","#, ""), (#""side":"BUY","#, ""),
            (#""order_type":"LIMIT","#, ""),
            (#""order_time_in_force":"GTC","#, ""), (#""quantity":0.5,"#, ""),
            (#""symbol":"NVDA-USD""#, #""symbol":5"#), (#""symbol":"NVDA-USD""#, #""symbol":null"#),
            (#""BUY""#, #""buy""#), (#""BUY""#, #""LONG""#), (#""BUY""#, "1"),
            (#""LIMIT""#, #""ICEBERG""#), (#""LIMIT""#, #""STOP_MARKET""#), (#""GTC""#, #""DAY""#),
            ("0.5", #""0.5""#), ("0.5", "true"), ("0.5", "null"), ("228.3", #""228.3""#),
            ("228.3", "[228.3]"),
        ])
    func malformedOrder(part: String, replacement: String) throws {
        let range = try #require(Self.orderParams.firstRange(of: part))
        var params = Self.orderParams
        params.replaceSubrange(range, with: replacement)
        #expect(addOrderError(params) == .invalidJSONFormat)
    }

    @Test("P-062 unknown fields are ignored")
    func unknownFields() throws {
        let plain = try addOrder(Self.orderParams)
        #expect(
            try addOrder(Self.orderParams + #","builder_code":"b","x":{"y":[1,{}]},"z":null"#)
                == plain)
    }

    @Test(
        "P-181 messages without a known command are refused",
        arguments: [
            "{}", #"{"type":null,"params":{}}"#, #"{"type":"order","params":{}}"#,
            #"{"type":"ADD_ORDER","params":{}}"#, #"{"type":7,"params":{}}"#,
            #"[{"type":"cancel_all_orders","params":{}}]"#, "7", "null", "\"auth\"", "",
            #"{"type":"cancel_all_orders"}"#, #"{"type":"cancel_all_orders","params":null}"#,
            #"{"type":"cancel_all_orders","params":[]}"#,
            #"{"type":"get_user_leverage"}"#,
        ])
    func unknownCommands(text: String) {
        #expect(tradeErrorCode(text) == .invalidJSONFormat)
    }

    @Test func theCommandIsKnownAlsoWhenItsFieldsAreWrong() {
        var decoder = TradeRequestDecoder()
        #expect(throws: WireError.self) {
            try decoder.decode(Array(#"{"type":"add_order","params":{}}"#.utf8))
        }
        #expect(decoder.command == .addOrder)
        #expect(throws: WireError.self) { try decoder.decode(Array("{".utf8)) }
        #expect(decoder.command == nil)
    }

    @Test("P-071 channels are known by name, and one unknown name refuses the command")
    func channels() throws {
        #expect(
            try decodeTrade(
                #"{"type":"subscribe","params":{"channels":["order_responses","stop_orders","#
                    + #""positions","balances","fills","fills"]}}"#)
                == .subscribe([
                    .orderResponses, .stopOrders, .positions, .balances, .fills, .fills,
                ]))
        #expect(
            try decodeTrade(#"{"type":"unsubscribe","params":{"channels":["positions"]}}"#)
                == .unsubscribe([.positions]))
        for channels in [#"["fills","bbo"]"#, #""fills""#, "[1]", "null"] {
            #expect(
                tradeErrorCode(#"{"type":"subscribe","params":{"channels":\#(channels)}}"#)
                    == .invalidJSONFormat)
        }
    }

    @Test func memoryOfOthersIsDecodedToo() throws {
        var decoder = TradeRequestDecoder()
        let message = Array(
            #"{"type":"cancel_on_disconnect","params":{"cancel_on_disconnect":true}}"#.utf8)
        let request = try message.withUnsafeBytes { bytes throws(WireError) in
            try decoder.decode(bytes)
        }
        #expect(request == .cancelOnDisconnect(true))
    }
}

import ExchangeTypes
import QFEXWire
import Testing

/// The commands about orders that exist already, and the questions.
@Suite struct OrderCommandTests {
    private func cancel(_ params: String) throws -> CancelOrderRequest {
        let request = try decodeTrade(#"{"type":"cancel_order","params":{\#(params)}}"#)
        guard case .cancelOrder(let cancel) = request else {
            throw WireError(.serverError, "not a cancel: \(request)")
        }
        return cancel
    }

    private func modify(_ params: String) throws -> ModifyOrderRequest {
        let request = try decodeTrade(#"{"type":"modify_order","params":{\#(params)}}"#)
        guard case .modifyOrder(let modify) = request else {
            throw WireError(.serverError, "not a modify: \(request)")
        }
        return modify
    }

    @Test("P-117 an order id of ours leads to its order")
    func cancelByOrderID() throws {
        let request = try cancel(
            #""symbol":"NVDA-USD","order_id":"\#(orderUUID)","cancel_order_id_type":"order_id""#)
        #expect(request.symbol.string == "NVDA-USD")
        #expect(request.target == .order(.orderID(OrderID(7))))
    }

    @Test(
        "An id that no order has is kept as sent",
        arguments: [
            "", "x", "11111111-2222-4333-8444-555555555555", tradeUUID,
        ])
    func unrecognisedOrderID(text: String) throws {
        let request = try cancel(
            #""symbol":"A","order_id":"\#(text)","cancel_order_id_type":"order_id""#)
        #expect(request.target == .order(.unrecognised(try .of(text))))
    }

    @Test func longOrderIDsAreCutBetweenCharacters() throws {
        let text = String(repeating: "x", count: 63) + "éé"
        let request = try cancel(
            #""symbol":"A","order_id":"\#(text)","cancel_order_id_type":"order_id""#)
        #expect(request.identifier.string == String(repeating: "x", count: 63))
    }

    @Test(
        "C-20 the client's id is in order_id, or else in client_order_id",
        arguments: [
            #""order_id":"mm-17""#, #""client_order_id":"mm-17""#,
            #""order_id":null,"client_order_id":"mm-17""#,
            #""order_id":"","client_order_id":"mm-17""#,
            #""order_id":"mm-17","client_order_id":"other""#,
        ])
    func cancelByClientOrderID(fields: String) throws {
        let request = try cancel(
            #""symbol":"A","cancel_order_id_type":"client_order_id","# + fields)
        #expect(request.target == .order(.clientOrderID(try .of("mm-17"))))
    }

    @Test("P-119 a TWAP is named by its id or by the client's")
    func twapIDs() throws {
        let ours = OrderIdentifierPermutation.uniqueID(of: TWAPID(5)).string
        let samples: [(String, String, TWAPReference)] = [
            ("twap_id", ours, .twapID(TWAPID(5))),
            ("twap_id", orderUUID, .unrecognised(try .of(orderUUID))),
            ("twap_id", "t", .unrecognised(try .of("t"))),
            ("client_twap_id", "t", .clientTWAPID(try .of("t"))),
            ("client_twap_id", ours, .clientTWAPID(try .of(ours))),
        ]
        for (kind, id, reference) in samples {
            let request = try cancel(
                #""symbol":"A","order_id":"\#(id)","cancel_order_id_type":"\#(kind)""#)
            #expect(request.target == .twap(reference))
        }
    }

    @Test(
        "Malformed cancels",
        arguments: [
            (#""order_id":"x","cancel_order_id_type":"order_id""#, .invalidJSONFormat),
            (#""symbol":"A","cancel_order_id_type":"order_id""#, .invalidJSONFormat),
            (#""symbol":"A","order_id":"x""#, .invalidJSONFormat),
            (#""symbol":"A","order_id":7,"cancel_order_id_type":"order_id""#, .invalidJSONFormat),
            (#""symbol":"A","order_id":"x","cancel_order_id_type":"id""#, .invalidJSONFormat),
            (#""symbol":"A","cancel_order_id_type":"client_order_id""#, .invalidJSONFormat),
            (
                #""symbol":"A","order_id":"","cancel_order_id_type":"client_order_id""#,
                .invalidParameter
            ),
            (
                #""symbol":"A","order_id":"\#(String(repeating: "x", count: 65))","#
                    + #""cancel_order_id_type":"client_order_id""#, .invalidParameter
            ),
        ] as [(String, WireErrorCode)])
    func malformedCancel(params: String, code: WireErrorCode) {
        #expect(tradeErrorCode(#"{"type":"cancel_order","params":{\#(params)}}"#) == code)
    }

    @Test("P-121 the documented modify_order is decoded field by field")
    func modifySample() throws {
        let request = try modify(
            #""symbol":"NVDA-USD","order_id":"\#(orderUUID)","side":"BUY","order_type":"LIMIT","#
                + #""price":228.1,"quantity":1,"take_profit":0,"stop_loss":0,"reduce_only":false"#)
        #expect(
            request
                == ModifyOrderRequest(
                    symbol: try .of("NVDA-USD"), orderID: try .of(orderUUID), side: .buy,
                    type: .limit, price: try .of("228.1"), quantity: try .of("1"),
                    takeProfit: .zero, stopLoss: .zero, reduceOnly: false))
        #expect(request.order == .orderID(OrderID(7)))
    }

    @Test("P-124 only symbol, id, side and type are required")
    func modifyRequiredFields() throws {
        let required = [
            #""symbol":"A""#, #""order_id":"x""#, #""side":"SELL""#, #""order_type":"ALO""#,
        ]
        let request = try modify(required.joined(separator: ","))
        #expect(request.price == nil && request.quantity == nil && request.reduceOnly == nil)
        #expect(request.takeProfit == nil && request.stopLoss == nil)
        for missing in required {
            let params = required.filter { $0 != missing }.joined(separator: ",")
            #expect(
                tradeErrorCode(#"{"type":"modify_order","params":{\#(params)}}"#)
                    == .invalidJSONFormat)
        }
        let all = required.joined(separator: ",")
        #expect(try modify(all + #","price":0,"quantity":null"#) == request)
        #expect(
            tradeErrorCode(#"{"type":"modify_order","params":{\#(all),"quantity":0}}"#)
                == .invalidOrder)
    }

    @Test(
        "cancel_all_orders takes no, one or several symbols",
        arguments: [
            ("", nil), (#""symbol":null"#, nil), (#""symbol":"""#, nil), (#""symbols":[]"#, nil),
            (#""symbol":"A""#, ["A"]), (#""symbols":["A","B"]"#, ["A", "B"]),
        ] as [(String, [String]?)])
    func cancelAll(params: String, symbols: [String]?) throws {
        let expected = try symbols.map { try $0.map { try Symbol.of($0) } }
        #expect(
            try decodeTrade(#"{"type":"cancel_all_orders","params":{\#(params)}}"#)
                == .cancelAllOrders(symbols: expected))
    }

    @Test func malformedCancelAll() {
        for params in [#""symbol":1"#, #""symbols":"A""#, #""symbols":[1]"#] {
            #expect(
                tradeErrorCode(#"{"type":"cancel_all_orders","params":{\#(params)}}"#)
                    == .invalidJSONFormat)
        }
    }

    @Test func getOrderNeedsIDAndSymbol() throws {
        #expect(
            try decodeTrade(#"{"type":"get_order","params":{"order_id":"x","symbol":"A"}}"#)
                == .getOrder(GetOrderRequest(symbol: try .of("A"), orderID: try .of("x"))))
        #expect(
            tradeErrorCode(#"{"type":"get_order","params":{"order_id":"x"}}"#)
                == .invalidJSONFormat)
    }

    @Test(
        "P-161 a page of orders has defaults",
        arguments: [
            ("", 1_000, 0, nil), (#""limit":0,"offset":0"#, 1_000, 0, nil),
            (#""limit":null,"symbol":null"#, 1_000, 0, nil), (#""limit":5.0"#, 5, 0, nil),
            (#""limit":1e3,"offset":7,"symbol":"A""#, 1_000, 7, "A"),
        ] as [(String, Int, Int, String?)])
    func page(params: String, limit: Int, offset: Int, symbol: String?) throws {
        let expected = GetUserOrdersRequest(
            page: Page(limit: limit, offset: offset), symbol: try symbol.map { try .of($0) })
        #expect(
            try decodeTrade(#"{"type":"get_user_orders","params":{\#(params)}}"#)
                == .getUserOrders(expected))
    }

    @Test(
        "Pages out of range are refused",
        arguments: [
            (#""limit":-1"#, .invalidParameter), (#""limit":1001"#, .invalidParameter),
            (#""limit":1.5"#, .invalidParameter), (#""offset":-1"#, .invalidParameter),
            (#""offset":1e300"#, .invalidParameter), (#""limit":"5""#, .invalidJSONFormat),
        ] as [(String, WireErrorCode)])
    func wrongPage(params: String, code: WireErrorCode) {
        #expect(tradeErrorCode(#"{"type":"get_user_orders","params":{\#(params)}}"#) == code)
    }

    @Test func cancelOnDisconnectIsAFlag() throws {
        for value in [true, false] {
            #expect(
                try decodeTrade(
                    #"{"type":"cancel_on_disconnect","params":{"cancel_on_disconnect":\#(value)}}"#)
                    == .cancelOnDisconnect(value))
        }
        for params in ["", #""cancel_on_disconnect":1"#, #""cancel_on_disconnect":null"#] {
            #expect(
                tradeErrorCode(#"{"type":"cancel_on_disconnect","params":{\#(params)}}"#)
                    == .invalidJSONFormat)
        }
    }
}

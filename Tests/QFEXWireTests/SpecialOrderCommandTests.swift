import ExchangeTypes
import QFEXWire
import Testing

/// Commands about stop orders, positions, sliced orders and trades.
@Suite struct SpecialOrderCommandTests {
    private func code(_ command: String, _ params: String) -> WireErrorCode? {
        tradeErrorCode(#"{"type":"\#(command)","params":{\#(params)}}"#)
    }

    private func decode(_ command: String, _ params: String) throws -> TradeRequest {
        try decodeTrade(#"{"type":"\#(command)","params":{\#(params)}}"#)
    }

    // MARK: Positions and stop orders

    @Test("P-128 close_position needs a symbol and takes a client id")
    func closePosition() throws {
        #expect(
            try decode("close_position", #""symbol":"A","client_order_id":"x1""#)
                == .closePosition(
                    ClosePositionRequest(symbol: try .of("A"), clientOrderID: try .of("x1"))))
        for id in ["", #","client_order_id":null"#, #","client_order_id":"""#] {
            #expect(
                try decode("close_position", #""symbol":"A""# + id)
                    == .closePosition(ClosePositionRequest(symbol: try .of("A"))))
        }
        #expect(code("close_position", "") == .invalidJSONFormat)
        #expect(code("close_position", #""symbol":7"#) == .invalidJSONFormat)
        #expect(
            code("close_position", #""symbol":"A","client_order_id":7"#) == .invalidJSONFormat)
    }

    @Test("P-144 cancel_stop_order needs the id only")
    func cancelStopOrder() throws {
        let request = try decode("cancel_stop_order", #""stop_order_id":"\#(orderUUID)""#)
        guard case .cancelStopOrder(let cancel) = request else {
            Issue.record("\(request)")
            return
        }
        #expect(cancel.order == .orderID(OrderID(7)))
        #expect(code("cancel_stop_order", "") == .invalidJSONFormat)
        #expect(code("cancel_stop_order", #""stop_order_id":1"#) == .invalidJSONFormat)
        #expect(code("cancel_stop_order", #""stop_order_id":"x""#) == nil)
    }

    @Test("P-143 modify_stop_order needs four fields; side and type may be there (C-19)")
    func modifyStopOrder() throws {
        let required = [
            #""stop_order_id":"\#(orderUUID)""#, #""symbol":"A""#, #""price":219.5"#,
            #""quantity":0.5"#,
        ]
        let all = required.joined(separator: ",")
        let expected = ModifyStopOrderRequest(
            symbol: try .of("A"), stopOrderID: try .of(orderUUID), price: try .of("219.5"),
            quantity: try .of("0.5"))
        #expect(try decode("modify_stop_order", all) == .modifyStopOrder(expected))
        #expect(expected.order == .orderID(OrderID(7)))
        var named = expected
        named.side = .sell
        named.type = .stopLoss
        #expect(
            try decode("modify_stop_order", all + #","side":"SELL","order_type":"STOP_LOSS""#)
                == .modifyStopOrder(named))
        for missing in required {
            let rest = required.filter { $0 != missing }.joined(separator: ",")
            #expect(code("modify_stop_order", rest) == .invalidJSONFormat, "\(missing)")
        }
        for (change, error) in [
            (#""quantity":0"#, WireErrorCode.invalidOrder), (#""quantity":-1"#, .invalidOrder),
            (#""price":0"#, .invalidOrder), (#""price":"7""#, .invalidJSONFormat),
            (#""side":"SHORT""#, .invalidJSONFormat),
            (#""order_type":"STOP_MARKET""#, .invalidJSONFormat),
            (#""side":7"#, .invalidJSONFormat),
        ] {
            #expect(code("modify_stop_order", all + "," + change) == error, "\(change)")
        }
    }

    @Test("STOP_MARKET is a word of answers only")
    func stopMarket() {
        let order =
            #""symbol":"A","side":"BUY","order_type":"STOP_MARKET","#
            + #""order_time_in_force":"IOC","quantity":1,"price":1"#
        #expect(code("add_order", order) == .invalidJSONFormat)
    }

    // MARK: TWAP

    private static let twap = [
        #""symbol":"A""#, #""side":"SELL""#, #""total_quantity":10.5"#, #""num_orders":5"#,
        #""order_interval_secs":3e1"#, #""reduce_only":true"#,
    ]

    @Test("P-150 add_twap has six required fields and three others")
    func addTWAP() throws {
        let all = Self.twap.joined(separator: ",")
        let plain = AddTWAPRequest(
            symbol: try .of("A"), side: .sell, totalQuantity: try .of("10.5"), orderCount: 5,
            intervalSeconds: 30, reduceOnly: true)
        for rest in [
            "", #","client_twap_id":null"#, #","client_twap_id":"""#, #","worst_price":0"#,
            #","start_time":null"#, #","start_time":0"#,
        ] {
            #expect(try decode("add_twap", all + rest) == .addTWAP(plain), "\(rest)")
        }
        var full = plain
        full.clientTWAPID = try .of("reb-1")
        full.worstPrice = try .of("7.25")
        full.startsAt = Timestamp(nanoseconds: 1_790_000_000_250_000_000)
        let rest =
            #","client_twap_id":"reb-1","worst_price":7.25,"start_time":1790000000.25"#
        #expect(try decode("add_twap", all + rest) == .addTWAP(full))
        for missing in Self.twap {
            let rest = Self.twap.filter { $0 != missing }.joined(separator: ",")
            #expect(code("add_twap", rest) == .invalidJSONFormat, "\(missing)")
        }
    }

    @Test(
        "Malformed TWAPs",
        arguments: [
            (#""num_orders":1.5"#, .invalidJSONFormat), (#""num_orders":"5""#, .invalidJSONFormat),
            (#""num_orders":1e30"#, .invalidJSONFormat),
            (#""order_interval_secs":30.5"#, .invalidJSONFormat),
            (#""total_quantity":"1""#, .invalidJSONFormat),
            (#""reduce_only":2"#, .invalidJSONFormat),
            (#""reduce_only":null"#, .invalidJSONFormat), (#""side":"buy""#, .invalidJSONFormat),
            (#""client_twap_id":7"#, .invalidJSONFormat),
            (#""worst_price":"7""#, .invalidJSONFormat),
            (#""start_time":"now""#, .invalidJSONFormat),
            (#""client_twap_id":"\#(String(repeating: "x", count: 65))""#, .invalidParameter),
            (#""start_time":-1"#, .invalidParameter), (#""start_time":1e30"#, .invalidParameter),
            (#""start_time":9300000000"#, .invalidParameter),
            // What is well-formed is for the engine to judge.
            (#""num_orders":1"#, nil), (#""num_orders":-1"#, nil),
            (#""order_interval_secs":0"#, nil),
            (#""total_quantity":-1"#, nil), (#""total_quantity":0"#, nil),
            (#""worst_price":-1"#, nil),
        ] as [(String, WireErrorCode?)])
    func malformedTWAP(change: String, error: WireErrorCode?) {
        // The last of equal keys counts.
        #expect(code("add_twap", Self.twap.joined(separator: ",") + "," + change) == error)
    }

    // MARK: Trades

    @Test("P-162 get_user_trades: all filters, in Unix seconds with whole last second")
    func getUserTrades() throws {
        #expect(try decode("get_user_trades", "") == .getUserTrades(GetUserTradesRequest()))
        let request = GetUserTradesRequest(
            page: Page(limit: 10, offset: 5), orderID: try .of(orderUUID),
            from: Timestamp(nanoseconds: 1_790_000_000_000_000_000),
            through: Timestamp(nanoseconds: 1_790_000_060_999_999_999))
        #expect(
            try decode(
                "get_user_trades",
                #""limit":10,"offset":5,"order_id":"\#(orderUUID)","start_ts":1790000000,"#
                    + #""end_ts":1.79000006e9"#) == .getUserTrades(request))
        for nothing in [
            #""order_id":null,"start_ts":null,"end_ts":null"#, #""order_id":"""#,
            #""limit":0,"offset":0"#,
        ] {
            #expect(
                try decode("get_user_trades", nothing) == .getUserTrades(GetUserTradesRequest()))
        }
    }

    @Test("P-162 times beyond all instants are the first or the last one")
    func farTimes() throws {
        let request = try decode(
            "get_user_trades", #""start_ts":-5,"end_ts":900000000000000000"#)
        guard case .getUserTrades(let trades) = request else {
            Issue.record("\(request)")
            return
        }
        #expect(trades.from == .zero)
        #expect(try #require(trades.through).nanoseconds > Int64.max - 3_000_000_000)
    }

    @Test(
        "Malformed questions for trades",
        arguments: [
            (#""limit":-1"#, .invalidParameter), (#""limit":1001"#, .invalidParameter),
            (#""offset":-1"#, .invalidParameter), (#""offset":0.5"#, .invalidParameter),
            (#""limit":"1""#, .invalidJSONFormat), (#""order_id":7"#, .invalidJSONFormat),
            (#""start_ts":1.5"#, .invalidJSONFormat), (#""start_ts":"1""#, .invalidJSONFormat),
            (#""end_ts":1e300"#, .invalidJSONFormat), (#""end_ts":[]"#, .invalidJSONFormat),
        ] as [(String, WireErrorCode)])
    func malformedTrades(params: String, error: WireErrorCode) {
        #expect(code("get_user_trades", params) == error)
    }
}

import ExchangeTypes
import QFEXWire
import Testing

@Suite struct OrderResponseTests {
    private let time = Timestamp(nanoseconds: 1_790_000_002_750_000_000)

    private func text(_ response: OrderResponse, _ names: StatusNames = .current) -> String {
        encoded { TradeResponseEncoder.orderResponse(response, names: names, to: &$0) }
    }

    /// The frame of an order of the test instrument; the parts that differ are given.
    private func frame(
        id: String = orderUUID, symbol: String = "NVDA-USD", status: String,
        quantity: String = "0.5", price: String = "228.3", side: String = "BUY",
        type: String = "LIMIT", timeInForce: String = "GTC", client: String = "mm-17",
        remaining: String, time: String = "1790000002.75", trade: String = "null"
    ) -> String {
        #"{"order_response":{"order_id":"\#(id)","symbol":"\#(symbol)","status":"\#(status)","#
            + #""quantity":\#(quantity),"price":\#(price),"take_profit":0,"stop_loss":0,"#
            + #""side":"\#(side)","type":"\#(type)","time_in_force":"\#(timeInForce)","#
            + #""user_id":"\#(userText)","client_order_id":"\#(client)","#
            + #""quantity_remaining":\#(remaining),"update_time":\#(time),"trade_id":\#(trade)}}"#
    }

    @Test("P-090 P-092 an accepted order has all 15 fields")
    func accepted() throws {
        let response = OrderResponse.accepted(
            try makeOrder(remaining: 500), in: try makeInstrument(), user: try makeUser(),
            at: time)
        #expect(text(response) == frame(status: "ACK", remaining: "0.5"))
    }

    @Test("P-146 take profit and stop loss are those of the order")
    func legs() throws {
        var order = try makeOrder(remaining: 500)
        order.takeProfit = Price(ticks: 24_000)
        order.stopLoss = Price(ticks: 22_050)
        let instrument = try makeInstrument()
        let response = OrderResponse.accepted(
            order, in: instrument, user: try makeUser(), at: time)
        #expect(text(response).contains(#""take_profit":240,"stop_loss":220.5,"#))
        var request = try makePlaceOrder(.known(InstrumentID(0)))
        request.takeProfit = try .of("240.005")
        let rejected = OrderResponse.rejected(
            OrderRejected(order: request, reason: .invalidTakeProfitPrice), in: instrument,
            user: try makeUser(), at: time)
        #expect(text(rejected).contains(#""status":"INVALID_TAKEPROFIT_PRICE","#))
        #expect(text(rejected).contains(#""take_profit":240.005,"stop_loss":0,"#))
    }

    @Test(
        "C-14 the end of an immediate order has newer names that tell whether it traded",
        arguments: [
            (500, TimeInForce.immediateOrCancel, "IOC_CANCELLED"),
            (250, .immediateOrCancel, "IOC_PARTIALLY_FILLED"), (500, .fillOrKill, "CANCELLED"),
        ])
    func immediateEnds(remaining: Int64, timeInForce: TimeInForce, newer: String) throws {
        var order = try makeOrder(remaining: remaining)
        order.timeInForce = timeInForce
        let response = OrderResponse.cancelled(
            order, .unfilledRemainder, in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(text(response).contains(#""status":"CANCELLED","#))
        #expect(text(response, .newer).contains(#""status":"\#(newer)","#))
    }

    @Test("P-121 an amended order is MODIFIED")
    func amended() throws {
        let response = OrderResponse.amended(
            try makeOrder(), in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(text(response) == frame(status: "MODIFIED", remaining: "0.25"))
    }

    @Test(
        "P-117 P-101 P-115 a cancelled order tells what was cancelled",
        arguments: [
            (CancelReason.requested, "CANCELLED"), (.unfilledRemainder, "CANCELLED"),
            (.selfTradePrevention, "CANCELLED_STP"), (.liquidation, "CANCELLED"),
            (.corporateAction, "CANCELLED"), (.oneCancelsOther, "CANCELLED"),
            (.nothingToReduce, "CANCELLED"),
        ])
    func cancelled(reason: CancelReason, status: String) throws {
        let response = OrderResponse.cancelled(
            try makeOrder(), reason, in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(text(response) == frame(status: status, remaining: "0.25"))
    }

    private func makeFill(_ type: OrderType) throws -> Fill {
        Fill(
            trade: TradeID(3), order: try makeOrder(type: type),
            price: ReferencePrice(units: 22_835_000_000), quantity: Quantity(lots: 250),
            aggressorSide: .buy,
            fee: Money(units: 2_860_000), realisedPnL: .zero, executionType: .normal)
    }

    @Test("A refusal has the name that the operator chose", arguments: StatusNames.allCases)
    func refusalNames(names: StatusNames) throws {
        let order = PlaceOrder(
            account: AccountID(1), instrument: .known(InstrumentID(0)), side: .buy, type: .limit,
            timeInForce: .goodTillCancelled, quantity: try .of("0.5"), price: try .of("228.3"),
            clientOrderID: try .of("mm-17"))
        let response = OrderResponse.rejected(
            OrderRejected(order: order, reason: .inLiquidation), in: try makeInstrument(),
            user: try makeUser(), at: time)
        let status = names == .newer ? "USER_IN_LIQUIDATION" : "REJECTED"
        #expect(text(response, names) == frame(id: "", status: status, remaining: "0.5"))
    }

    @Test("P-098 P-099 a fill is FILLED with the trade's id and the limit price")
    func filledLimit() throws {
        let response = OrderResponse.filled(
            try makeFill(.limit), in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(
            text(response) == frame(status: "FILLED", remaining: "0.25", trade: "\"\(tradeUUID)\""))
    }

    @Test("R-095 R-098 a position taken over off the book is FILLED at a price off the grid")
    func takenOver() throws {
        for type in [ExecutionType.providerTransfer, .autoDeleveraging] {
            var fill = try makeFill(.market)
            fill.order.remaining = .zero
            fill.executionType = type
            fill.price = ReferencePrice(units: 22_834_999_999)
            let response = OrderResponse.filled(
                fill, in: try makeInstrument(), user: try makeUser(), at: time)
            #expect(
                text(response)
                    == frame(
                        status: "FILLED", price: "228.34999999", type: "MARKET",
                        timeInForce: "IOC", remaining: "0", trade: "\"\(tradeUUID)\""))
        }
    }

    @Test("P-098 a filled market order shows the execution price")
    func filledMarket() throws {
        let response = OrderResponse.filled(
            try makeFill(.market), in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(
            text(response)
                == frame(
                    status: "FILLED", price: "228.35", type: "MARKET", timeInForce: "IOC",
                    remaining: "0.25", trade: "\"\(tradeUUID)\""))
        let accepted = OrderResponse.accepted(
            try makeOrder(type: .market), in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(
            text(accepted)
                == frame(
                    status: "ACK", price: "0", type: "MARKET", timeInForce: "IOC",
                    remaining: "0.25"))
    }

    private func makePlaceOrder(
        _ instrument: InstrumentReference, type: OrderType = .addLiquidityOnly
    ) throws -> PlaceOrder {
        PlaceOrder(
            account: AccountID(1), instrument: instrument, side: .sell, type: type,
            timeInForce: .fillOrKill, quantity: try .of("1e2"), price: try .of("228.305"),
            clientOrderID: try .of("q\"1"))
    }

    @Test("P-114 a rejected order has no id and keeps the numbers as sent")
    func rejected() throws {
        let response = OrderResponse.rejected(
            OrderRejected(
                order: try makePlaceOrder(.known(InstrumentID(0))), reason: .pricePrecision),
            in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(
            text(response)
                == frame(
                    id: "", status: "INVALID_TICK_SIZE_PRECISION_PRICE", quantity: "100",
                    price: "228.305", side: "SELL", type: "ALO", timeInForce: "FOK",
                    client: #"q\"1"#, remaining: "100"))
    }

    @Test("P-107 an unknown symbol is repeated")
    func badSymbol() throws {
        let response = OrderResponse.rejected(
            OrderRejected(
                order: try makePlaceOrder(.unknown(try .of("XX-USD")), type: .market),
                reason: .unknownSymbol),
            in: nil, user: try makeUser(), at: time)
        #expect(
            text(response)
                == frame(
                    id: "", symbol: "XX-USD", status: "BAD_SYMBOL", quantity: "100", price: "0",
                    side: "SELL", type: "MARKET", timeInForce: "FOK", client: #"q\"1"#,
                    remaining: "100"))
    }

    @Test("P-117 P-120 a cancel without an order repeats the id that was sent")
    func noSuchOrder() throws {
        let references: [(OrderReference, String, String)] = [
            (.orderID(OrderID(7)), orderUUID, ""), (.unrecognised(try .of("zz")), "zz", ""),
            (.clientOrderID(try .of("c-1")), "c-1", "c-1"),
        ]
        for (order, id, client) in references {
            let cancel = CancelOrder(
                account: AccountID(1), instrument: .known(InstrumentID(0)), order: order)
            let response = OrderResponse.cancelRejected(
                cancel, .noSuchOrder, in: try makeInstrument(), user: try makeUser(), at: time)
            #expect(
                text(response)
                    == frame(
                        id: id, status: "NO_SUCH_ORDER", quantity: "0", price: "0", client: client,
                        remaining: "0"))
            let question = OrderResponse.noSuchOrder(
                order, symbol: try .of("NVDA-USD"), user: try makeUser(), at: time)
            #expect(question == response)
        }
    }

    @Test func aCancelForAnUnknownSymbolRepeatsIt() throws {
        let cancel = CancelOrder(
            account: AccountID(1), instrument: .unknown(try .of("XX-USD")),
            order: .orderID(OrderID(7)))
        let response = OrderResponse.cancelRejected(
            cancel, .unknownSymbol, in: nil, user: try makeUser(), at: time)
        #expect(
            text(response)
                == frame(
                    symbol: "XX-USD", status: "BAD_SYMBOL", quantity: "0", price: "0", client: "",
                    remaining: "0"))
    }

    @Test("P-122 a modify without an order repeats the request")
    func modifyWithoutOrder() throws {
        let request = ModifyOrder(
            account: AccountID(1), instrument: .known(InstrumentID(0)),
            order: .unrecognised(try .of("zz")), side: .sell, type: .addLiquidityOnly,
            quantity: nil, price: try .of("7"))
        let response = OrderResponse.modifyRejected(
            ModifyRejected(request: request, reason: .cannotModifyNoSuchOrder, order: nil),
            in: try makeInstrument(), user: try makeUser(), at: time)
        #expect(
            text(response)
                == frame(
                    id: "zz", status: "CANNOT_MODIFY_NO_SUCH_ORDER", quantity: "0", price: "7",
                    side: "SELL", type: "ALO", client: "", remaining: "0"))
    }

    @Test("P-122 P-123 a refused modify shows the order as it still is")
    func modifyRefused() throws {
        let request = ModifyOrder(
            account: AccountID(1), instrument: .known(InstrumentID(0)),
            order: .orderID(OrderID(7)), side: .sell, type: .addLiquidityOnly,
            quantity: try .of("9"), price: try .of("7"))
        for (reason, status) in [
            (RejectReason.cannotModifyPartialFill, "CANNOT_MODIFY_PARTIAL_FILL"),
            (.cannotModifyWouldCross, "CANNOT_MODIFY_ALO_WOULD_CROSS"),
            (.insufficientMargin, "FAILED_MARGIN_CHECK"),
        ] {
            let response = OrderResponse.modifyRejected(
                ModifyRejected(request: request, reason: reason, order: try makeOrder()),
                in: try makeInstrument(), user: try makeUser(), at: time)
            #expect(text(response) == frame(status: status, remaining: "0.25"))
        }
    }

    @Test("P-161 open orders are ACK or MODIFIED, with their own time")
    func allOrders() throws {
        var amended = try makeOrder()
        amended.isAmended = true
        let instrument = try makeInstrument()
        let user = try makeUser()
        let text = encoded { bytes in
            TradeResponseEncoder.allOrdersResponse(
                [amended, amended].enumerated().map { index, order in
                    var order = order
                    order.isAmended = index == 0
                    return order
                }, twaps: [], user: user, instrument: { _ in instrument }, to: &bytes)
        }
        func row(_ status: String) -> String {
            let text = frame(status: status, remaining: "0.25", time: "1790000000.125")
            return String(text.dropFirst(#"{"order_response":"#.count).dropLast())
        }
        #expect(
            text
                == #"{"all_orders_response":{"orders":[\#(row("MODIFIED")),\#(row("ACK"))],"#
                + #""twaps":[]}}"#
        )
        let empty = encoded { bytes in
            TradeResponseEncoder.allOrdersResponse(
                [], twaps: [], user: user, instrument: { _ in instrument }, to: &bytes)
        }
        #expect(empty == #"{"all_orders_response":{"orders":[],"twaps":[]}}"#)
    }
}

import ExchangeTypes
import QFEXWire
import Testing

/// What is said of stop orders, sliced orders and trades.
@Suite struct SpecialOrderResponseTests {
    private let time = Timestamp(nanoseconds: 1_790_000_002_750_000_000)
    private let twapUUID = OrderIdentifierPermutation.uniqueID(of: TWAPID(5)).string

    private func makeTWAP(filled: Int64 = 0, value: Int64 = 0) throws -> TWAPState {
        TWAPState(
            id: TWAPID(5), account: AccountID(1), instrument: InstrumentID(0), side: .buy,
            status: .active, total: Quantity(lots: 10_000), filled: Quantity(lots: filled),
            filledValue: Notional(wholeUnits: value), orderCount: 5, intervalSeconds: 30,
            isReduceOnly: false, clientTWAPID: try .of("reb-1"),
            createdAt: Timestamp(nanoseconds: 1_790_000_001_500_000_000), updatedAt: time)
    }

    private func text(_ twap: TWAPState) throws -> String {
        let instrument = try makeInstrument()
        let user = try makeUser()
        return encoded {
            TradeResponseEncoder.twapResponse(twap, in: instrument, user: user, to: &$0)
        }
    }

    @Test("P-150 a twap_response has the 14 documented fields")
    func twap() throws {
        #expect(
            try text(makeTWAP())
                == #"{"twap_response":{"twap_id":"\#(twapUUID)","client_twap_id":"reb-1","#
                + #""user_id":"\#(userText)","status":"ACTIVE","symbol":"NVDA-USD","#
                + #""total_quantity":10,"filled_quantity":0,"average_fill_price":0,"#
                + #""total_num_orders":5,"order_interval_secs":30,"reduce_only":false,"#
                + #""side":"BUY","updated_at":1790000002.75,"created_at":1790000001.5}}"#)
        var other = try makeTWAP()
        other.clientTWAPID = InlineText()
        other.isReduceOnly = true
        other.status = .completed
        let end = try text(other)
        #expect(end.contains(#""client_twap_id":null,"#))
        #expect(end.contains(#""reduce_only":true,"#))
        #expect(end.contains(#""status":"COMPLETED","#))
    }

    @Test("The average price is the value over the quantity, rounded half-even to 1e-8")
    func averagePrice() throws {
        #expect(
            try text(makeTWAP(filled: 3_000, value: 685)).contains(
                #""filled_quantity":3,"average_fill_price":228.33333333,"#))
        #expect(
            try text(makeTWAP(filled: 3_000, value: 686)).contains(
                #""average_fill_price":228.66666667,"#))
        #expect(
            try text(makeTWAP(filled: 2_000, value: 457)).contains(
                #""average_fill_price":228.5,"#))
    }

    @Test("P-119 a cancelled TWAP is also told as a market order that was cancelled")
    func cancelledTWAP() throws {
        let response = OrderResponse.cancelled(
            try makeTWAP(filled: 3_000, value: 685), in: try makeInstrument(),
            user: try makeUser(), at: time)
        let text = encoded {
            TradeResponseEncoder.orderResponse(response, names: .newer, to: &$0)
        }
        #expect(
            text
                == #"{"order_response":{"order_id":"\#(twapUUID)","symbol":"NVDA-USD","#
                + #""status":"CANCELLED","quantity":10,"price":0,"take_profit":0,"stop_loss":0,"#
                + #""side":"BUY","type":"MARKET","time_in_force":"IOC","user_id":"\#(userText)","#
                + #""client_order_id":"reb-1","quantity_remaining":7,"#
                + #""update_time":1790000002.75,"trade_id":null}}"#)
    }

    @Test("P-119 a TWAP that is not there: the id as sent")
    func unknownTWAP() throws {
        let samples: [(TWAPReference, String, String)] = [
            (.twapID(TWAPID(5)), twapUUID, ""), (.unrecognised(try .of("zz")), "zz", ""),
            (.clientTWAPID(try .of("c")), "c", "c"),
        ]
        for (reference, id, client) in samples {
            let cancel = CancelTWAP(
                account: AccountID(1), instrument: .known(InstrumentID(0)), twap: reference)
            let response = OrderResponse.cancelRejected(
                cancel, .noSuchOrder, in: try makeInstrument(), user: try makeUser(), at: time)
            let text = encoded {
                TradeResponseEncoder.orderResponse(response, names: .current, to: &$0)
            }
            #expect(text.contains(#""order_id":"\#(id)","#))
            #expect(text.contains(#""client_order_id":"\#(client)","#))
            #expect(text.contains(#""status":"NO_SUCH_ORDER","#))
        }
    }

    private func makeStop(_ type: OrderType = .stopLoss) throws -> OrderState {
        var order = try makeOrder(type: type, remaining: 500)
        order.side = .sell
        order.price = Price(ticks: 22_000)
        return order
    }

    @Test("P-145 a stop_order_response has an RFC 3339 time and no status")
    func stopOrder() throws {
        let instrument = try makeInstrument()
        let user = try makeUser()
        let stop = StopOrderResponse(try makeStop())
        func text(_ stop: StopOrderResponse) -> String {
            encoded {
                TradeResponseEncoder.stopOrderResponse(
                    stop, in: instrument, user: user, at: time, to: &$0)
            }
        }
        #expect(
            text(stop)
                == #"{"stop_order_response":{"stop_order_id":"\#(orderUUID)","#
                + #""user_id":"\#(userText)","symbol":"NVDA-USD","price":220,"quantity":0.5,"#
                + #""direction":"SELL","stop_order_type":"STOP_LOSS","#
                + #""client_order_id":"mm-17","update_time":"2026-09-21T14:13:22.75Z"}}"#)
        #expect(text(stop.ended).contains(#""price":220,"quantity":0,"direction":"SELL","#))
    }

    @Test(
        "P-140 stop orders and what they become keep their types",
        arguments: [
            (OrderType.takeProfit, "TAKE_PROFIT"), (.stopLoss, "STOP_LOSS"),
            (.stopMarket, "STOP_MARKET"),
        ])
    func types(type: OrderType, name: String) throws {
        let response = OrderResponse.accepted(
            try makeStop(type), in: try makeInstrument(), user: try makeUser(), at: time)
        let text = encoded {
            TradeResponseEncoder.orderResponse(response, names: .current, to: &$0)
        }
        #expect(text.contains(#""price":220,"#))
        #expect(text.contains(#""type":"\#(name)","time_in_force":"GTC","#))
    }

    @Test("P-143 P-144 a refused stop request shows the order, or the request")
    func stopRefused() throws {
        let modify = ModifyStopOrder(
            account: AccountID(1), instrument: .unknown(try .of("XX-USD")),
            order: .unrecognised(try .of("zz")), price: try .of("7"), quantity: try .of("2"))
        let cancel = CancelStopOrder(account: AccountID(1), order: .orderID(OrderID(7)))
        func text(_ rejected: StopRequestRejected, _ instrument: Instrument?) throws -> String {
            let response = OrderResponse.stopRequestRejected(
                rejected, in: instrument, user: try makeUser(), at: time)
            return encoded {
                TradeResponseEncoder.orderResponse(response, names: .current, to: &$0)
            }
        }
        let unknown = try text(
            StopRequestRejected(request: .modify(modify), reason: .cannotModifyNoSuchOrder), nil)
        #expect(
            unknown.hasPrefix(
                #"{"order_response":{"order_id":"zz","symbol":"XX-USD","#
                    + #""status":"CANNOT_MODIFY_NO_SUCH_ORDER","quantity":2,"price":7,"#))
        let gone = try text(
            StopRequestRejected(request: .cancel(cancel), reason: .noSuchOrder), nil)
        #expect(
            gone.hasPrefix(
                #"{"order_response":{"order_id":"\#(orderUUID)","symbol":"","#
                    + #""status":"NO_SUCH_ORDER","quantity":0,"price":0,"#))
        let kept = try text(
            StopRequestRejected(
                request: .modify(modify), reason: .invalidStopLossPrice, order: try makeStop()),
            try makeInstrument())
        #expect(
            kept.hasPrefix(
                #"{"order_response":{"order_id":"\#(orderUUID)","symbol":"NVDA-USD","#
                    + #""status":"INVALID_STOPLOSS_PRICE","quantity":0.5,"price":220,"#))
    }

    @Test("P-162 trades stand under both keys, with their number on all pages (C-05)")
    func trades() throws {
        let fill = Fill(
            trade: TradeID(3), order: try makeOrder(), price: ReferencePrice(units: 22_835_000_000),
            quantity: Quantity(lots: 250), aggressorSide: .sell, fee: Money(units: -2_860_000),
            realisedPnL: Money(units: 150_000_001), executionType: .normal)
        let instrument = try makeInstrument()
        let text = encoded { bytes in
            TradeResponseEncoder.userTradesResponse(
                [TimedFill(fill: fill, time: time)], count: 17, instrument: { _ in instrument },
                to: &bytes)
        }
        let row =
            #"{"trade_id":"\#(tradeUUID)","symbol":"NVDA-USD","price":228.35,"quantity":0.25,"#
            + #""side":"BUY","aggressor_side":"SELL","order_id":"\#(orderUUID)","#
            + #""client_order_id":"mm-17","fee":-0.0286,"order_type":"LIMIT","tif":"GTC","#
            + #""execution_type":"NEW","realised_pnl":1.50000001,"timestamp":1790000002.75}"#
        #expect(
            text == #"{"user_trades_response":[\#(row)],"user_trades":[\#(row)],"count":17}"#)
        let none = encoded { bytes in
            TradeResponseEncoder.userTradesResponse(
                [], count: 0, instrument: { _ in instrument }, to: &bytes)
        }
        #expect(none == #"{"user_trades_response":[],"user_trades":[],"count":0}"#)
    }

    @Test("P-160 an order that ended is shown as its last event said")
    func closed() throws {
        func text(_ closed: ClosedOrder) throws -> String {
            let response = OrderResponse.closed(
                closed, in: try makeInstrument(), user: try makeUser())
            return encoded {
                TradeResponseEncoder.orderResponse(response, names: .current, to: &$0)
            }
        }
        let filled = try text(
            ClosedOrder(
                order: try makeOrder(type: .market, remaining: 0),
                end: .filled(TradeID(3), at: ReferencePrice(units: 22_835_000_000)), time: time))
        #expect(filled.contains(#""status":"FILLED","quantity":0.5,"price":228.35,"#))
        #expect(
            filled.contains(
                #""quantity_remaining":0,"update_time":1790000002.75,"trade_id":"\#(tradeUUID)""#))
        let cancelled = try text(
            ClosedOrder(
                order: try makeOrder(), end: .cancelled(.selfTradePrevention), time: time))
        #expect(cancelled.contains(#""status":"CANCELLED_STP","quantity":0.5,"price":228.3,"#))
        #expect(cancelled.contains(#""quantity_remaining":0.25,"#))
    }

    @Test("P-151 TWAPs under way are rows of all_orders_response")
    func twapRows() throws {
        let twap = try makeTWAP()
        let instrument = try makeInstrument()
        let user = try makeUser()
        let row = try text(twap).dropFirst(#"{"twap_response":"#.count).dropLast()
        let text = encoded { bytes in
            TradeResponseEncoder.allOrdersResponse(
                [], twaps: [twap, twap], user: user, instrument: { _ in instrument }, to: &bytes)
        }
        #expect(text == #"{"all_orders_response":{"orders":[],"twaps":[\#(row),\#(row)]}}"#)
    }
}

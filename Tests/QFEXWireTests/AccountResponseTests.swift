import ExchangeTypes
import QFEXWire
import Testing

@Suite struct AccountResponseTests {
    @Test("P-099 a fill has the 19 fields of the documentation")
    func fill() throws {
        let fill = Fill(
            trade: TradeID(3), order: try makeOrder(), price: ReferencePrice(units: 22_835_000_000),
            quantity: Quantity(lots: 250), aggressorSide: .sell, fee: Money(units: -2_860_000),
            realisedPnL: Money(units: 150_000_001), executionType: .normal)
        let instrument = try makeInstrument()
        let user = try makeUser()
        let text = encoded { bytes in
            TradeResponseEncoder.fillResponse(
                fill, in: instrument, user: user,
                at: Timestamp(nanoseconds: 1_790_000_002_750_000_000), to: &bytes)
        }
        #expect(
            text == #"{"fill_response":{"trade_id":"\#(tradeUUID)","user_id":"\#(userText)","#
                + #""symbol":"NVDA-USD","price":228.35,"quantity":0.25,"side":"BUY","#
                + #""aggressor_side":"SELL","order_id":"\#(orderUUID)","fee":-0.0286,"#
                + #""order_type":"LIMIT","tif":"GTC","order_price":228.3,"#
                + #""client_order_id":"mm-17","remaining_quantity":0.25,"take_profit":0,"#
                + #""stop_loss":0,"execution_type":"NEW","timestamp":1790000002.75,"#
                + #""realised_pnl":1.50000001}}"#)
    }

    @Test(
        "R-091 R-095 R-099 a fill tells why it happened",
        arguments: [
            (ExecutionType.normal, "NEW"), (.liquidation, "L"), (.providerTransfer, "D"),
            (.autoDeleveraging, "A"),
        ])
    func executionType(type: ExecutionType, name: String) throws {
        let fill = Fill(
            trade: TradeID(3), order: try makeOrder(), price: ReferencePrice(units: 1),
            quantity: Quantity(lots: 250), aggressorSide: .sell, fee: .zero, realisedPnL: .zero,
            executionType: type)
        let instrument = try makeInstrument()
        let user = try makeUser()
        let text = encoded { bytes in
            TradeResponseEncoder.fillResponse(
                fill, in: instrument, user: user, at: .zero, to: &bytes)
        }
        #expect(text.contains(#""execution_type":"\#(name)","#))
        #expect(text.contains(#""price":0.00000001,"#))
    }

    private func positionText(_ report: PositionReport) throws -> String {
        let instrument = try makeInstrument()
        let user = try makeUser()
        let text = encoded { bytes in
            TradeResponseEncoder.positionResponse(
                report, in: instrument, user: user, to: &bytes)
        }
        // The id is only a name; its form is checked elsewhere.
        let head = #"{"position_response":{"id":""#
        #expect(text.hasPrefix(head))
        return head + text.dropFirst(head.count + 36)
    }

    @Test("P-073 a position has the documented fields, all numbers")
    func position() throws {
        var report = PositionReport(instrument: InstrumentID(0))
        report.quantity = SignedQuantity(lots: -500)
        report.cost = Money(units: -11_415_000_000)
        report.positionMargin = try #require(Money("5.7"))
        report.realisedPnL = try #require(Money("1.3"))
        report.unrealisedPnL = try #require(Money("-0.02"))
        report.netFunding = try #require(Money("0.0001"))
        report.openOrders = 1
        report.openQuantity = Quantity(lots: 10_000)
        report.leverage = 20
        #expect(
            try positionText(report)
                == #"{"position_response":{"id":"","symbol":"NVDA-USD","position":-0.5,"#
                + #""margin_alloc":5.7,"realised_pnl":1.3,"unrealised_pnl":-0.02,"#
                + #""net_funding":0.0001,"open_orders":1,"open_quantity":10,"leverage":20,"#
                + #""initial_margin":0.05,"maintenance_margin":0.0333333333,"#
                + #""average_price":228.3}}"#)
    }

    @Test("P-074 a flat position is all zeros")
    func flat() throws {
        #expect(
            try positionText(PositionReport(instrument: InstrumentID(0)))
                == #"{"position_response":{"id":"","symbol":"NVDA-USD","position":0,"#
                + #""margin_alloc":0,"realised_pnl":0,"unrealised_pnl":0,"net_funding":0,"#
                + #""open_orders":0,"open_quantity":0,"leverage":1,"initial_margin":1,"#
                + #""maintenance_margin":0.6666666667,"average_price":0}}"#)
    }

    @Test(
        "Margin rates are rounded half-even to ten decimals",
        arguments: [
            (3, "0.3333333333", "0.2222222222"), (7, "0.1428571429", "0.0952380952"),
            (50, "0.02", "0.0133333333"), (64, "0.015625", "0.0104166667"),
            (2_048, "0.0004882812", "0.0003255208"), (65_535, "0.000015259", "0.0000101727"),
        ] as [(UInt16, String, String)])
    func rates(leverage: UInt16, initial: String, maintenance: String) throws {
        var report = PositionReport(instrument: InstrumentID(0))
        report.leverage = leverage
        #expect(
            try positionText(report).contains(
                #""initial_margin":\#(initial),"maintenance_margin":\#(maintenance),"#))
    }

    @Test(
        "The average price is cost by quantity, half-even to eight decimals",
        arguments: [
            (3, "1", "333.33333333"), (-3, "-1", "333.33333333"), (7, "2", "285.71428571"),
            (-64, "-0.00000001", "0.00000016"), (16, "0.00000001", "0.00000062"),
            (1_000, "0", "0"), (1, "-5", "5000"),
        ] as [(Int64, String, String)])
    func averagePrice(lots: Int64, cost: String, expected: String) throws {
        var report = PositionReport(instrument: InstrumentID(0))
        report.quantity = SignedQuantity(lots: lots)
        report.cost = try #require(Money(cost))
        #expect(try positionText(report).hasSuffix(#""average_price":\#(expected)}}"#))
    }

    @Test func positionIDsAreUUIDsThatDependOnAccountAndContract() throws {
        func id(_ index: UInt32, _ user: UniqueID) throws -> UniqueID {
            let instrument = try makeInstrument()
            let text = encoded { bytes in
                TradeResponseEncoder.positionResponse(
                    PositionReport(instrument: InstrumentID(index)), in: instrument, user: user,
                    to: &bytes)
            }
            let start = #"{"position_response":{"id":""#.count
            return try #require(UniqueID(String(text.dropFirst(start).prefix(36))))
        }
        let user = try makeUser()
        let other = UniqueID(high: 1, low: 2)
        let ids = [try id(0, user), try id(1, user), try id(0, other)]
        #expect(Set(ids).count == 3)
        #expect(try id(0, user) == ids[0])
        for id in ids { #expect(id.high & 0xf000 == 0x4000 && id.low >> 62 == 2) }
    }

    @Test("P-072 a balance has the documented fields, all numbers")
    func balance() throws {
        var report = BalanceReport(account: AccountID(1))
        report.deposits = Money(10_000)
        report.realisedPnL = try #require(Money("12.5"))
        report.orderMargin = try #require(Money("0.1"))
        report.positionMargin = try #require(Money("5.7"))
        report.unrealisedPnL = try #require(Money("-0.02"))
        report.netFunding = try #require(Money("-1.5"))
        report.availableBalance = try #require(Money("10005.18"))
        report.fees = try #require(Money("3.1"))
        report.rewards = try #require(Money("0.25"))
        let user = try makeUser()
        let text = encoded { bytes in
            TradeResponseEncoder.balanceResponse(report, user: user, to: &bytes)
        }
        #expect(
            text == #"{"balance_response":{"id":"\#(userText)","user_id":"\#(userText)","#
                + #""deposit":10000,"realised_pnl":12.5,"order_margin":0.1,"#
                + #""position_margin":5.7,"unrealised_pnl":-0.02,"net_funding":-1.5,"#
                + #""available_balance":10005.18,"referral_rewards":0.25,"fees":3.1}}"#)
    }
}

import ExchangeTesting
import ExchangeTypes

extension Trader {
    /// A stop order; its id, or none if it was refused.
    @discardableResult
    func stop(
        _ side: Side, _ type: OrderType, _ quantity: String, at trigger: String,
        _ timeInForce: TimeInForce = .goodTillCancelled, name: String = "", in id: UInt32 = 0
    ) -> OrderID {
        place(
            PlaceOrder(
                account: account, instrument: .known(InstrumentID(id)), side: side, type: type,
                timeInForce: timeInForce, quantity: wire(quantity), price: wire(trigger),
                clientOrderID: text(name)))
    }

    func modifyStop(
        _ order: OrderReference, _ quantity: String, at trigger: String, side: Side? = nil,
        type: OrderType? = nil, in id: UInt32 = 0
    ) {
        market.send(
            .modifyStopOrder(
                ModifyStopOrder(
                    account: account, instrument: .known(InstrumentID(id)), order: order,
                    price: wire(trigger), quantity: wire(quantity), side: side, type: type)))
    }

    func cancelStop(_ order: OrderReference) {
        market.send(.cancelStopOrder(CancelStopOrder(account: account, order: order)))
    }

    /// An order that may only reduce.
    @discardableResult
    func reduce(
        _ side: Side, _ quantity: String, at price: String,
        _ timeInForce: TimeInForce = .goodTillCancelled, _ type: OrderType = .limit,
        name: String = "", in id: UInt32 = 0
    ) -> OrderID {
        place(
            PlaceOrder(
                account: account, instrument: .known(InstrumentID(id)), side: side, type: type,
                timeInForce: timeInForce, quantity: wire(quantity), price: wire(price),
                clientOrderID: text(name), isReduceOnly: true))
    }

    /// An order with prices at which what it fills is to be closed again.
    @discardableResult
    func enter(
        _ side: Side, _ quantity: String, at price: String, takeProfit: String = "0",
        stopLoss: String = "0", _ type: OrderType = .limit, name: String = "",
        isReduceOnly: Bool = false
    ) -> OrderID {
        place(
            PlaceOrder(
                account: account, instrument: .known(InstrumentID(0)), side: side, type: type,
                timeInForce: type == .market ? .immediateOrCancel : .goodTillCancelled,
                quantity: wire(quantity), price: wire(price), clientOrderID: text(name),
                isReduceOnly: isReduceOnly, takeProfit: wire(takeProfit),
                stopLoss: wire(stopLoss)))
    }

    /// Changes what a plain `modify` cannot name.
    func change(
        _ order: OrderID, _ side: Side, quantity: String? = nil, price: String? = nil,
        takeProfit: String? = nil, stopLoss: String? = nil, isReduceOnly: Bool? = nil
    ) {
        market.send(
            .modifyOrder(
                ModifyOrder(
                    account: account, instrument: .known(InstrumentID(0)),
                    order: .orderID(order), side: side, type: .limit,
                    quantity: quantity.map(wire), price: price.map(wire),
                    takeProfit: takeProfit.map(wire), stopLoss: stopLoss.map(wire),
                    isReduceOnly: isReduceOnly)))
    }

    /// A sliced order; its id, or none if it was refused.
    @discardableResult
    func twap(
        _ side: Side, _ total: String, in count: Int64, every seconds: Int64 = 30,
        isReduceOnly: Bool = false, name: String = "", startsAt: Int64? = nil,
        worstPrice: String = "0", of id: UInt32 = 0
    ) -> TWAPID {
        market.send(
            .placeTWAP(
                PlaceTWAP(
                    account: account, instrument: .known(InstrumentID(id)), side: side,
                    totalQuantity: wire(total), orderCount: count, intervalSeconds: seconds,
                    isReduceOnly: isReduceOnly, clientTWAPID: text(name),
                    startsAt: startsAt.map { Timestamp(nanoseconds: $0) },
                    worstPrice: wire(worstPrice))))
        return market.twaps.first?.id ?? TWAPID(0)
    }

    func cancel(twap: TWAPReference, in id: UInt32 = 0) {
        market.send(
            .cancelTWAP(
                CancelTWAP(
                    account: account, instrument: .known(InstrumentID(id)), twap: twap)))
    }

    func closePosition(name: String = "", in id: UInt32 = 0) {
        market.send(
            .closePosition(
                ClosePosition(
                    account: account, instrument: .known(InstrumentID(id)),
                    clientOrderID: text(name))))
    }

    /// What an operator says of the user.
    func setStatus(isIdentityCheckMissing: Bool = false, areTermsMissing: Bool = false) {
        market.send(
            .setUserStatus(
                SetUserStatus(
                    user: account, isIdentityCheckMissing: isIdentityCheckMissing,
                    areTermsMissing: areTermsMissing)))
    }

    func setLeverage(_ level: String) {
        market.send(
            .setLeverage(
                SetLeverage(
                    account: account, instrument: .known(InstrumentID(0)), leverage: wire(level))))
    }

    /// The stop orders, oldest first.
    var stops: [OrderState] { orders.filter(\.type.isStop).reversed() }

    /// The sliced orders that are under way, newest first.
    var twaps: [TWAPState] {
        guard case .twaps(let states) = market.exchange.report(.twaps(account, instrument: nil))
        else { preconditionFailure("no account \(account)") }
        return states
    }
}

extension Trader {
    /// Gets a position from another trader.
    func take(
        _ side: Side, _ quantity: String, at price: String = "100", from other: Trader,
        in id: UInt32 = 0
    ) {
        switch side {
        case .buy:
            other.sell(quantity, at: price, in: id)
            buy(quantity, at: price, in: id)
        case .sell:
            other.buy(quantity, at: price, in: id)
            sell(quantity, at: price, in: id)
        }
    }
}

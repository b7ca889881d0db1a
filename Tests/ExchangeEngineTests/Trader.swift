import ExchangeTesting
import ExchangeTypes

/// Somebody with an account: Alice, Bob, or a desk of theirs.
struct Trader {
    unowned let market: Market
    let account: AccountID

    func deposit(_ amount: String) {
        market.send(.deposit(Deposit(account: account, amount: decimal(amount))))
    }

    @discardableResult
    func buy(
        _ quantity: String, at price: String, _ timeInForce: TimeInForce = .goodTillCancelled,
        _ type: OrderType = .limit, name: String = "", in id: UInt32 = 0
    ) -> OrderID {
        place(.buy, quantity, price, timeInForce, type, name, id)
    }

    @discardableResult
    func sell(
        _ quantity: String, at price: String, _ timeInForce: TimeInForce = .goodTillCancelled,
        _ type: OrderType = .limit, name: String = "", in id: UInt32 = 0
    ) -> OrderID {
        place(.sell, quantity, price, timeInForce, type, name, id)
    }

    @discardableResult
    func buyAtMarket(_ quantity: String) -> OrderID {
        place(.buy, quantity, "0", .immediateOrCancel, .market, "", 0)
    }

    @discardableResult
    func sellAtMarket(_ quantity: String) -> OrderID {
        place(.sell, quantity, "0", .immediateOrCancel, .market, "", 0)
    }

    /// A post-only order.
    @discardableResult
    func offer(_ side: Side, _ quantity: String, at price: String) -> OrderID {
        place(side, quantity, price, .goodTillCancelled, .addLiquidityOnly, "", 0)
    }

    @discardableResult
    func place(_ order: PlaceOrder) -> OrderID {
        market.send(.placeOrder(order))
        for event in market.events {
            if case .orderAccepted(let order) = event { return order.id }
        }
        return OrderID(0)
    }

    func cancel(_ order: OrderID) { cancel(.orderID(order)) }

    func cancel(_ order: OrderReference, in id: UInt32 = 0) {
        market.send(
            .cancelOrder(
                CancelOrder(
                    account: account, instrument: .known(InstrumentID(id)), order: order)))
    }

    func cancelAll(in id: UInt32? = nil) {
        let reference = id.map { InstrumentReference.known(InstrumentID($0)) }
        market.send(.cancelAllOrders(CancelAllOrders(account: account, instrument: reference)))
    }

    func modify(
        _ order: OrderID, _ side: Side, quantity: String? = nil, price: String? = nil,
        type: OrderType = .limit
    ) {
        market.send(
            .modifyOrder(
                ModifyOrder(
                    account: account, instrument: .known(InstrumentID(0)),
                    order: .orderID(order), side: side, type: type,
                    quantity: quantity.map(wire), price: price.map(wire))))
    }

    var balance: BalanceReport {
        guard case .balance(let report) = market.exchange.report(.balance(account)) else {
            preconditionFailure("no account \(account)")
        }
        return report
    }

    var available: String { balance.availableBalance.description }

    /// The holding of a contract; an empty one where there is none.
    func position(in id: UInt32 = 0) -> PositionReport {
        guard case .positions(let rows) = market.exchange.report(.positions(account)) else {
            preconditionFailure("no account \(account)")
        }
        let id = InstrumentID(id)
        return rows.first { $0.instrument == id } ?? PositionReport(instrument: id)
    }

    /// The signed size of the holding.
    var holding: String {
        market.instrument(InstrumentID(0)).decimal(position().quantity).description
    }

    /// The open orders, newest first.
    var orders: [OrderState] {
        let query = Query.openOrders(account, instrument: nil)
        guard case .openOrders(let orders) = market.exchange.report(query) else {
            preconditionFailure("no account \(account)")
        }
        return orders
    }

    /// What is left of an open order; nil when it is not open.
    func remaining(_ id: OrderID) -> String? {
        orders.first { $0.id == id }.map {
            market.instrument($0.instrument).decimal($0.remaining).description
        }
    }

    private func place(
        _ side: Side, _ quantity: String, _ price: String, _ timeInForce: TimeInForce,
        _ type: OrderType, _ name: String, _ id: UInt32
    ) -> OrderID {
        place(
            PlaceOrder(
                account: account, instrument: .known(InstrumentID(id)), side: side, type: type,
                timeInForce: timeInForce, quantity: wire(quantity), price: wire(price),
                clientOrderID: text(name)))
    }
}

import ExchangeTypes

/// All resting orders of one contract, in order of arrival. Everything else is looked up anew.
struct NaiveOrderBook {
    /// Oldest first.
    var orders: [OrderState] = []

    /// The best price of a side: highest bid, lowest ask.
    func best(_ side: Side) -> Price? {
        var best: Price?
        for place in orders.indices where orders[place].side == side {
            let price = orders[place].price
            if let known = best, side == .buy ? price <= known : price >= known { continue }
            best = price
        }
        return best
    }

    /// The orders of a price, oldest first.
    func level(_ side: Side, _ price: Price) -> [OrderState] {
        orders.filter { $0.side == side && $0.price == price }
    }

    /// The resting quantity of a price.
    func total(_ side: Side, _ price: Price) -> Quantity {
        level(side, price).reduce(Quantity.zero) { $0 + $1.remaining }
    }

    /// The prices of a side with what rests there, best first.
    func levels(_ side: Side) -> [DepthRow] {
        var rows: [DepthRow] = []
        for order in ranked(side) {
            if rows.last?.price == order.price {
                rows[rows.count - 1].quantity += order.remaining
            } else {
                rows.append(DepthRow(price: order.price, quantity: order.remaining))
            }
        }
        return rows
    }

    /// The orders of a side, best price first and oldest first within a price.
    func ranked(_ side: Side) -> [OrderState] {
        let prices = Set(orders.filter { $0.side == side }.map(\.price)).sorted()
        let bestFirst = side == .buy ? prices.reversed() : prices
        return bestFirst.flatMap { level(side, $0) }
    }

    /// The orders of an account, in order of arrival.
    func orders(of account: AccountID) -> [OrderState] {
        orders.filter { $0.account == account }
    }

    /// The order of an account that a request means.
    func find(_ reference: OrderReference, of account: AccountID) -> OrderState? {
        orders(of: account).first { order in
            switch reference {
            case .orderID(let id): order.id == id
            case .clientOrderID(let id): order.clientOrderID == id
            case .unrecognised: false
            }
        }
    }

    /// Takes an order out.
    mutating func remove(_ id: OrderID) { orders.removeAll { $0.id == id } }

    /// Adds an order behind all others.
    mutating func append(_ order: OrderState) { orders.append(order) }

    /// Writes an order over its older self without changing its place.
    mutating func replace(_ order: OrderState) {
        orders = orders.map { $0.id == order.id ? order : $0 }
    }
}

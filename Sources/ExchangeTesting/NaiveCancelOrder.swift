import ExchangeTypes

extension NaiveExchange {
    /// Takes one order out. **Source** R-057.
    mutating func cancel(_ request: CancelOrder) {
        guard let id = listed(request.instrument) else {
            return emit(.cancelRejected(request, .unknownSymbol))
        }
        let book = listings[id.place].book
        guard let order = book.find(request.order, of: request.account) else {
            return emit(.cancelRejected(request, .noSuchOrder))
        }
        cancel(order, .requested)
    }

    /// Takes out all orders of an account, oldest first. **Source** R-058.
    mutating func cancelAll(_ request: CancelAllOrders) {
        var orders = orders(of: request.account)
        if let reference = request.instrument {
            guard let id = listed(reference) else { return refuse(.unknownSymbol) }
            orders.removeAll { $0.instrument != id }
        }
        for order in orders.sorted(by: { $0.id < $1.id }) { cancel(order, .requested) }
    }

    /// All open orders of an account, contract by contract.
    func orders(of account: AccountID) -> [OrderState] {
        contracts.flatMap { listings[$0.place].book.orders(of: account) }
    }

    /// Takes an order out of its book and tells it.
    mutating func cancel(_ order: OrderState, _ reason: CancelReason) {
        var order = order
        order.updatedAt = now
        listings[order.instrument.place].book.remove(order.id)
        emit(.orderCancelled(order, reason))
        emitLevel(order.instrument, order.side, order.price)
    }
}

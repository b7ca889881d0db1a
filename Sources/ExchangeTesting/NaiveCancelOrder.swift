import ExchangeTypes

extension NaiveExchange {
    /// Takes one order out. **Source** R-057.
    mutating func cancel(_ request: CancelOrder) {
        guard let id = listed(request.instrument) else {
            return emit(.cancelRejected(request, .unknownSymbol))
        }
        let book = listings[Int(id.index)].book
        guard let order = book.find(request.order, of: request.account) else {
            return emit(.cancelRejected(request, .noSuchOrder))
        }
        cancel(order)
    }

    /// Takes out all orders of an account, oldest first. **Source** R-058.
    mutating func cancelAll(_ request: CancelAllOrders) {
        var places = Array(listings.indices)
        if let reference = request.instrument {
            guard let id = listed(reference) else {
                return emit(.commandRefused(.unknownSymbol))
            }
            places = [Int(id.index)]
        }
        let orders = places.flatMap { listings[$0].book.orders(of: request.account) }
        for order in orders.sorted(by: { $0.id < $1.id }) { cancel(order) }
    }

    private mutating func cancel(_ order: OrderState) {
        var order = order
        order.updatedAt = now
        listings[Int(order.instrument.index)].book.remove(order.id)
        emit(.orderCancelled(order, .requested))
        emitLevel(order.instrument, order.side, order.price)
    }
}

import ExchangeTypes

extension Exchange {
    /// Takes one order out of the book. **Source** R-057.
    func cancelOrder(_ request: CancelOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard let instrument = listed(request.instrument) else {
            events.append(.cancelRejected(request, .unknownSymbol))
            return
        }
        guard let slot = find(request.order, of: request.account, in: instrument) else {
            events.append(.cancelRejected(request, .noSuchOrder))
            return
        }
        cancel(slot, .requested)
    }

    /// Takes all orders of an account out, or those of one contract, oldest first. **Source** R-058.
    func cancelAllOrders(_ request: CancelAllOrders) {
        guard isOpen(request.account) else { return refuse() }
        var only: InstrumentID?
        if let reference = request.instrument {
            guard let instrument = listed(reference) else { return refuse(.unknownSymbol) }
            only = instrument
        }
        cancelOrders(openOrders(of: request.account, in: only), .requested)
    }

    /// Takes orders out, oldest first.
    func cancelOrders(_ slots: [OrderSlot], _ reason: CancelReason) {
        // A modified order keeps its id but moves to the front of its account's list, hence the sort.
        for slot in slots.sorted(by: { pool[$0].id < pool[$1].id }) { cancel(slot, reason) }
    }

    private func cancel(_ slot: OrderSlot, _ reason: CancelReason) {
        var state = state(at: slot)
        state.updatedAt = now
        forget(slot)
        books[Int(state.instrument.index)].remove(slot)
        events.append(.orderCancelled(state, reason))
        emitLevel(state.instrument, state.side, state.price)
    }
}

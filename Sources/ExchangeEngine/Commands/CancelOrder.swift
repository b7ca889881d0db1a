import ExchangeTypes

extension Exchange {
    /// Takes one order out of the book. **Source** R-057.
    func cancelOrder(_ request: CancelOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard let instrument = listed(request.instrument) else {
            events.append(.cancelRejected(request, .unknownSymbol))
            return
        }
        if let slot = find(request.order, of: request.account, in: instrument) {
            cancel(slot, .requested)
        } else if let held = findHeld(request.order, of: request.account, in: instrument) {
            cancelHeld(held, .requested)
        } else if let stop = findStop(request.order, of: request.account),
            stop.state.instrument == instrument
        {
            cancelStop(stop.state.id, .requested)
        } else {
            events.append(.cancelRejected(request, .noSuchOrder))
        }
    }

    /// Takes everything of an account out that could still trade, or that of one contract.
    /// **Source** R-058, P-126, P-127, P-202.
    func cancelAllOrders(_ request: CancelAllOrders) {
        guard isOpen(request.account) else { return refuse() }
        var only: InstrumentID?
        if let reference = request.instrument {
            guard let instrument = listed(reference) else { return refuse(.unknownSymbol) }
            only = instrument
        }
        cancelEverything(of: request.account, in: only, .requested)
    }

    /// Resting orders, stop orders, waiting orders, sliced orders: each kind oldest first.
    func cancelEverything(
        of account: AccountID, in instrument: InstrumentID?, _ reason: CancelReason
    ) {
        cancelOrders(openOrders(of: account, in: instrument), reason)
        for stop in stopOrders(of: account, in: instrument) { cancelStop(stop.id, reason) }
        for held in heldOrders(of: account, in: instrument) { cancelHeld(held, reason) }
        if !accounts[Int(account.index)].twaps.isEmpty { cancelTWAPs(of: account, in: instrument) }
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

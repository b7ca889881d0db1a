import ExchangeTypes

extension Exchange {
    /// Changes price or total quantity of a resting order that has not traded yet. Time priority stays
    /// only where the quantity falls at the same price. **Source** `rules.md` §6.13, R-054 … R-056.
    func modifyOrder(_ request: ModifyOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard let id = listed(request.instrument) else {
            return reject(request, .unknownSymbol, nil)
        }
        guard let slot = find(request.order, of: request.account, in: id) else {
            return reject(request, .cannotModifyNoSuchOrder, nil)
        }
        let order = state(at: slot)
        switch check(request, order, slot) {
        case .refused(let reason): reject(request, reason, order)
        case .passed(let (price, quantity)): amend(order, slot, price: price, quantity: quantity)
        }
    }

    private func reject(_ request: ModifyOrder, _ reason: RejectReason, _ order: OrderState?) {
        events.append(
            .modifyRejected(ModifyRejected(request: request, reason: reason, order: order)))
    }

    private func check(
        _ request: ModifyOrder, _ order: OrderState, _ slot: OrderSlot
    ) -> Checked<(Price, Quantity)> {
        guard request.side == order.side, request.type == order.type else {
            return .refused(.cannotModifyNoSuchOrder)
        }
        if order.remaining != order.quantity { return .refused(.cannotModifyPartialFill) }
        let listing = listings[Int(order.instrument.index)]
        let instrument = listing.instrument
        guard listing.isOpen else { return .refused(.marketClosed) }
        if accounts[Int(order.account.index)].isInLiquidation { return .refused(.inLiquidation) }
        var quantity = order.quantity
        if let wanted = request.quantity {
            switch checkQuantity(wanted, instrument) {
            case .refused(let reason): return .refused(reason)
            case .passed(let value): quantity = value
            }
        }
        var price = order.price
        if let wanted = request.price {
            switch checkPrice(wanted, order.side, listing) {
            case .refused(let reason): return .refused(reason)
            case .passed(let value): price = value
            }
        }
        if isTooSmall(
            quantity, order.side, worth: instrument.notional(price, quantity), order.account,
            instrument)
        {
            return .refused(.belowMinimumNotional)
        }
        let prospective = ProspectiveOrder(
            side: order.side, price: instrument.reference(price),
            limit: instrument.reference(price), quantity: quantity)
        if let reason = checkExposure(prospective, order.account, listing, replacing: slot) {
            return .refused(reason)
        }
        if order.type == .addLiquidityOnly
            && books[Int(order.instrument.index)].crosses(order.side, price)
        {
            return .refused(.cannotModifyWouldCross)
        }
        return .passed((price, quantity))
    }

    private func amend(
        _ before: OrderState, _ slot: OrderSlot, price: Price, quantity: Quantity
    ) {
        var order = before
        order.price = price
        order.quantity = quantity
        order.remaining = quantity
        order.isAmended = true
        order.updatedAt = now
        events.append(.orderAmended(order))
        let book = books[Int(order.instrument.index)]
        if price == before.price && quantity <= before.quantity {
            orderDetails[slot.position].quantity = quantity
            orderDetails[slot.position].isAmended = true
            orderDetails[slot.position].updatedAt = now
            guard quantity < before.quantity else { return }
            book.reduce(slot, to: quantity)
            changeOpenOrders(
                order.account, order.instrument, order.side, price,
                quantity.lots - before.quantity.lots)
            emitLevel(order.instrument, order.side, price)
        } else {
            forget(slot)
            book.remove(slot)
            emitLevel(order.instrument, order.side, before.price)
            enter(&order, limit: price)
        }
    }
}

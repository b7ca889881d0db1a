import ExchangeTypes

extension Exchange {
    /// Changes price, total quantity or legs of a resting order that has not traded yet. Time priority
    /// stays only where the quantity falls at the same price.
    ///
    /// A change of a kind of order that waits behind the speed bump waits as well; it is checked both
    /// when it comes and when it takes effect. **Source** `rules.md` §6.13, R-054 … R-056, P-201.
    func modifyOrder(_ request: ModifyOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard isBumped(request.type) else { return carryOut(request) }
        switch check(request) {
        case .refused(let reason): reject(request, reason)
        case .passed: hold(request)
        }
    }

    /// Takes a change to the book.
    func carryOut(_ request: ModifyOrder) {
        switch check(request) {
        case .refused(let reason): reject(request, reason)
        case .passed(let (slot, order)): amend(slot, to: order)
        }
    }

    private func reject(_ request: ModifyOrder, _ reason: RejectReason) {
        let order = resting(request).map(state(at:))
        events.append(
            .modifyRejected(ModifyRejected(request: request, reason: reason, order: order)))
    }

    private func resting(_ request: ModifyOrder) -> OrderSlot? {
        listed(request.instrument).flatMap {
            find(request.order, of: request.account, in: $0)
        }
    }

    /// The order as it would be, or why it cannot.
    private func check(_ request: ModifyOrder) -> Checked<(OrderSlot, OrderState)> {
        guard listed(request.instrument) != nil else { return .refused(.unknownSymbol) }
        guard let slot = resting(request) else { return .refused(.cannotModifyNoSuchOrder) }
        var order = state(at: slot)
        guard
            request.side == order.side, request.type == order.type,
            request.isReduceOnly ?? order.isReduceOnly == order.isReduceOnly
        else { return .refused(.cannotModifyNoSuchOrder) }
        if order.remaining != order.quantity { return .refused(.cannotModifyPartialFill) }
        let listing = listings[Int(order.instrument.index)]
        if let reason = checkTrading(order.account, listing) { return .refused(reason) }
        if let reason = takeOver(request, &order, listing, slot) { return .refused(reason) }
        if let reason = checkRisk(of: order, listing, replacing: slot) { return .refused(reason) }
        if order.type == .addLiquidityOnly
            && books[Int(order.instrument.index)].crosses(order.side, order.price)
        {
            return .refused(.cannotModifyWouldCross)
        }
        return .passed((slot, order))
    }

    /// Writes what a request changes into the order; nil when all of it is possible.
    private func takeOver(
        _ request: ModifyOrder, _ order: inout OrderState, _ listing: Listing, _ slot: OrderSlot
    ) -> RejectReason? {
        let instrument = listing.instrument
        if let wanted = request.quantity {
            switch checkQuantity(wanted, instrument) {
            case .refused(let reason): return reason
            case .passed(let value): order.quantity = value
            }
        }
        if let wanted = request.price {
            switch checkPrice(wanted, order.side, listing) {
            case .refused(let reason): return reason
            case .passed(let value): order.price = value
            }
        }
        if order.isReduceOnly {
            order.quantity = min(
                order.quantity,
                reducible(order.side, order.account, order.instrument, without: slot))
            if order.quantity == .zero { return .nothingToReduce }
        }
        order.remaining = order.quantity
        let reference = instrument.reference(order.price)
        if !order.isReduceOnly
            && isTooSmall(
                order.quantity, order.side, worth: instrument.notional(reference, order.quantity),
                order.account, instrument)
        {
            return .belowMinimumNotional
        }
        return takeOverLegs(request, &order, reference, instrument)
    }

    /// Legs that a request does not name stay as they are, unless the new price has passed them.
    private func takeOverLegs(
        _ request: ModifyOrder, _ order: inout OrderState, _ reference: ReferencePrice,
        _ instrument: Instrument
    ) -> RejectReason? {
        let takeProfit =
            request.takeProfit ?? WireDecimal(instrument.decimal(order.takeProfit))
        let stopLoss = request.stopLoss ?? WireDecimal(instrument.decimal(order.stopLoss))
        switch checkLegs(
            takeProfit, stopLoss, order.side, reference: reference, instrument)
        {
        case .refused(let reason): return reason
        case .passed(let legs): (order.takeProfit, order.stopLoss) = legs
        }
        return nil
    }

    private func checkRisk(
        of order: OrderState, _ listing: Listing, replacing slot: OrderSlot
    ) -> RejectReason? {
        if order.isReduceOnly { return nil }
        let price = listing.instrument.reference(order.price)
        let prospective = ProspectiveOrder(
            side: order.side, price: price, limit: price, quantity: order.quantity)
        return checkExposure(prospective, order.account, listing, replacing: slot)
    }

    private func amend(_ slot: OrderSlot, to changed: OrderState) {
        let before = state(at: slot)
        var order = changed
        order.isAmended = true
        order.updatedAt = now
        events.append(.orderAmended(order))
        let book = books[Int(order.instrument.index)]
        if order.price == before.price && order.quantity <= before.quantity {
            orderDetails[slot.position].quantity = order.quantity
            orderDetails[slot.position].isAmended = true
            orderDetails[slot.position].updatedAt = now
            orderDetails[slot.position].takeProfit = order.takeProfit
            orderDetails[slot.position].stopLoss = order.stopLoss
            guard order.quantity < before.quantity else { return }
            book.reduce(slot, to: order.quantity)
            changeOpenOrders(pool[slot], order.quantity.lots - before.quantity.lots)
            emitLevel(order.instrument, order.side, order.price)
        } else {
            forget(slot)
            book.remove(slot)
            emitLevel(order.instrument, order.side, before.price)
            enter(&order, limit: order.price)
        }
    }
}

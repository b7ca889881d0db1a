import ExchangeTypes

extension Exchange {
    /// The whole story of a new order: check, accept, meet the book, rest or end.
    func placeOrder(_ request: PlaceOrder) {
        guard isOpen(request.account) else { return refuse() }
        let id = OrderID(nextOrderID)
        nextOrderID += 1
        var request = request
        if request.clientOrderID.isEmpty { request.clientOrderID = generatedClientOrderID(id) }
        switch check(request) {
        case .refused(let reason):
            events.append(.orderRejected(OrderRejected(order: request, reason: reason)))
        case .passed(let (instrument, checked)):
            var order = OrderState(
                id: id, account: request.account, instrument: instrument, side: request.side,
                type: request.type, timeInForce: request.timeInForce, isAmended: false,
                price: request.type == .market ? .zero : checked.limit,
                quantity: checked.quantity, remaining: checked.quantity, updatedAt: now,
                clientOrderID: request.clientOrderID, feeTier: feeTier(of: request.account))
            events.append(.orderAccepted(order))
            enter(&order, limit: checked.limit)
        }
    }

    /// All checks of a new order, in the order of `rules.md` §6.2.
    private func check(_ request: PlaceOrder) -> Checked<(InstrumentID, CheckedOrder)> {
        guard let id = listed(request.instrument) else { return .refused(.unknownSymbol) }
        let listing = listings[Int(id.index)]
        let instrument = listing.instrument
        guard listing.isOpen, let mark = listing.mark else { return .refused(.marketClosed) }
        if accounts[Int(request.account.index)].isInLiquidation { return .refused(.inLiquidation) }
        guard isAllowed(request.type, request.timeInForce) else {
            return .refused(.invalidTimeInForce)
        }
        let quantity: Quantity
        switch checkQuantity(request.quantity, instrument) {
        case .refused(let reason): return .refused(reason)
        case .passed(let value): quantity = value
        }
        let limit: Price
        if request.type == .market {
            limit = marketLimit(request.side, listing)
        } else {
            switch checkPrice(request.price, request.side, listing) {
            case .refused(let reason): return .refused(reason)
            case .passed(let value): limit = value
            }
        }
        // A market sell has no price of its own to value it by; a market buy may pay up to its limit.
        let isMarket = request.type == .market
        let valuePrice = isMarket ? mark : instrument.reference(limit)
        let marginPrice = isMarket && request.side == .sell ? mark : instrument.reference(limit)
        if isTooSmall(
            quantity, request.side, worth: instrument.notional(valuePrice, quantity),
            request.account, instrument)
        {
            return .refused(.belowMinimumNotional)
        }
        if let reason = checkOpenOrders(request) { return .refused(reason) }
        let prospective = ProspectiveOrder(
            side: request.side, price: marginPrice, limit: instrument.reference(limit),
            quantity: quantity)
        if let reason = checkExposure(prospective, request.account, listing) {
            return .refused(reason)
        }
        if request.type == .addLiquidityOnly && books[Int(id.index)].crosses(request.side, limit) {
            return .refused(.postOnlyWouldCross)
        }
        return .passed((id, CheckedOrder(quantity: quantity, limit: limit)))
    }

    private func checkOpenOrders(_ request: PlaceOrder) -> RejectReason? {
        let key = ClientOrderKey(account: request.account, clientOrderID: request.clientOrderID)
        if ordersByClientID[key] != nil { return .duplicateClientOrderID }
        let count = accounts[Int(request.account.index)].openOrderCount
        if request.timeInForce == .goodTillCancelled && count >= Int(venue.maximumOpenOrders) {
            return .tooManyOpenOrders
        }
        return nil
    }

    func generatedClientOrderID(_ id: OrderID) -> ClientOrderID {
        var bytes: [UInt8] = []
        OrderIdentifierPermutation.uniqueID(of: id).append(to: &bytes)
        guard let text = ClientOrderID(utf8: bytes) else {
            preconditionFailure("a UUID of \(bytes.count) bytes must fit")
        }
        return text
    }

    /// Meets the book with an accepted order, then rests or ends what is left of it.
    func enter(
        _ order: inout OrderState, limit: Price, executionType: ExecutionType = .normal
    ) {
        let book = books[Int(order.instrument.index)]
        let user = accounts[Int(order.account.index)].user
        let isPossible =
            order.timeInForce != .fillOrKill
            || book.canFill(order.side, limit: limit, quantity: order.remaining, user: user)
        if isPossible {
            var settlement = Settlement(
                exchange: self, instrument: listings[Int(order.instrument.index)].instrument,
                executionType: executionType, aggressor: order)
            _ = book.match(
                order.side, limit: limit, quantity: order.remaining, user: user,
                listener: &settlement)
            order = settlement.aggressor
        }
        if order.remaining == .zero { return }
        switch order.timeInForce {
        case .goodTillCancelled:
            rest(order)
            emitLevel(order.instrument, order.side, order.price)
        case .immediateOrCancel, .fillOrKill:
            events.append(.orderCancelled(order, .unfilledRemainder))
        }
    }
}

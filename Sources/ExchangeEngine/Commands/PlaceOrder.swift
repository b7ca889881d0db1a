import ExchangeTypes

extension Exchange {
    /// The whole story of a new order: check, wait behind the speed bump, accept, meet the book, rest or
    /// end.
    func placeOrder(_ request: PlaceOrder) {
        guard isOpen(request.account) else { return refuse() }
        let id = OrderID(nextOrderID)
        nextOrderID += 1
        var request = request
        if request.clientOrderID.isEmpty { request.clientOrderID = generatedClientOrderID(id) }
        if request.type.isStop { return placeStopOrder(request, id) }
        if isBumped(request.type) {
            switch check(request) {
            case .refused(let reason): reject(request, reason)
            case .passed(let checked): hold(request, id, checked)
            }
        } else {
            carryOut(request, id)
        }
    }

    /// Takes a new order to the book.
    func carryOut(_ request: PlaceOrder, _ id: OrderID) {
        switch check(request) {
        case .refused(let reason): reject(request, reason)
        case .passed(let checked):
            var order = orderState(request, id, checked)
            events.append(.orderAccepted(order))
            enter(&order, limit: checked.limit)
        }
    }

    private func reject(_ request: PlaceOrder, _ reason: RejectReason) {
        events.append(.orderRejected(OrderRejected(order: request, reason: reason)))
    }

    /// The order that a checked request becomes.
    func orderState(_ request: PlaceOrder, _ id: OrderID, _ checked: CheckedOrder) -> OrderState {
        OrderState(
            id: id, account: request.account, instrument: checked.instrument, side: request.side,
            type: request.type, timeInForce: request.timeInForce, isAmended: false,
            price: request.type == .market ? .zero : checked.limit,
            quantity: checked.quantity, remaining: checked.quantity, updatedAt: now,
            clientOrderID: request.clientOrderID, feeTier: feeTier(of: request.account),
            isReduceOnly: request.isReduceOnly, takeProfit: checked.takeProfit,
            stopLoss: checked.stopLoss)
    }

    /// All checks of a new order, in the order of `rules.md` §6.2.
    private func check(_ request: PlaceOrder) -> Checked<CheckedOrder> {
        guard let id = listed(request.instrument) else { return .refused(.unknownSymbol) }
        let listing = listings[Int(id.index)]
        if let reason = checkTrading(request.account, listing) { return .refused(reason) }
        guard let mark = listing.mark else { return .refused(.marketClosed) }
        let instrument = listing.instrument
        if request.type == .stopMarket { return .refused(.invalidOrderType) }
        guard isAllowed(request.type, request.timeInForce) else {
            return .refused(.invalidTimeInForce)
        }
        var quantity: Quantity
        switch checkQuantity(request.quantity, instrument) {
        case .refused(let reason): return .refused(reason)
        case .passed(let value): quantity = value
        }
        let isMarket = request.type == .market
        let limit: Price
        if isMarket {
            limit = marketLimit(request.side, listing)
        } else {
            switch checkPrice(request.price, request.side, listing) {
            case .refused(let reason): return .refused(reason)
            case .passed(let value): limit = value
            }
        }
        if request.isReduceOnly {
            quantity = min(quantity, reducible(request.side, request.account, id))
            if quantity == .zero { return .refused(.nothingToReduce) }
        }
        // A market sell has no price of its own to value it by; a market buy may pay up to its limit.
        let valuePrice = isMarket ? mark : instrument.reference(limit)
        if !request.isReduceOnly
            && isTooSmall(
                quantity, request.side, worth: instrument.notional(valuePrice, quantity),
                request.account, instrument)
        {
            return .refused(.belowMinimumNotional)
        }
        var checked = CheckedOrder(instrument: id, quantity: quantity, limit: limit)
        switch checkLegs(
            request.takeProfit, request.stopLoss, request.side, reference: valuePrice, instrument)
        {
        case .refused(let reason): return .refused(reason)
        case .passed(let legs): (checked.takeProfit, checked.stopLoss) = legs
        }
        if let reason = checkOpenOrders(request) { return .refused(reason) }
        if !request.isReduceOnly {
            let marginPrice = isMarket && request.side == .sell ? mark : instrument.reference(limit)
            let prospective = ProspectiveOrder(
                side: request.side, price: marginPrice, limit: instrument.reference(limit),
                quantity: quantity)
            if let reason = checkExposure(prospective, request.account, listing) {
                return .refused(reason)
            }
        }
        if request.type == .addLiquidityOnly && books[Int(id.index)].crosses(request.side, limit) {
            return .refused(.postOnlyWouldCross)
        }
        return .passed(checked)
    }

    /// Whether an account may trade a contract now. **Source** R-044, R-090, R-101, P-184.
    func checkTrading(_ account: AccountID, _ listing: Listing) -> RejectReason? {
        guard listing.isOpen else { return .marketClosed }
        let owner = accounts[Int(account.index)]
        if owner.isInLiquidation { return .inLiquidation }
        let user = accounts[Int(owner.user.index)]
        if user.isIdentityCheckMissing { return .identityCheckRequired }
        return user.areTermsMissing ? .termsRequired : nil
    }

    func checkClientID(_ request: PlaceOrder) -> RejectReason? {
        let key = ClientOrderKey(account: request.account, clientOrderID: request.clientOrderID)
        return ordersByClientID[key] == nil ? nil : .duplicateClientOrderID
    }

    private func checkOpenOrders(_ request: PlaceOrder) -> RejectReason? {
        if let reason = checkClientID(request) { return reason }
        let count = accounts[Int(request.account.index)].orderCount
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

    /// Meets the book with an accepted order, then rests or ends what is left of it. Returns what it
    /// traded for.
    @discardableResult
    func enter(
        _ order: inout OrderState, limit: Price, executionType: ExecutionType = .normal
    ) -> Notional {
        let book = books[Int(order.instrument.index)]
        let user = accounts[Int(order.account.index)].user
        var value = Notional.zero
        if order.timeInForce != .fillOrKill || canFill(order, limit: limit) {
            var settlement = Settlement(
                exchange: self, instrument: listings[Int(order.instrument.index)].instrument,
                executionType: executionType, aggressor: order)
            _ = book.match(
                order.side, limit: limit, quantity: order.remaining, user: user,
                listener: &settlement)
            order = settlement.aggressor
            value = settlement.tradedValue
        }
        if order.remaining == .zero { return value }
        switch order.timeInForce {
        case .goodTillCancelled:
            rest(order)
            emitLevel(order.instrument, order.side, order.price)
        case .immediateOrCancel, .fillOrKill:
            events.append(.orderCancelled(order, .unfilledRemainder))
        }
        return value
    }
}

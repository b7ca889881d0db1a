import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Takes an order id, then refuses the order or lets it trade and rest. **Source** `rules.md` §6.
    mutating func place(_ request: PlaceOrder) {
        let id = takeOrderID()
        var request = request
        if request.clientOrderID.isEmpty { request.clientOrderID = madeName(id) }
        switch check(request) {
        case .refused(let reason):
            emit(.orderRejected(OrderRejected(order: request, reason: reason)))
        case .passed(let draft): enter(request, id, draft)
        }
    }

    /// The next order id.
    mutating func takeOrderID() -> OrderID {
        defer { nextOrder += 1 }
        return OrderID(nextOrder)
    }

    /// The client order id of an order that came without one.
    func madeName(_ id: OrderID) -> ClientOrderID {
        var name: [UInt8] = []
        OrderIdentifierPermutation.uniqueID(of: id).append(to: &name)
        return ClientOrderID(utf8: name) ?? ClientOrderID()
    }

    /// All checks in the order that decides which reason is given.
    private func check(_ request: PlaceOrder) -> NaiveCheck<NaiveDraft> {
        guard let id = listed(request.instrument) else { return .refused(.unknownSymbol) }
        guard listings[id.place].isOpen, let oracle = listings[id.place].oracle,
            let mark = listings[id.place].mark
        else {
            return .refused(.marketClosed)
        }
        if accounts[request.account.place].isInLiquidation { return .refused(.inLiquidation) }
        guard isAllowed(request.type, request.timeInForce) else {
            return .refused(.invalidTimeInForce)
        }
        var draft = NaiveDraft(
            account: request.account, instrument: id, side: request.side, type: request.type,
            quantity: .zero, limit: .zero, notionalPrice: mark, marginPrice: mark)
        switch checkQuantity(request.quantity, instrument(id)) {
        case .refused(let reason): return .refused(reason)
        case .passed(let quantity): draft.quantity = quantity
        }
        switch request.type {
        case .market:
            draft.limit = marketLimit(request.side, id, oracle: oracle)
            if request.side == .buy { draft.marginPrice = units(draft.limit, of: id) }
        case .limit, .addLiquidityOnly, .takeProfit, .stopLoss, .stopMarket:
            switch checkPrice(request.price, request.side, id) {
            case .refused(let reason): return .refused(reason)
            case .passed(let price): draft.limit = price
            }
            draft.notionalPrice = units(draft.limit, of: id)
            draft.marginPrice = draft.notionalPrice
        }
        if let reason = checkRisk(request, draft) { return .refused(reason) }
        return .passed(draft)
    }

    private func checkRisk(_ request: PlaceOrder, _ draft: NaiveDraft) -> RejectReason? {
        if let reason = checkMinimumNotional(draft) { return reason }
        let open = orders(of: request.account)
        if open.contains(where: { $0.clientOrderID == request.clientOrderID }) {
            return .duplicateClientOrderID
        }
        if request.timeInForce == .goodTillCancelled && open.count >= Int(venue.maximumOpenOrders) {
            return .tooManyOpenOrders
        }
        if let reason = checkLimits(draft) { return reason }
        if isRuinous(draft) { return .insufficientMargin }
        if !isReducingOnly(draft) && marginIncrease(draft) > availableBalance(request.account) {
            return .insufficientMargin
        }
        return request.type == .addLiquidityOnly && crosses(draft) ? .postOnlyWouldCross : nil
    }

    private mutating func enter(_ request: PlaceOrder, _ id: OrderID, _ draft: NaiveDraft) {
        var order = OrderState(
            id: id, account: request.account, instrument: draft.instrument, side: request.side,
            type: request.type, timeInForce: request.timeInForce, isAmended: false,
            price: request.type == .market ? .zero : draft.limit, quantity: draft.quantity,
            remaining: draft.quantity, updatedAt: now, clientOrderID: request.clientOrderID,
            feeTier: feeTier(request.account))
        emit(.orderAccepted(order))
        let isHopeless =
            request.timeInForce == .fillOrKill && liquidity(draft) < Int128(order.remaining.lots)
        if !isHopeless { match(&order, limit: draft.limit) }
        guard order.remaining > .zero else { return }
        switch request.timeInForce {
        case .goodTillCancelled: rest(order)
        case .immediateOrCancel, .fillOrKill: emit(.orderCancelled(order, .unfilledRemainder))
        }
    }

    /// What others offer within the limit, in lots; wide, because a book has no bound.
    private func liquidity(_ draft: NaiveDraft) -> Int128 {
        listings[draft.instrument.place].book.orders
            .filter {
                $0.side != draft.side && user($0.account) != user(draft.account)
                    && isAcceptable($0.price, to: draft.side, limit: draft.limit)
            }
            .reduce(0) { $0 + Int128($1.remaining.lots) }
    }

    /// Puts an order behind all others of its price.
    mutating func rest(_ order: OrderState) {
        listings[order.instrument.place].book.append(order)
        emitLevel(order.instrument, order.side, order.price)
    }

    /// Tells what rests at a price now: the book was touched.
    mutating func emitLevel(_ id: InstrumentID, _ side: Side, _ price: Price) {
        listings[id.place].isTouched = true
        let book = listings[id.place].book
        let best = book.best(side).map { DepthRow(price: $0, quantity: book.total(side, $0)) }
        emit(
            .levelChanged(
                LevelChanged(
                    instrument: id, side: side, price: price, quantity: book.total(side, price),
                    best: best)))
    }
}

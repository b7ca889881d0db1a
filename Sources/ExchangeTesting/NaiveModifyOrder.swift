import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Changes a resting order or says why not. **Source** `rules.md` §6.13.
    mutating func modify(_ request: ModifyOrder) {
        guard let id = listed(request.instrument) else {
            return reject(request, .unknownSymbol, nil)
        }
        let book = listings[id.place].book
        guard let old = book.find(request.order, of: request.account) else {
            return reject(request, .cannotModifyNoSuchOrder, nil)
        }
        switch check(request, old) {
        case .refused(let reason): reject(request, reason, old)
        case .passed(let draft): amend(old, draft)
        }
    }

    private mutating func reject(
        _ request: ModifyOrder, _ reason: RejectReason, _ order: OrderState?
    ) {
        emit(.modifyRejected(ModifyRejected(request: request, reason: reason, order: order)))
    }

    /// All checks in the order that decides which reason is given.
    private func check(_ request: ModifyOrder, _ old: OrderState) -> NaiveCheck<NaiveDraft> {
        guard request.side == old.side, request.type == old.type else {
            return .refused(.cannotModifyNoSuchOrder)
        }
        guard old.remaining == old.quantity else { return .refused(.cannotModifyPartialFill) }
        guard listings[old.instrument.place].isOpen else { return .refused(.marketClosed) }
        if accounts[old.account.place].isInLiquidation { return .refused(.inLiquidation) }
        var draft = NaiveDraft(
            account: old.account, instrument: old.instrument, side: old.side, type: old.type,
            quantity: old.quantity, limit: old.price, notionalPrice: 0, marginPrice: 0,
            replaced: old.id)
        if let quantity = request.quantity {
            switch checkQuantity(quantity, instrument(old.instrument)) {
            case .refused(let reason): return .refused(reason)
            case .passed(let quantity): draft.quantity = quantity
            }
        }
        if let price = request.price {
            switch checkPrice(price, old.side, old.instrument) {
            case .refused(let reason): return .refused(reason)
            case .passed(let price): draft.limit = price
            }
        }
        draft.notionalPrice = units(draft.limit, of: old.instrument)
        draft.marginPrice = draft.notionalPrice
        if let reason = checkMinimumNotional(draft) { return .refused(reason) }
        if let reason = checkLimits(draft) { return .refused(reason) }
        if isRuinous(draft) { return .refused(.insufficientMargin) }
        if !isReducingOnly(draft) {
            let increase = marginIncrease(draft)
            if increase > 0 && increase > availableBalance(old.account) {
                return .refused(.insufficientMargin)
            }
        }
        if old.type == .addLiquidityOnly && crosses(draft) {
            return .refused(.cannotModifyWouldCross)
        }
        return .passed(draft)
    }

    /// A pure decrease keeps its place, anything else goes to the end. **Source** R-056.
    private mutating func amend(_ old: OrderState, _ draft: NaiveDraft) {
        var order = old
        order.isAmended = true
        order.updatedAt = now
        order.price = draft.limit
        order.quantity = draft.quantity
        order.remaining = draft.quantity
        if order.price == old.price && order.quantity <= old.quantity {
            listings[old.instrument.place].book.replace(order)
            emit(.orderAmended(order))
            if order.quantity != old.quantity {
                emitLevel(order.instrument, order.side, order.price)
            }
            return
        }
        listings[old.instrument.place].book.remove(old.id)
        emit(.orderAmended(order))
        emitLevel(old.instrument, old.side, old.price)
        match(&order, limit: order.price)
        if order.remaining > .zero { rest(order) }
    }
}

import ExchangeTypes

/// Orders that may only reduce a position. **Source** R-068, P-130; ORDERS.md §3.
extension Exchange {
    /// What a new reduce-only order may be at most: what closes the position, less what other resting
    /// orders of its kind are there for. `excluded` is one that would be replaced.
    func reducible(
        _ side: Side, _ account: AccountID, _ instrument: InstrumentID,
        without excluded: OrderSlot? = nil
    ) -> Quantity {
        let holding = accounts[Int(account.index)].holding(of: instrument)
        var taken = holding.reduceOnly(side).quantity.lots
        if let excluded, pool[excluded].side == side { taken -= pool[excluded].remaining.lots }
        return Quantity(lots: max(0, holding.closable(by: side).lots - taken))
    }

    /// Lowers or cancels resting reduce-only orders, newest first, until they fit the position.
    func trimReduceOnly(_ key: HoldingKey) {
        for side in Side.allCases {
            let holding = accounts[Int(key.account.index)].holding(of: key.instrument)
            var excess = holding.reduceOnly(side).quantity.lots - holding.closable(by: side).lots
            if excess <= 0 { continue }
            let newestFirst = openOrders(of: key.account, in: key.instrument)
                .filter { pool[$0].isReduceOnly && pool[$0].side == side }
                .sorted { pool[$0].id > pool[$1].id }
            for slot in newestFirst where excess > 0 {
                let part = min(excess, pool[slot].remaining.lots)
                excess -= part
                lower(slot, by: part)
            }
        }
    }

    private func lower(_ slot: OrderSlot, by lots: Int64) {
        if lots == pool[slot].remaining.lots { return cancelOrders([slot], .nothingToReduce) }
        let order = pool[slot]
        books[Int(order.instrument.index)].reduce(
            slot, to: Quantity(lots: order.remaining.lots - lots))
        changeOpenOrders(order, -lots)
        orderDetails[slot.position].quantity.lots -= lots
        orderDetails[slot.position].updatedAt = now
        events.append(.orderAmended(state(at: slot)))
        emitLevel(order.instrument, order.side, order.price)
    }

    /// Whether a whole quantity could be traded at once within a limit. **Source** R-050, R-075.
    ///
    /// **Complexity** linear in the orders looked at.
    func canFill(_ order: OrderState, limit: Price) -> Bool {
        let book = books[Int(order.instrument.index)]
        let user = accounts[Int(order.account.index)].user
        if book.reduceOnlyCount == 0 {
            return book.canFill(order.side, limit: limit, quantity: order.remaining, user: user)
        }
        // A reduce-only order offers what its account could still close after its earlier fills.
        var wanted = order.remaining.lots
        var traded: [AccountID: Int64] = [:]
        var level = book.best(order.side.opposite)
        while let price = level {
            if order.side == .buy ? price > limit : price < limit { return false }
            for maker in book.orders(at: price) where maker.user != user {
                var offered = maker.remaining.lots
                let before = traded[maker.account] ?? 0
                if maker.isReduceOnly {
                    let holding = accounts[Int(maker.account.index)].holding(of: maker.instrument)
                    offered = min(offered, max(0, holding.closable(by: maker.side).lots - before))
                }
                traded[maker.account] = before + offered
                wanted -= offered
                if wanted <= 0 { return true }
            }
            level = book.next(order.side.opposite, behind: price)
        }
        return false
    }
}

/// A holding whose position changed.
struct HoldingKey: Hashable, Comparable {
    let account: AccountID
    let instrument: InstrumentID

    static func < (left: HoldingKey, right: HoldingKey) -> Bool {
        (left.account, left.instrument) < (right.account, right.instrument)
    }
}

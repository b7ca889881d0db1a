import ExchangeTypes

/// What must hold of everything that waits outside of the books: stop orders, legs, requests behind the
/// speed bump, sliced orders. **Source** DESIGN §6.3: I-7, I-12.
extension Exchange {
    /// Part of `verifyInvariants`.
    func checkWaiting(names: Bool) throws(BrokenInvariant) {
        for account in accounts { try checkWaiting(account, names: names) }
        try checkTotals()
        try checkQueues()
        try require(
            triggered.isEmpty && filledParents.isEmpty && changedHoldings.isEmpty,
            "a command ended before what it led to")
    }

    private func checkWaiting(
        _ account: Account, names: Bool
    ) throws(BrokenInvariant) {
        try require(
            !account.isInLiquidation || account.orderCount == 0,
            "account \(account.id.index) has \(account.orderCount) orders in liquidation")
        try require(
            account.stops == account.stops.sorted() && account.twaps == account.twaps.sorted(),
            "I-7 the orders of account \(account.id.index) are not sorted")
        for id in account.stops {
            try require(
                stops[id]?.state.account == account.id,
                "I-7 stop order \(id.value) is not of account \(account.id.index)")
            if let stop = stops[id] { try check(stop) }
        }
        for slot in names ? openOrders(of: account.id, in: nil) : [] {
            try checkName(orderDetails[slot.position].clientOrderID, account.id, pool[slot].id)
        }
    }

    private func check(_ stop: StopOrder) throws(BrokenInvariant) {
        let state = stop.state
        try checkName(state.clientOrderID, state.account, state.id)
        try require(
            state.isReduceOnly && state.remaining == state.quantity && state.quantity > .zero,
            "stop order \(state.id.value) is of \(state.remaining.lots) lots")
        guard let parent = stop.parent else { return }
        let pair = legs[parent]
        let known = state.type == .takeProfit ? pair?.takeProfit : pair?.stopLoss
        try require(
            known == state.id, "stop order \(state.id.value) is no leg of order \(parent.value)")
    }

    private func checkName(_ name: ClientOrderID, _ account: AccountID, _ id: OrderID)
        throws(BrokenInvariant)
    {
        let found = ordersByClientID[ClientOrderKey(account: account, clientOrderID: name)]
        try require(found == id, "I-7 order \(id.value) is not found by its name")
    }

    private func checkTotals() throws(BrokenInvariant) {
        let stopCount = accounts.reduce(0) { $0 + $1.stops.count }
        let triggerCount = stopTriggers.reduce(0) { $0 + $1.rising.count + $1.falling.count }
        try require(
            stopCount == stops.count && triggerCount == stops.count,
            "I-7 accounts have \(stopCount) stop orders, contracts \(triggerCount)")
        let legCount = legs.values.reduce(0) {
            $0 + ($1.takeProfit == nil ? 0 : 1) + ($1.stopLoss == nil ? 0 : 1)
        }
        let children = stops.values.count { $0.parent != nil }
        try require(legCount == children, "I-7 \(legCount) legs, \(children) stop orders of pairs")
        let heldCount = accounts.reduce(0) { $0 + $1.heldCount }
        try require(
            heldCount == heldOrders.count,
            "I-7 accounts have \(heldCount) waiting orders, the queue \(heldOrders.count)")
        let twapCount = accounts.reduce(0) { $0 + $1.twaps.count }
        try require(
            twapCount == twaps.count,
            "I-7 accounts have \(twapCount) sliced orders, the schedule \(twaps.count)")
    }

    private func checkQueues() throws(BrokenInvariant) {
        let waiting = held[firstHeld...]
        try require(
            zip(waiting, waiting.dropFirst()).allSatisfy { $0.dueAt <= $1.dueAt },
            "requests pass each other behind the speed bump")
        try require(
            zip(twaps, twaps.dropFirst()).allSatisfy {
                ($0.nextAt, $0.state.id) < ($1.nextAt, $1.state.id)
            }, "sliced orders are not in the order of their children")
        for twap in twaps {
            try require(
                twap.state.filled <= twap.state.total && twap.sentCount < twap.state.orderCount,
                "sliced order \(twap.state.id.value) traded \(twap.state.filled.lots) lots")
        }
    }
}

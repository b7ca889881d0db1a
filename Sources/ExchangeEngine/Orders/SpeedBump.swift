public import ExchangeTypes

/// A request that waits for its turn to reach the book.
struct HeldRequest {
    enum Kind {
        /// A new order, under the id it was given.
        case place(OrderID)
        case modify(ModifyOrder)
    }
    let dueAt: Timestamp
    let kind: Kind
    /// The command that asked for it.
    let command: SequenceNumber
}

/// A new order behind the speed bump: nobody sees it, but it can be cancelled.
struct HeldOrder {
    let request: PlaceOrder
    let checked: CheckedOrder
}

/// Limit orders and their changes wait a little before they reach the book, in the order in which they
/// came; cancels and market orders pass them. **Source** `rules.md` §7, R-071, R-072; ORDERS.md §2.
extension Exchange {
    /// Whether orders of a type wait.
    func isBumped(_ type: OrderType) -> Bool {
        guard venue.speedBumpNanoseconds > 0 else { return false }
        switch type {
        case .limit: return venue.isLimitBumped
        case .addLiquidityOnly: return venue.isPostOnlyBumped
        case .market, .takeProfit, .stopLoss, .stopMarket: return false
        }
    }

    /// Makes a checked new order wait. Its client id is taken from now on.
    func hold(_ request: PlaceOrder, _ id: OrderID, _ checked: CheckedOrder) {
        wait(.place(id))
        keepHeld(id, HeldOrder(request: request, checked: checked))
    }

    func keepHeld(_ id: OrderID, _ order: HeldOrder) {
        let request = order.request
        heldOrders[id] = order
        accounts[Int(request.account.index)].heldCount += 1
        ordersByClientID[
            ClientOrderKey(account: request.account, clientOrderID: request.clientOrderID)] = id
    }

    /// Makes a checked change wait.
    func hold(_ request: ModifyOrder) { wait(.modify(request)) }

    private func wait(_ kind: HeldRequest.Kind) {
        let due = now.advanced(byNanoseconds: venue.speedBumpNanoseconds)
        // A shorter bump must not let later requests pass earlier ones.
        let last = held.last?.dueAt ?? due
        held.append(HeldRequest(dueAt: max(due, last), kind: kind, command: command))
    }

    /// When the next request leaves.
    var nextRelease: Timestamp? {
        firstHeld < held.count ? held[firstHeld].dueAt : nil
    }

    /// The command whose request leaves next.
    public var oldestWaiting: SequenceNumber? {
        firstHeld < held.count ? held[firstHeld].command : nil
    }

    /// Whether the request of the last command waits.
    public func isWaiting(_ command: SequenceNumber) -> Bool { held.last?.command == command }

    /// Lets the oldest request go on to the book. Returns the command that asked for it.
    func releaseHeld() -> SequenceNumber {
        let request = held[firstHeld]
        firstHeld += 1
        dropCancelled()
        switch request.kind {
        case .place(let id):
            if let order = forgetHeld(id) { carryOut(order.request, id) }
        case .modify(let modify): carryOut(modify)
        }
        return request.command
    }

    /// Takes a waiting order out before its time.
    func cancelHeld(_ id: OrderID, _ reason: CancelReason) {
        guard let order = forgetHeld(id) else { return }
        dropCancelled()
        let state = orderState(order.request, id, order.checked)
        events.append(.orderCancelled(state, reason))
    }

    /// Lets no cancelled order be the next or the last of the queue: it must neither wake the exchange
    /// nor hold up who comes later. Those in between go when they come to an end of it.
    private func dropCancelled() {
        while held.count > firstHeld, isCancelled(held[held.count - 1]) { held.removeLast() }
        while held.count > firstHeld, isCancelled(held[firstHeld]) { firstHeld += 1 }
        if firstHeld == held.count {
            held.removeAll(keepingCapacity: true)
            firstHeld = 0
        } else if firstHeld >= 1_024 && firstHeld * 2 >= held.count {
            held.removeFirst(firstHeld)
            firstHeld = 0
        }
    }

    private func isCancelled(_ request: HeldRequest) -> Bool {
        switch request.kind {
        case .place(let id): heldOrders[id] == nil
        case .modify: false
        }
    }

    /// The waiting orders of an account, or those in one contract, by id.
    func heldOrders(of account: AccountID, in instrument: InstrumentID?) -> [OrderID] {
        if accounts[Int(account.index)].heldCount == 0 { return [] }
        return held[firstHeld...].compactMap { request in
            guard case .place(let id) = request.kind, let order = heldOrders[id],
                order.request.account == account,
                instrument == nil || order.checked.instrument == instrument
            else { return nil }
            return id
        }
    }

    func isHeld(by account: AccountID, in instrument: InstrumentID) -> Bool {
        !heldOrders(of: account, in: instrument).isEmpty
    }

    /// The waiting order of an account that a reference means.
    func findHeld(
        _ reference: OrderReference, of account: AccountID, in instrument: InstrumentID
    ) -> OrderID? {
        guard let id = orderID(reference, of: account), let order = heldOrders[id],
            order.request.account == account, order.checked.instrument == instrument
        else { return nil }
        return id
    }

    private func forgetHeld(_ id: OrderID) -> HeldOrder? {
        guard let order = heldOrders.removeValue(forKey: id) else { return nil }
        accounts[Int(order.request.account.index)].heldCount -= 1
        ordersByClientID[
            ClientOrderKey(
                account: order.request.account, clientOrderID: order.request.clientOrderID)] = nil
        return order
    }
}

import ExchangeTypes

/// An order that waits outside of the book for the mark price. **Source** `rules.md` §6.9.
struct StopOrder {
    var state: OrderState
    /// The order whose fills it protects, if it is a leg of one.
    var parent: OrderID?
    /// Its place among the contract's triggers.
    var trigger: TriggerHeap<OrderID>.Handle = TriggerHeap<OrderID>.none

    /// Whether it is the mark's rise that triggers it.
    var isRising: Bool { state.type.isTriggeredByRise(on: state.side) }
}

extension OrderType {
    /// Whether it is the mark's rise that triggers a stop order of this type and side.
    func isTriggeredByRise(on side: Side) -> Bool { (self == .takeProfit) == (side == .sell) }
}

/// The stop orders of a contract by trigger: those that a rising mark reaches, ranked by price, and
/// those that a falling one does, ranked by minus the price.
struct StopTriggers {
    var rising = TriggerHeap<OrderID>()
    var falling = TriggerHeap<OrderID>()
}

/// **Source** R-060 to R-062, P-140 to P-147; ORDERS.md §4.
extension Exchange {
    /// A new stop order, or why not.
    func placeStopOrder(_ request: PlaceOrder, _ id: OrderID) {
        switch checkStop(request) {
        case .refused(let reason):
            events.append(.orderRejected(OrderRejected(order: request, reason: reason)))
        case .passed(let checked):
            var state = orderState(request, id, checked)
            state.isReduceOnly = true
            events.append(.orderAccepted(state))
            keep(StopOrder(state: state))
        }
    }

    private func checkStop(_ request: PlaceOrder) -> Checked<CheckedOrder> {
        guard let id = listed(request.instrument) else { return .refused(.unknownSymbol) }
        let listing = listings[Int(id.index)]
        if let reason = checkTrading(request.account, listing) { return .refused(reason) }
        let quantity: Quantity
        let price: Price
        switch checkStop(
            request.quantity, request.price, request.side, request.type, request.account, listing)
        {
        case .refused(let reason): return .refused(reason)
        case .passed(let (checkedQuantity, trigger)): (quantity, price) = (checkedQuantity, trigger)
        }
        if let reason = checkClientID(request) { return .refused(reason) }
        if accounts[Int(request.account.index)].orderCount >= Int(venue.maximumOpenOrders) {
            return .refused(.tooManyOpenOrders)
        }
        return .passed(CheckedOrder(instrument: id, quantity: quantity, limit: price))
    }

    /// Quantity and trigger of a stop order, new or changed.
    private func checkStop(
        _ wanted: WireDecimal, _ wantedPrice: WireDecimal, _ side: Side, _ type: OrderType,
        _ account: AccountID, _ listing: Listing
    ) -> Checked<(Quantity, Price)> {
        let instrument = listing.instrument
        let bounds = Quantity(lots: 1)...Quantity(lots: Limits.maximumQuantityLots)
        let quantity: Quantity
        switch gridQuantity(wanted, instrument, within: bounds) {
        case .refused(let reason): return .refused(reason)
        case .passed(let value): quantity = value
        }
        let price: Price
        switch gridPrice(wantedPrice, instrument) {
        case .refused(let reason): return .refused(reason)
        case .passed(let value): price = value
        }
        guard let mark = listing.mark else { return .refused(.marketClosed) }
        guard isBeyond(price, mark, instrument, isAbove: type.isTriggeredByRise(on: side)) else {
            return .refused(
                type == .takeProfit ? .invalidTakeProfitPrice : .invalidStopLossPrice)
        }
        let holding = accounts[Int(account.index)].holding(of: instrument.id)
        if quantity > holding.closable(by: side) { return .refused(.nothingToReduce) }
        return .passed((quantity, price))
    }

    /// Changes trigger and quantity, or says why not.
    func modifyStopOrder(_ request: ModifyStopOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard
            let instrument = listed(request.instrument),
            let stop = findStop(request.order, of: request.account),
            stop.state.instrument == instrument
        else { return reject(.modify(request), .cannotModifyNoSuchOrder, nil) }
        guard
            request.side ?? stop.state.side == stop.state.side,
            request.type ?? stop.state.type == stop.state.type
        else { return reject(.modify(request), .cannotModifyNoSuchOrder, stop.state) }
        switch checkStop(
            request.quantity, request.price, stop.state.side, stop.state.type, request.account,
            listings[Int(instrument.index)])
        {
        case .refused(let reason): reject(.modify(request), reason, stop.state)
        case .passed(let (quantity, price)):
            var changed = stop
            changed.state.quantity = quantity
            changed.state.remaining = quantity
            changed.state.price = price
            changed.state.isAmended = true
            changed.state.updatedAt = now
            replace(changed)
            events.append(.orderAmended(changed.state))
        }
    }

    /// Takes a stop order out, or says that there is none.
    func cancelStopOrder(_ request: CancelStopOrder) {
        guard isOpen(request.account) else { return refuse() }
        guard let stop = findStop(request.order, of: request.account) else {
            return reject(.cancel(request), .noSuchOrder, nil)
        }
        cancelStop(stop.state.id, .requested)
    }

    private func reject(
        _ request: StopRequestRejected.Request, _ reason: RejectReason, _ order: OrderState?
    ) {
        events.append(
            .stopRequestRejected(
                StopRequestRejected(request: request, reason: reason, order: order)))
    }

    // MARK: Triggers

    /// Notes the stop orders that a contract's new mark has reached.
    func noteTriggered(by mark: ReferencePrice, of index: Int) {
        stopTriggers[index].rising.collect(upTo: mark.units, into: &triggered)
        stopTriggers[index].falling.collect(upTo: -mark.units, into: &triggered)
    }

    /// Carries out the oldest triggered stop order; false when there is none.
    func carryOutTriggered() -> Bool {
        guard let next = triggered.min() else { return false }
        triggered.removeAll { $0 == next }
        guard let stop = stops[next] else { return true }
        let listing = listings[Int(stop.state.instrument.index)]
        // It is found again at the next change of the mark.
        guard listing.isOpen else { return true }
        forgetStop(next)
        if let sibling = sibling(of: stop) { cancelStop(sibling, .oneCancelsOther) }
        let holding = accounts[Int(stop.state.account.index)].holding(of: stop.state.instrument)
        var order = stop.state
        let quantity = min(order.quantity, holding.closable(by: order.side))
        order.updatedAt = now
        guard quantity > .zero else {
            events.append(.orderCancelled(order, .nothingToReduce))
            return true
        }
        order.type = .stopMarket
        order.timeInForce = .immediateOrCancel
        order.price = .zero
        order.quantity = quantity
        order.remaining = quantity
        enter(&order, limit: marketLimit(order.side, listing))
        return true
    }

    /// Lowers or cancels the stop orders of a holding so that none is larger than what it closes.
    func trimStops(_ key: HoldingKey) {
        let holding = accounts[Int(key.account.index)].holding(of: key.instrument)
        for id in accounts[Int(key.account.index)].stops {
            guard let stop = stops[id], stop.state.instrument == key.instrument else { continue }
            let closable = holding.closable(by: stop.state.side)
            if closable == .zero {
                cancelStop(id, .nothingToReduce)
            } else if stop.state.quantity > closable {
                resize(stop, to: closable)
            }
        }
    }

    /// Gives a stop order another quantity, without its owner having asked for it.
    func resize(_ stop: StopOrder, to quantity: Quantity) {
        var stop = stop
        stop.state.quantity = quantity
        stop.state.remaining = quantity
        stop.state.updatedAt = now
        stops[stop.state.id] = stop
        events.append(.orderAmended(stop.state))
    }

    // MARK: Keeping

    /// The stop order of an account that a reference means, in any contract.
    func findStop(_ reference: OrderReference, of account: AccountID) -> StopOrder? {
        guard let id = orderID(reference, of: account), let stop = stops[id],
            stop.state.account == account
        else { return nil }
        return stop
    }

    /// The stop orders of an account in a contract (nil: all), by id.
    func stopOrders(of account: AccountID, in instrument: InstrumentID?) -> [OrderState] {
        accounts[Int(account.index)].stops.compactMap { stops[$0]?.state }
            .filter { instrument == nil || $0.instrument == instrument }
    }

    /// Takes a new stop order in.
    func keep(_ stop: StopOrder) {
        let state = stop.state
        accounts[Int(state.account.index)].stops.append(state.id)
        ordersByClientID[
            ClientOrderKey(account: state.account, clientOrderID: state.clientOrderID)] = state.id
        stops[state.id] = stop
        addTrigger(state.id)
    }

    /// Writes a stop order over its older self.
    func replace(_ stop: StopOrder) {
        removeTrigger(stop.state.id)
        var stop = stop
        stop.trigger = TriggerHeap<OrderID>.none
        stops[stop.state.id] = stop
        addTrigger(stop.state.id)
    }

    func cancelStop(_ id: OrderID, _ reason: CancelReason) {
        guard let stop = stops[id] else { return }
        forgetStop(id)
        var state = stop.state
        state.updatedAt = now
        events.append(.orderCancelled(state, reason))
    }

    private func forgetStop(_ id: OrderID) {
        guard let stop = stops[id] else { return }
        removeTrigger(id)
        stops[id] = nil
        accounts[Int(stop.state.account.index)].stops.removeSorted(id)
        ordersByClientID[
            ClientOrderKey(
                account: stop.state.account, clientOrderID: stop.state.clientOrderID)] = nil
        forgetLeg(stop)
    }

    private func addTrigger(_ id: OrderID) {
        guard var stop = stops[id] else { return }
        let place = Int(stop.state.instrument.index)
        let price = listings[place].instrument.reference(stop.state.price).units
        stop.trigger =
            stop.isRising
            ? stopTriggers[place].rising.insert(id, at: price)
            : stopTriggers[place].falling.insert(id, at: -price)
        stops[id] = stop
    }

    private func removeTrigger(_ id: OrderID) {
        guard let stop = stops[id] else { return }
        let place = Int(stop.state.instrument.index)
        if stop.isRising {
            stopTriggers[place].rising.remove(stop.trigger)
        } else {
            stopTriggers[place].falling.remove(stop.trigger)
        }
    }
}

import ExchangeTypes

/// What an order with take-profit and stop-loss prices has filled since its legs were last staged.
struct FilledParent {
    let order: OrderState
    var quantity: Quantity
}

/// The stop orders that protect what an order has filled: one cancels the other.
struct Legs {
    var takeProfit: OrderID?
    var stopLoss: OrderID?
}

/// **Source** `rules.md` §6.8, R-063, R-064, P-146; ORDERS.md §5.
extension Exchange {
    /// The prices of an order's legs on the grid, on the right sides of a reference.
    func checkLegs(
        _ takeProfit: WireDecimal, _ stopLoss: WireDecimal, _ side: Side,
        reference: ReferencePrice, _ instrument: Instrument
    ) -> Checked<(takeProfit: Price, stopLoss: Price)> {
        var prices = (takeProfit: Price.zero, stopLoss: Price.zero)
        if !takeProfit.isZero {
            guard case .passed(let price) = gridPrice(takeProfit, instrument),
                isBeyond(price, reference, instrument, isAbove: side == .buy)
            else { return .refused(.invalidTakeProfitPrice) }
            prices.takeProfit = price
        }
        if !stopLoss.isZero {
            guard case .passed(let price) = gridPrice(stopLoss, instrument),
                isBeyond(price, reference, instrument, isAbove: side == .sell)
            else { return .refused(.invalidStopLossPrice) }
            prices.stopLoss = price
        }
        return .passed(prices)
    }

    /// Whether a price lies strictly on one side of a reference.
    func isBeyond(
        _ price: Price, _ reference: ReferencePrice, _ instrument: Instrument, isAbove: Bool
    ) -> Bool {
        let price = instrument.reference(price)
        return isAbove ? price > reference : price < reference
    }

    /// Notes a fill of an order that has legs.
    func noteLegs(of order: OrderState, filled quantity: Quantity) {
        guard order.takeProfit > .zero || order.stopLoss > .zero else { return }
        if let place = filledParents.firstIndex(where: { $0.order.id == order.id }) {
            filledParents[place].quantity += quantity
        } else {
            filledParents.append(FilledParent(order: order, quantity: quantity))
        }
    }

    /// Makes or enlarges the stop orders that protect what was filled.
    func stageLegs() {
        let filled = filledParents
        filledParents.removeAll(keepingCapacity: true)
        for parent in filled {
            stage(.takeProfit, at: parent.order.takeProfit, parent)
            stage(.stopLoss, at: parent.order.stopLoss, parent)
        }
    }

    private func stage(_ type: OrderType, at price: Price, _ parent: FilledParent) {
        let order = parent.order
        guard price > .zero else { return }
        let side = order.side.opposite
        let closable = accounts[Int(order.account.index)].holding(of: order.instrument)
            .closable(by: side)
        let known = legs[order.id].flatMap { type == .takeProfit ? $0.takeProfit : $0.stopLoss }
        if let known, let stop = stops[known] {
            let quantity = min(stop.state.quantity + parent.quantity, closable)
            if quantity > .zero && quantity != stop.state.quantity { resize(stop, to: quantity) }
            return
        }
        let quantity = min(parent.quantity, closable)
        if quantity == .zero { return }
        passOverTakenNames(of: order.account)
        var leg = makeOrder(order.account, order.instrument, side, type, price, quantity)
        leg.timeInForce = .goodTillCancelled
        leg.isReduceOnly = true
        events.append(.orderAccepted(leg))
        keep(StopOrder(state: leg, parent: order.id))
        if type == .takeProfit {
            legs[order.id, default: Legs()].takeProfit = leg.id
        } else {
            legs[order.id, default: Legs()].stopLoss = leg.id
        }
    }

    /// Made names can be foreseen, so an account may have given the next one to an order of its own.
    private func passOverTakenNames(of account: AccountID) {
        while true {
            let name = generatedClientOrderID(OrderID(nextOrderID))
            let key = ClientOrderKey(account: account, clientOrderID: name)
            if ordersByClientID[key] == nil { return }
            nextOrderID += 1
        }
    }

    /// The other leg of a stop order's parent, while it waits.
    func sibling(of stop: StopOrder) -> OrderID? {
        guard let parent = stop.parent, let pair = legs[parent] else { return nil }
        return stop.state.type == .takeProfit ? pair.stopLoss : pair.takeProfit
    }

    /// A leg is gone: fills of its parent from now on make a new one.
    func forgetLeg(_ stop: StopOrder) {
        guard let parent = stop.parent, var pair = legs[parent] else { return }
        if stop.state.type == .takeProfit { pair.takeProfit = nil } else { pair.stopLoss = nil }
        legs[parent] = pair.takeProfit == nil && pair.stopLoss == nil ? nil : pair
    }
}

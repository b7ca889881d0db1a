import ExchangeTypes

/// The open orders as a client of all accounts would know them: folded from events alone.
struct LiveOrders {
    /// In order of acceptance.
    private(set) var orders: [OrderState] = []
    /// Some orders that are gone, newest last.
    private(set) var gone: [OrderState] = []

    /// Takes note of an event.
    mutating func observe(_ event: Event) {
        switch event {
        case .orderAccepted(let order): orders.append(order)
        case .orderAmended(let order): update(order)
        case .orderCancelled(let order, _): remove(order)
        case .orderFilled(let fill):
            if fill.order.remaining == .zero { remove(fill.order) } else { update(fill.order) }
        case .instrumentConfigured, .accountOpened, .pricesChanged, .orderRejected,
            .cancelRejected, .modifyRejected, .tradeExecuted, .levelChanged, .positionChanged,
            .balanceChanged, .commandRefused, .sessionChanged, .fundingRateChanged,
            .openInterestChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func update(_ order: OrderState) {
        guard let place = orders.firstIndex(where: { $0.id == order.id }) else { return }
        orders[place] = order
    }

    private mutating func remove(_ order: OrderState) {
        guard let place = orders.firstIndex(where: { $0.id == order.id }) else { return }
        orders.remove(at: place)
        gone.append(order)
        if gone.count > 64 { gone.removeFirst(32) }
    }
}

import ExchangeTypes

/// What a bot that only takes liquidity knows of itself, from events alone.
struct TakerHolding: Sendable {
    /// The holding: unknown, and taken for zero, until the first fill of a run.
    private(set) var position = SignedQuantity.zero
    /// Whether its last order is unanswered. It sends no other one meanwhile, so that late answers never
    /// lead it beyond its limit.
    private(set) var isAwaited = false

    /// Takes note of an order on its way.
    mutating func send() { isAwaited = true }

    /// Takes every order for answered, because answers were lost.
    mutating func forgetOrders() { isAwaited = false }

    /// Takes in an event of its own account.
    mutating func observe(_ event: Event) {
        if case .positionChanged(let change) = event { position = change.quantity }
        if event.endsOrder { isAwaited = false }
    }
}

extension Event {
    /// Whether a market order has had its last event.
    fileprivate var endsOrder: Bool {
        if case .orderFilled(let fill) = self { return fill.order.remaining == .zero }
        if case .orderCancelled = self { return true }
        if case .orderRejected = self { return true }
        return false
    }
}

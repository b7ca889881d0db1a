import ExchangeTypes

extension Market {
    /// Makes the next command come at an instant, in nanoseconds since the epoch.
    func next(at nanosecond: Int64) { jump(to: Timestamp(nanoseconds: nanosecond)) }

    /// Lets time pass up to an instant, in nanoseconds since the epoch.
    func advance(to nanosecond: Int64) {
        jump(to: Timestamp(nanoseconds: nanosecond))
        send(.advanceTime)
    }

    /// What the last command did to orders and in trades, in order, one line for each event:
    /// `#3` is order 3, `twap 1` a sliced order.
    var story: [String] { events.compactMap(line) }

    private func line(_ event: Event) -> String? {
        switch event {
        case .orderAccepted(let order): "accept #\(order.id.value) \(describe(order))"
        case .orderAmended(let order): "amend #\(order.id.value) \(describe(order))"
        case .orderCancelled(let order, let reason):
            "cancel #\(order.id.value) \(decimal(order.remaining, order.instrument)) \(reason)"
        case .orderRejected(let rejected): "reject \(rejected.reason)"
        case .cancelRejected(_, let reason), .twapCancelRejected(_, let reason):
            "cancel refused \(reason)"
        case .modifyRejected(let rejected): "modify refused \(rejected.reason)"
        case .stopRequestRejected(let rejected): "stop refused \(rejected.reason)"
        case .tradeExecuted(let trade):
            "trade \(decimal(trade.quantity, trade.instrument)) @ \(trade.price)"
        case .twapChanged(let twap):
            "twap \(twap.id.value) \(twap.status) \(decimal(twap.filled, twap.instrument))"
        case .liquidationChanged(let change):
            "liquidation \(change.isInLiquidation)"
        case .commandRefused(let reason): "refused \(reason)"
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .orderFilled, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .userStatusChanged, .instrumentSplit, .disturbed, .reserveChanged, .alertRaised:
            nil
        }
    }

    /// For example `sell takeProfit 5 @ 105`; what is left where some is gone: `sell limit 3/5 @ 105`.
    private func describe(_ order: OrderState) -> String {
        let quantity = decimal(order.quantity, order.instrument)
        let left =
            order.remaining == order.quantity
            ? quantity : "\(decimal(order.remaining, order.instrument))/\(quantity)"
        let price = instrument(order.instrument).decimal(order.price)
        return "\(order.side) \(order.type) \(left) @ \(price)"
    }

    private func decimal(_ quantity: Quantity, _ id: InstrumentID) -> String {
        instrument(id).decimal(quantity).description
    }

    /// The orders that the last command accepted, in order.
    var accepted: [OrderState] {
        events.compactMap { event in
            guard case .orderAccepted(let order) = event else { return nil }
            return order
        }
    }

    /// The orders that the last command amended, in order.
    var amended: [OrderState] {
        events.compactMap { event in
            guard case .orderAmended(let order) = event else { return nil }
            return order
        }
    }

    /// What the last command said of sliced orders, in order.
    var twaps: [TWAPState] {
        events.compactMap { event in
            guard case .twapChanged(let twap) = event else { return nil }
            return twap
        }
    }

    /// Whether the last command changed any level of a book.
    var hasMovedBook: Bool {
        events.contains { event in
            guard case .levelChanged = event else { return false }
            return true
        }
    }
}

import ExchangeTypes

/// The life of every order, from events: accepted once, ended once, and no lot lost in between.
struct ObservedOrders {
    /// Accepted and neither filled nor cancelled, as last told.
    private(set) var open: [OrderID: OrderState] = [:]
    private var filled: [OrderID: Quantity] = [:]
    private var tickSizes: [InstrumentID: Decimal8] = [:]
    /// Filled, cancelled or rejected; never again in any event.
    private var ended: Set<OrderID> = []
    private var lastTrade: UInt64 = 0
    private var problems: [String] = []

    /// Takes note of an event.
    mutating func observe(_ event: Event) {
        switch event {
        case .orderAccepted(let order): accept(order)
        case .orderAmended(let order): amend(order)
        case .orderFilled(let fill): record(fill)
        case .orderCancelled(let order, _): cancel(order)
        case .tradeExecuted(let trade):
            if trade.id.value != lastTrade + 1 { problems.append("trade ids skip or repeat") }
            lastTrade = trade.id.value
        case .instrumentConfigured(let instrument):
            tickSizes[instrument.id] = instrument.tickSize
        case .accountOpened, .pricesChanged, .orderRejected,
            .cancelRejected, .modifyRejected, .levelChanged, .positionChanged, .balanceChanged,
            .commandRefused, .sessionChanged, .fundingRateChanged,
            .openInterestChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    /// What was found since the last call.
    mutating func takeProblems() -> [String] {
        defer { problems = [] }
        return problems
    }

    private mutating func accept(_ order: OrderState) {
        if open[order.id] != nil || ended.contains(order.id) {
            problems.append("order \(order.id.value) is accepted twice")
        }
        if order.remaining != order.quantity || order.quantity <= .zero {
            problems.append("order \(order.id.value) begins with \(order.remaining)")
        }
        open[order.id] = order
    }

    private mutating func amend(_ order: OrderState) {
        guard open[order.id] != nil, filled[order.id] == nil else {
            return problems.append("order \(order.id.value) is amended but not untouched")
        }
        open[order.id] = order
    }

    private mutating func record(_ fill: Fill) {
        let order = fill.order
        guard fill.isInBook else { return recordTransfer(fill) }
        guard let before = open[order.id] else {
            return problems.append("order \(order.id.value) fills but is not open")
        }
        filled[order.id, default: .zero] += fill.quantity
        let sum = filled[order.id, default: .zero] + order.remaining
        if sum != order.quantity || order.quantity != before.quantity
            || fill.quantity <= .zero || order.remaining < .zero
        {
            problems.append("order \(order.id.value) loses or gains lots in a fill")
        }
        let limit = reference(order)
        let isWorse = order.side == .buy ? limit < fill.price : fill.price < limit
        if order.type != .market && isWorse {
            problems.append("order \(order.id.value) trades beyond its limit")
        }
        if order.remaining == .zero { end(order) } else { open[order.id] = order }
    }

    /// An order that was made to be filled at once, off the book.
    private mutating func recordTransfer(_ fill: Fill) {
        let order = fill.order
        if open[order.id] != nil || ended.contains(order.id) || order.type != .market
            || order.remaining != .zero || order.quantity != fill.quantity
            || fill.quantity <= .zero
        {
            problems.append("order \(order.id.value) is no order of a transfer")
        }
        ended.insert(order.id)
    }

    /// An order's limit off its grid.
    func reference(_ order: OrderState) -> ReferencePrice {
        let tickSize = tickSizes[order.instrument, default: .zero]
        return ReferencePrice(units: order.price.ticks * tickSize.units)
    }

    private mutating func cancel(_ order: OrderState) {
        guard let before = open[order.id] else {
            return problems.append("order \(order.id.value) is cancelled but not open")
        }
        if before.remaining != order.remaining
            || filled[order.id, default: .zero] + order.remaining != order.quantity
        {
            problems.append("order \(order.id.value) loses or gains lots in its end")
        }
        end(order)
    }

    private mutating func end(_ order: OrderState) {
        open[order.id] = nil
        filled[order.id] = nil
        ended.insert(order.id)
    }
}

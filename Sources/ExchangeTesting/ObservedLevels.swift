import ExchangeTypes

/// The depth of all books, from `levelChanged` alone.
struct ObservedLevels {
    private struct Key: Hashable {
        var instrument: InstrumentID
        var side: Side
        var price: Price
    }

    private var levels: [Key: Quantity] = [:]

    /// Takes note of an event.
    mutating func observe(_ event: Event) {
        guard case .levelChanged(let change) = event else { return }
        let key = Key(instrument: change.instrument, side: change.side, price: change.price)
        levels[key] = change.quantity == .zero ? nil : change.quantity
    }

    /// What is wrong between two commands: a crossed book, or a level that is not its orders' sum.
    func problems(against orders: ObservedOrders) -> [String] {
        var problems: [String] = []
        var sums: [Key: Quantity] = [:]
        for order in orders.open.values {
            let key = Key(instrument: order.instrument, side: order.side, price: order.price)
            sums[key, default: .zero] += order.remaining
            if order.timeInForce != .goodTillCancelled {
                problems.append("order \(order.id.value) rests but is immediate")
            }
        }
        if sums != levels { problems.append("level quantities are not the sums of their orders") }
        var bids: [InstrumentID: Price] = [:]
        for key in levels.keys where key.side == .buy {
            bids[key.instrument] = max(bids[key.instrument] ?? key.price, key.price)
        }
        for key in levels.keys where key.side == .sell {
            if let bid = bids[key.instrument], key.price <= bid {
                problems.append("the book of \(key.instrument.index) is crossed at \(key.price)")
            }
        }
        return problems.sorted()
    }
}

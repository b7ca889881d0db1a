/// What the generator must know of the market it makes: which orders rest.
///
/// A model of its own rather than the engine's book, so that an error of the book cannot hide in
/// the messages it is tested with.
struct WorkloadMarket {
    private struct Order {
        var message: WorkloadMessage
        /// The place in its symbol's `resting`.
        var place: Int
    }

    /// The ids of the resting orders of each symbol. The last one fills the gap that another
    /// leaves, as in the C program, because the generator draws from it by place.
    private(set) var resting: [[UInt64]]
    private let preventsSelfTrades: Bool
    /// By id; the quantity of the message is what is left of the order.
    private var orders: [UInt64: Order] = [:]
    private var bids: [WorkloadQueue]
    private var asks: [WorkloadQueue]

    init(symbols: Int, preventsSelfTrades: Bool) {
        self.preventsSelfTrades = preventsSelfTrades
        resting = Array(repeating: [], count: symbols)
        bids = Array(repeating: WorkloadQueue(isSell: false), count: symbols)
        asks = Array(repeating: WorkloadQueue(isSell: true), count: symbols)
    }

    mutating func remove(_ id: UInt64) {
        guard let order = orders.removeValue(forKey: id) else { return }
        let symbol = order.message.symbol
        if order.message.isSell {
            asks[symbol].remove(id, order.message.price)
        } else {
            bids[symbol].remove(id, order.message.price)
        }
        let last = resting[symbol].removeLast()
        if last != id {
            resting[symbol][order.place] = last
            orders[last]?.place = order.place
        }
    }

    mutating func add(_ message: WorkloadMessage) {
        if message.lifetime == .postOnly && firstCrossed(message) != nil { return }
        if message.lifetime == .fillOrKill && !canFill(message) { return }
        var rest = message.quantity
        while rest > 0, let id = firstCrossed(message), let maker = orders[id]?.message {
            if preventsSelfTrades && maker.account == message.account {
                remove(id)
                continue
            }
            let traded = min(rest, maker.quantity)
            rest -= traded
            orders[id]?.message.quantity -= traded
            if traded == maker.quantity { remove(id) }
        }
        let mayRest = message.lifetime == .goodTillCancelled || message.lifetime == .postOnly
        if rest > 0 && mayRest { self.rest(message, remaining: rest) }
    }

    private mutating func rest(_ message: WorkloadMessage, remaining: UInt32) {
        let symbol = message.symbol
        var message = message
        message.quantity = remaining
        orders[message.orderID] = Order(message: message, place: resting[symbol].count)
        resting[symbol].append(message.orderID)
        if message.isSell {
            asks[symbol].append(message.orderID, message.price)
        } else {
            bids[symbol].append(message.orderID, message.price)
        }
    }

    /// The order that an arriving one trades with first; nil when it trades with none.
    private func firstCrossed(_ message: WorkloadMessage) -> UInt64? {
        message.isSell
            ? bids[message.symbol].first(within: message.price)
            : asks[message.symbol].first(within: message.price)
    }

    private func canFill(_ message: WorkloadMessage) -> Bool {
        let queue = message.isSell ? bids[message.symbol] : asks[message.symbol]
        let makers = queue.orders(within: message.price).compactMap { orders[$0]?.message }
        let counted = makers.filter { !preventsSelfTrades || $0.account != message.account }
        return counted.reduce(0) { $0 + $1.quantity } >= message.quantity
    }
}

/// The resting orders of one side of a symbol: an array of prices, the best one last, each with its
/// orders, oldest first.
private struct WorkloadQueue {
    let isSell: Bool
    private var levels: [(price: UInt32, orders: [UInt64])] = []

    init(isSell: Bool) { self.isSell = isSell }

    /// Whether a price is reached by a limit of the opposite side.
    private func isWithin(_ price: UInt32, _ limit: UInt32) -> Bool {
        isSell ? price <= limit : price >= limit
    }

    func first(within limit: UInt32) -> UInt64? {
        guard let best = levels.last, isWithin(best.price, limit) else { return nil }
        return best.orders.first
    }

    func orders(within limit: UInt32) -> [UInt64] {
        levels.reversed().prefix { isWithin($0.price, limit) }.flatMap(\.orders)
    }

    mutating func append(_ id: UInt64, _ price: UInt32) {
        let index = index(of: price)
        if index == levels.count || levels[index].price != price {
            levels.insert((price, []), at: index)
        }
        levels[index].orders.append(id)
    }

    mutating func remove(_ id: UInt64, _ price: UInt32) {
        let index = index(of: price)
        levels[index].orders.removeAll { $0 == id }
        if levels[index].orders.isEmpty { levels.remove(at: index) }
    }

    /// The place of a price, or where it belongs: behind all worse ones.
    private func index(of price: UInt32) -> Int {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            let isWorse = levels[middle].price != price && !isWithin(levels[middle].price, price)
            if isWorse { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

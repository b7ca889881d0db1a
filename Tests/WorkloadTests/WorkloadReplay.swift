import ExchangeEngine
import ExchangeTypes

/// Drives the engine's own books with the messages of a workload.
struct WorkloadReplay {
    private let pool = OrderPool()
    private let books: [OrderBook]
    private let preventsSelfTrades: Bool
    private(set) var recorder: TradeRecorder

    init(symbols: Int, preventsSelfTrades: Bool) {
        let pool = pool
        // Little room at first, so that books and pool grow under way.
        books = (0..<symbols).map { _ in OrderBook(pool: pool, capacity: 64) }
        self.preventsSelfTrades = preventsSelfTrades
        recorder = TradeRecorder(pool: pool)
    }

    mutating func apply(_ message: WorkloadMessage) {
        switch message.operation {
        case .add: place(message)
        case .cancel:
            let slot = pool.slot(of: OrderID(message.orderID))
            if slot != .none { books[message.symbol].remove(slot) }
        }
    }

    private mutating func place(_ message: WorkloadMessage) {
        let book = books[message.symbol]
        let side: Side = message.isSell ? .sell : .buy
        let limit = Price(ticks: Int64(message.price))
        let quantity = Quantity(lots: Int64(message.quantity))
        let user = AccountID(message.account)
        if message.lifetime == .postOnly && book.crosses(side, limit) { return }
        if message.lifetime == .fillOrKill
            && !book.canFill(side, limit: limit, quantity: quantity, user: user)
        {
            return
        }
        recorder.taker = message.orderID
        let rest = book.match(
            side, limit: limit, quantity: quantity, user: user, listener: &recorder)
        if rest == .zero || message.lifetime == .immediateOrCancel { return }
        _ = book.rest(
            RestingOrder(
                id: OrderID(message.orderID), remaining: rest, account: user,
                // Without prevention, resting orders belong to nobody, who sends none.
                user: preventsSelfTrades ? user : AccountID(0), price: limit,
                instrument: InstrumentID(UInt32(message.symbol)), side: side))
    }

    /// The digest of what rests: symbols ascending, bids best first, then asks, oldest first.
    func bookDigest() -> UInt64 {
        var digest = WorkloadDigest()
        for (symbol, book) in books.enumerated() {
            for side in Side.allCases {
                var price = book.best(side)
                while let level = price {
                    for order in book.orders(at: level) {
                        digest.combine(order.id.value, UInt64(symbol), level, order.remaining)
                    }
                    price = book.next(side, behind: level)
                }
            }
        }
        return digest.value
    }
}

/// Counts trades and folds them into a digest.
struct TradeRecorder: MatchListener {
    let pool: OrderPool
    var taker: UInt64 = 0
    private(set) var trades = 0
    private(set) var digest = WorkloadDigest()

    init(pool: OrderPool) { self.pool = pool }

    mutating func filled(_ maker: OrderSlot, _ price: Price, _ quantity: Quantity) {
        trades += 1
        digest.combine(taker, pool[maker].id.value, price, quantity)
    }
    mutating func preventedSelfTrade(_ maker: OrderSlot) {}
    mutating func leftLevel(_ side: Side, _ price: Price, _ total: Quantity) {}
}

/// The running hash over words whose recipe is in `Benchmarks/Yardsticks/README.md`.
struct WorkloadDigest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ first: UInt64, _ second: UInt64, _ price: Price, _ quantity: Quantity) {
        combine(first)
        combine(second)
        combine(UInt64(price.ticks) << 32 | UInt64(quantity.lots))
    }

    mutating func combine(_ word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01b3
        value ^= value >> 29
    }
}

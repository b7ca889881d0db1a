import ExchangeEngine
import ExchangeTypes

/// Counts trades and folds them into the digest of `Yardsticks/README.md`.
struct TradeRecorder: MatchListener {
    let pool: OrderPool
    var taker: UInt64 = 0
    var trades = 0
    var digest = Digest()

    @inline(__always)
    mutating func filled(_ maker: OrderSlot, _ price: Price, _ quantity: Quantity) {
        trades += 1
        digest.combine(taker, pool[maker].id.value, price, quantity)
    }
    @inline(__always) mutating func preventedSelfTrade(_ maker: OrderSlot) {}
    @inline(__always) mutating func leftLevel(_ side: Side, _ price: Price, _ total: Quantity) {}
}

/// Drives the engine's own books with the messages of a workload. Everything above the book is left
/// out: order checks, margin, ledger, events, journal and wire.
struct BookReplay {
    let pool = OrderPool()
    let books: [OrderBook]
    let preventsSelfTrades: Bool
    var recorder: TradeRecorder

    init(symbols: Int, preventsSelfTrades: Bool) {
        let pool = pool
        books = (0..<symbols).map { _ in OrderBook(pool: pool) }
        self.preventsSelfTrades = preventsSelfTrades
        recorder = TradeRecorder(pool: pool)
    }

    /// Applies one message: operation 1 is a new order, everything else a cancel.
    @inline(__always)
    mutating func apply(_ message: Message) {
        if message.operation == 1 {
            place(message)
        } else {
            let slot = pool.slot(of: OrderID(message.orderID))
            if slot != .none { books[Int(message.symbol)].remove(slot) }
        }
    }

    @inline(__always)
    private mutating func place(_ message: Message) {
        let book = books[Int(message.symbol)]
        let side: Side = message.side == 0 ? .buy : .sell
        let limit = Price(ticks: Int64(message.price))
        let quantity = Quantity(lots: Int64(message.quantity))
        // Without prevention, resting orders belong to nobody (0) and arriving ones to somebody.
        let user = AccountID(message.account)
        let isPostOnly = message.timeInForce == 3
        let isFillOrKill = message.timeInForce == 2
        if isPostOnly && book.crosses(side, limit) { return }
        if isFillOrKill && !book.canFill(side, limit: limit, quantity: quantity, user: user) {
            return
        }
        recorder.taker = message.orderID
        let rest = book.match(
            side, limit: limit, quantity: quantity, user: user, listener: &recorder)
        if rest == .zero || message.timeInForce == 1 || isFillOrKill { return }
        _ = book.rest(
            RestingOrder(
                id: OrderID(message.orderID), remaining: rest, account: user,
                user: preventsSelfTrades ? user : AccountID(0), price: limit,
                instrument: InstrumentID(message.symbol), side: side))
    }

    /// The digest of what rests: symbols ascending, bids best first, then asks, oldest first.
    func bookDigest() -> UInt64 {
        var digest = Digest()
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

/// The running hash over trades and resting orders; the recipe is in `Yardsticks/README.md`.
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    mutating func combine(_ first: UInt64, _ second: UInt64, _ price: Price, _ quantity: Quantity) {
        combine(first)
        combine(second)
        combine(UInt64(price.ticks) << 32 | UInt64(quantity.lots))
    }

    @inline(__always)
    private mutating func combine(_ word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01b3
        value ^= value >> 29
    }
}

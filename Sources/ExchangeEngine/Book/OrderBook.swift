public import ExchangeTypes

/// A price-time order book: a flat array of price levels, a bitmap of the used prices of each side,
/// and doubly linked queues of pooled orders.
///
/// ```
/// levels   [ … | 22 825 | 22 826 | … | 22 835 | … ]      one per tick, shared by both sides,
///                   │        │            │               because a book at rest is never crossed
///                 orders   orders       orders            oldest first
/// bids     1 bit per tick    best = 22 826
/// asks     1 bit per tick    best = 22 835
/// ```
///
/// **Complexity** Resting, cancelling and each fill are constant; finding the next best price is at
/// most three words of bitmap. Memory is reserved up to the highest price seen and touched only
/// where orders are. **Source** `rules.md` §7, R-070.
///
/// **Soundness** Owned and used by one thread; every tick is checked against `capacity` when an
/// order comes to rest, and all other ticks come from there. The storage lives behind a pointer for
/// the reason given at `OrderPool`, and under the same rule: no access to it spans a call of a
/// `MatchListener`.
public final class OrderBook {
    @usableFromInline let pool: OrderPool
    @usableFromInline let storage: UnsafeMutablePointer<BookStorage>

    /// An empty book that first has room for prices below `capacity` ticks.
    public init(pool: OrderPool, capacity: Int = 4096) {
        self.pool = pool
        storage = .allocate(capacity: 1)
        storage.initialize(to: BookStorage(capacity: capacity))
    }

    deinit {
        storage.pointee.deallocate()
        storage.deallocate()
    }

    /// Resting orders that may only reduce.
    public var reduceOnlyCount: Int { storage.pointee.reduceOnlyCount }

    /// The best price of a side.
    @inlinable public func best(_ side: Side) -> Price? {
        let half = storage.pointee.side(side)
        return price(half.pointee.best, of: half)
    }

    /// The next price of a side behind a price.
    @inlinable public func next(_ side: Side, behind price: Price) -> Price? {
        guard storage.pointee.holds(price) else { return nil }
        let half = storage.pointee.side(side)
        return self.price(half.pointee.next(behind: Int(price.ticks) ^ half.pointee.flip), of: half)
    }

    @inlinable @inline(__always)
    func price(_ rank: Int, of half: UnsafeMutablePointer<BookSide>) -> Price? {
        rank == Int.max ? nil : Price(ticks: Int64(rank ^ half.pointee.flip))
    }

    /// What rests at a price in all.
    @inlinable public func total(at price: Price) -> Quantity {
        guard storage.pointee.holds(price) else { return .zero }
        return Quantity(lots: storage.pointee.levels[Int(price.ticks)].total)
    }

    /// The orders of a level, oldest first.
    public func orders(at price: Price) -> [RestingOrder] {
        guard storage.pointee.holds(price) else { return [] }
        var result: [RestingOrder] = []
        var slot = storage.pointee.levels[Int(price.ticks)].head
        while slot != .none {
            result.append(pool[slot])
            slot = pool[slot].next
        }
        return result
    }

    /// Visits the orders of a side, best price first, oldest first.
    func forEachOrder(_ side: Side, _ body: (OrderSlot) -> Void) {
        var price = best(side)
        while let level = price {
            var slot = storage.pointee.levels[Int(level.ticks)].head
            while slot != .none {
                body(slot)
                slot = pool[slot].next
            }
            price = next(side, behind: level)
        }
    }

    /// Whether a limit order would trade on arrival.
    @inlinable public func crosses(_ side: Side, _ price: Price) -> Bool {
        let opposite = storage.pointee.side(side.opposite)
        return opposite.pointee.best <= Int(price.ticks) ^ opposite.pointee.flip
    }

    /// Puts an order behind all others of its price.
    ///
    /// **Rejects** prices outside 1 … `Limits.maximumPriceTicks` and prices that the other side
    /// would trade at (programming errors by then).
    @inlinable public func rest(_ order: RestingOrder) -> OrderSlot {
        let tick = Int(order.ticks)
        precondition(
            tick > 0 && tick <= Limits.maximumPriceTicks && order.remaining.lots > 0,
            "order \(order.id) rests \(order.remaining.lots) at tick \(tick)")
        precondition(!crosses(order.side, order.price), "order \(order.id) would cross the book")
        if tick >= storage.pointee.capacity { storage.pointee.grow(toHold: tick) }
        let slot = pool.storage.pointee.insert(order)
        let orders = pool.storage.pointee.orders
        let level = storage.pointee.levels + tick
        let last = level.pointee.tail
        if last == .none {
            level.pointee.head = slot
            storage.pointee.side(order.side).pointee.insert(tick)
        } else {
            orders[Int(slot.index)].previous = last
            orders[Int(last.index)].next = slot
        }
        level.pointee.tail = slot
        level.pointee.total += order.remaining.lots
        if order.isReduceOnly { storage.pointee.reduceOnlyCount += 1 }
        return slot
    }

    /// Takes an order out of its queue and forgets it.
    @inlinable public func remove(_ slot: OrderSlot) {
        let orders = pool.storage.pointee.orders
        let order = orders + Int(slot.index)
        let tick = Int(order.pointee.ticks)
        let level = storage.pointee.levels + tick
        let (previous, next) = (order.pointee.previous, order.pointee.next)
        if previous == .none {
            level.pointee.head = next
        } else {
            orders[Int(previous.index)].next = next
        }
        if next == .none {
            level.pointee.tail = previous
        } else {
            orders[Int(next.index)].previous = previous
        }
        level.pointee.total -= order.pointee.remaining.lots
        if order.pointee.isReduceOnly { storage.pointee.reduceOnlyCount -= 1 }
        if level.pointee.head == .none {
            storage.pointee.side(order.pointee.side).pointee.remove(tick)
        }
        pool.storage.pointee.remove(slot)
    }

    /// Lowers what an order offers without moving it in its queue.
    public func reduce(_ slot: OrderSlot, to remaining: Quantity) {
        let order = pool[slot]
        precondition(
            remaining.lots > 0 && remaining <= order.remaining,
            "order \(order.id) from \(order.remaining.lots) to \(remaining.lots)")
        storage.pointee.levels[Int(order.ticks)].total -= order.remaining.lots - remaining.lots
        pool.storage.pointee.orders[Int(slot.index)].remaining = remaining
    }
}

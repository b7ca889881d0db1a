public import ExchangeTypes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The queue of one price: first and last order, and the sum of what they still offer.
@usableFromInline
struct PriceLevel {
    @usableFromInline var head: OrderSlot
    @usableFromInline var tail: OrderSlot
    @usableFromInline var total: Int64
}

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
/// most three words of bitmap. Memory is reserved up to the highest price seen and touched only where
/// orders are. **Source** `rules.md` §7, R-070.
///
/// **Soundness** Owned and used by one thread; every tick is checked against `capacity` when an order
/// comes to rest, and all other ticks come from there.
public final class OrderBook {
    @usableFromInline let pool: OrderPool
    @usableFromInline var levels: UnsafeMutablePointer<PriceLevel>
    @usableFromInline var bids: PriceBitmap
    @usableFromInline var asks: PriceBitmap
    /// The best price of each side, 0 when the side is empty.
    @usableFromInline var bestBidTick = 0
    @usableFromInline var bestAskTick = 0

    /// An empty book that first has room for prices below `capacity` ticks.
    public init(pool: OrderPool, capacity: Int = 4096) {
        self.pool = pool
        let rounded = (capacity + 63) / 64 * 64
        levels = Self.makeLevels(rounded)
        bids = PriceBitmap(capacity: rounded)
        asks = PriceBitmap(capacity: rounded)
    }

    deinit {
        free(levels)
        bids.deallocate()
        asks.deallocate()
    }

    /// The best price of a side.
    @inlinable public func best(_ side: Side) -> Price? {
        let tick = side == .buy ? bestBidTick : bestAskTick
        return tick == 0 ? nil : Price(ticks: Int64(tick))
    }

    /// The next price of a side behind a price.
    @inlinable public func next(_ side: Side, behind price: Price) -> Price? {
        let tick = Int(price.ticks)
        let found = side == .buy ? bids.next(below: tick) : asks.next(above: tick)
        return found == 0 ? nil : Price(ticks: Int64(found))
    }

    /// What rests at a price in all.
    @inlinable public func total(at price: Price) -> Quantity {
        guard price.ticks > 0, price.ticks < Int64(bids.capacity) else { return .zero }
        return Quantity(lots: levels[Int(price.ticks)].total)
    }

    /// The orders of a level, oldest first.
    public func orders(at price: Price) -> [RestingOrder] {
        var result: [RestingOrder] = []
        var slot = levels[Int(price.ticks)].head
        while slot != .none {
            result.append(pool[slot])
            slot = pool[slot].next
        }
        return result
    }

    /// Whether a limit order would trade on arrival.
    @inlinable public func crosses(_ side: Side, _ price: Price) -> Bool {
        guard let best = best(side.opposite) else { return false }
        return side == .buy ? best <= price : best >= price
    }

    /// Puts an order behind all others of its price.
    ///
    /// **Rejects** prices outside 1 … `Limits.maximumPriceTicks` (a programming error by then).
    public func rest(_ order: RestingOrder) -> OrderSlot {
        let tick = Int(order.ticks)
        precondition(
            tick > 0 && tick <= Limits.maximumPriceTicks && order.remaining.lots > 0,
            "order \(order.id) rests \(order.remaining.lots) at tick \(tick)")
        if tick >= bids.capacity { grow(toHold: tick) }
        let slot = pool.insert(order)
        let level = levels + tick
        if level.pointee.tail == .none {
            level.pointee.head = slot
            insertPrice(tick, order.side)
        } else {
            pool.orders[Int(slot.index)].previous = level.pointee.tail
            pool.orders[Int(level.pointee.tail.index)].next = slot
        }
        level.pointee.tail = slot
        level.pointee.total += order.remaining.lots
        return slot
    }

    /// Takes an order out of its queue and forgets it.
    @inlinable
    public func remove(_ slot: OrderSlot) {
        let order = pool.orders[Int(slot.index)]
        let level = levels + Int(order.ticks)
        if order.previous == .none {
            level.pointee.head = order.next
        } else {
            pool.orders[Int(order.previous.index)].next = order.next
        }
        if order.next == .none {
            level.pointee.tail = order.previous
        } else {
            pool.orders[Int(order.next.index)].previous = order.previous
        }
        level.pointee.total -= order.remaining.lots
        if level.pointee.head == .none { removePrice(Int(order.ticks), order.side) }
        pool.remove(slot)
    }

    /// Lowers what an order offers without moving it in its queue.
    public func reduce(_ slot: OrderSlot, to remaining: Quantity) {
        let order = pool[slot]
        precondition(
            remaining.lots > 0 && remaining <= order.remaining,
            "order \(order.id) from \(order.remaining.lots) to \(remaining.lots)")
        levels[Int(order.ticks)].total -= order.remaining.lots - remaining.lots
        pool.setRemaining(remaining, at: slot)
    }

    private func insertPrice(_ tick: Int, _ side: Side) {
        switch side {
        case .buy:
            bids.insert(tick)
            if tick > bestBidTick { bestBidTick = tick }
        case .sell:
            asks.insert(tick)
            if bestAskTick == 0 || tick < bestAskTick { bestAskTick = tick }
        }
    }

    @usableFromInline
    func removePrice(_ tick: Int, _ side: Side) {
        switch side {
        case .buy:
            bids.remove(tick)
            if tick == bestBidTick { bestBidTick = bids.next(below: tick) }
        case .sell:
            asks.remove(tick)
            if tick == bestAskTick { bestAskTick = asks.next(above: tick) }
        }
    }

    /// Doubles the price range until it holds a tick; only used levels are copied, so memory that was
    /// never touched stays untouched.
    private func grow(toHold tick: Int) {
        var capacity = bids.capacity
        while capacity <= tick { capacity *= 2 }
        let largerLevels = Self.makeLevels(capacity)
        let largerBids = PriceBitmap(capacity: capacity)
        let largerAsks = PriceBitmap(capacity: capacity)
        var place = bestBidTick
        while place != 0 {
            largerLevels[place] = levels[place]
            largerBids.insert(place)
            place = bids.next(below: place)
        }
        place = bestAskTick
        while place != 0 {
            largerLevels[place] = levels[place]
            largerAsks.insert(place)
            place = asks.next(above: place)
        }
        free(levels)
        bids.deallocate()
        asks.deallocate()
        levels = largerLevels
        bids = largerBids
        asks = largerAsks
    }

    /// Zeroed memory from `calloc`, which the system hands out page by page on first touch; all zeros
    /// is an empty level, because slot 0 stands for no order.
    private static func makeLevels(_ capacity: Int) -> UnsafeMutablePointer<PriceLevel> {
        guard let memory = calloc(capacity, MemoryLayout<PriceLevel>.stride) else {
            preconditionFailure("no memory for a book of \(capacity) ticks")
        }
        return memory.bindMemory(to: PriceLevel.self, capacity: capacity)
    }
}

public import ExchangeTypes

/// Who hears what happens while an order meets the book. Called with the book in a consistent state
/// but for the order at hand; must not change the book.
public protocol MatchListener {
    /// `quantity` was traded with a resting order, whose `remaining` is already lowered. It is
    /// removed after the call when nothing remains.
    mutating func filled(_ maker: OrderSlot, _ price: Price, _ quantity: Quantity)
    /// A resting order of the same user stands in the way; it is removed after the call.
    mutating func preventedSelfTrade(_ maker: OrderSlot)
    /// How much of a quantity a resting reduce-only order may still trade.
    mutating func reducible(_ maker: OrderSlot, _ quantity: Quantity) -> Quantity
    /// A resting reduce-only order has nothing left to reduce; it is removed after the call.
    mutating func preventedIncrease(_ maker: OrderSlot)
    /// The aggressor is done with a level, which now holds `total`.
    mutating func leftLevel(_ side: Side, _ price: Price, _ total: Quantity)
}

/// For listeners without reduce-only orders.
extension MatchListener {
    @inlinable public func reducible(_ maker: OrderSlot, _ quantity: Quantity) -> Quantity {
        quantity
    }
    @inlinable public func preventedIncrease(_ maker: OrderSlot) {}
}

extension OrderBook {
    /// Trades an arriving order against the opposite side: best price first, then oldest.
    ///
    /// Resting orders of the same user are taken out instead of traded with. Returns what is left.
    /// **Complexity** constant per fill, per removed order and per level. **Source** R-048, R-070,
    ///
    @inlinable
    public func match(
        _ side: Side, limit: Price, quantity: Quantity, user: AccountID,
        listener: inout some MatchListener
    ) -> Quantity {
        let opposite = storage.pointee.side(side.opposite)
        let flip = opposite.pointee.flip
        let worst = Int(limit.ticks) ^ flip
        var rest = quantity.lots
        while rest > 0 && opposite.pointee.best <= worst {
            let tick = opposite.pointee.best ^ flip
            let price = Price(ticks: Int64(tick))
            let level = storage.pointee.levels + tick
            while rest > 0 {
                let slot = level.pointee.head
                if slot == .none { break }
                let maker = pool.storage.pointee.orders + Int(slot.index)
                if maker.pointee.user == user {
                    listener.preventedSelfTrade(slot)
                    remove(slot)
                    continue
                }
                var traded = min(rest, maker.pointee.remaining.lots)
                if maker.pointee.isReduceOnly {
                    traded = listener.reducible(slot, Quantity(lots: traded)).lots
                    if traded == 0 {
                        listener.preventedIncrease(slot)
                        remove(slot)
                        continue
                    }
                }
                maker.pointee.remaining.lots -= traded
                level.pointee.total -= traded
                rest -= traded
                listener.filled(slot, price, Quantity(lots: traded))
                if maker.pointee.remaining.lots == 0 { remove(slot) }
            }
            listener.leftLevel(side.opposite, price, Quantity(lots: level.pointee.total))
        }
        return Quantity(lots: rest)
    }

    /// Whether a whole quantity could be traded at once within a limit, own orders not counted.
    ///
    /// **Complexity** linear in the orders looked at. **Source** R-050, R-075.
    @inlinable
    public func canFill(
        _ side: Side, limit: Price, quantity: Quantity, user: AccountID
    ) -> Bool {
        var wanted = quantity.lots
        var price = best(side.opposite)
        while let level = price {
            let isCrossing = side == .buy ? level <= limit : level >= limit
            if !isCrossing { return false }
            var slot = storage.pointee.levels[Int(level.ticks)].head
            while slot != .none {
                let maker = pool[slot]
                if maker.user != user {
                    wanted -= maker.remaining.lots
                    if wanted <= 0 { return true }
                }
                slot = maker.next
            }
            price = next(side.opposite, behind: level)
        }
        return false
    }
}

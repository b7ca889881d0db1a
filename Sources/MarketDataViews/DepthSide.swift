public import ExchangeTypes

/// One side of a published book: the resting total of each price that has one.
public struct DepthSide: Hashable, Sendable {
    /// The side whose orders these are; it says which price is the best.
    public let side: Side

    /// Worst price first, best last: a sorted array, because most changes are near the best, where
    /// they move few elements, and because walking it from the end is what every reader wants.
    private var levels: [DepthRow] = []

    /// An empty side.
    public init(_ side: Side) { self.side = side }

    /// The number of prices with something resting.
    public var count: Int { levels.count }

    /// The best price and its total; nil when nothing rests.
    public var best: DepthRow? { levels.last }

    /// Sets the total of a price, zero to remove it; true when this changed anything.
    ///
    /// **Rejects** a price that is not positive or a negative total (programming errors).
    /// **Complexity** O(log levels) to find the place, and one move for each better level.
    public mutating func set(_ price: Price, to quantity: Quantity) -> Bool {
        precondition(price.ticks > 0, "level at \(price.ticks) ticks")
        precondition(quantity.lots >= 0, "level of \(quantity.lots) lots")
        let index = firstIndex(notWorseThan: price)
        let exists = index < levels.count && levels[index].price == price
        switch (exists, quantity == .zero) {
        case (true, true):
            levels.remove(at: index)
        case (true, false):
            if levels[index].quantity == quantity { return false }
            levels[index].quantity = quantity
        case (false, false):
            levels.insert(DepthRow(price: price, quantity: quantity), at: index)
        case (false, true):
            return false
        }
        return true
    }

    /// The best rows, best first, grouped to a step.
    ///
    /// Every row is complete: it holds all levels of its group, however many rows are asked for.
    /// **Complexity** at most `limit` groups of `step` levels, whatever the depth of the book.
    /// **Source** `protocol.md` §3.3, P-020, P-024.
    public func rows(limit: Int, significantFigures: SignificantFigures) -> [DepthRow] {
        precondition(limit >= 0, "\(limit) rows")
        var rows: [DepthRow] = []
        rows.reserveCapacity(min(limit, levels.count))
        for level in levels.reversed() {
            // The walk goes from better to worse, so a level is in the last group or beyond it.
            if let last = rows.indices.last, !isWorse(level.price, than: rows[last].price) {
                rows[last].quantity += level.quantity
                continue
            }
            if rows.count == limit { break }
            let edge = significantFigures.groupEdge(of: level.price, on: side)
            rows.append(DepthRow(price: edge, quantity: level.quantity))
        }
        return rows
    }

    /// Whether a price is worse for those who trade against this side.
    private func isWorse(_ price: Price, than other: Price) -> Bool {
        switch side {
        case .buy: price < other
        case .sell: price > other
        }
    }

    /// The place of a price, or where it would have to be inserted.
    private func firstIndex(notWorseThan price: Price) -> Int {
        levels.partitionPoint(where: { isWorse($0.price, than: price) })
    }
}

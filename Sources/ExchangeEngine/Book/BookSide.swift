import ExchangeTypes

/// The used prices of one side of a book, best first.
///
/// Both sides run through the same code without asking which one they are: prices are kept as
/// **ranks**, of which the lowest is the best. The rank of an ask is its tick; the rank of a bid is
/// the complement of its tick, which turns the order around for every integer.
///
/// ```
/// tick      …  22 825   22 826  |  22 835  …
/// bid rank  …  -22 826 -22 827  |
/// ask rank                      |  22 835  …
/// bitmap    the low bits of the rank: tick, or capacity - 1 - tick
/// ```
///
/// **Soundness** As `PriceBitmap`; `capacity` is a power of two, so the low bits of any rank are
/// within.
@usableFromInline
struct BookSide {
    /// 0 for asks, all ones for bids: `tick ^ flip` is the rank, `rank ^ flip` the tick.
    @usableFromInline let flip: Int
    @usableFromInline let prices: PriceBitmap
    /// The rank of the best price; `Int.max` when the side is empty.
    @usableFromInline var best = Int.max

    init(_ side: Side, capacity: Int) {
        flip = side == .buy ? -1 : 0
        prices = PriceBitmap(capacity: capacity)
    }

    @inlinable @inline(__always)
    mutating func insert(_ tick: Int) {
        let rank = tick ^ flip
        prices.insert(rank & (prices.capacity - 1))
        best = min(best, rank)
    }

    @inlinable @inline(__always)
    mutating func remove(_ tick: Int) {
        let rank = tick ^ flip
        prices.remove(rank & (prices.capacity - 1))
        if rank == best { best = next(behind: rank) }
    }

    /// The next rank behind one; `Int.max` when there is none.
    @inlinable
    func next(behind rank: Int) -> Int {
        let mask = prices.capacity - 1
        guard let number = prices.next(above: rank & mask) else { return Int.max }
        return number | (flip & ~mask)
    }
}

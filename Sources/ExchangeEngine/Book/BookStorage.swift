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

/// The memory of an `OrderBook`: its levels and its two sides.
///
/// **Soundness** Made, owned and freed by one book, on one thread; every tick used as an index is
/// below `capacity`, which `holds` or `grow` has seen to.
@usableFromInline
struct BookStorage {
    /// A power of two; every price of the book is below it.
    @usableFromInline var capacity: Int
    @usableFromInline var levels: UnsafeMutablePointer<PriceLevel>
    /// Two, by `Side.rawValue`.
    @usableFromInline let sides: UnsafeMutablePointer<BookSide>
    /// Resting orders that may only reduce.
    @usableFromInline var reduceOnlyCount = 0

    init(capacity: Int) {
        var size = 64
        while size < capacity { size *= 2 }
        self.capacity = size
        levels = Self.makeLevels(size)
        sides = .allocate(capacity: Side.allCases.count)
        for side in Side.allCases {
            (sides + Int(side.rawValue)).initialize(to: BookSide(side, capacity: size))
        }
    }

    func deallocate() {
        free(levels)
        for side in Side.allCases { self.side(side).pointee.prices.deallocate() }
        sides.deallocate()
    }

    @inlinable @inline(__always)
    func side(_ side: Side) -> UnsafeMutablePointer<BookSide> { sides + Int(side.rawValue) }

    @inlinable @inline(__always)
    func holds(_ price: Price) -> Bool { price.ticks > 0 && price.ticks < Int64(capacity) }

    /// Doubles the price range until it holds a tick; only used levels are copied, so memory that
    /// was never touched stays untouched.
    @usableFromInline
    mutating func grow(toHold tick: Int) {
        var larger = capacity
        while larger <= tick { larger *= 2 }
        let largerLevels = Self.makeLevels(larger)
        for side in Side.allCases {
            let old = self.side(side).pointee
            var new = BookSide(side, capacity: larger)
            var rank = old.best
            while rank != Int.max {
                let tick = rank ^ old.flip
                largerLevels[tick] = levels[tick]
                new.insert(tick)
                rank = old.next(behind: rank)
            }
            old.prices.deallocate()
            self.side(side).pointee = new
        }
        free(levels)
        levels = largerLevels
        capacity = larger
    }

    /// Zeroed memory from `calloc`, which the system hands out page by page on first touch; all
    /// zeros is an empty level, because slot 0 stands for no order.
    private static func makeLevels(_ capacity: Int) -> UnsafeMutablePointer<PriceLevel> {
        guard let memory = calloc(capacity, MemoryLayout<PriceLevel>.stride) else {
            preconditionFailure("no memory for a book of \(capacity) ticks")
        }
        return memory.bindMemory(to: PriceLevel.self, capacity: capacity)
    }
}

/// The set of prices that hold a level, as three layers of bits: each bit of a layer says whether the
/// word of 64 bits below it has any bit set.
///
/// ```
/// summary   one bit per word of `middle`
/// middle    one bit per word of `leaves`
/// leaves    one bit per tick
/// ```
///
/// The neighbour of a price is found in at most three steps down and up, plus a scan over `summary`,
/// which has a single word up to 262,144 ticks.
///
/// **Soundness** The pointers are owned by this value's one owner, `OrderBook`, which frees them in its
/// `deinit`; every index is derived from a tick that the book has checked to be below `capacity`.
@usableFromInline
struct PriceBitmap {
    @usableFromInline let capacity: Int
    @usableFromInline let leaves: UnsafeMutablePointer<UInt64>
    @usableFromInline let middle: UnsafeMutablePointer<UInt64>
    @usableFromInline let summary: UnsafeMutablePointer<UInt64>
    @usableFromInline let summaryCount: Int

    /// An empty set of prices below `capacity`, which must be a multiple of 64.
    init(capacity: Int) {
        precondition(capacity % 64 == 0, "capacity \(capacity) must be a multiple of 64")
        self.capacity = capacity
        let leafCount = capacity / 64
        let middleCount = (leafCount + 63) / 64
        summaryCount = (middleCount + 63) / 64
        leaves = Self.zeroed(leafCount)
        middle = Self.zeroed(middleCount)
        summary = Self.zeroed(summaryCount)
    }

    private static func zeroed(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
        return words
    }

    func deallocate() {
        leaves.deallocate()
        middle.deallocate()
        summary.deallocate()
    }

    @inlinable @inline(__always)
    func insert(_ tick: Int) {
        leaves[tick >> 6] |= 1 << UInt64(tick & 63)
        middle[tick >> 12] |= 1 << UInt64((tick >> 6) & 63)
        summary[tick >> 18] |= 1 << UInt64((tick >> 12) & 63)
    }

    @inlinable @inline(__always)
    func remove(_ tick: Int) {
        leaves[tick >> 6] &= ~(1 << UInt64(tick & 63))
        if leaves[tick >> 6] != 0 { return }
        middle[tick >> 12] &= ~(1 << UInt64((tick >> 6) & 63))
        if middle[tick >> 12] != 0 { return }
        summary[tick >> 18] &= ~(1 << UInt64((tick >> 12) & 63))
    }

    /// The lowest price above `tick`; 0 when there is none (tick 0 is never a price).
    @inlinable
    func next(above tick: Int) -> Int {
        var word = tick >> 6
        var bits = leaves[word] & Self.above(tick & 63)
        if bits != 0 { return word << 6 | bits.trailingZeroBitCount }
        var group = word >> 6
        bits = middle[group] & Self.above(word & 63)
        if bits == 0 {
            let place = group
            group = place >> 6
            bits = summary[group] & Self.above(place & 63)
            while bits == 0 {
                group += 1
                if group >= summaryCount { return 0 }
                bits = summary[group]
            }
            group = group << 6 | bits.trailingZeroBitCount
            bits = middle[group]
        }
        word = group << 6 | bits.trailingZeroBitCount
        return word << 6 | leaves[word].trailingZeroBitCount
    }

    /// The highest price below `tick`; 0 when there is none.
    @inlinable
    func next(below tick: Int) -> Int {
        var word = tick >> 6
        var bits = leaves[word] & Self.below(tick & 63)
        if bits != 0 { return word << 6 | Self.highest(bits) }
        var group = word >> 6
        bits = middle[group] & Self.below(word & 63)
        if bits == 0 {
            let place = group
            group = place >> 6
            bits = summary[group] & Self.below(place & 63)
            while bits == 0 {
                group -= 1
                if group < 0 { return 0 }
                bits = summary[group]
            }
            group = group << 6 | Self.highest(bits)
            bits = middle[group]
        }
        word = group << 6 | Self.highest(bits)
        return word << 6 | Self.highest(leaves[word])
    }

    @inlinable @inline(__always)
    static func above(_ bit: Int) -> UInt64 { (~0 << 1) << UInt64(bit) }
    @inlinable @inline(__always)
    static func below(_ bit: Int) -> UInt64 { (1 << UInt64(bit)) &- 1 }
    @inlinable @inline(__always)
    static func highest(_ bits: UInt64) -> Int { 63 - bits.leadingZeroBitCount }
}

/// A set of small numbers, as three layers of bits: each bit of a layer says whether the word of 64
/// bits below it has any bit set.
///
/// ```
/// summary   one bit per word of `middle`
/// middle    one bit per word of `leaves`
/// leaves    one bit per number
/// ```
///
/// The next number is found in at most three steps down and up, plus a scan over `summary`, which
/// has a single word up to 262,144 numbers.
///
/// **Soundness** The pointers are owned by this value's one owner, `BookSide`, which frees them
/// with `deallocate`; every number is derived from a tick that the book has checked to be below
/// `capacity`.
@usableFromInline
struct PriceBitmap {
    @usableFromInline let capacity: Int
    @usableFromInline let leaves: UnsafeMutablePointer<UInt64>
    @usableFromInline let middle: UnsafeMutablePointer<UInt64>
    @usableFromInline let summary: UnsafeMutablePointer<UInt64>
    @usableFromInline let summaryCount: Int

    /// An empty set of numbers below `capacity`, which must be a multiple of 64.
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
    func insert(_ number: Int) {
        leaves[number >> 6] |= Self.bit(number)
        middle[number >> 12] |= Self.bit(number >> 6)
        summary[number >> 18] |= Self.bit(number >> 12)
    }

    @inlinable @inline(__always)
    func remove(_ number: Int) {
        leaves[number >> 6] &= ~Self.bit(number)
        if leaves[number >> 6] != 0 { return }
        middle[number >> 12] &= ~Self.bit(number >> 6)
        if middle[number >> 12] != 0 { return }
        summary[number >> 18] &= ~Self.bit(number >> 12)
    }

    /// The lowest number above `number`; nil when there is none.
    @inlinable
    func next(above number: Int) -> Int? {
        var word = number >> 6
        var bits = leaves[word] & Self.above(number)
        if bits != 0 { return word << 6 | bits.trailingZeroBitCount }
        var group = word >> 6
        bits = middle[group] & Self.above(word)
        if bits == 0 {
            let place = group
            group = place >> 6
            bits = summary[group] & Self.above(place)
            while bits == 0 {
                group += 1
                if group >= summaryCount { return nil }
                bits = summary[group]
            }
            group = group << 6 | bits.trailingZeroBitCount
            bits = middle[group]
        }
        word = group << 6 | bits.trailingZeroBitCount
        return word << 6 | leaves[word].trailingZeroBitCount
    }

    /// The one bit of a number in its word.
    @inlinable @inline(__always)
    static func bit(_ number: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: number & 63) }
    /// All higher bits of that word; two shifts, because a shift by 64 is none.
    @inlinable @inline(__always)
    static func above(_ number: Int) -> UInt64 {
        (~0 &<< 1) &<< UInt64(truncatingIfNeeded: number & 63)
    }
}

/// Steele, Lea and Flood's generator: one word of state. It spreads a small seed over larger states.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// Blackman and Vigna's xoshiro256**: the same numbers for the same seed on every machine.
public struct Xoshiro256: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var spread = SplitMix64(seed: seed)
        state = (spread.next(), spread.next(), spread.next(), spread.next())
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    private static func rotate(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}

extension Xoshiro256 {
    // Own range functions: the standard library does not promise to use the words in the same way
    // in its next version, and a seed has to mean the same run for years.

    /// A number below a positive bound, very nearly uniform.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "bound \(bound) must be positive")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of a range, ends included.
    public mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(below(Int(range.upperBound - range.lowerBound) + 1))
    }

    /// True once in so many times, on average.
    public mutating func oneIn(_ times: Int) -> Bool { below(times) == 0 }

    /// An element of a collection; nil when it is empty.
    public mutating func element<Element>(of elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
    }

    /// One of some elements.
    public mutating func one<Element>(of first: Element, _ others: Element...) -> Element {
        let place = below(others.count + 1)
        return place == 0 ? first : others[place - 1]
    }
}

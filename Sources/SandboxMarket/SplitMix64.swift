/// A small seeded source of numbers: the same on every machine and version.
///
/// The sandbox needs variety, not secrecy; `SystemRandomNumberGenerator` would make every market a
/// different one, and the standard library may change how it turns words into ranges.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A source of its own for one purpose, so that one bot's draws never shift another's.
    func split(_ purpose: UInt64) -> SplitMix64 {
        SplitMix64(seed: Self.mix(state ^ Self.mix(purpose &+ Self.increment)))
    }

    /// The next word.
    mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mix(state)
    }

    /// A number from zero up to, not including, `bound`, which must be positive.
    mutating func below(_ bound: Int64) -> Int64 {
        precondition(bound > 0, "no number below \(bound)")
        // The bias of the high product is at most bound / 2^64, far below anything a market shows.
        return Int64(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number within a range, both ends included.
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A number around zero that looks normal.
    ///
    /// The sum of four uniform draws from ±a is close to normal, with the deviation 2a/√3.
    mutating func normal(deviation: Int64) -> Int64 {
        let reach = deviation * 866 / 1_000
        return (0..<4).reduce(0) { sum, _ in sum + within(-reach...reach) }
    }

    private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

    private static func mix(_ word: UInt64) -> UInt64 {
        var value = word
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// The fixed 64-bit hash of states and event streams: the same on every machine and version.
///
/// Words are fed in a documented order; `Hasher` is never used, because it is seeded per process.
public struct StateHasher: Sendable {
    /// The hash of what has been fed so far.
    public private(set) var value: UInt64

    public init() { value = 0xcbf2_9ce4_8422_2325 }

    /// Feeds one word.
    public mutating func combine(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01b3
        value ^= value >> 29
        value = value &* 0xbf58_476d_1ce4_e5b9
        value ^= value >> 32
    }

    /// Feeds a signed word.
    public mutating func combine(_ word: Int64) { combine(UInt64(bitPattern: word)) }

    /// Feeds a wide value, low word first.
    public mutating func combine(_ wide: Int128) {
        combine(UInt64(truncatingIfNeeded: wide))
        combine(UInt64(truncatingIfNeeded: wide >> 64))
    }

    /// Feeds a text: its length, then its words.
    public mutating func combine(_ text: InlineText) {
        combine(UInt64(text.count))
        for index in 0..<((Int(text.count) + 7) / 8) { combine(text.word(index)) }
    }
}

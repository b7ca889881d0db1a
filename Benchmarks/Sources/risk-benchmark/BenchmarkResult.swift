/// One line of figures, and whether the exchange ended in the state it should be in.
struct BenchmarkResult: CustomStringConvertible {
    let name: String
    /// Positions, or open orders.
    let size: Int
    /// How many times the first measured thing was done.
    let count: Int
    let figures: [(name: String, value: Int)]
    let stateHash: UInt64

    var description: String {
        let values = figures.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return "\(name) size=\(size) count=\(count) \(values) state_hash=\(hex(stateHash))"
    }

    /// What the state must be; nil for sizes and counts that nobody has written down.
    var expectedHash: UInt64? {
        guard count == Self.usualCount else { return nil }
        return switch (name, size) {
        case ("marks", 1_000): 0x9b50_dad2_0317_26b0
        case ("marks", 10_000): 0xde58_8b49_7b68_559a
        case ("marks", 100_000): 0xf5dc_4fda_6b6f_c104
        case ("checks", 1): 0x7f0f_829a_3b2e_db0f
        case ("checks", 100): 0x4c17_0755_83c5_e3e3
        case ("checks", 999): 0x09b4_3169_0e15_472a
        case _: nil
        }
    }

    /// The count for which the expected states are known.
    static let usualCount = 100_000
}

/// Sixteen lower-case hexadecimal digits.
func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

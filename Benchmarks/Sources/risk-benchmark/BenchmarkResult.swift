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
        case ("marks", 1_000): 0xb502_812c_272b_c011
        case ("marks", 10_000): 0xa51b_eb8c_98f4_f2a3
        case ("marks", 100_000): 0x18ac_ba15_e898_706f
        case ("checks", 1): 0x8209_b402_8cf9_1f6b
        case ("checks", 100): 0xf35a_3b87_9fab_f638
        case ("checks", 999): 0x5388_8282_e629_4a61
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

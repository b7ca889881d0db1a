/// Turns dense engine numbers into opaque version-4 UUIDs and back, without a table.
///
/// A replay therefore gives the same ids, and an id from a client leads straight to its number. The
/// 122 free bits hold the permuted number (64) and a tag of number and kind (58), so that a made-up or
/// foreign UUID, or a trade's id given as an order's, is recognised as unknown.
///
/// ```
/// high:  permuted[63..16] | 0100 | permuted[15..4]
/// low:   10 | permuted[3..0] | tag[57..0]
/// ```
public enum OrderIdentifierPermutation {
    /// The UUID of a sliced order.
    public static func uniqueID(of twap: TWAPID) -> UniqueID { encode(twap.value, kind: 3) }
    /// The sliced order of a UUID; nil when none of ours ever has that UUID.
    public static func twap(of id: UniqueID) -> TWAPID? { decode(id, kind: 3).map(TWAPID.init) }
    /// The UUID of an order.
    public static func uniqueID(of order: OrderID) -> UniqueID { encode(order.value, kind: 1) }
    /// The UUID of a trade.
    public static func uniqueID(of trade: TradeID) -> UniqueID { encode(trade.value, kind: 2) }
    /// The order of a UUID; nil when no order of ours ever has that UUID.
    public static func order(of id: UniqueID) -> OrderID? { decode(id, kind: 1).map(OrderID.init) }

    private static let multiplier: UInt64 = 0xd6e8_feb8_6659_fd93
    private static let inverse: UInt64 = inverseModulo64(multiplier)
    private static let offset: UInt64 = 0x5851_f42d_4c95_7f2d
    private static let tagMask: UInt64 = (1 << 58) - 1

    private static func encode(_ number: UInt64, kind: UInt64) -> UniqueID {
        let permuted = permute(number)
        let high = permuted & ~0xffff | 0x4000 | (permuted >> 4) & 0xfff
        let low = 1 << 63 | (permuted & 15) << 58 | tag(number, kind)
        return UniqueID(high: high, low: low)
    }

    private static func decode(_ id: UniqueID, kind: UInt64) -> UInt64? {
        guard id.high & 0xf000 == 0x4000, id.low >> 62 == 2 else { return nil }
        let permuted = id.high & ~0xffff | (id.high & 0xfff) << 4 | (id.low >> 58) & 15
        let number = unpermute(permuted)
        return tag(number, kind) == id.low & tagMask ? number : nil
    }

    // Three rounds of multiply and xor-shift: each is a bijection of 64 bits, so the whole is one.
    private static func permute(_ number: UInt64) -> UInt64 {
        var value = number &+ offset
        for _ in 0..<3 {
            value = value &* multiplier
            value ^= value >> 32
        }
        return value
    }

    private static func unpermute(_ permuted: UInt64) -> UInt64 {
        var value = permuted
        for _ in 0..<3 {
            value ^= value >> 32
            value = value &* inverse
        }
        return value &- offset
    }

    private static func tag(_ number: UInt64, _ kind: UInt64) -> UInt64 {
        var hasher = StateHasher()
        hasher.combine(number)
        hasher.combine(kind)
        return hasher.value & tagMask
    }

    /// Newton's iteration doubles the correct low bits each round: 3, 6, 12, 24, 48, 96.
    private static func inverseModulo64(_ odd: UInt64) -> UInt64 {
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse
    }
}

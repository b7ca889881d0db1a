import ExchangeTypes

/// Repeatable words for property tests: the finaliser of MurmurHash3 over a counter.
struct Noise {
    private var counter: UInt64

    init(seed: UInt64) { counter = seed &* 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        counter &+= 0x9e37_79b9_7f4a_7c15
        var word = counter
        word = (word ^ (word >> 33)) &* 0xff51_afd7_ed55_8ccd
        word = (word ^ (word >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return word ^ (word >> 33)
    }
}

/// Values of all kinds, valid or not.
extension Noise {
    mutating func coin() -> Bool { next() % 2 == 0 }

    /// As many small words as large ones.
    mutating func word() -> Int64 { Int64(bitPattern: next()) >> Int64(next() % 64) }

    mutating func half() -> UInt32 { UInt32(truncatingIfNeeded: next()) }

    mutating func account() -> AccountID { AccountID(half()) }

    mutating func contract() -> InstrumentID { InstrumentID(half()) }

    mutating func money() -> Money { Money(units: word()) }

    mutating func rate() -> Rate { Rate(units: word()) }

    mutating func decimal() -> WireDecimal {
        WireDecimal(significand: word(), exponent: Int16(truncatingIfNeeded: next()))
    }

    mutating func text() -> InlineText {
        let bytes = (0..<Int(next() % 65)).map { _ in UInt8(truncatingIfNeeded: next()) }
        return InlineText(utf8: bytes) ?? InlineText()
    }

    mutating func element<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }
}

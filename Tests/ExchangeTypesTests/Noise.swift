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

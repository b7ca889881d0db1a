/// What a replay must come to. Known for workloads of seed 42, at 100,000 and 10,000,000 messages;
/// see the table in `Yardsticks/README.md`, which says who agrees on them.
struct ReplayResult: Equatable, CustomStringConvertible {
    let trades: Int
    let tradeDigest: UInt64
    let bookDigest: UInt64

    var description: String {
        "trades=\(trades) trade_hash=\(hex(tradeDigest)) book_hash=\(hex(bookDigest))"
    }

    /// The known result of a replay; nil when nobody has agreed on one.
    static func expected(
        symbols: Int, preventsSelfTrades: Bool, seed: UInt64, messages: Int
    ) -> ReplayResult? {
        guard seed == 42 else { return nil }
        switch (messages, preventsSelfTrades, symbols) {
        case (100_000, false, 1): return Self(39_758, 0x8da7_01af_4c8c_44dd, 0x420d_1319_5755_e5b8)
        case (100_000, false, 100):
            return Self(31_448, 0x26db_eb0b_cedc_d089, 0x55f6_6ef3_749c_e461)
        case (100_000, true, 1): return Self(44_527, 0x95b0_cc02_418c_74f9, 0x2a3a_d396_4698_4ca2)
        case (100_000, true, 100): return Self(30_189, 0xc7ae_ad43_3b96_de00, 0x90ab_ddd1_d1f0_ca14)
        case (10_000_000, false, 1):
            return Self(4_322_782, 0x06c1_3e12_e3da_afdc, 0x99eb_a2f8_7ff0_323c)
        case (10_000_000, false, 100):
            return Self(3_525_630, 0x1b75_e203_e034_cdf3, 0x3d9e_dda6_0be7_50e8)
        case (10_000_000, true, 1):
            return Self(4_158_288, 0xecbb_8162_5ff8_ac05, 0xebd3_5de4_960b_0b71)
        case (10_000_000, true, 100):
            return Self(3_445_364, 0x7072_8362_a0c0_d96a, 0xaab5_085d_db22_d351)
        default: return nil
        }
    }

    private init(_ trades: Int, _ tradeDigest: UInt64, _ bookDigest: UInt64) {
        self.init(trades: trades, tradeDigest: tradeDigest, bookDigest: bookDigest)
    }

    init(trades: Int, tradeDigest: UInt64, bookDigest: UInt64) {
        self.trades = trades
        self.tradeDigest = tradeDigest
        self.bookDigest = bookDigest
    }
}

/// Sixteen lower-case hexadecimal digits.
private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

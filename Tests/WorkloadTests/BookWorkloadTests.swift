import ExchangeEngine
import ExchangeTypes
import Testing

/// What a workload's first 100,000 messages must come to. The digests were computed by a model in
/// Python and an engine in C, which agree; the table is in `Benchmarks/Yardsticks/README.md`.
struct ExpectedWorkload: CustomTestStringConvertible, Sendable {
    let symbols: Int
    let isFull: Bool
    /// The digest of the bytes that `gen.c` writes for these messages.
    let messageDigest: UInt64
    let trades: Int
    let tradeDigest: UInt64
    let bookDigest: UInt64

    var testDescription: String { "\(isFull ? "full" : "core")-\(symbols)" }

    static let all = [
        ExpectedWorkload(
            symbols: 1, isFull: false, messageDigest: 0xc6b1_25fa_9913_82cf, trades: 39_758,
            tradeDigest: 0x8da7_01af_4c8c_44dd, bookDigest: 0x420d_1319_5755_e5b8),
        ExpectedWorkload(
            symbols: 100, isFull: false, messageDigest: 0x0253_cabe_daec_3ff9, trades: 31_448,
            tradeDigest: 0x26db_eb0b_cedc_d089, bookDigest: 0x55f6_6ef3_749c_e461),
        ExpectedWorkload(
            symbols: 1, isFull: true, messageDigest: 0xbdcc_e7dc_3312_562f, trades: 44_527,
            tradeDigest: 0x95b0_cc02_418c_74f9, bookDigest: 0x2a3a_d396_4698_4ca2),
        ExpectedWorkload(
            symbols: 100, isFull: true, messageDigest: 0x65ba_a32d_2dd1_1eb2, trades: 30_189,
            tradeDigest: 0xc7ae_ad43_3b96_de00, bookDigest: 0x90ab_ddd1_d1f0_ca14),
    ]
}

@Suite("The order book on the benchmark workloads")
struct BookWorkloadTests {
    @Test("Trades and rests as the independent models do", arguments: ExpectedWorkload.all)
    func replaysWorkload(_ expected: ExpectedWorkload) {
        // A wrong match shows up nowhere else as surely: two other programs agree on every trade.
        var generator = WorkloadGenerator(symbols: expected.symbols, isFull: expected.isFull)
        var replay = WorkloadReplay(
            symbols: expected.symbols, preventsSelfTrades: expected.isFull)
        var messages = WorkloadDigest()
        for _ in 0..<100_000 {
            let message = generator.next()
            message.words.forEach { messages.combine($0) }
            replay.apply(message)
        }
        #expect(messages.value == expected.messageDigest)
        #expect(replay.recorder.trades == expected.trades)
        #expect(replay.recorder.digest.value == expected.tradeDigest)
        #expect(replay.bookDigest() == expected.bookDigest)
    }
}

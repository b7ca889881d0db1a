// book-benchmark FILE [LIMIT]: replays a workload through the engine's OrderBook and OrderPool,
// prints one line, and exits with 1 when the trades or the final book are not the expected ones.

import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func run(_ path: String, limit: Int?) throws -> Bool {
    let workload = try Workload(path: path, limit: limit)
    var replay = BookReplay(
        symbols: workload.symbols, preventsSelfTrades: workload.preventsSelfTrades)
    let start = DispatchTime.now().uptimeNanoseconds
    for index in 0..<workload.count { replay.apply(workload[index]) }
    let nanoseconds = DispatchTime.now().uptimeNanoseconds - start

    let result = ReplayResult(
        trades: replay.recorder.trades, tradeDigest: replay.recorder.digest.value,
        bookDigest: replay.bookDigest())
    let expected = ReplayResult.expected(
        symbols: workload.symbols, preventsSelfTrades: workload.preventsSelfTrades,
        seed: workload.seed, messages: workload.count)
    let perSecond = UInt64(workload.count) * 1_000_000_000 / max(nanoseconds, 1)
    print("order-book \(path) n=\(workload.count) ops/s=\(perSecond) \(result)")
    guard let expected else {
        print("not checked: no agreed result for this seed and length")
        return true
    }
    if expected != result { print("WRONG, expected \(expected)") }
    return expected == result
}

let arguments = CommandLine.arguments
guard arguments.count == 2 || (arguments.count == 3 && Int(arguments[2]) != nil) else {
    print("usage: book-benchmark FILE [LIMIT]")
    exit(2)
}
do {
    let isRight = try run(arguments[1], limit: arguments.count == 3 ? Int(arguments[2]) : nil)
    exit(isRight ? 0 : 1)
} catch {
    print("book-benchmark: \(error)")
    exit(2)
}

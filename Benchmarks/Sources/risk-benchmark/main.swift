// risk-benchmark marks POSITIONS [UPDATES]: what a change of the mark price costs.
// risk-benchmark checks ORDERS [PAIRS]: what placing and cancelling an order costs.
//
// Prints one line, and exits with 1 when the exchange did not end in the expected state.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func result(_ arguments: [String]) -> BenchmarkResult? {
    guard arguments.count == 3 || arguments.count == 4, let size = Int(arguments[2]) else {
        return nil
    }
    var count = BenchmarkResult.usualCount
    if arguments.count == 4 {
        guard let given = Int(arguments[3]), given >= 0 else { return nil }
        count = given
    }
    switch arguments[1] {
    case "marks": return MarkBenchmark(positions: size).run(quietUpdates: count)
    case "checks": return CheckBenchmark(orders: size).run(pairs: count)
    case _: return nil
    }
}

guard let result = result(CommandLine.arguments) else {
    print("usage: risk-benchmark marks POSITIONS [UPDATES] | checks ORDERS [PAIRS]")
    exit(2)
}
print(result)
guard let expected = result.expectedHash else {
    print("not checked: no expected state for this size and count")
    exit(0)
}
if expected != result.stateHash {
    print("WRONG, expected state_hash=\(hex(expected))")
    exit(1)
}

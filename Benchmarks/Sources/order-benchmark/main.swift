// order-benchmark resting ORDERS: what one order costs while so many rest.
// order-benchmark stops ORDERS: what one stop order costs while so many wait.
//
// Prints one line, and exits with 1 when the exchange did not end in the expected state.

import ExchangeEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How often all is measured; the median counts.
let rounds = 15
let steps = 2_000

/// What the state must be at the end; nil for sizes that nobody has written down.
func expectedHash(_ kind: String, _ size: Int) -> UInt64? {
    switch (kind, size) {
    case ("resting", 1): 0xcb15_8090_ca77_b775
    case ("resting", 1_000): 0xad6a_6491_8211_c596
    case ("resting", 1_000_000): 0x8c21_e406_2416_7245
    case ("stops", 1): 0xbbd8_8d9c_5990_2807
    case ("stops", 1_000): 0x2202_6e89_7426_2387
    case ("stops", 1_000_000): 0x46d5_856f_7225_a914
    case _: nil
    }
}

/// Sixteen lower-case hexadecimal digits.
func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Measures, and returns the median of each figure with its name.
func measure(_ names: [String], _ round: () -> [Int]) -> [(name: String, value: Int)] {
    let results = (0..<rounds).map { _ in round() }
    return names.indices.map { index in (names[index], median(results.map { $0[index] })) }
}

guard CommandLine.arguments.count == 3, let size = Int(CommandLine.arguments[2]), size >= 1,
    size <= 1_000 * Market.accountCount, ["resting", "stops"].contains(CommandLine.arguments[1])
else {
    print("usage: order-benchmark resting ORDERS | stops ORDERS")
    exit(2)
}
let kind = CommandLine.arguments[1]
let market = Market()
let clock = Stopwatch.clock()
let figures: [(name: String, value: Int)]
if kind == "resting" {
    var orders = RestingOrders(market, count: size)
    figures = measure(RestingOrders.figures) { orders.round(steps: steps, clock: clock) }
} else {
    var orders = StopOrders(market, count: size)
    figures = measure(StopOrders.figures) { orders.round(steps: steps, clock: clock) }
}
market.exchange.checkInvariants()
let hash = market.exchange.stateHash()
let values = figures.map { "\($0.name)_ns=\($0.value)" }.joined(separator: " ")
print("\(kind) size=\(size) \(values) state_hash=\(hex(hash))")
guard let expected = expectedHash(kind, size) else {
    print("not checked: no expected state for this size")
    exit(0)
}
if expected != hash {
    print("WRONG, expected state_hash=\(hex(expected))")
    exit(1)
}

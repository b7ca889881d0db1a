import Foundation
import ServerTestKit
import Testing

/// The sandbox market with its bots: every message of every channel is as documented, and the channels
/// agree with each other.
@Suite(.serialized) struct FullMarketTests {
    @Test("P-015 P-020 P-026 P-039 all channels of all contracts for some seconds, and they agree")
    func everything() async throws {
        try await withServer(["--log", "memory"]) { server in
            let watcher = try await Watcher.connect(server.details.marketDataURL)
            let channels = DocumentedShape.channels.keys.sorted()
            try await watcher.subscribe(
                channels, ["*"], figures: [0, 1, 2], intervals: CandleTests.all)
            var seen: [String: Set<String>] = [:]
            var twoSided: Set<String> = []
            _ = try await watcher.next { message in
                let (type, symbol) = (
                    message["type"]?.string ?? "", message["symbol"]?.string ?? ""
                )
                seen[type, default: []].insert(symbol)
                if type == "bbo" && message["bid"] != [] && message["ask"] != [] {
                    twoSided.insert(symbol)
                }
                // Candles are of contracts that have traded, and noise traders take their time.
                return twoSided.count == 29 && seen["candle", default: []].count > 5
                    && seen["trade", default: []].count > 5
                    && channels.filter { !["candle", "trade", "market_stats"].contains($0) }
                        .allSatisfy { seen[$0]?.count == 29 }
            }
            #expect(seen["market_stats"] == ["*"])
            #expect(seen["level2"]?.count == 29)
        }
    }

    @Test("P-036 minmax_price follows the oracle; underlier and market_stats tell the same moves")
    func movingPrices() async throws {
        try await withServer(["--log", "memory"]) { server in
            let watcher = try await Watcher.connect(server.details.marketDataURL)
            try await watcher.subscribe(["level2", "underlier", "minmax_price", "mark_price"])
            var oracles: Set<Decimal> = []
            var bands: Set<Decimal> = []
            var marks: Set<Decimal> = []
            _ = try await watcher.next { message in
                switch message["type"] {
                case "underlier": decimal(message["price"]).map { _ = oracles.insert($0) }
                case "minmax_price": decimal(message["max_price"]).map { _ = bands.insert($0) }
                case "mark_price": decimal(message["price"]).map { _ = marks.insert($0) }
                default: break
                }
                return oracles.count > 4 && bands.count > 4 && marks.count > 4
            }
            let tenPercent = try #require(Decimal(string: "1.1"))
            let expected = Set(oracles.map { $0 * tenPercent })
            #expect(bands.intersection(expected).count >= 3, "\(bands) of \(oracles)")
        }
    }
}

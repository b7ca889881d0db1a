import Foundation
import ServerTestKit
import Testing

/// `market_stats`. **Source** `protocol.md` §3.12.
@Suite(.serialized) struct StatisticsTests {
    @Test("P-037 one contract: its own rows in all four arrays, equal to the channels they repeat")
    func oneContract() async throws {
        try await Market.run { market in
            try await market.trade("0.5", at: "336.2")
            try await market.trade("0.25", at: "336.3", taker: "SELL")
            try await market.trade("1", at: "230.4", symbol: "NVDA-USD")
            try await market.maker.rest("BUY", "3", at: "336.1")
            try await market.maker.rest("SELL", "2", at: "336.4")
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"], ["NVDA-USD"])
            try await watcher.subscribe(["bbo", "mark_price", "open_interest"])
            _ = try await watcher.messages(pulses: 3, of: "NVDA-USD")
            try await watcher.subscribe(["bbo", "mark_price", "open_interest", "market_stats"])
            let seen = try await watcher.fence()
            let statistics = try #require(seen.last { $0["type"] == "market_stats" })
            #expect(statistics["symbol"] == "AAPL-USD")
            #expect(
                rows(statistics, "daily_volumes") == [["symbol": "AAPL-USD", "volume": "0.75"]])
            for (array, channel) in [
                ("bbos", "bbo"), ("mark_prices", "mark_price"), ("open_interests", "open_interest"),
            ] {
                let message = try #require(seen.last { $0["type"]?.string == channel })
                let row = try #require(rows(statistics, array).first)
                #expect(rows(statistics, array).count == 1)
                for key in row.keys.subtracting(["time"]) { #expect(row[key] == message[key]) }
            }
            #expect(rows(statistics, "bbos")[0]["bid"] == [["336.1", "3"]])
            #expect(rows(statistics, "open_interests")[0]["open_interest"] == "0.25")
        }
    }

    @Test("P-037 * is one message with all contracts, whose symbol is *")
    func wildcard() async throws {
        try await Market.run { market in
            try await market.trade("0.5", at: "336.2")
            try await market.trade("1", at: "230.4", symbol: "NVDA-USD")
            let watcher = try await market.watcher()
            try await watcher.subscribe(["market_stats"], ["*"])
            for _ in 0..<3 {
                let statistics = try await watcher.next()
                #expect(statistics["symbol"] == "*")
                for array in ["bbos", "mark_prices", "open_interests", "daily_volumes"] {
                    let symbols = Set(rows(statistics, array).compactMap { $0["symbol"]?.string })
                    #expect(symbols.isSuperset(of: ["AAPL-USD", "NVDA-USD"]), "\(array)")
                }
                #expect(rows(statistics, "mark_prices").count == 29)
                let volumes = rows(statistics, "daily_volumes")
                #expect(volumes.contains(["symbol": "AAPL-USD", "volume": "0.5"]))
                #expect(volumes.contains(["symbol": "NVDA-USD", "volume": "1"]))
            }
        }
    }

    @Test("P-037 at once, then each second by the server's own times; filters are ignored")
    func period() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            let ack = try await watcher.subscribe(["market_stats"], figures: [7], intervals: ["x"])
            #expect(ack.keys == ["type", "channels", "symbols"])
            #expect(try await watcher.next()["type"] == "market_stats")
            try await expectPeriod(1_000, of: "market_stats", watcher)
        }
    }

    @Test("P-037 volume grows with every trade, and only then")
    func volume() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "market_stats"])
            for traded in ["0.5", "1", "1.5"] {
                try await market.trade("0.5", at: "336.2")
                _ = try await watcher.data(pulses: 5) {
                    self.rows($0, "daily_volumes").first?["volume"]?.string == traded
                }
            }
        }
    }

    @Test("P-037 asked for again, it shows what happened since, not what the last second showed")
    func freshValues() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["market_stats"])
            for traded in 1...6 {
                try await market.trade("1", at: "336.2")
                try await watcher.subscribe(["market_stats"])
                let shown = try await watcher.fence()
                let volumes = rows(shown.last ?? .null, "daily_volumes")
                #expect(volumes.first?["volume"]?.string == "\(traded)")
            }
        }
    }

    private func rows(_ statistics: JSONValue, _ array: String) -> [JSONValue] {
        statistics[array]?.array ?? []
    }
}

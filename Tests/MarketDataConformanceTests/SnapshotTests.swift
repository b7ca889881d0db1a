import Foundation
import ServerTestKit
import Testing

/// What is shown at once. **Source** `protocol.md` §3.3 to §3.12.
@Suite(.serialized) struct SnapshotTests {
    static let states = [
        "level2", "bbo", "mark_price", "funding", "open_interest", "underlier", "candle",
        "minmax_price", "market_stats",
    ]

    @Test("P-027 the first value of every state channel comes within 2 s: four pulses of level2")
    func firstValues() async throws {
        try await Market.run { market in
            try await market.trade("0.5", at: "336.2")
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"], ["NVDA-USD"])
            try await watcher.subscribe(Self.states, intervals: ["1MIN", "1DAY"])
            let seen = try await watcher.messages(pulses: 4, of: "NVDA-USD")
            for channel in Self.states {
                #expect(seen.contains { $0["type"]?.string == channel }, "no \(channel)")
            }
            let resolutions = Set(seen.compactMap { $0["resolution"]?.string })
            #expect(resolutions == ["1MIN", "1DAY"])
        }
    }

    @Test("P-027 each state channel alone: the value comes right behind the ack")
    func oneByOne() async throws {
        try await Market.run { market in
            try await market.trade("0.5", at: "336.2")
            for channel in Self.states {
                let watcher = try await market.watcher()
                try await watcher.subscribe(
                    [channel], intervals: channel == "candle" ? ["5MINS"] : nil)
                // What an answer to the next command does not overtake did not wait for any beat.
                let first = try await watcher.fence().first
                #expect(first?["type"]?.string == channel && first?["symbol"] == "AAPL-USD")
            }
        }
    }

    @Test("P-027 what never was has no value: no candle of a contract that never traded")
    func nothingYet() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"])
            try await watcher.subscribe(["candle", "trade"], intervals: ["1MIN", "1DAY"])
            let seen = try await watcher.messages(pulses: 4)
            #expect(seen.allSatisfy { $0["type"] == "level2" })
            try await market.trade("0.5", at: "336.2")
            _ = try await watcher.data("candle")
        }
    }
}

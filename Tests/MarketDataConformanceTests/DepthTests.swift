import Foundation
import ServerTestKit
import Testing

/// `level2` and `bbo`, with books made by known orders. **Source** `protocol.md` §3.3, §3.4.
@Suite(.serialized) struct DepthTests {
    @Test("P-020 whole depth, P-022 sig_figs 0, P-025 empty sides, P-026 bbo is the top")
    func depth() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "bbo"])
            for channel in ["level2", "bbo"] {
                let empty = try await watcher.data(channel)
                #expect(empty["bid"] == [] && empty["ask"] == [])
            }
            for (quantity, price) in [("0.5", "336.1"), ("1", "336.15"), ("0.25", "336.1")] {
                try await market.maker.rest("BUY", quantity, at: price)
            }
            let bids: JSONValue = [["336.15", "1"], ["336.1", "0.75"]]
            let oneSided = try await watcher.data(pulses: 3) {
                $0["type"] == "level2" && $0["bid"] == bids
            }
            #expect(oneSided["ask"] == [])
            for (quantity, price) in [("2", "336.3"), ("0.1", "336.2")] {
                try await market.maker.rest("SELL", quantity, at: price)
            }
            let asks: JSONValue = [["336.2", "0.1"], ["336.3", "2"]]
            let depth = try await watcher.data(pulses: 3) {
                $0["type"] == "level2" && $0["ask"] == asks
            }
            #expect(depth["bid"] == bids && depth["sig_figs"] == 0)
            let best = try await watcher.data(pulses: 3) {
                $0["type"] == "bbo" && $0["ask"] == [["336.2", "0.1"]]
            }
            #expect(best["bid"] == [["336.15", "1"]])
            // A level that is gone is gone from the next state: there are no deltas.
            try await market.maker.perform("cancel_all_orders", [:])
            _ = try await watcher.data(pulses: 3) {
                $0["type"] == "level2" && $0["bid"] == [] && $0["ask"] == []
            }
            _ = try await watcher.data(pulses: 3) {
                $0["type"] == "bbo" && $0["bid"] == [] && $0["ask"] == []
            }
        }
    }

    @Test("P-020 at most 20 levels a side, the best ones, at the limit and beyond it")
    func twentyLevels() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            for step in 0..<20 {
                try await market.maker.rest("BUY", "0.1", at: price(33_510 + step))
                try await market.maker.rest("SELL", "0.1", at: price(33_719 - step))
            }
            try await market.waitForBest("SELL", "337")
            try await watcher.subscribe(["level2"])
            let twenty = try await watcher.data("level2")
            #expect(prices(twenty["bid"]) == (0..<20).map { price(33_529 - $0) })
            #expect(prices(twenty["ask"]) == (0..<20).map { price(33_700 + $0) })
            try await market.maker.rest("BUY", "0.1", at: price(33_530))
            try await market.maker.rest("SELL", "0.1", at: price(33_699))
            let cut = try await watcher.data(pulses: 3) {
                self.prices($0["bid"]).first == self.price(33_530)
                    && self.prices($0["ask"]).first == self.price(33_699)
            }
            #expect(prices(cut["bid"]) == (0..<20).map { price(33_530 - $0) })
            #expect(prices(cut["ask"]) == (0..<20).map { price(33_699 + $0) })
        }
    }

    @Test("P-021 level2 each 500 ms by the server's own times, though nothing changes")
    func pulse() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"])
            _ = try await watcher.data("level2")
            try await expectPeriod(500, of: "level2", watcher)
        }
    }

    @Test("§3.4 bbo comes on change, and once a second without one, between pulses of level2")
    func repeatedBest() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "bbo"])
            _ = try await watcher.fence()
            for _ in 0..<4 {
                _ = try await watcher.data(pulses: 3) { $0["type"] == "bbo" }
            }
            try await market.maker.rest("BUY", "1", at: "336.1")
            _ = try await watcher.data(pulses: 2) {
                $0["type"] == "bbo" && $0["bid"] == [["336.1", "1"]]
            }
        }
    }

    @Test("P-022 P-023 several groupings, each tagged; P-024 bids down, asks up, sizes summed")
    func aggregation() async throws {
        try await Market.run { market in
            for (quantity, price) in [("0.5", "336.11"), ("0.3", "336.19")] {
                try await market.maker.rest("BUY", quantity, at: price)
            }
            for (quantity, price) in [("4", "336.31"), ("2", "336.29"), ("1", "336.21")] {
                try await market.maker.rest("SELL", quantity, at: price)
            }
            try await market.waitForBest("SELL", "336.21")
            let watcher = try await market.watcher()
            let ack = try await watcher.subscribe(["level2"], figures: [0, 1, 2])
            #expect(ack["sig_figs"] == [0, 1, 2])
            // The first three are the values of now, the next three a pulse.
            for _ in 0..<2 {
                var seen: [Decimal: JSONValue] = [:]
                for _ in 0..<3 {
                    let message = try await watcher.data("level2")
                    seen[try #require(message["sig_figs"]?.number)] = message
                }
                #expect(seen[0]?["bid"] == [["336.19", "0.3"], ["336.11", "0.5"]])
                #expect(seen[0]?["ask"] == [["336.21", "1"], ["336.29", "2"], ["336.31", "4"]])
                #expect(seen[1]?["bid"] == [["336.1", "0.8"]])
                #expect(seen[1]?["ask"] == [["336.3", "3"], ["336.4", "4"]])
                #expect(seen[2]?["bid"] == [["336", "0.8"]])
                #expect(seen[2]?["ask"] == [["337", "7"]])
            }
        }
    }

    @Test("P-024 grouped levels are made of the whole book, not of its first 20 levels")
    func groupsWholeBook() async throws {
        try await Market.run { market in
            for step in 0..<40 {
                try await market.maker.rest("BUY", "0.1", at: price(33_500 + step))
            }
            try await market.waitForBest("BUY", "335.39")
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"], figures: [1])
            #expect(
                try await watcher.data("level2")["bid"]
                    == [["335.3", "1"], ["335.2", "1"], ["335.1", "1"], ["335", "1"]])
        }
    }

    @Test("§18.7 prices and sizes are shortest decimals, whatever the contract's grid")
    func shortestDecimals() async throws {
        try await Market.run { market in
            let orders = [
                ("SAMSUNG-KRW", "0.00101", "269250", "0.00101", "269250"),
                ("EUR-USD", "100", "1.08500", "100", "1.085"),
                ("NATGAS-USD", "10.10", "3.050", "10.1", "3.05"),
                ("LLY-USD", "1.0000", "1152.00", "1", "1152"),
            ]
            let watcher = try await market.watcher()
            for (symbol, quantity, price, size, level) in orders {
                try await market.maker.rest("BUY", quantity, at: price, symbol: symbol)
                try await market.waitForBest("BUY", level, symbol: symbol)
                try await watcher.subscribe(["bbo"], [symbol])
                let best = try await watcher.data("bbo", symbol)
                #expect(best["bid"] == [[.string(level), .string(size)]])
            }
        }
    }

    /// A price on the grid of cents.
    private func price(_ cents: Int) -> String {
        let text = "\(cents / 100).\(String(format: "%02d", cents % 100))"
        return "\(Decimal(string: text) ?? 0)"
    }

    private func prices(_ side: JSONValue?) -> [String] {
        (side?.array ?? []).compactMap { $0[0]?.string }
    }
}

/// A pulsed channel of AAPL-USD keeps its period, judged by the times in its messages alone.
///
/// A slow machine may send a pulse late, and the next one comes in its own time nevertheless: so the
/// pulses are no more than fit between the first and the last, and soon enough some are a period apart
/// (±10 %), however slow the machine is.
func expectPeriod(_ milliseconds: Int64, of channel: String, _ watcher: Watcher) async throws {
    let period = milliseconds * 1_000_000
    var times: [Int64] = []
    var regular = 0
    while regular < 4 && times.count < 60 {
        let message = try await watcher.data(channel)
        let time = try #require(instant(message["time"]))
        if let last = times.last, abs(time - last - period) <= period / 10 { regular += 1 }
        times.append(time)
    }
    #expect(regular >= 4, "\(times)")
    let span = times[times.count - 1] - times[0]
    #expect(Int64(times.count - 2) * period <= span, "\(times)")
}

import Foundation
import ServerTestKit
import Testing

/// What the served channels say, with books and trades made by two traders.
@Suite(.serialized) struct DataTests {
    @Test("P-020 level2 rows, P-022 sig_figs 0, P-025 empty sides, P-026 bbo is the top, P-039")
    func depth() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.subscribe(["level2", "bbo"])
            let (emptyDepth, emptyBest) = (
                try await client.data("level2"), try await client.data("bbo")
            )
            #expect(emptyDepth["bid"] == [] && emptyDepth["ask"] == [])
            #expect(emptyBest["bid"] == [] && emptyBest["ask"] == [])
            #expect(
                emptyDepth.keys == [
                    "sequence", "type", "time", "symbol", "bid", "ask", "sig_figs",
                ])
            #expect(emptyBest.keys == ["sequence", "type", "time", "symbol", "bid", "ask"])
            for (quantity, price) in [("0.5", "336.1"), ("1", "336.15"), ("0.25", "336.1")] {
                try await market.order(market.maker, "BUY", quantity, at: price)
            }
            for (quantity, price) in [("2", "336.3"), ("0.1", "336.2")] {
                try await market.order(market.maker, "SELL", quantity, at: price)
            }
            let bids: JSONValue = [["336.15", "1"], ["336.1", "0.75"]]
            let asks: JSONValue = [["336.2", "0.1"], ["336.3", "2"]]
            let depth = try await client.next { $0["type"] == "level2" && $0["ask"] == asks }
            #expect(depth["bid"] == bids)
            #expect(depth["sig_figs"] == 0)
            let best = try await client.next {
                $0["type"] == "bbo" && $0["ask"] == [["336.2", "0.1"]]
            }
            #expect(best["bid"] == [["336.15", "1"]])
            for message in [emptyDepth, emptyBest, depth, best] {
                #expect(isUTCTime(message["time"]), "\(message)")
            }
        }
    }

    @Test("P-020 at most 20 levels a side, the best ones")
    func twentyLevels() async throws {
        try await Market.run { market in
            for step in 0..<23 {
                let price = "335.\(String(format: "%02d", 10 + step))"
                try await market.order(market.maker, "BUY", "0.1", at: price)
            }
            let client = try await market.watcher()
            try await client.subscribe(["level2"])
            let bids = try #require(try await client.data("level2")["bid"]?.array)
            #expect(bids.count == 20)
            #expect(bids.first?[0] == "335.32" && bids.last?[0] == "335.13")
        }
    }

    @Test("P-023 several aggregations, tagged; P-024 bids down, asks up, sizes summed")
    func aggregation() async throws {
        try await Market.run { market in
            try await market.order(market.maker, "BUY", "0.5", at: "336.11")
            try await market.order(market.maker, "BUY", "0.3", at: "336.19")
            try await market.order(market.maker, "SELL", "1", at: "336.21")
            try await market.order(market.maker, "SELL", "2", at: "336.29")
            try await market.order(market.maker, "SELL", "4", at: "336.31")
            let client = try await market.watcher()
            let ack = try await client.subscribe(["level2"], figures: [0, 1, 2])
            #expect(ack["sig_figs"] == [0, 1, 2])
            var seen: [Decimal: JSONValue] = [:]
            while seen.count < 3 {
                let message = try await client.data("level2")
                seen[try #require(message["sig_figs"]?.number)] = message
            }
            #expect(seen[0]?["bid"] == [["336.19", "0.3"], ["336.11", "0.5"]])
            #expect(seen[1]?["bid"] == [["336.1", "0.8"]])
            #expect(seen[1]?["ask"] == [["336.3", "3"], ["336.4", "4"]])
            #expect(seen[2]?["bid"] == [["336", "0.8"]])
            #expect(seen[2]?["ask"] == [["337", "7"]])
        }
    }

    @Test("P-021 level2 each 500 ms though nothing changes; bbo at least each second")
    func pulse() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.subscribe(["level2", "bbo"])
            _ = try await client.everything(during: 0.1)
            let seen = try await client.everything(during: 3)
            let depth = seen.filter { $0["type"] == "level2" }.count
            #expect((2...10).contains(depth), "\(depth) in 3 s")
            let best = seen.filter { $0["type"] == "bbo" }.count
            #expect(best >= 1, "\(best) in 3 s")
        }
    }

    @Test("P-028 one trade message an execution; P-029 no history; P-004 one object a frame")
    func trades() async throws {
        try await Market.run { market in
            let client = try await market.watcher()
            try await client.subscribe(["trade"])
            try await market.order(market.maker, "SELL", "0.2", at: "336.2")
            try await market.order(market.maker, "SELL", "0.3", at: "336.25")
            try await market.order(market.taker, "BUY", "0.4", at: "336.25")
            let first = try await client.next { _ in true }
            let second = try await client.next { _ in true }
            #expect(first["price"] == "336.2" && first["size"] == "0.2")
            #expect(second["price"] == "336.25" && second["size"] == "0.2")
            for (index, trade) in [first, second].enumerated() {
                #expect(
                    trade.keys == [
                        "sequence", "type", "trade_id", "time", "symbol", "size", "price", "side",
                        "execution_type",
                    ])
                #expect(trade["type"] == "trade" && trade["symbol"] == "AAPL-USD")
                #expect(trade["sequence"] == .number(Decimal(index + 1)))
                #expect(trade["side"] == "BUY" && trade["execution_type"] == "T")
                #expect(trade["trade_id"]?.string.flatMap { UUID(uuidString: $0) } != nil)
                #expect(isUTCTime(trade["time"]))
            }
            let fill = try await market.taker.next { $0["fill_response"] != nil }
            #expect(fill["fill_response"]?["trade_id"] == first["trade_id"])
            let late = try await market.watcher()
            try await late.subscribe(["trade"])
            try await market.order(market.maker, "BUY", "0.1", at: "336.1")
            try await market.order(market.taker, "SELL", "0.1", at: "336.1")
            let only = try await late.next { _ in true }
            #expect(only["sequence"] == 1 && only["side"] == "SELL" && only["price"] == "336.1")
        }
    }

    @Test("P-027 the full market shows every contract, two-sided, within a second")
    func fullMarket() async throws {
        try await withServer(["--log", "memory"]) { server in
            let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
            try await client.subscribe(["level2", "bbo", "trade"], ["*"])
            var twoSided: Set<String> = []
            let seen = try await client.everything(during: 1.5)
            for message in seen where message["type"] == "bbo" {
                if message["bid"] != [], message["ask"] != [] {
                    twoSided.insert(message["symbol"]?.string ?? "")
                }
            }
            #expect(twoSided.count == 29)
            for message in seen {
                #expect(isUTCTime(message["time"]), "\(message)")
                #expect(message["sequence"] != nil)
                if message["type"] == "level2" {
                    let bids = prices(message["bid"])
                    let asks = prices(message["ask"])
                    #expect(bids == bids.sorted(by: >) && asks == asks.sorted())
                    #expect(bids.count <= 20 && asks.count <= 20)
                }
            }
            #expect(seen.contains { $0["type"] == "trade" })
        }
    }

    private func prices(_ side: JSONValue?) -> [Decimal] {
        (side?.array ?? []).compactMap { $0[0]?.string.flatMap { Decimal(string: $0) } }
    }
}

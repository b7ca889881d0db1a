import Foundation
import ServerTestKit
import Testing

/// `trade`: what was executed, once, as it happens. **Source** `protocol.md` §3.5.
@Suite(.serialized) struct TradeTests {
    @Test(
        "P-028 one message an execution, in their order, with the aggressor's side and ids of fills"
    )
    func trades() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["trade"])
            for (quantity, price) in [("0.2", "336.2"), ("0.3", "336.25"), ("0.1", "336.2")] {
                try await market.maker.rest("SELL", quantity, at: price)
            }
            try await market.taker.rest("BUY", "0.4", at: "336.25")
            let expected = [("336.2", "0.2"), ("336.2", "0.1"), ("336.25", "0.1")]
            for (index, (price, size)) in expected.enumerated() {
                let trade = try await watcher.next()
                #expect(trade["price"]?.string == price && trade["size"]?.string == size)
                #expect(trade["sequence"] == .number(Decimal(index + 1)))
                #expect(trade["side"] == "BUY" && trade["execution_type"] == "T")
                #expect(trade["symbol"] == "AAPL-USD")
                for dealer in [market.maker, market.taker] {
                    let fill = try await dealer.client.next { $0["fill_response"] != nil }
                    #expect(fill["fill_response"]?["trade_id"] == trade["trade_id"])
                }
            }
            try await market.maker.rest("BUY", "0.1", at: "336")
            let market2 = try await market.taker.place(
                "SELL", "0.1", at: nil, type: "MARKET", tif: "IOC")
            #expect(market2["status"] == "ACK")
            let trade = try await watcher.next()
            #expect(trade["side"] == "SELL" && trade["price"] == "336" && trade["size"] == "0.1")
        }
    }

    @Test("P-028 orders that rest, end or are refused make no trade")
    func noTrades() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["trade", "level2"])
            try await market.maker.rest("SELL", "1", at: "336.2")
            try await market.taker.place("BUY", "1", at: "336.1", tif: "IOC")
            try await market.taker.place("BUY", "2", at: "336.2", tif: "FOK")
            try await market.taker.place("BUY", "1", at: "336.2", type: "ALO")
            try await market.maker.place("BUY", "1", at: "336.2")
            try await market.maker.perform("cancel_all_orders", [:])
            let seen = try await watcher.messages(pulses: 3)
            #expect(!seen.contains { $0["type"] == "trade" })
        }
    }

    @Test("P-029 no trade from before the subscription, on the first and on a repeated one")
    func noHistory() async throws {
        try await Market.run { market in
            for _ in 0..<3 { try await market.trade("0.1", at: "336.2") }
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"])
            for _ in 0..<2 {
                try await watcher.subscribe(["trade"])
                let seen = try await watcher.messages(pulses: 2)
                #expect(!seen.contains { $0["type"] == "trade" })
            }
            try await market.trade("0.7", at: "336.3")
            let trade = try await watcher.data("trade")
            #expect(trade["size"] == "0.7")
        }
    }
}

import Foundation
import ServerTestKit
import Testing

/// `mark_price`, `underlier`, `open_interest`, `minmax_price` and `funding`.
/// **Source** `protocol.md` §3.7 to §3.11.
@Suite(.serialized) struct PriceTests {
    @Test("P-036 mark_price is the mark, and follows when the book moves it")
    func markPrice() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "mark_price"])
            #expect(try await watcher.data("mark_price")["price"] == "336.19")
            try await market.maker.rest("BUY", "1", at: "340")
            try await market.maker.rest("SELL", "1", at: "340.1")
            // rules.md §6: the median of oracle, smoothed basis and book, which here is the book.
            let moved = try await watcher.data(pulses: 8) {
                $0["type"] == "mark_price" && $0["price"] == "340.05"
            }
            #expect(moved["symbol"] == "AAPL-USD")
        }
    }

    @Test("P-035 underlier: the oracle price each second though it stands still, and its source")
    func underlier() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "underlier"])
            for _ in 0..<4 {
                let underlier = try await watcher.data(pulses: 3) { $0["type"] == "underlier" }
                #expect(underlier["price"] == "336.19" && underlier["source"] == "external")
            }
        }
    }

    @Test("P-035 the source is internal while the feed is silent, and external for the others")
    func silentFeed() async throws {
        let steps = #""steps":[{"at":"0s","do":"silence-feed","symbols":["AAPL-USD"]}]"#
        // Prices of a quiet market never count as stale.
        try await Market.run(scenario: steps, ["--log", "memory"]) { market in
            let watcher = try await market.watcher()
            let symbols = ["AAPL-USD", "NVDA-USD"]
            try await watcher.subscribe(["underlier"], symbols)
            for symbol in symbols {
                #expect(try await watcher.data("underlier", symbol)["source"] == "external")
            }
            _ = try await watcher.next {
                $0["symbol"] == "AAPL-USD" && $0["source"] == "internal"
            }
            #expect(try await watcher.data("underlier", "NVDA-USD")["source"] == "external")
            // It goes on each second: an internal price is a price.
            for _ in 0..<3 {
                #expect(try await watcher.data("underlier", "AAPL-USD")["source"] == "internal")
            }
        }
    }

    @Test("P-036 minmax_price, mark_price and underlier follow when outside prices gap")
    func gap() async throws {
        let steps = #""steps":[{"at":"2s","do":"gap","by":"10%","symbols":["AAPL-USD"]}]"#
        try await Market.run(scenario: steps) { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["underlier", "mark_price", "minmax_price"])
            for (channel, key, price) in [
                ("underlier", "price", "336.19"), ("mark_price", "price", "336.19"),
                ("minmax_price", "max_price", "369.809"),
            ] {
                #expect(try await watcher.data(channel)[key]?.string == price)
            }
            var told: [String: JSONValue] = [:]
            _ = try await watcher.next { message in
                told[message["type"]?.string ?? ""] = message
                return told["underlier"]?["price"] == "369.809"
                    && told["mark_price"]?["price"] == "369.809"
                    && told["minmax_price"]?["min_price"] == "332.8281"
                    && told["minmax_price"]?["max_price"] == "406.7899"
            }
        }
    }

    @Test("P-036 open_interest is the sum of long positions, and follows trades")
    func openInterest() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "open_interest"])
            #expect(try await watcher.data("open_interest")["open_interest"] == "0")
            func expectNext(_ quantity: String) async throws {
                _ = try await watcher.data(pulses: 5) {
                    $0["type"] == "open_interest" && $0["open_interest"]?.string == quantity
                }
            }
            try await market.trade("0.75", at: "336.2")
            try await expectNext("0.75")
            try await market.trade("0.25", at: "336.2", taker: "SELL")
            try await expectNext("0.5")
            try await market.trade("2", at: "336.2", taker: "SELL")
            try await expectNext("1.5")
        }
    }

    @Test("P-036 minmax_price is the band outside which the exchange refuses orders")
    func priceBand() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["minmax_price", "underlier"])
            let band = try await watcher.data("minmax_price")
            let oracle = try #require(decimal(try await watcher.data("underlier")["price"]))
            // rules.md §8: the oracle ± 10 % for a share, unrounded.
            #expect(decimal(band["min_price"]) == oracle * Decimal(string: "0.9")!)
            #expect(decimal(band["max_price"]) == oracle * Decimal(string: "1.1")!)
            #expect(band["min_price"] == "302.571" && band["max_price"] == "369.809")
            let dealer = market.maker
            #expect(try await dealer.place("SELL", "0.1", at: "302.58")["status"] == "ACK")
            try await dealer.perform("cancel_all_orders", [:])
            #expect(try await dealer.place("BUY", "0.1", at: "369.8")["status"] == "ACK")
            try await dealer.perform("cancel_all_orders", [:])
            let low = try await dealer.place("SELL", "0.1", at: "302.57")
            #expect(low["status"] == "PRICE_LESS_THAN_MIN_PRICE")
            let high = try await dealer.place("BUY", "0.1", at: "369.81")
            #expect(high["status"] == "PRICE_GREATER_THAN_MAX_PRICE")
        }
    }

    @Test("P-033 funding: fixed decimals, and time_remaining ends on the hour")
    func funding() async throws {
        try await Market.run { market in
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2", "funding"])
            let first = try await watcher.data("funding")
            try expectEndsOnTheHour(first)
            #expect(first["funding_rate"] == "0.00000")
            #expect(first["annualised_funding_rate"] == "0.0000")
        }
    }

    @Test("P-033 a book above the oracle makes the rate positive, below it negative; × 8760 a year")
    func fundingRate() async throws {
        try await Market.run { market in
            // Far enough off, and large enough, to be a premium of more than a percent.
            try await market.maker.rest("BUY", "100", at: "345")
            try await market.maker.rest(
                "SELL", "200", at: "225", symbol: "NVDA-USD")
            let watcher = try await market.watcher()
            try await watcher.subscribe(["level2"])
            for (symbol, sign) in [("AAPL-USD", Decimal(1)), ("NVDA-USD", Decimal(-1))] {
                var rate = Decimal(0)
                var funding = JSONValue.null
                var rounds = 0
                // The latest value is shown at each subscribe; samples are taken each five seconds.
                while rate == 0 && rounds < 60 {
                    rounds += 1
                    _ = try await watcher.messages(pulses: 1)
                    try await watcher.subscribe(["funding"], [symbol])
                    funding = try await watcher.data("funding", symbol)
                    rate = decimal(funding["funding_rate"]) ?? 0
                }
                #expect(rate * sign > 0, "\(funding)")
                let yearly = try #require(decimal(funding["annualised_funding_rate"]))
                // Both are rounded: the rate to 5 decimals, the yearly one to 4.
                let allowed = 8_760 * Decimal(string: "0.00001")! + Decimal(string: "0.0001")!
                #expect(abs(yearly - rate * 8_760) <= allowed, "\(funding)")
                try expectEndsOnTheHour(funding)
            }
        }
    }
}

/// The window of a funding message ends on a whole hour, to the second.
func expectEndsOnTheHour(_ funding: JSONValue) throws {
    let second: Int64 = 1_000_000_000
    let time = try #require(instant(funding["time"]))
    let number = try #require(funding["time_remaining"]?.number)
    let remaining = NSDecimalNumber(decimal: number).int64Value
    #expect((0...3_600).contains(remaining))
    let end = time + remaining * second
    let nearest = (end + 1_800 * second) / (3_600 * second) * 3_600 * second
    #expect(abs(end - nearest) <= second, "\(funding)")
}

import ExchangeTypes
import Testing

@testable import MarketDataGateway

/// A reader that is behind: states are skipped, and made good by the newest when there is room.
@Suite struct ConflationTests {
    private static let onChange = ["funding", "open_interest", "minmax_price"]

    @Test(
        "What is sent on change only is made good by the beat that has room",
        arguments: onChange + ["underlier", "mark_price", "market_stats", "candle"])
    func makesGood(_ channel: String) throws {
        let rig = try Rig()
        try rig.trade()
        let slow = rig.connect(
            #"{"type":"subscribe","channels":["\#(channel)"],"symbols":["*"],"intervals":["1DAY"]}"#
        )
        let quick = rig.connect(
            #"{"type":"subscribe","channels":["\#(channel)"],"symbols":["*"],"intervals":["1DAY"]}"#
        )
        rig.advance(milliseconds: 1_000)
        _ = try (slow.socket.take(), quick.socket.take())
        slow.socket.isStuck = true
        for price in ["101", "102", "103"] {
            try rig.price(price)
            try rig.trade()
            rig.advance(milliseconds: 1_000)
        }
        rig.advance(milliseconds: 60_000)
        #expect(slow.socket.messages == [])
        let newest = try #require(
            try quick.socket.take().last { $0.symbol == "NVDA-USD" || $0.symbol == "*" })
        slow.socket.isStuck = false
        rig.advance(milliseconds: 1_000)
        let first = try #require(
            try slow.socket.take().first { $0.symbol == "NVDA-USD" || $0.symbol == "*" })
        #expect(first.price == newest.price && first.max_price == newest.max_price)
        #expect(first.open_interest == newest.open_interest && first.trades == newest.trades)
        #expect(
            first.open_interests?.map(\.open_interest)
                == newest.open_interests?.map(\.open_interest))
        #expect(first.funding_rate == newest.funding_rate)
        _ = try quick.socket.take()
        rig.advance(milliseconds: 1_000)
        let counts = try (slow.socket.take().count, quick.socket.take().count)
        #expect(counts.0 == counts.1, "once, and then like the others")
    }

    @Test("A snapshot that found no room comes with the next beat of its channel")
    func makesGoodSnapshots() throws {
        let rig = try Rig()
        _ = rig.connect()
        rig.advance(milliseconds: 4_700)
        let client = rig.connect()
        client.socket.isStuck = true
        client.say(subscribe(["bbo"] + Self.onChange, ["NVDA-USD"]))
        #expect(try client.labels() == ["subscribed"])
        client.socket.isStuck = false
        rig.advance(milliseconds: 300)
        #expect(
            try Set(client.labels()) == [
                "bbo NVDA-USD", "funding NVDA-USD", "open_interest NVDA-USD",
                "minmax_price NVDA-USD",
            ])
    }

    @Test("A reader that stays behind is tried again with each beat, and costs one place a beat")
    func triesAgain() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "open_interest", "market_stats"], ["*"]))
        _ = try client.socket.take()
        client.socket.isStuck = true
        let before = client.socket.flushes
        rig.advance(milliseconds: 10_000)
        #expect(client.socket.messages == [])
        #expect(client.socket.flushes > before)
        #expect(client.connection.missedBeats == [.pulse, .second])
        client.socket.isStuck = false
        rig.advance(milliseconds: 1_000)
        #expect(client.connection.missedBeats == [])
        #expect(
            try Set(client.labels()).isSuperset(of: [
                "bbo NVDA-USD", "bbo TSLA-USD", "open_interest NVDA-USD", "open_interest TSLA-USD",
                "market_stats *",
            ]))
    }

    @Test("A value that was shown between two beats and is gone by the next is corrected by it")
    func shownBetweenBeats() throws {
        let rig = try Rig(["NVDA-USD"])
        let old = rig.connect(subscribe(["open_interest"], ["*"]))
        func trade(_ side: Side, _ other: Side) throws {
            try rig.run(
                try order(side, "1", at: "100.1"), try order(other, "1", at: "100.1", by: 1))
        }
        try trade(.sell, .buy)
        rig.advance(milliseconds: 1_000)
        try trade(.sell, .buy)
        let new = rig.connect(subscribe(["open_interest"], ["*"]))
        try trade(.buy, .sell)
        rig.advance(milliseconds: 1_000)
        #expect(try old.socket.take().compactMap(\.open_interest) == ["0", "1", "1"])
        #expect(try new.socket.take().compactMap(\.open_interest) == ["2", "1"])
        rig.advance(milliseconds: 1_000)
        #expect(try old.labels().isEmpty && new.labels().isEmpty)
    }
}

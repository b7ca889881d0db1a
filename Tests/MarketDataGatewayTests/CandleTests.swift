import ExchangeTypes
import Testing

@testable import MarketDataGateway

/// Candles under way are states; a closed one is an event that everybody gets once.
@Suite struct CandleTests {
    /// What the candles of some messages say: start, interval, prices, dollars and trades.
    private func rows(_ messages: [Message]) -> [String] {
        messages.filter { $0.type == "candle" }.map { message in
            let prices = [message.open, message.high, message.low, message.close]
            let start = message.start?.suffix(9).dropLast() ?? ""
            return "\(start) \(message.resolution ?? "") "
                + prices.map { $0 ?? "nil" }.joined(separator: " ")
                + " \(message.usdVolume ?? -1) \(message.trades ?? -1)"
        }
    }

    @Test("P-027, P-030, P-031: the candle under way follows the acknowledgement at once")
    func showsCandle() throws {
        let rig = try Rig()
        try rig.trade("2", at: "100.1")
        try rig.trade("0.5", at: "99.9")
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN", "1DAY"]))
        let head = #""type":"candle","symbol":"NVDA-USD","start":"2026-09-21T"#
        let tail =
            #""open":"100.1","high":"100.1","low":"99.9","close":"99.9","usdVolume":250,"trades":2}"#
        #expect(
            client.socket.messages.dropFirst() == [
                #"{"sequence":1,"# + head + #"14:13:00Z","resolution":"1MIN","# + tail,
                #"{"sequence":2,"# + head + #"00:00:00Z","resolution":"1DAY","# + tail,
            ])
    }

    @Test("P-027: a contract that never traded has no candle; the first trade brings it")
    func waitsForFirstTrade() throws {
        let rig = try Rig()
        let client = rig.connect(candles("subscribe", ["*"], ["1MIN"]))
        rig.advance(milliseconds: 70_000)
        try rig.run(.advanceTime)
        #expect(try client.labels() == ["subscribed"])
        try rig.trade(in: 1)
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 1_000)
        #expect(rows(try client.socket.take()) == ["14:14:00 1MIN 100.1 100.1 100.1 100.1 100 1"])
    }

    @Test("§3.6: a candle comes when it changed, once a second")
    func pulsesCandle() throws {
        let rig = try Rig()
        try rig.trade()
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN", "5MINS"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 3_000)
        #expect(client.socket.messages == [], "no trade, no message")
        try rig.trade(at: "100.3")
        rig.advance(milliseconds: 100)
        try rig.trade(at: "99.7")
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 900)
        #expect(
            rows(try client.socket.take()) == [
                "14:13:00 1MIN 100.1 100.3 99.7 99.7 300 3",
                "14:10:00 5MINS 100.1 100.3 99.7 99.7 300 3",
            ])
    }

    @Test("§3.6: the closed candle comes once, at once, with its final values; then the new one")
    func tellsClosedCandle() throws {
        let rig = try Rig()
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN", "1HOUR"]))
        try rig.trade()
        rig.advance(milliseconds: 39_900)
        _ = try client.socket.take()
        // Nobody has seen this trade when its minute ends.
        try rig.trade(at: "100.5")
        rig.advance(milliseconds: 95)
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 5)
        try rig.run(.advanceTime)
        #expect(
            rows(try client.socket.take()).contains("14:13:00 1MIN 100.1 100.5 100.1 100.5 201 2"))
        try rig.run(.advanceTime, .advanceTime)
        rig.advance(milliseconds: 1_000)
        #expect(rows(try client.socket.take()).last == "14:14:00 1MIN 100.5 100.5 100.5 100.5 0 0")
        rig.advance(milliseconds: 30_000)
        try rig.run(.advanceTime)
        #expect(
            client.socket.messages == [], "the closed one is told once, the new one did not change")
    }

    @Test("§3.6: an interval without trades is closed flat, at the price before")
    func closesFlatCandles() throws {
        let rig = try Rig()
        try rig.trade()
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN"]))
        rig.advance(milliseconds: 40_000)
        try rig.run(.advanceTime)
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 59_000)
        try rig.run(.advanceTime)
        rig.advance(milliseconds: 1_000)
        #expect(
            rows(try client.socket.take()) == [
                "14:14:00 1MIN 100.1 100.1 100.1 100.1 0 0",
                "14:15:00 1MIN 100.1 100.1 100.1 100.1 0 0",
            ])
    }

    @Test("P-032: a trade that comes with the new interval is in the new candle")
    func splitsTradesByInterval() throws {
        let rig = try Rig()
        try rig.trade()
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN"]))
        rig.advance(milliseconds: 40_000)
        _ = try client.socket.take()
        try rig.trade(at: "101")
        rig.advance(milliseconds: 1_000)
        #expect(
            rows(try client.socket.take()) == [
                "14:13:00 1MIN 100.1 100.1 100.1 100.1 100 1",
                "14:14:00 1MIN 101 101 101 101 101 1",
            ])
    }

    @Test("A reader that is behind gets every closed candle, and of the others the newest state")
    func neverDropsClosedCandles() throws {
        let rig = try Rig()
        try rig.trade()
        let slow = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN"]))
        rig.advance(milliseconds: 1_000)
        _ = try slow.socket.take()
        slow.socket.isStuck = true
        for _ in 0..<3 {
            rig.advance(milliseconds: 20_000)
            try rig.trade(at: "100.2")
            rig.advance(milliseconds: 40_000)
            try rig.run(.advanceTime)
        }
        #expect(
            rows(try slow.socket.take()) == [
                "14:13:00 1MIN 100.1 100.2 100.1 100.2 200 2",
                "14:14:00 1MIN 100.2 100.2 100.2 100.2 100 1",
                "14:15:00 1MIN 100.2 100.2 100.2 100.2 100 1",
            ])
        slow.socket.isStuck = false
        rig.advance(milliseconds: 1_000)
        let messages = try slow.socket.take()
        #expect(rows(messages) == ["14:16:00 1MIN 100.2 100.2 100.2 100.2 0 0"])
        #expect(messages.map(\.sequence) == [6], "what was skipped took no number")
    }

    @Test("A closed candle is encoded once, for all who get it by name or by *")
    func sharesClosedCandles() throws {
        let rig = try Rig()
        try rig.trade()
        let clients = [["*"], ["NVDA-USD"], ["*", "NVDA-USD"], ["NVDA-USD/1MIN"]].map {
            rig.connect(candles("subscribe", $0, ["1MIN"]))
        }
        rig.advance(milliseconds: 40_000)
        let before = clients.map(\.socket.bodyAddresses.count)
        try rig.run(.advanceTime)
        let told = zip(clients, before).map { Array($0.socket.bodyAddresses.dropFirst($1)) }
        #expect(told.allSatisfy { $0 == told[0] && $0.count == 1 })
    }

    @Test("P-012, P-016: each interval is a stream of its own, once by name and * together")
    func separatesIntervals() throws {
        let rig = try Rig()
        try rig.trade()
        let client = rig.connect(
            candles("subscribe", ["*", "NVDA-USD"], ["1MIN", "5MINS"]),
            candles("subscribe", ["NVDA-USD"], ["1HOUR"]))
        #expect(
            try client.labels().filter { $0 != "subscribed" } == [
                "candle NVDA-USD 1MIN", "candle NVDA-USD 5MINS", "candle NVDA-USD 1HOUR",
            ])
        client.say(candles("unsubscribe", ["*", "NVDA-USD"], ["1MIN"]))
        _ = try client.socket.take()
        try rig.trade()
        rig.advance(milliseconds: 40_000)
        try rig.run(.advanceTime)
        #expect(
            try client.labels() == ["candle NVDA-USD 5MINS", "candle NVDA-USD 1HOUR"])
    }

    @Test("A split moves the candle under way without a trade")
    func tellsSplit() throws {
        let rig = try Rig()
        try rig.trade()
        let client = rig.connect(candles("subscribe", ["NVDA-USD"], ["1MIN"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        var instrument = try Samples.instrument(0, "NVDA-USD")
        instrument.status = .inactive
        try rig.run(
            .configureInstrument(instrument),
            .splitInstrument(
                SplitInstrument(instrument: InstrumentID(0), numerator: 2, denominator: 1)))
        rig.advance(milliseconds: 1_000)
        #expect(rows(try client.socket.take()) == ["14:13:00 1MIN 50.05 50.05 50.05 50.05 100 1"])
    }
}

import ExchangeTypes
import Testing

@testable import MarketDataGateway

private let allChannels = [
    "level2", "trade", "bbo", "underlier", "mark_price", "funding", "open_interest",
    "minmax_price", "market_stats",
]

/// The channels whose values come with the seconds: what is shown, and when.
@Suite struct StateTests {
    @Test("P-027, P-033, P-035, P-036: the values of now follow the acknowledgement at once")
    func showsValuesOfNow() throws {
        let rig = try Rig()
        rig.advance(milliseconds: 250)
        try rig.trade()
        rig.advance(milliseconds: 250)
        let client = rig.connect(
            subscribe(
                ["underlier", "mark_price", "funding", "open_interest", "minmax_price"],
                ["NVDA-USD"]))
        let prices = #""time":"2026-09-21T14:13:20Z","symbol":"NVDA-USD","price":"100""#
        let shown: [String] = [
            #""underlier",\#(prices),"source":"external"}"#,
            #""mark_price",\#(prices)}"#,
            #""funding","time":"2026-09-21T14:13:20.5Z","symbol":"NVDA-USD","#
                + #""funding_rate":"0.00000","annualised_funding_rate":"0.0000","#
                + #""time_remaining":2800}"#,
            #""open_interest","symbol":"NVDA-USD","open_interest":"1","#
                + #""time":"2026-09-21T14:13:20.25Z"}"#,
            #""minmax_price","symbol":"NVDA-USD","min_price":"90","max_price":"110","#
                + #""time":"2026-09-21T14:13:20Z"}"#,
        ]
        for (index, text) in shown.enumerated() {
            #expect(
                client.socket.messages[index + 1] == #"{"sequence":\#(index + 1),"type":"# + text)
        }
        #expect(client.socket.messages.count == 6)
        #expect(client.socket.flushes == 1)
    }

    @Test("P-027: what has no value yet is not shown, and comes when it has one")
    func waitsForValues() throws {
        let rig = try Rig([])
        try rig.run(.configureInstrument(try Samples.instrument(0, "NVDA-USD")))
        let client = rig.connect(subscribe(allChannels, ["NVDA-USD"]))
        #expect(
            try client.labels() == [
                "subscribed", "level2 NVDA-USD 0", "bbo NVDA-USD", "open_interest NVDA-USD",
                "market_stats NVDA-USD",
            ])
        rig.advance(milliseconds: 1_000)
        let priced: Set<String> = ["underlier", "mark_price", "funding", "minmax_price"]
        #expect(try Set(client.socket.take().map(\.type)).isDisjoint(with: priced))
        try rig.price("100")
        rig.advance(milliseconds: 1_000)
        #expect(try priced.isSubset(of: Set(client.socket.take().map(\.type))))
    }

    @Test("§3.7, §3.8: underlier and mark price come each second, changed or not")
    func pulsesPrices() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["underlier", "mark_price"], ["NVDA-USD"]))
        _ = try client.socket.take()
        for _ in 0..<3 {
            rig.advance(milliseconds: 999)
            #expect(client.socket.messages == [])
            rig.advance(milliseconds: 1)
            #expect(try client.labels() == ["underlier NVDA-USD", "mark_price NVDA-USD"])
        }
        rig.advance(milliseconds: 100)
        try rig.price("101")
        try rig.price("102")
        #expect(client.socket.messages == [], "not before its second")
        rig.advance(milliseconds: 900)
        let messages = try client.socket.take()
        #expect(messages.map(\.price) == ["102", "102"])
        #expect(messages.map(\.time) == Array(repeating: "2026-09-21T14:13:23.1Z", count: 2))
    }

    @Test("P-035: an underlier that fell silent is internal")
    func tellsInternalSource() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["underlier"], ["NVDA-USD"]))
        rig.advance(milliseconds: 30_000)
        try rig.run(.advanceTime)
        _ = try client.socket.take()
        rig.advance(milliseconds: 1_000)
        #expect(try client.socket.take().map(\.source) == ["internal"])
    }

    @Test("P-033: funding comes each minute with a fresh time, and counts down to the hour")
    func pulsesFunding() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["funding"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 59_999)
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 1)
        let message = try #require(try client.socket.take().first)
        #expect(message.time == "2026-09-21T14:14:21Z" && message.time_remaining == 2_739)
        rig.advance(milliseconds: 20_000)
        client.say(subscribe(["funding"], ["NVDA-USD"]))
        let again = try client.socket.take()
        #expect(again.last?.time == "2026-09-21T14:14:41Z")
        #expect(again.last?.time_remaining == 2_719)
        rig.advance(milliseconds: 39_999)
        #expect(client.socket.messages == [], "a snapshot moves no beat")
        rig.advance(milliseconds: 1)
        #expect(try client.socket.take().map(\.time_remaining) == [2_679])
    }

    @Test("P-033: a new window is told with the next second, and the minutes count from there")
    func tellsNewWindow() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["funding"], ["NVDA-USD"]))
        rig.advance(milliseconds: 2_799_000)
        try rig.run(.advanceTime)
        rig.advance(milliseconds: 500)
        _ = try client.socket.take()
        rig.advance(milliseconds: 500)
        try rig.run(.advanceTime)
        rig.advance(milliseconds: 1_000)
        #expect(try client.socket.take().map(\.time_remaining) == [3_599])
        rig.advance(milliseconds: 59_000)
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 1_000)
        #expect(try client.socket.take().map(\.time_remaining) == [3_539])
    }

    @Test("P-034: outside the market hours the rate is zero, and still sent")
    func zeroFundingWhenClosed() throws {
        let rig = try Rig()
        try rig.run(try order(.buy, "1000", at: "105"), try order(.sell, "1000", at: "106"))
        let client = rig.connect(subscribe(["funding"], ["NVDA-USD"]))
        _ = try client.socket.take()
        for _ in 0..<6 {
            rig.advance(milliseconds: 5_000)
            try rig.price("100")
        }
        client.say(subscribe(["funding"], ["NVDA-USD"]))
        let open = try #require(try client.socket.take().last)
        // The premium of 0.05 less the clamp of 0.0005, for a hundredth of an hour's rate.
        #expect(open.funding_rate == "0.00050" && open.annualised_funding_rate == "4.3362")
        try rig.run(
            .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(0), session: .closed, startsAt: rig.clock.now())))
        _ = try client.socket.take()
        for _ in 0..<3 {
            rig.advance(milliseconds: 60_000)
            try rig.run(.advanceTime)
            let messages = try client.socket.take()
            #expect(messages.map(\.funding_rate) == ["0.00000"])
            #expect(messages.map(\.annualised_funding_rate) == ["0.0000"])
        }
    }

    @Test("P-034: a contract that is listed while its market is closed has a rate of zero")
    func zeroFundingOfClosedListing() throws {
        let rig = try Rig([])
        try rig.run(
            .configureInstrument(try Samples.instrument(0, "NVDA-USD")),
            .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(0), session: .weekend, startsAt: rig.clock.now())))
        try rig.price("100")
        let client = rig.connect(subscribe(["funding"], ["NVDA-USD"]))
        let message = try #require(try client.socket.take().last)
        #expect(message.funding_rate == "0.00000" && message.time_remaining == 2_800)
    }

    @Test("§3.10: open interest comes when it changed, once a second, with the time of the change")
    func pulsesOpenInterest() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["open_interest"], ["NVDA-USD"]))
        #expect(try client.socket.take().last?.time == "2026-09-21T14:13:20Z")
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 120_000)
        #expect(client.socket.messages == [], "no change, no message")
        rig.advance(milliseconds: 100)
        try rig.trade()
        rig.advance(milliseconds: 100)
        try rig.trade()
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 800)
        let messages = try client.socket.take()
        #expect(messages.map(\.open_interest) == ["2"])
        #expect(messages.map(\.time) == ["2026-09-21T14:15:21.2Z"])
    }

    @Test("§3.11: the band comes when it changed, and each minute")
    func pulsesBand() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["minmax_price"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 59_000)
        #expect(client.socket.messages == [])
        rig.advance(milliseconds: 1_000)
        #expect(try client.socket.take().map(\.max_price) == ["110"])
        try rig.price("90")
        try rig.price("80")
        rig.advance(milliseconds: 1_000)
        let messages = try client.socket.take()
        #expect(messages.map(\.min_price) == ["72"] && messages.map(\.max_price) == ["88"])
        rig.advance(milliseconds: 59_000)
        #expect(client.socket.messages == [], "counted from the last message")
    }

    @Test("P-037: the overview comes at once and then each second; the token is echoed")
    func pulsesStatistics() throws {
        let rig = try Rig()
        try rig.run(try order(.buy, "2", at: "99.5"))
        try rig.trade(in: 1)
        let client = rig.connect(subscribe(["market_stats"], ["*"]))
        for count in 0..<3 {
            let message = try #require(try client.socket.take().last)
            #expect(message.label == "market_stats *" && message.sequence == UInt64(count + 1))
            #expect(message.bbos?.map(\.symbol) == ["NVDA-USD", "TSLA-USD"])
            #expect(message.bbos?.map(\.bid) == [[["99.5", "2"]], []])
            #expect(message.bbos?.map(\.ask) == [[], []])
            #expect(message.mark_prices?.map(\.symbol) == ["NVDA-USD", "TSLA-USD"])
            #expect(message.open_interests?.map(\.open_interest) == ["0", "1"])
            #expect(message.daily_volumes?.map(\.volume) == ["0", "1"])
            #expect(message.time == "2026-09-21T14:13:2\(count)Z")
            rig.advance(milliseconds: 999)
            #expect(client.socket.messages == [])
            rig.advance(milliseconds: 1)
        }
    }

    @Test("P-037: the overviews by name and of the wildcard are streams beside each other")
    func separatesStatistics() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["market_stats"], ["*", "TSLA-USD", "*"]))
        let both = ["market_stats *", "market_stats TSLA-USD"]
        #expect(try client.labels().dropFirst() == both[...])
        rig.advance(milliseconds: 1_000)
        let messages = try client.socket.take()
        #expect(messages.map(\.label).sorted() == both)
        let named = messages.first { $0.symbol == "TSLA-USD" }
        for rows in [named?.bbos, named?.mark_prices, named?.open_interests, named?.daily_volumes] {
            #expect(rows?.map(\.symbol) == ["TSLA-USD"])
        }
        client.say(unsubscribe(["market_stats"], ["*"]))
        _ = try client.socket.take()
        rig.advance(milliseconds: 1_000)
        #expect(try client.labels() == ["market_stats TSLA-USD"])
    }

    @Test("P-037: an overview that is asked for shows what just happened")
    func showsFreshStatistics() throws {
        let rig = try Rig()
        _ = rig.connect(subscribe(["market_stats", "funding"], ["*"]))
        try rig.trade()
        let client = rig.connect(subscribe(["market_stats"], ["*"]))
        #expect(try client.socket.take().last?.open_interests?.map(\.open_interest) == ["1", "0"])
    }

    @Test("P-015, P-016: * and names together bring each contract once, on every channel")
    func coversEveryChannel() throws {
        let rig = try Rig()
        let channels = allChannels.filter { $0 != "market_stats" && $0 != "trade" }
        let client = rig.connect(subscribe(channels, ["TSLA-USD", "*", "NVDA-USD"]))
        let shown = try client.labels().dropFirst()
        #expect(shown.count == 2 * channels.count && Set(shown).count == shown.count)
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        try rig.list(2, "AAPL-USD")
        rig.advance(milliseconds: 1_000)
        let later = try client.socket.take()
        #expect(Set(later.filter { $0.symbol == "AAPL-USD" }.map(\.type)) == Set(channels))
        for type in ["underlier", "mark_price"] {
            #expect(
                later.filter { $0.type == type }.compactMap(\.symbol).sorted() == [
                    "AAPL-USD", "NVDA-USD", "TSLA-USD",
                ])
        }
    }

    @Test("P-013: numbers rise by one over all channels, whatever is skipped")
    func numbersEveryChannel() throws {
        let rig = try Rig()
        let client = rig.connect(
            subscribe(allChannels, ["*", "NVDA-USD"], figures: [0, 1, 2]),
            candles("subscribe", ["*"], ["1MIN", "5MINS"]))
        for round in 0..<90 {
            client.socket.isStuck = round % 7 > 3
            try rig.price(round % 2 == 0 ? "100" : "101")
            try rig.trade()
            rig.advance(milliseconds: 1_300)
        }
        let messages = try client.socket.take()
        let numbers = messages.compactMap(\.sequence)
        #expect(numbers == Array(1...UInt64(numbers.count)))
        #expect(Set(messages.map(\.type)).isSuperset(of: allChannels))
    }

    @Test("P-012: after an unsubscribe from all channels nothing more comes")
    func unsubscribesEverything() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(allChannels, ["*", "NVDA-USD"]))
        client.say(unsubscribe(allChannels, ["*", "NVDA-USD"]))
        _ = try client.socket.take()
        try rig.trade()
        try rig.price("101")
        rig.advance(milliseconds: 180_000)
        #expect(client.socket.messages == [])
    }

    @Test("§18.6: of a delisted contract nothing is sent any more, in overviews neither")
    func stopsDelisted() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(allChannels, ["NVDA-USD", "*"]))
        var instrument = try Samples.instrument(0, "NVDA-USD")
        instrument.status = .delisted
        try rig.run(.configureInstrument(instrument))
        _ = try client.socket.take()
        rig.advance(milliseconds: 2_000)
        let messages = try client.socket.take()
        #expect(Set(messages.compactMap(\.symbol)) == ["TSLA-USD", "*"])
        #expect(messages.last { $0.symbol == "*" }?.bbos?.map(\.symbol) == ["TSLA-USD"])
        #expect(try rig.connect(subscribe(allChannels, ["NVDA-USD"])).labels() == ["subscribed"])
    }

    @Test("Another pulse length leaves the seconds of the other channels as they are")
    func keepsSeconds() throws {
        for pulse in [10, 300, 10_000] as [Int64] {
            var settings = MarketDataSettings()
            settings.pulseMilliseconds = pulse
            let rig = try Rig(settings: settings)
            let client = rig.connect(
                subscribe(["level2", "mark_price", "market_stats", "funding"], ["NVDA-USD"]))
            _ = try client.socket.take()
            rig.advance(milliseconds: 60_000)
            let types = try client.socket.take().map(\.type)
            #expect(types.count { $0 == "level2" } == Int(60_000 / pulse))
            #expect(types.count { $0 == "mark_price" } == 60)
            #expect(types.count { $0 == "market_stats" } == 60)
            #expect(types.count { $0 == "funding" } == 1)
        }
    }

    @Test("A beat encodes each value once, for all who get it by name or by *")
    func sharesBodies() throws {
        let rig = try Rig()
        let channels = ["underlier", "mark_price", "funding", "open_interest", "minmax_price"]
        let clients = (0..<4).map { index in
            rig.connect(subscribe(channels, index < 2 ? ["*"] : ["TSLA-USD", "NVDA-USD"]))
        }
        let overviews = (0..<3).map { _ in rig.connect(subscribe(["market_stats"], ["*"])) }
        let before = (clients + overviews).map(\.socket.bodyAddresses.count)
        rig.advance(milliseconds: 1_000)
        let addresses = zip(clients + overviews, before).map { client, count in
            Set(client.socket.bodyAddresses.dropFirst(count))
        }
        #expect(addresses[..<4].allSatisfy { $0 == addresses[0] && $0.count == 10 })
        #expect(addresses[4...].allSatisfy { $0 == addresses[4] && $0.count == 1 })
    }
}

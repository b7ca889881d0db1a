import ExchangeTypes
import MarketDataViews
import QFEXWire
import Testing

@testable import MarketDataGateway

/// A session with a market of some contracts.
private struct Talk {
    var session = MarketDataSession()
    var decoder = MarketDataRequestDecoder()
    var view = MarketView()
    var settings = MarketDataSettings()

    init(_ symbols: [String] = ["NVDA-USD", "TSLA-USD"]) throws {
        for (index, symbol) in symbols.enumerated() {
            let instrument = try Samples.instrument(UInt32(index), symbol)
            view.apply(.instrumentConfigured(instrument), at: Timestamp(nanoseconds: 1))
        }
    }

    mutating func say(_ message: String) -> [MarketDataAction] {
        Array(message.utf8).withUnsafeBytes {
            session.receive($0, &decoder, view, settings)
        }
    }

    /// The texts it answers.
    mutating func answers(_ message: String) -> [String] {
        say(message).compactMap {
            if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
    }

    /// The errors it answers.
    mutating func refusals(_ message: String) throws -> [Message.Refusal] {
        try answers(message).compactMap { try Message($0).err }
    }
}

private func topic(_ feed: Feed, _ instrument: UInt32?) -> Topic {
    Topic(feed: feed, instrument: instrument.map { InstrumentID($0) })
}

@Suite struct SessionTests {
    @Test("P-010, P-017: one command takes several channels; its acknowledgement comes first")
    func subscribes() throws {
        var talk = try Talk()
        let acknowledgement =
            #"{"type":"subscribed","channels":["bbo","trade"],"symbols":["NVDA-USD"]}"#
        #expect(
            talk.say(subscribe(["bbo", "trade"], ["NVDA-USD"])) == [
                .send(Array(acknowledgement.utf8)),
                .subscribed(topic(.bestBidOffer, 0)), .snapshot(topic(.bestBidOffer, 0)),
                .subscribed(topic(.trade, 0)),
            ])
    }

    @Test("P-011, P-022: the acknowledgement of level2 names the groupings, 0 unless given")
    func acknowledgesGroupings() throws {
        var talk = try Talk()
        #expect(
            talk.answers(subscribe(["level2"], ["NVDA-USD"])) == [
                #"{"type":"subscribed","channels":["level2"],"symbols":["NVDA-USD"],"sig_figs":[0]}"#
            ])
        #expect(
            talk.answers(subscribe(["level2"], ["*"], figures: [0, 2])) == [
                #"{"type":"subscribed","channels":["level2"],"symbols":["*"],"sig_figs":[0,2]}"#
            ])
    }

    @Test("P-012: unsubscribing is acknowledged and ends just what it names")
    func unsubscribes() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["bbo", "trade"], ["NVDA-USD", "TSLA-USD"]))
        let acknowledgement =
            #"{"type":"unsubscribed","channels":["bbo"],"symbols":["NVDA-USD"]}"#
        #expect(
            talk.say(unsubscribe(["bbo"], ["NVDA-USD"])) == [
                .send(Array(acknowledgement.utf8)), .unsubscribed(topic(.bestBidOffer, 0)),
            ])
        #expect(
            talk.session.topics == [
                topic(.bestBidOffer, 1), topic(.trade, 0), topic(.trade, 1),
            ])
        #expect(
            talk.say(unsubscribe(["bbo"], ["NVDA-USD"])) == [
                .send(Array(acknowledgement.utf8))
            ], "a second time changes nothing")
    }

    @Test("P-012: unsubscribing one grouping leaves the others")
    func unsubscribesOneGrouping() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["level2"], ["NVDA-USD"], figures: [0, 1, 2]))
        _ = talk.say(unsubscribe(["level2"], ["NVDA-USD"], figures: [1]))
        #expect(
            talk.session.topics == [
                topic(.level2(.tick), 0), topic(.level2(.hundredTicks), 0),
            ])
    }

    @Test("P-016, §18.16: unsubscribing * ends the wildcard only")
    func unsubscribesWildcard() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["bbo"], ["NVDA-USD", "*"]))
        #expect(talk.session.topics == [topic(.bestBidOffer, 0), topic(.bestBidOffer, nil)])
        _ = talk.say(unsubscribe(["bbo"], ["*"]))
        #expect(talk.session.topics == [topic(.bestBidOffer, 0)])
        _ = talk.say(subscribe(["bbo"], ["*"]))
        _ = talk.say(unsubscribe(["bbo"], ["NVDA-USD"]))
        #expect(talk.session.topics == [topic(.bestBidOffer, nil)])
    }

    @Test("P-018: subscribing again is acknowledged and shown again, and adds nothing")
    func isIdempotent() throws {
        var talk = try Talk()
        let first = talk.say(subscribe(["bbo"], ["NVDA-USD"]))
        let again = talk.say(subscribe(["bbo"], ["NVDA-USD"]))
        #expect(again == first.filter { $0 != .subscribed(topic(.bestBidOffer, 0)) })
        #expect(again.contains(.snapshot(topic(.bestBidOffer, 0))))
    }

    @Test(
        "P-007, P-019: unknown fields and null filters are accepted",
        arguments: [
            #""intervals":null,"sig_figs":null"#, #""sig_figs":[]"#, #""builder_code":{"a":[1]}"#,
        ])
    func acceptsExtras(_ extra: String) throws {
        var talk = try Talk()
        _ = talk.say(
            #"{"type":"subscribe","channels":["level2"],"symbols":["NVDA-USD"],\#(extra)}"#)
        #expect(talk.session.topics == [topic(.level2(.tick), 0)])
    }

    @Test("P-029: trades have nothing to show on subscribing")
    func tradesHaveNoHistory() throws {
        var talk = try Talk()
        let actions = talk.say(subscribe(["trade"], ["*", "NVDA-USD"]))
        #expect(
            actions.dropFirst() == [.subscribed(topic(.trade, nil)), .subscribed(topic(.trade, 0))])
    }

    @Test(
        "P-040: what is no command of this endpoint is answered by an error",
        arguments: [
            "", "{", "nonsense", "[]", "[{}]", "42", "null", "{}", #"{"type":"subscribe"}"#,
            #"{"type":"subscribe","channels":["bbo"]}"#,
            #"{"type":"subscribe","symbols":["*"]}"#,
            #"{"type":"subscribe","channels":"bbo","symbols":["*"]}"#,
            #"{"type":"subscribe","channels":["bbo"],"symbols":"*"}"#,
            #"{"type":"subscribe","channels":["bbo"],"symbols":[1]}"#,
            #"{"type":"subscribe","channels":["orders"],"symbols":["*"]}"#,
            #"{"type":"subscribe","channels":["level2"],"symbols":["*"],"sig_figs":0}"#,
            #"{"type":"add_order","params":{"symbol":"NVDA-USD"}}"#,
            #"{"type":"auth","params":{"hmac":{}}}"#,
            String(repeating: "[", count: 5_000),
        ])
    func refusesOtherMessages(_ message: String) throws {
        var talk = try Talk()
        let refusals = try talk.refusals(message)
        #expect(refusals.map(\.error_code) == ["InvalidJSONFormat"])
        #expect(talk.session.topics.isEmpty)
        _ = talk.say(subscribe(["bbo"], ["NVDA-USD"]))
        #expect(talk.session.topics.count == 1, "the session goes on")
    }

    @Test("An error repeats the message it is for, but no credentials")
    func errorsRepeatTheMessage() throws {
        var talk = try Talk()
        let message = #"{"type":"subscribe","channels":["bbo"]}"#
        #expect(
            talk.answers(message) == [
                #"{"type":"error","err":{"error_code":"InvalidJSONFormat","#
                    + #""message":"symbols is missing","incoming_message":\#(message)}}"#
            ])
        let secret = #"{"type":"auth","params":{"jwt":"eyJsecret"}}"#
        #expect(talk.answers(secret).allSatisfy { !$0.contains("eyJsecret") })
    }

    @Test("A grouping other than 0, 1 and 2 is out of range; those beside it are served")
    func refusesOtherGroupings() throws {
        var talk = try Talk()
        let refusals = try talk.refusals(subscribe(["level2"], ["NVDA-USD"], figures: [0, 3]))
        #expect(refusals.map(\.error_code) == ["InvalidParameter"])
        #expect(talk.session.topics == [topic(.level2(.tick), 0)])
    }

    @Test("§3.14: known symbols are subscribed, unknown ones named in one error behind it")
    func namesUnknownSymbols() throws {
        var talk = try Talk()
        let answers = talk.answers(
            subscribe(["bbo", "trade"], ["NOPE-USD", "NVDA-USD", "nvda-usd", "NOPE-USD"]))
        #expect(answers.count == 2)
        #expect(
            answers.first
                == #"{"type":"subscribed","channels":["bbo","trade"],"symbols":["NVDA-USD"]}"#)
        let error = try Message(try #require(answers.last)).err
        #expect(error?.error_code == "InvalidParameter")
        #expect(error?.message == "unknown symbols: NOPE-USD, nvda-usd")
        #expect(talk.session.topics == [topic(.bestBidOffer, 0), topic(.trade, 0)])
    }

    @Test("Of many unknown symbols the first 20 are named and the others counted")
    func boundsNamedSymbols() throws {
        var talk = try Talk()
        func message(_ count: Int) throws -> String? {
            try talk.refusals(subscribe(["bbo"], (0..<count).map { "X\($0)" })).first?.message
        }
        let twenty = (0..<20).map { "X\($0)" }.joined(separator: ", ")
        #expect(try message(20) == "unknown symbols: \(twenty)")
        #expect(try message(21) == "unknown symbols: \(twenty) and 1 more")
        #expect(try message(3_000) == "unknown symbols: \(twenty) and 2980 more")
    }

    @Test("P-017: all ten channels are served, in one command, with all their filters")
    func servesEveryChannel() throws {
        var talk = try Talk()
        let names = MarketDataChannel.allCases.map { "\"\($0.wireName)\"" }.joined(separator: ",")
        let actions = talk.say(
            #"{"type":"subscribe","channels":[\#(names)],"symbols":["*"],"sig_figs":[0,1,2],"#
                + #""intervals":["1MIN","5MINS","15MINS","30MINS","1HOUR","4HOURS","1DAY"]}"#)
        #expect(talk.session.topics == Set(Feed.all.map { topic($0, nil) }))
        #expect(talk.session.topics.count == 18)
        let shown = Feed.all.filter { $0 != .trade }.map {
            MarketDataAction.snapshot(topic($0, nil))
        }
        #expect(actions.filter { if case .snapshot = $0 { true } else { false } } == shown)
    }

    @Test("P-030: candles have intervals; each is a subscription of its own")
    func subscribesIntervals() throws {
        var talk = try Talk()
        _ = talk.say(candles("subscribe", ["NVDA-USD"], ["1MIN", "1HOUR"]))
        #expect(
            talk.session.topics == [topic(.candle(.oneMinute), 0), topic(.candle(.oneHour), 0)])
        _ = talk.say(candles("unsubscribe", ["NVDA-USD"], ["1MIN", "1DAY"]))
        #expect(talk.session.topics == [topic(.candle(.oneHour), 0)])
        _ = talk.say(candles("subscribe", ["*", "NVDA-USD"], ["5MINS"]))
        #expect(
            talk.answers(candles("unsubscribe", ["NVDA-USD"], nil)) == [
                #"{"type":"unsubscribed","channels":["candle"],"symbols":["NVDA-USD"],"#
                    + #""intervals":["1MIN","5MINS","15MINS","30MINS","1HOUR","4HOURS","1DAY"]}"#
            ], "none named means all")
        #expect(talk.session.topics == [topic(.candle(.fiveMinutes), nil)])
    }

    @Test("C-28: a symbol with an interval means that one, beside others with those of the command")
    func takesSlashForm() throws {
        var talk = try Talk()
        let command = candles("subscribe", ["NVDA-USD/1MIN", "TSLA-USD", "*/1DAY"], ["5MINS"])
        #expect(
            talk.answers(command) == [
                #"{"type":"subscribed","channels":["candle"],"#
                    + #""symbols":["NVDA-USD/1MIN","TSLA-USD","*/1DAY"],"#
                    + #""intervals":["5MINS","1MIN","1DAY"]}"#
            ])
        let topics = [
            topic(.candle(.oneMinute), 0), topic(.candle(.fiveMinutes), 1),
            topic(.candle(.oneDay), nil),
        ]
        #expect(talk.session.topics == Set(topics))
        #expect(try talk.refusals(candles("unsubscribe", ["NVDA-USD/1MIN"], nil)).isEmpty)
        #expect(talk.session.topics == Set(topics.dropFirst()))
        #expect(
            try talk.refusals(candles("subscribe", ["NVDA-USD/2MIN"], ["1MIN"])).map(\.message)
                == ["unknown symbols: NVDA-USD/2MIN"])
    }

    @Test("C-28: where a symbol is named with and without the interval, it is one subscription")
    func countsSlashFormOnce() throws {
        var talk = try Talk()
        talk.settings.maximumSubscriptions = 1
        #expect(
            try talk.refusals(candles("subscribe", ["NVDA-USD/1MIN", "NVDA-USD"], ["1MIN"])) == [])
        #expect(talk.session.topics == [topic(.candle(.oneMinute), 0)])
        _ = talk.say(subscribe(["bbo"], ["TSLA-USD"]))
        #expect(talk.session.topics.count == 1)
    }

    @Test("C-28: channels without intervals take the symbol before the slash")
    func takesSymbolBeforeSlash() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["bbo"], ["NVDA-USD/1MIN"]))
        #expect(talk.session.topics == [topic(.bestBidOffer, 0)])
    }

    @Test(
        "§3.14, §18.18: a part of a command that cannot be served is refused, the others apply",
        arguments: [
            (#""channels":["candle","bbo"],"symbols":["NVDA-USD"]"#, "candle needs intervals"),
            (
                #""channels":["candle","bbo"],"symbols":["NVDA-USD"],"intervals":["2MIN"]"#,
                "unknown intervals: 2MIN"
            ),
            (#""channels":["bbos","bbo"],"symbols":["NVDA-USD"]"#, "unknown channels: bbos"),
            (#""channels":["bbo"],"symbols":["NVDA","NVDA-USD"]"#, "unknown symbols: NVDA"),
            (
                #""channels":["level2","bbo"],"symbols":["NVDA-USD"],"sig_figs":[3]"#,
                "sig_figs must hold 0, 1 or 2"
            ),
        ])
    func servesTheRest(_ members: String, _ message: String) throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["funding"], ["TSLA-USD"]))
        let answers = talk.answers(#"{"type":"subscribe",\#(members)}"#)
        #expect(answers.count == 2)
        #expect(
            answers.first == #"{"type":"subscribed","channels":["bbo"],"symbols":["NVDA-USD"]}"#)
        #expect(try Message(try #require(answers.last)).err?.message == message)
        #expect(talk.session.topics == [topic(.funding, 1), topic(.bestBidOffer, 0)])
    }

    @Test("§3.14: each kind of mistake is one error, behind the acknowledgement of the rest")
    func namesEachKindOfMistake() throws {
        var talk = try Talk()
        let answers = try talk.answers(
            #"{"type":"subscribe","channels":["x","bbo","candle"],"symbols":["NVDA-USD","y"],"#
                + #""intervals":["z","1MIN"]}"#
        ).map(Message.init)
        #expect(answers.map(\.type) == ["subscribed", "error", "error", "error"])
        #expect(
            answers.compactMap(\.err?.message) == [
                "unknown channels: x", "unknown intervals: z", "unknown symbols: y",
            ])
        #expect(
            answers.compactMap(\.err?.error_code) == [
                "InvalidJSONFormat", "InvalidJSONFormat", "InvalidParameter",
            ])
    }

    @Test("§3.14: a command of which no channel is left is answered by its errors alone")
    func acknowledgesNothingWrong() throws {
        var talk = try Talk()
        #expect(
            try talk.answers(subscribe(["x"], ["NVDA-USD"])).map { try Message($0).type } == [
                "error"
            ])
        #expect(
            try talk.answers(subscribe(["candle"], ["NVDA-USD"])).map { try Message($0).type } == [
                "error"
            ])
        #expect(talk.session.topics.isEmpty)
    }

    @Test("Unsubscribing what was never subscribed is acknowledged and harms nothing")
    func unsubscribesNothing() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["bbo"], ["NVDA-USD"]))
        let actions = talk.say(unsubscribe(["trade", "bbo"], ["TSLA-USD", "*"]))
        #expect(actions.count == 1)
        #expect(talk.session.topics == [topic(.bestBidOffer, 0)])
    }

    @Test("Commands of the other endpoint are refused and leave the subscriptions as they are")
    func refusesTradeCommands() throws {
        var talk = try Talk()
        _ = talk.say(subscribe(["bbo"], ["NVDA-USD"]))
        for name in ["add_order", "cancel_order", "auth", "get_user_orders", "Subscribe"] {
            let refusals = try talk.refusals(
                #"{"type":"\#(name)","params":{},"channels":["bbo"],"symbols":["*"]}"#)
            #expect(refusals.map(\.error_code) == ["InvalidJSONFormat"])
            #expect(refusals.map(\.message) == ["type must be subscribe or unsubscribe"])
        }
        #expect(talk.session.topics == [topic(.bestBidOffer, 0)])
    }

    @Test("§18.17: empty lists are acknowledged and change nothing")
    func acknowledgesEmptyLists() throws {
        var talk = try Talk()
        #expect(
            talk.answers(subscribe([], ["NVDA-USD"])) == [
                #"{"type":"subscribed","channels":[],"symbols":["NVDA-USD"]}"#
            ])
        #expect(
            talk.answers(subscribe(["bbo"], [])) == [
                #"{"type":"subscribed","channels":["bbo"],"symbols":[]}"#
            ])
        #expect(talk.session.topics.isEmpty)
    }

    @Test("Subscriptions are bounded: at the limit all is well, one more refuses the whole command")
    func boundsSubscriptions() throws {
        var talk = try Talk((0..<6).map { "S\($0)" })
        talk.settings.maximumSubscriptions = 5
        let five = subscribe(["bbo"], (0..<5).map { "S\($0)" })
        #expect(try talk.refusals(five).isEmpty)
        #expect(try talk.refusals(five).isEmpty, "asked for again, they are no more")
        let refusals = try talk.refusals(subscribe(["bbo"], ["S0", "S5"]))
        #expect(refusals.map(\.error_code) == ["InvalidParameter"])
        #expect(refusals.map(\.message) == ["more than 5 subscriptions"])
        #expect(talk.session.topics.count == 5)
        #expect(try talk.refusals(unsubscribe(["bbo"], ["S0", "S5"])).isEmpty)
        #expect(try talk.refusals(subscribe(["bbo"], ["S5"])).isEmpty)
    }

    @Test("Words repeated thousands of times cost no more than the message is long")
    func repetitionIsHarmless() throws {
        var talk = try Talk()
        // Taken as a product, these lists are 25 thousand million topics.
        let message = subscribe(
            ["level2"] + Array(repeating: "level2", count: 2_500),
            Array(repeating: "*", count: 4_000),
            figures: Array(repeating: 1, count: 2_500))
        #expect(message.utf8.count < 65_536)
        let actions = talk.say(message)
        #expect(
            actions.dropFirst() == [
                .subscribed(topic(.level2(.tenTicks), nil)),
                .snapshot(topic(.level2(.tenTicks), nil)),
            ])
    }

    @Test("P-013: data messages are numbered from 1")
    func numbersFromOne() throws {
        var talk = try Talk()
        #expect((1...3).map { _ in talk.session.takeSequence() } == [1, 2, 3])
    }
}

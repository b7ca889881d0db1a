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

    @Test("A grouping other than 0, 1 and 2 is out of range")
    func refusesOtherGroupings() throws {
        var talk = try Talk()
        let refusals = try talk.refusals(subscribe(["level2"], ["NVDA-USD"], figures: [0, 3]))
        #expect(refusals.map(\.error_code) == ["InvalidParameter"])
        #expect(talk.session.topics.isEmpty)
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

    @Test(
        "A channel that is not served yet is refused by name; the others of the command apply",
        arguments: MarketDataChannel.allCases.filter { Feed.all(of: $0).isEmpty })
    func refusesUnservedChannels(_ channel: MarketDataChannel) throws {
        var talk = try Talk()
        let name = "\(channel.wireName)"
        let message =
            #"{"type":"subscribe","channels":["\#(name)","bbo"],"symbols":["NVDA-USD"],"#
            + #""intervals":["1MIN"]}"#
        let answers = try talk.answers(message).map(Message.init)
        #expect(answers.map(\.type) == ["subscribed", "error"])
        #expect(answers.first?.channels == ["bbo"])
        #expect(answers.last?.err?.error_code == "InvalidParameter")
        #expect(answers.last?.err?.message == "not available yet: \(name)")
        #expect(talk.session.topics == [topic(.bestBidOffer, 0)])

        let alone =
            #"{"type":"subscribe","channels":["\#(name)"],"symbols":["*"],"intervals":["1DAY"]}"#
        #expect(try talk.refusals(alone).count == 1)
        #expect(talk.answers(alone).count == 1, "nothing to acknowledge")
    }

    @Test("Seven channels are not served yet, three are")
    func countsServedChannels() {
        #expect(MarketDataChannel.allCases.filter { !Feed.all(of: $0).isEmpty }.count == 3)
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

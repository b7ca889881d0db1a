import ExchangeTypes
import QFEXWire
import Testing

@Suite struct MarketDataRequestTests {
    private func decode(_ text: String) throws(WireError) -> MarketDataRequest {
        var decoder = MarketDataRequestDecoder()
        return try decoder.decode(Array(text.utf8))
    }

    private func code(_ text: String) -> WireErrorCode? {
        do throws(WireError) {
            _ = try decode(text)
            return nil
        } catch {
            return error.code
        }
    }

    private func selectors(_ names: String...) throws -> [SymbolSelector] {
        try names.map { SymbolSelector(try .of($0)) }
    }

    @Test("P-010 P-017 several channels and symbols in one command")
    func subscribe() throws {
        #expect(
            try decode(
                #"{"type":"subscribe","channels":["bbo","trade"],"#
                    + #""symbols":["NVDA-USD","US500-USD"]}"#
            )
                == MarketDataRequest(
                    action: .subscribe, channels: [.bestBidOffer, .trade],
                    symbols: try selectors("NVDA-USD", "US500-USD")))
        #expect(
            try decode(#"{"type":"unsubscribe","channels":["bbo"],"symbols":["US500-USD"]}"#)
                == MarketDataRequest(
                    action: .unsubscribe, channels: [.bestBidOffer],
                    symbols: try selectors("US500-USD")))
    }

    @Test("The ten channels have their names")
    func channels() throws {
        let names = [
            "level2", "trade", "candle", "bbo", "underlier", "mark_price", "funding",
            "open_interest", "minmax_price", "market_stats",
        ]
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let request = try decode(
            #"{"type":"subscribe","channels":[\#(list)],"symbols":["*"],"intervals":["1DAY"]}"#)
        #expect(request.channels == MarketDataChannel.allCases)
        #expect(request.symbols.map(\.isWildcard) == [true])
    }

    @Test(
        "P-022 P-023 level2 has the asked figures, raw levels by default",
        arguments: [
            ("", [.tick]), (#","sig_figs":null"#, [.tick]), (#","sig_figs":[]"#, [.tick]),
            (#","sig_figs":[0,2]"#, [.tick, .hundredTicks]), (#","sig_figs":[1.0]"#, [.tenTicks]),
        ] as [(String, [SignificantFigures])])
    func significantFigures(field: String, expected: [SignificantFigures]) throws {
        let request = try decode(
            #"{"type":"subscribe","channels":["level2"],"symbols":["*"]\#(field)}"#)
        #expect(request.significantFigures == expected)
    }

    @Test("P-019 fields of other channels are ignored, null or not")
    func foreignFields() throws {
        for fields in [
            #""intervals":null,"sig_figs":null"#, #""intervals":["x"],"sig_figs":[9]"#,
            #""intervals":7,"sig_figs":"x","params":{}"#,
        ] {
            let request = try decode(
                #"{"type":"subscribe","channels":["bbo"],"symbols":["A"],\#(fields)}"#)
            #expect(request.intervals.isEmpty && request.significantFigures.isEmpty)
            #expect(request.problems.isEmpty)
        }
    }

    @Test("P-030 candles have intervals")
    func intervals() throws {
        let request = try decode(
            #"{"type":"subscribe","channels":["candle"],"symbols":["A"],"#
                + #""intervals":["1MIN","5MINS","15MINS","30MINS","1HOUR","4HOURS","1DAY"]}"#)
        #expect(request.intervals == CandleInterval.allCases)
    }

    @Test(
        "§18.18 candles without intervals are refused alone",
        arguments: [
            "", #","intervals":null"#, #","intervals":[]"#,
        ])
    func candlesWithoutIntervals(field: String) throws {
        let request = try decode(
            #"{"type":"subscribe","channels":["candle","bbo"],"symbols":["A"]\#(field)}"#)
        #expect(request.channels == [.bestBidOffer])
        #expect(request.problems.map(\.code) == [.invalidParameter])
    }

    @Test("C-28 a symbol can carry its interval")
    func slashForm() throws {
        let request = try decode(
            #"{"type":"subscribe","channels":["candle"],"symbols":["AAPL-USD/1MIN","B/1HOUR"]}"#)
        #expect(
            request.symbols == [
                SymbolSelector(try .of("AAPL-USD"), interval: .oneMinute),
                SymbolSelector(try .of("B"), interval: .oneHour),
            ])
        #expect(request.problems.isEmpty && request.channels == [.candle])
        #expect(
            encoded { MarketDataEncoder.acknowledgement(request, to: &$0) }
                == #"{"type":"subscribed","channels":["candle"],"#
                + #""symbols":["AAPL-USD/1MIN","B/1HOUR"],"intervals":["1MIN","1HOUR"]}"#)
        let other = try decode(#"{"type":"subscribe","channels":["bbo"],"symbols":["A/B"]}"#)
        #expect(other.symbols == (try selectors("A/B")))
    }

    @Test("C-28 an interval of a symbol counts beside those of the command, each once")
    func allIntervals() throws {
        let request = try decode(
            #"{"type":"subscribe","channels":["candle"],"intervals":["1DAY"],"#
                + #""symbols":["A/1MIN","B","C/1MIN","D/1DAY","E/2MIN"]}"#)
        #expect(request.candleIntervals == [.oneDay, .oneMinute])
        #expect(request.symbols.last == SymbolSelector(try .of("E/2MIN")))
    }

    /// The channels of a command that are left, and what is said about the others.
    private func parts(_ text: String) throws -> (MarketDataRequest, [String]) {
        let request = try decode(text)
        return (request, request.problems.map(\.description))
    }

    @Test("§3.14 unknown channels are named in one error, and the others of the command apply")
    func unknownChannels() throws {
        let (request, problems) = try parts(
            #"{"type":"subscribe","channels":["ticker","bbo","ticker","orders"],"symbols":["A"]}"#)
        #expect(request.channels == [.bestBidOffer])
        #expect(problems == ["InvalidJSONFormat: unknown channels: ticker, orders"])
        let long = String(repeating: "x", count: 63) + "éé"
        let (none, said) = try parts(
            #"{"type":"subscribe","channels":["\#(long)"],"symbols":["A"]}"#)
        #expect(none.channels.isEmpty)
        #expect(said == ["InvalidJSONFormat: unknown channels: \(long.prefix(63))"])
    }

    @Test("§3.14 of thousands of unknown channels 20 are named and the others counted")
    func manyUnknownChannels() throws {
        let list = (0..<3_000).map { "\"c\($0)\"" }.joined(separator: ",")
        let (_, problems) = try parts(
            #"{"type":"subscribe","channels":[\#(list),\#(list)],"symbols":["A"]}"#)
        let named = (0..<20).map { "c\($0)" }.joined(separator: ", ")
        #expect(problems == ["InvalidJSONFormat: unknown channels: \(named) and 2980 more"])
    }

    @Test("§3.14 unknown intervals are named in one error, and the others of the command apply")
    func unknownIntervals() throws {
        let (some, said) = try parts(
            #"{"type":"subscribe","channels":["candle","bbo"],"symbols":["A"],"#
                + #""intervals":["2MIN","1MIN","1min"]}"#)
        #expect(some.channels == [.candle, .bestBidOffer])
        #expect(some.intervals == [.oneMinute])
        #expect(said == ["InvalidJSONFormat: unknown intervals: 2MIN, 1min"])
        for action in ["subscribe", "unsubscribe"] {
            let (none, problems) = try parts(
                #"{"type":"\#(action)","channels":["candle","bbo"],"symbols":["A"],"#
                    + #""intervals":["2MIN"]}"#)
            #expect(none.channels == [.bestBidOffer] && none.intervals.isEmpty)
            #expect(problems == ["InvalidJSONFormat: unknown intervals: 2MIN"])
        }
    }

    @Test("§3.14 figures out of range are refused alone, and level2 with them when none is left")
    func figuresOutOfRange() throws {
        for (list, figures) in [("[0,3]", [.tick]), ("[0.5,2,-1]", [.hundredTicks])]
            as [(String, [SignificantFigures])]
        {
            let (request, problems) = try parts(
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":\#(list)}"#)
            #expect(request.channels == [.level2] && request.significantFigures == figures)
            #expect(problems == ["InvalidParameter: sig_figs must hold 0, 1 or 2"])
        }
        let (request, problems) = try parts(
            #"{"type":"subscribe","channels":["level2","bbo"],"symbols":["A"],"sig_figs":[3]}"#)
        #expect(request.channels == [.bestBidOffer])
        #expect(problems == ["InvalidParameter: sig_figs must hold 0, 1 or 2"])
    }

    @Test("§3.14 a symbol too long for any contract is refused alone")
    func longSymbols() throws {
        let long = String(repeating: "A", count: 65)
        let (request, problems) = try parts(
            #"{"type":"subscribe","channels":["bbo"],"symbols":["\#(long)","B"]}"#)
        #expect(request.symbols == (try selectors("B")))
        #expect(
            problems == [
                "InvalidParameter: unknown symbols that begin with: \(long.prefix(64))"
            ])
    }

    @Test("An unsubscribe from candles that names no interval means all of them")
    func unsubscribesEveryInterval() throws {
        let (request, problems) = try parts(
            #"{"type":"unsubscribe","channels":["candle"],"symbols":["A"]}"#)
        #expect(request.channels == [.candle] && request.intervals == CandleInterval.allCases)
        #expect(problems.isEmpty)
        let (slash, _) = try parts(
            #"{"type":"unsubscribe","channels":["candle"],"symbols":["A/1MIN"]}"#)
        #expect(slash.candleIntervals == [.oneMinute])
    }

    @Test("§18.17 empty lists have no effect")
    func emptyLists() throws {
        let request = try decode(#"{"type":"subscribe","channels":[],"symbols":[]}"#)
        #expect(request == MarketDataRequest(action: .subscribe, channels: [], symbols: []))
    }

    @Test(
        "P-040 malformed commands",
        arguments: [
            ("", .invalidJSONFormat), ("[]", .invalidJSONFormat), ("{}", .invalidJSONFormat),
            (#"{"type":"subscribe","symbols":["A"]}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":["bbo"]}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":null,"symbols":["A"]}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":"bbo","symbols":["A"]}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":["bbo"],"symbols":"A"}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":["bbo"],"symbols":[1]}"#, .invalidJSONFormat),
            (#"{"type":"subscribe","channels":[7],"symbols":["A"]}"#, .invalidJSONFormat),
            (
                #"{"type":"subscribe","channels":["candle"],"symbols":["A"],"intervals":[1]}"#,
                .invalidJSONFormat
            ),
            (
                #"{"type":"subscribe","channels":["candle"],"symbols":["A"],"intervals":"1MIN"}"#,
                .invalidJSONFormat
            ),
            (#"{"type":"add_order","params":{"symbol":"NVDA-USD"}}"#, .invalidJSONFormat),
            (#"{"type":"list","channels":["bbo"],"symbols":["A"]}"#, .invalidJSONFormat),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":1}"#,
                .invalidJSONFormat
            ),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":["1"]}"#,
                .invalidJSONFormat
            ),
        ] as [(String, WireErrorCode)])
    func malformed(text: String, expected: WireErrorCode) {
        #expect(code(text) == expected)
    }

    @Test func errorsRepeatTheCommandUnlessItHoldsCredentials() {
        var decoder = MarketDataRequestDecoder()
        #expect(throws: WireError.self) { try decoder.decode(Array(#"{"type":"x"}"#.utf8)) }
        #expect(decoder.incomingMessage == .json(Array(#"{"type":"x"}"#.utf8)))
        #expect(throws: WireError.self) { try decoder.decode(Array("hello".utf8)) }
        #expect(decoder.incomingMessage == .text(Array("hello".utf8)))
        #expect(throws: WireError.self) { try decoder.decode(Array(#"{"jwt":"x"}"#.utf8)) }
        #expect(decoder.incomingMessage == .withheld)
    }
}

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
            (#"{"type":"subscribe","channels":["ticker"],"symbols":["A"]}"#, .invalidJSONFormat),
            (#"{"type":"list","channels":["bbo"],"symbols":["A"]}"#, .invalidJSONFormat),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":1}"#,
                .invalidJSONFormat
            ),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":["1"]}"#,
                .invalidJSONFormat
            ),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":[3]}"#,
                .invalidParameter
            ),
            (
                #"{"type":"subscribe","channels":["level2"],"symbols":["A"],"sig_figs":[0.5]}"#,
                .invalidParameter
            ),
            (
                #"{"type":"subscribe","channels":["candle"],"symbols":["A"],"intervals":["2MIN"]}"#,
                .invalidJSONFormat
            ),
            (
                #"{"type":"subscribe","channels":["bbo"],"#
                    + #""symbols":["\#(String(repeating: "A", count: 65))"]}"#,
                .invalidParameter
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

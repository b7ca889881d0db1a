import ExchangeTypes
import QFEXWire
import Testing

/// Asking for leverage, and the answers. **Source** `protocol.md` §10.
@Suite struct LeverageTests {
    @Test("P-164 a choice of leverage names a symbol and carries the number as sent")
    func choice() throws {
        for text in ["10", "2.5", "-1", "1e300", "0"] {
            let message =
                #"{"type":"set_user_leverage","params":{"symbol":"NVDA-USD","leverage":\#(text)}}"#
            #expect(
                try decodeTrade(message)
                    == .setUserLeverage(
                        SetUserLeverageRequest(
                            symbol: try .of("NVDA-USD"), leverage: try .of(text))))
        }
        for params in [#""symbol":"A""#, #""leverage":3"#, #""symbol":"A","leverage":"3""#] {
            #expect(
                tradeErrorCode(#"{"type":"set_user_leverage","params":{\#(params)}}"#)
                    == .invalidJSONFormat)
        }
    }

    @Test(
        "P-163 the lists of leverage come in pages",
        arguments: ["get_user_leverage", "get_available_leverage_levels"])
    func pages(name: String) throws {
        func request(_ params: String) throws(WireError) -> TradeRequest {
            try decodeTrade(#"{"type":"\#(name)","params":{\#(params)}}"#)
        }
        func expected(_ page: Page) -> TradeRequest {
            name == "get_user_leverage" ? .getUserLeverage(page) : .getAvailableLeverageLevels(page)
        }
        #expect(try request("") == expected(Page(limit: 1_000, offset: 0)))
        #expect(
            try request(#""limit":7,"offset":1e18"#)
                == expected(Page(limit: 7, offset: 1_000_000_000_000_000_000)))
        for params in [#""limit":1001"#, #""limit":-1"#, #""offset":-1"#, #""offset":0.5"#] {
            #expect(
                tradeErrorCode(#"{"type":"\#(name)","params":{\#(params)}}"#)
                    == .invalidParameter)
        }
    }

    @Test("A page is cut out of all rows, and empty behind them")
    func cutting() {
        let rows = [0, 1, 2, 3, 4]
        #expect(Array(Page(limit: 2, offset: 1).rows(of: rows)) == [1, 2])
        #expect(Array(Page(limit: 9, offset: 3).rows(of: rows)) == [3, 4])
        #expect(Page(limit: 1, offset: 5).rows(of: rows).isEmpty)
        #expect(Page(limit: 1, offset: .max).rows(of: rows).isEmpty)
    }

    /// A response with the row ids taken out, and these ids.
    private func rows(
        _ write: ([LeverageReport], Instrument, inout [UInt8]) -> Void
    ) throws -> (text: String, ids: [String]) {
        let instrument = try makeInstrument()
        let reports = [UInt16(20), 3].map {
            LeverageReport(instrument: InstrumentID(0), leverage: $0)
        }
        var text = encoded { write(reports, instrument, &$0) }
        var ids: [String] = []
        while let start = text.firstRange(of: #""id":""#),
            let comma = text[start.upperBound...].firstIndex(of: "\"")
        {
            ids.append(String(text[start.upperBound..<comma]))
            text.replaceSubrange(start.lowerBound...comma, with: "id")
        }
        return (text, ids)
    }

    @Test("P-163 a row has numeric margins and max_notional, and leverage as a string")
    func responses() throws {
        let body =
            #"[{id,"symbol":"NVDA-USD","initial_margin":0.05,"#
            + #""maintenance_margin":0.0333333333,"max_notional":1000000,"leverage":"20"},"#
            + #"{id,"symbol":"NVDA-USD","initial_margin":0.3333333333,"#
            + #""maintenance_margin":0.2222222222,"max_notional":1000000,"leverage":"3"}]}"#
        let applied = try rows { reports, instrument, bytes in
            TradeResponseEncoder.userLeverageResponse(
                reports, instrument: { _ in instrument }, to: &bytes)
        }
        #expect(applied.text == #"{"user_leverage_response":\#(body)"#)
        let available = try rows { reports, instrument, bytes in
            TradeResponseEncoder.availableLevelsResponse(
                reports, instrument: { _ in instrument }, to: &bytes)
        }
        #expect(available.text == #"{"available_leverage_levels_response":\#(body)"#)
        // The id names the level, whoever applies it.
        #expect(applied.ids == available.ids)
        #expect(Set(applied.ids).count == 2)
        for id in applied.ids { #expect(UniqueID(id) != nil) }
    }
}

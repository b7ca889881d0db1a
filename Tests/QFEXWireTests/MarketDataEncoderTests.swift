import ExchangeTypes
import QFEXWire
import Testing

@Suite struct MarketDataEncoderTests {
    private let time = Timestamp(nanoseconds: 1_790_739_958_826_647_965)

    private func acknowledged(_ command: String) throws -> String {
        var decoder = MarketDataRequestDecoder()
        let request = try decoder.decode(Array(command.utf8))
        return encoded { MarketDataEncoder.acknowledgement(request, to: &$0) }
    }

    @Test(
        "P-010 P-011 P-012 acknowledgements echo the command, without a sequence",
        arguments: [
            #"","channels":["bbo","funding"],"symbols":["NVDA-USD","TSLA-USD"]}"#,
            #"","channels":["level2"],"symbols":["NVDA-USD"],"sig_figs":[0]}"#,
            #"","channels":["level2","bbo"],"symbols":["*"],"sig_figs":[0,1,2]}"#,
            #"","channels":["candle"],"symbols":["NVDA-USD"],"intervals":["1MIN"]}"#,
            #"","channels":["level2","candle"],"symbols":[],"sig_figs":[1],"intervals":["1DAY"]}"#,
            #"","channels":[],"symbols":[]}"#,
        ])
    func acknowledgements(rest: String) throws {
        #expect(
            try acknowledged(#"{"type":"subscribe"# + rest) == #"{"type":"subscribed"# + rest)
        #expect(
            try acknowledged(#"{"type":"unsubscribe"# + rest) == #"{"type":"unsubscribed"# + rest)
    }

    @Test("P-011 the default of sig_figs is acknowledged")
    func defaultFigures() throws {
        #expect(
            try acknowledged(#"{"type":"subscribe","channels":["level2"],"symbols":["A"]}"#)
                == #"{"type":"subscribed","channels":["level2"],"symbols":["A"],"sig_figs":[0]}"#)
    }

    @Test("P-040 errors suit clients of both kinds")
    func error() {
        #expect(
            encoded {
                MarketDataEncoder.error(
                    WireError(.invalidJSONFormat, "m"), .text(Array("x".utf8)), to: &$0)
            }
                == #"{"type":"error","err":{"error_code":"InvalidJSONFormat","message":"m","#
                + #""incoming_message":"x"}}"#)
    }

    /// A whole message: the connection's prefix and the shared body.
    private func message(sequence: UInt64, _ body: (inout [UInt8]) -> Void) -> String {
        encoded { bytes in
            MarketDataEncoder.appendPrefix(sequence: sequence, to: &bytes)
            body(&bytes)
        }
    }

    @Test("P-013 P-020 P-022 a depth message")
    func depth() throws {
        let instrument = try makeInstrument()
        let bids = [
            DepthRow(price: Price(ticks: 22_826), quantity: Quantity(lots: 511_799)),
            DepthRow(price: Price(ticks: 22_825), quantity: Quantity(lots: 40_000)),
        ]
        let asks = [
            DepthRow(price: Price(ticks: 22_835), quantity: Quantity(lots: 512_409)),
            DepthRow(price: Price(ticks: 22_840), quantity: Quantity(lots: 3_500)),
        ]
        let text = message(sequence: 41) { bytes in
            MarketDataEncoder.levelBody(
                bids: bids, asks: asks, significantFigures: .tick, in: instrument, at: time,
                to: &bytes)
        }
        #expect(
            text == #"{"sequence":41,"type":"level2","time":"2026-09-30T03:45:58.826647965Z","#
                + #""symbol":"NVDA-USD","bid":[["228.26","511.799"],["228.25","40"]],"#
                + #""ask":[["228.35","512.409"],["228.4","3.5"]],"sig_figs":0}"#)
    }

    @Test("P-025 an empty side is an empty list")
    func emptyDepth() throws {
        let instrument = try makeInstrument()
        let text = message(sequence: .max) { bytes in
            MarketDataEncoder.levelBody(
                bids: [], asks: [], significantFigures: .hundredTicks, in: instrument,
                at: .zero, to: &bytes)
        }
        #expect(
            text == #"{"sequence":18446744073709551615,"type":"level2","#
                + #""time":"1970-01-01T00:00:00Z","symbol":"NVDA-USD","bid":[],"ask":[],"#
                + #""sig_figs":2}"#)
    }

    @Test("P-026 the best prices, at most one level a side")
    func bestPrices() throws {
        let instrument = try makeInstrument()
        let bid = DepthRow(price: Price(ticks: 35_431), quantity: Quantity(lots: 846))
        let ask = DepthRow(price: Price(ticks: 35_440), quantity: Quantity(lots: 258_696))
        func text(_ bid: DepthRow?, _ ask: DepthRow?) -> String {
            message(sequence: 1) { bytes in
                MarketDataEncoder.bboBody(
                    bid: bid, ask: ask, in: instrument, at: time, to: &bytes)
            }
        }
        let head =
            #"{"sequence":1,"type":"bbo","time":"2026-09-30T03:45:58.826647965Z","#
            + #""symbol":"NVDA-USD","#
        #expect(
            text(bid, ask)
                == head + #""bid":[["354.31","0.846"]],"ask":[["354.4","258.696"]]}"#)
        #expect(text(nil, ask) == head + #""bid":[],"ask":[["354.4","258.696"]]}"#)
        #expect(text(bid, nil) == head + #""bid":[["354.31","0.846"]],"ask":[]}"#)
        #expect(text(nil, nil) == head + #""bid":[],"ask":[]}"#)
    }

    @Test("P-028 a trade")
    func trade() throws {
        let trade = Trade(
            id: TradeID(3), instrument: InstrumentID(0),
            price: ReferencePrice(units: 22_835_000_000),
            quantity: Quantity(lots: 250), aggressorSide: .sell, executionType: .normal)
        let instrument = try makeInstrument()
        let text = message(sequence: 57) { bytes in
            MarketDataEncoder.tradeBody(
                trade, in: instrument, at: Timestamp(nanoseconds: 1_102_000_000), to: &bytes)
        }
        #expect(
            text == #"{"sequence":57,"type":"trade","trade_id":"\#(tradeUUID)","#
                + #""time":"1970-01-01T00:00:01.102Z","symbol":"NVDA-USD","size":"0.25","#
                + #""price":"228.35","side":"SELL","execution_type":"T"}"#)
    }

    @Test(
        "R-091 R-095 R-099 a trade tells why it happened, and its price may be off the grid",
        arguments: [
            (ExecutionType.liquidation, "L"), (.providerTransfer, "D"), (.autoDeleveraging, "A"),
        ])
    func forcedTrade(type: ExecutionType, name: String) throws {
        let trade = Trade(
            id: TradeID(3), instrument: InstrumentID(0), price: ReferencePrice(units: 1),
            quantity: Quantity(lots: 250), aggressorSide: .sell, executionType: type)
        let instrument = try makeInstrument()
        let text = message(sequence: 1) { bytes in
            MarketDataEncoder.tradeBody(trade, in: instrument, at: .zero, to: &bytes)
        }
        #expect(
            text.hasSuffix(#""price":"0.00000001","side":"SELL","execution_type":"\#(name)"}"#))
    }
}

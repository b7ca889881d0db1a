public import ExchangeTypes

/// Levels of leverage. **Source** `protocol.md` §10.
extension TradeResponseEncoder {
    /// The level that is applied in each contract.
    public static func userLeverageResponse(
        _ rows: some Sequence<LeverageReport>, instrument: (InstrumentID) -> Instrument,
        to bytes: inout [UInt8]
    ) {
        leverageRows(Field.userLeverageResponse, rows, instrument, to: &bytes)
    }

    /// The levels that can be chosen.
    public static func availableLevelsResponse(
        _ rows: some Sequence<LeverageReport>, instrument: (InstrumentID) -> Instrument,
        to bytes: inout [UInt8]
    ) {
        leverageRows(Field.availableLevelsResponse, rows, instrument, to: &bytes)
    }

    private static func leverageRows(
        _ key: StaticString, _ rows: some Sequence<LeverageReport>,
        _ instrument: (InstrumentID) -> Instrument, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(key)
            writer.beginArray()
            for row in rows { writer.leverage(row, in: instrument(row.instrument)) }
            writer.endArray()
            writer.endObject()
        }
    }
}

extension JSONWriter {
    fileprivate mutating func leverage(_ row: LeverageReport, in instrument: Instrument) {
        let rates = MarginRates(leverage: row.leverage)
        beginObject()
        member(Field.id, RowIdentifier.leverage(row.leverage, of: row.instrument))
        member(Field.symbol, instrument.symbol)
        key(Field.initialMargin)
        number(rates.initial, scale: MarginRates.scale)
        key(Field.maintenanceMargin)
        number(rates.maintenance, scale: MarginRates.scale)
        member(Field.maximumNotional, instrument.maximumNotional)
        key(Field.leverage)
        string("\(row.leverage)")
        endObject()
    }
}

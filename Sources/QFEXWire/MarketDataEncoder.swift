public import ExchangeTypes

/// Appends messages of the public endpoint. **Source** `protocol.md` §3.
///
/// A data message is `prefix + body`: the prefix holds the connection's own sequence number, the
/// body is made once and shared by all connections.
public enum MarketDataEncoder {
    // MARK: Answers

    /// The answer to a command; it names what was asked for.
    public static func acknowledgement(_ request: MarketDataRequest, to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.type)
            switch request.action {
            case .subscribe: writer.string(Field.subscribed)
            case .unsubscribe: writer.string(Field.unsubscribed)
            }
            writer.key(Field.channels)
            writer.array(request.channels) { $0.string($1.wireName) }
            writer.key(Field.symbols)
            writer.array(request.symbols) { $0.string($1) }
            if request.channels.contains(.level2) {
                writer.key(Field.significantFigures)
                writer.array(request.significantFigures) { $0.number($1.rawValue) }
            }
            if request.channels.contains(.candle) {
                writer.key(Field.intervals)
                writer.array(request.candleIntervals) { $0.string($1.wireName) }
            }
            writer.endObject()
        }
    }

    /// An error in the form that suits clients of either kind. **Source** `protocol.md` §3.14.
    public static func error(
        _ error: WireError, _ incoming: IncomingMessage, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.type)
            writer.string(Word.error)
            writer.key(Field.error)
            error.write(incoming, to: &writer)
            writer.endObject()
        }
    }

    // MARK: Data

    /// Begins a data message; a body must follow.
    public static func appendPrefix(sequence: UInt64, to bytes: inout [UInt8]) {
        bytes.append(ASCII.openBrace)
        bytes.append(ASCII.quote)
        Field.sequence.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(ASCII.quote)
        bytes.append(ASCII.colon)
        DecimalText.append(sequence, to: &bytes)
        bytes.append(ASCII.comma)
    }

    /// A depth message: up to 20 levels a side, best first. **Source** `protocol.md` §3.3.
    public static func levelBody(
        bids: some Sequence<DepthRow>, asks: some Sequence<DepthRow>,
        significantFigures: SignificantFigures, in instrument: Instrument, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        body(.level2, to: &bytes) { writer in
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.key(Field.bid)
            writer.array(bids) { $0.level($1, in: instrument) }
            writer.key(Field.ask)
            writer.array(asks) { $0.level($1, in: instrument) }
            writer.key(Field.significantFigures)
            writer.number(significantFigures.rawValue)
        }
    }

    /// The best prices; nil for an empty side. **Source** `protocol.md` §3.4.
    public static func bboBody(
        bid: DepthRow?, ask: DepthRow?, in instrument: Instrument, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        body(.bestBidOffer, to: &bytes) { writer in
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.bestLevel(Field.bid, bid, in: instrument)
            writer.bestLevel(Field.ask, ask, in: instrument)
        }
    }

    /// A trade; `side` is the aggressor's. **Source** `protocol.md` §3.5.
    public static func tradeBody(
        _ trade: Trade, in instrument: Instrument, at time: Timestamp, to bytes: inout [UInt8]
    ) {
        body(.trade, to: &bytes) { writer in
            writer.member(Field.tradeID, OrderIdentifierPermutation.uniqueID(of: trade.id))
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.textMember(Field.size, trade.quantity, in: instrument)
            writer.textMember(Field.price, trade.price)
            writer.member(Field.side, trade.aggressorSide.wireName)
            writer.member(Field.executionType, trade.executionType.publicWireName)
        }
    }

    /// All of a data message but its opening brace, which the prefix brings.
    static func body(
        _ channel: MarketDataChannel, to bytes: inout [UInt8],
        _ members: (inout JSONWriter) -> Void
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.member(Field.type, channel.wireName)
            members(&writer)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// An array with one value for each element.
    mutating func array<Element>(
        _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }

    fileprivate mutating func string(_ selector: SymbolSelector) {
        guard let interval = selector.interval else { return string(selector.symbol) }
        string("\(selector.symbol)/\(interval.wireName)")
    }

    fileprivate mutating func level(_ level: DepthRow, in instrument: Instrument) {
        beginArray()
        string(instrument.decimal(level.price))
        string(instrument.decimal(level.quantity))
        endArray()
    }

    /// A side of the best prices: one level or none.
    mutating func bestLevel(_ name: StaticString, _ row: DepthRow?, in instrument: Instrument) {
        key(name)
        beginArray()
        if let row { level(row, in: instrument) }
        endArray()
    }

    /// A member with an instant as an RFC 3339 string.
    mutating func member(_ name: StaticString, _ time: Timestamp) {
        key(name)
        string(time)
    }

    /// A member with a size as a string. A sum over many accounts may exceed 64 bits.
    mutating func textMember(_ name: StaticString, _ sum: Quantity, in instrument: Instrument) {
        key(name)
        string(Int128(sum.lots) * Int128(instrument.lotSize.units), scale: 8)
    }

    /// A member with a decimal as a string: public numbers are strings, private ones are not.
    mutating func textMember(_ name: StaticString, _ decimal: some FixedPoint) {
        key(name)
        string(decimal)
    }
}

import ExchangeTypes

/// Turns messages of the public endpoint into requests; reused for all messages of a connection.
public struct MarketDataRequestDecoder: Sendable {
    private var reader = JSONReader()

    public init() {}

    /// The request that a message holds.
    public mutating func decode(_ message: [UInt8]) throws(WireError) -> MarketDataRequest {
        do { try reader.read(message) } catch { throw WireError(error) }
        return try decodeRoot()
    }

    /// The request that a message in somebody else's memory holds.
    public mutating func decode(
        _ message: UnsafeRawBufferPointer
    ) throws(WireError) -> MarketDataRequest {
        do { try reader.read(message) } catch { throw WireError(error) }
        return try decodeRoot()
    }

    /// The last message as an answer may repeat it.
    public var incomingMessage: IncomingMessage { IncomingMessage(reader) }

    private func decodeRoot() throws(WireError) -> MarketDataRequest {
        guard let root = reader.root, reader.kind(of: root) == .object else {
            throw WireError(.invalidJSONFormat, "the message is not an object")
        }
        var request = MarketDataRequest(
            action: try reader.requiredWord(Field.type, of: root),
            channels: try reader.words(
                Field.channels, try reader.required(Field.channels, of: root)),
            symbols: try decodeSymbols(root))
        if request.channels.contains(.level2) {
            request.significantFigures = try decodeSignificantFigures(root)
        }
        if request.channels.contains(.candle) {
            request.intervals = try decodeIntervals(root)
            refuseCandlesWithoutInterval(&request)
        }
        return request
    }

    private func decodeSymbols(_ root: JSONNode) throws(WireError) -> [SymbolSelector] {
        let array = try reader.required(Field.symbols, of: root)
        guard reader.kind(of: array) == .array else { throw reader.notArray(Field.symbols) }
        var symbols: [SymbolSelector] = []
        try reader.forEachElement(of: array) { node throws(WireError) in
            symbols.append(try decodeSymbol(node))
        }
        return symbols
    }

    private func decodeSymbol(_ node: JSONNode) throws(WireError) -> SymbolSelector {
        let whole = try reader.shortText(node, Field.symbols)
        guard let bytes = reader.stringBytes(node),
            let slash = bytes.lastIndex(of: UInt8(ascii: "/")),
            let interval = CandleInterval.spellings.first(where: {
                $0.name.hasBytes(bytes[(slash + 1)...])
            }),
            let symbol = Symbol(utf8: bytes[..<slash])
        else { return SymbolSelector(whole) }
        return SymbolSelector(symbol, interval: interval.value)
    }

    private func decodeIntervals(_ root: JSONNode) throws(WireError) -> [CandleInterval] {
        guard let array = reader.optional(Field.intervals, of: root) else { return [] }
        return try reader.words(Field.intervals, array)
    }

    /// Raw levels unless others are asked for.
    private func decodeSignificantFigures(
        _ root: JSONNode
    ) throws(WireError) -> [SignificantFigures] {
        guard let array = reader.optional(Field.significantFigures, of: root) else {
            return [.tick]
        }
        guard reader.kind(of: array) == .array else {
            throw reader.notArray(Field.significantFigures)
        }
        var figures: [SignificantFigures] = []
        try reader.forEachElement(of: array) { node throws(WireError) in
            guard let number = reader.decimal(node) else {
                throw WireError(.invalidJSONFormat, "sig_figs must hold numbers")
            }
            guard let value = number.integer.flatMap({ Int(exactly: $0) }),
                let figure = SignificantFigures(rawValue: value)
            else { throw WireError(.invalidParameter, "sig_figs must hold 0, 1 or 2") }
            figures.append(figure)
        }
        return figures.isEmpty ? [.tick] : figures
    }

    /// §18.18: the other channels of the command still apply.
    private func refuseCandlesWithoutInterval(_ request: inout MarketDataRequest) {
        guard request.intervals.isEmpty,
            request.symbols.contains(where: { $0.interval == nil })
        else { return }
        request.channels.removeAll { $0 == .candle }
        request.problems.append(WireError(.invalidParameter, "candle needs intervals"))
    }
}

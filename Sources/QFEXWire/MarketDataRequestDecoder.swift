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

    /// What is malformed as a whole is refused; what only a part of cannot be served loses that part.
    /// **Source** `protocol.md` §3.14, §18.18.
    private func decodeRoot() throws(WireError) -> MarketDataRequest {
        guard let root = reader.root, reader.kind(of: root) == .object else {
            throw WireError(.invalidJSONFormat, "the message is not an object")
        }
        guard
            let action: MarketDataRequest.Action = reader.word(
                try reader.required(Field.type, of: root))
        else { throw WireError(.invalidJSONFormat, "type must be subscribe or unsubscribe") }
        var request = MarketDataRequest(action: action, channels: [], symbols: [])
        let channels = try reader.required(Field.channels, of: root)
        request.channels = try knownWords(Field.channels, channels, &request)
        try decodeSymbols(root, &request)
        if request.channels.contains(.level2) { try decodeSignificantFigures(root, &request) }
        if request.channels.contains(.candle) { try decodeIntervals(root, &request) }
        return request
    }

    /// The words of an array that mean something; the others are one problem of the request.
    private func knownWords<Value: WireSpelled>(
        _ name: StaticString, _ array: JSONNode, _ request: inout MarketDataRequest
    ) throws(WireError) -> [Value] {
        guard reader.kind(of: array) == .array else { throw reader.notArray(name) }
        var values: [Value] = []
        var unknown: [InlineText] = []
        try reader.forEachElement(of: array) { node throws(WireError) in
            if let value: Value = reader.word(node) {
                values.append(value)
            } else {
                unknown.append(try reader.beginning(name, node))
            }
        }
        if !unknown.isEmpty {
            request.problems.append(.unknown(.invalidJSONFormat, "\(name)", unknown))
        }
        return values
    }

    private func decodeSymbols(
        _ root: JSONNode, _ request: inout MarketDataRequest
    ) throws(WireError) {
        let array = try reader.required(Field.symbols, of: root)
        guard reader.kind(of: array) == .array else { throw reader.notArray(Field.symbols) }
        var tooLong: [InlineText] = []
        try reader.forEachElement(of: array) { node throws(WireError) in
            if let selector = selector(node) {
                request.symbols.append(selector)
            } else {
                tooLong.append(try reader.beginning(Field.symbols, node))
            }
        }
        if !tooLong.isEmpty {
            request.problems.append(.unknown(.invalidParameter, "symbols that begin with", tooLong))
        }
    }

    /// What a symbol selects, with an interval behind a slash where that is one; nil when it is no
    /// text or too long for any symbol.
    private func selector(_ node: JSONNode) -> SymbolSelector? {
        guard let bytes = reader.stringBytes(node) else { return nil }
        if let slash = bytes.lastIndex(of: UInt8(ascii: "/")),
            let interval = CandleInterval.spellings.first(where: {
                $0.name.hasBytes(bytes[(slash + 1)...])
            }),
            let symbol = Symbol(slice: bytes[..<slash])
        {
            return SymbolSelector(symbol, interval: interval.value)
        }
        return Symbol(slice: bytes).map { SymbolSelector($0) }
    }

    /// Raw levels unless others are asked for; without any that exists there is no depth to send.
    private func decodeSignificantFigures(
        _ root: JSONNode, _ request: inout MarketDataRequest
    ) throws(WireError) {
        request.significantFigures = [.tick]
        guard let array = reader.optional(Field.significantFigures, of: root) else { return }
        guard reader.kind(of: array) == .array else {
            throw reader.notArray(Field.significantFigures)
        }
        var figures: [SignificantFigures] = []
        var isOutOfRange = false
        try reader.forEachElement(of: array) { node throws(WireError) in
            guard let number = reader.decimal(node) else {
                throw WireError(.invalidJSONFormat, "sig_figs must hold numbers")
            }
            if let value = number.integer.flatMap({ UInt8(exactly: $0) }),
                let figure = SignificantFigures(rawValue: value)
            {
                figures.append(figure)
            } else {
                isOutOfRange = true
            }
        }
        if isOutOfRange {
            request.problems.append(
                WireError(.invalidParameter, "sig_figs must hold 0, 1 or 2"))
            if figures.isEmpty { request.channels.removeAll { $0 == .level2 } }
        }
        if !figures.isEmpty || isOutOfRange { request.significantFigures = figures }
    }

    /// Candles need an interval, of the command or of each symbol. **Source** `protocol.md` §18.18.
    ///
    /// Only an unsubscribe that names none means all of them.
    private func decodeIntervals(
        _ root: JSONNode, _ request: inout MarketDataRequest
    ) throws(WireError) {
        let problems = request.problems.count
        if let array = reader.optional(Field.intervals, of: root) {
            request.intervals = try knownWords(Field.intervals, array, &request)
        }
        guard request.intervals.isEmpty,
            request.symbols.contains(where: { $0.interval == nil })
        else { return }
        let isNamingUnknown = request.problems.count > problems
        switch request.action {
        case .unsubscribe where !isNamingUnknown:
            request.intervals = CandleInterval.allCases
        case .subscribe, .unsubscribe:
            request.channels.removeAll { $0 == .candle }
            if !isNamingUnknown {
                request.problems.append(WireError(.invalidParameter, "candle needs intervals"))
            }
        }
    }
}

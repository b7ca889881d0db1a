/// Bytes that mean something to JSON.
enum ASCII {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let point = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let u = UInt8(ascii: "u")
}

/// The grammar: each function starts at the first byte of what it is named for and ends behind it.
extension JSONReader {
    /// Checks `bytes` and fills the tape; leaves it empty when they are no JSON message.
    mutating func parseDocument() throws(JSONError) {
        tokens.removeAll(keepingCapacity: true)
        position = 0
        do throws(JSONError) {
            guard bytes.count <= Self.maximumBytes else {
                throw JSONError(.tooLong, at: Self.maximumBytes)
            }
            skipWhitespace()
            try parseValue(depth: 0)
            skipWhitespace()
            guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
        } catch {
            tokens.removeAll(keepingCapacity: true)
            throw error
        }
    }

    private mutating func parseValue(depth: Int) throws(JSONError) {
        guard let byte = next else { throw JSONError(.unexpectedEnd, at: position) }
        switch byte {
        case ASCII.quote: try parseString()
        case ASCII.openBrace: try parseObject(depth: depth + 1)
        case ASCII.openBracket: try parseArray(depth: depth + 1)
        case ASCII.minus, ASCII.zero...ASCII.nine: try parseNumber()
        case UInt8(ascii: "t"): try parseLiteral("true", .true)
        case UInt8(ascii: "f"): try parseLiteral("false", .false)
        case UInt8(ascii: "n"): try parseLiteral("null", .null)
        case _: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) {
        let index = try open(.object, depth: depth)
        skipWhitespace()
        if take(ASCII.closeBrace) { return close(index) }
        while true {
            skipWhitespace()
            guard next == ASCII.quote else { throw unexpected() }
            try parseString()
            skipWhitespace()
            try expect(ASCII.colon)
            skipWhitespace()
            try parseValue(depth: depth)
            skipWhitespace()
            if take(ASCII.comma) { continue }
            try expect(ASCII.closeBrace)
            return close(index)
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) {
        let index = try open(.array, depth: depth)
        skipWhitespace()
        if take(ASCII.closeBracket) { return close(index) }
        while true {
            skipWhitespace()
            try parseValue(depth: depth)
            skipWhitespace()
            if take(ASCII.comma) { continue }
            try expect(ASCII.closeBracket)
            return close(index)
        }
    }

    private mutating func parseString() throws(JSONError) {
        position += 1
        let start = position
        var hasEscapes = false
        while let byte = next {
            switch byte {
            case ASCII.quote:
                try append(.string, from: start, hasEscapes: hasEscapes)
                position += 1
                return
            case ASCII.backslash:
                hasEscapes = true
                try skipEscape()
            case ..<0x20:
                throw JSONError(.controlCharacter, at: position)
            case ..<0x80:
                position += 1
            case _:
                try skipMultibyteCharacter(lead: byte)
            }
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    private mutating func parseNumber() throws(JSONError) {
        let start = position
        _ = take(ASCII.minus)
        if !take(ASCII.zero) { try skipDigits() }
        if take(ASCII.point) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(ASCII.plus) { _ = take(ASCII.minus) }
            try skipDigits()
        }
        try append(.number, from: start)
    }

    private mutating func parseLiteral(
        _ text: StaticString, _ kind: JSONKind
    ) throws(JSONError) {
        let start = position
        for index in 0..<text.utf8CodeUnitCount {
            try expect(text.withUTF8Buffer { $0[index] })
        }
        try append(kind, from: start)
    }

    // MARK: Strings

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        position += 1
        guard let byte = next else { throw JSONError(.unexpectedEnd, at: position) }
        guard byte == ASCII.u else {
            guard JSONEscapes.character(byte) != nil else {
                throw JSONError(.invalidEscape, at: position)
            }
            position += 1
            return
        }
        position += 1
        let unit = try parseFourDigits()
        switch unit {
        case 0xd800...0xdbff:
            guard take(ASCII.backslash), take(ASCII.u),
                (0xdc00...0xdfff).contains(try parseFourDigits())
            else { throw JSONError(.loneSurrogate, at: start) }
        case 0xdc00...0xdfff:
            throw JSONError(.loneSurrogate, at: start)
        case _:
            break
        }
    }

    private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw JSONError(.unexpectedEnd, at: position) }
            guard let digit = JSONEscapes.hexDigit(byte) else {
                throw JSONError(.invalidEscape, at: position)
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    /// Well-formed UTF-8 only: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func skipMultibyteCharacter(lead: UInt8) throws(JSONError) {
        let start = position
        let rest: (count: Int, second: ClosedRange<UInt8>)? =
            switch lead {
            case 0xc2...0xdf: (1, 0x80...0xbf)
            case 0xe0: (2, 0xa0...0xbf)
            case 0xe1...0xec, 0xee...0xef: (2, 0x80...0xbf)
            case 0xed: (2, 0x80...0x9f)
            case 0xf0: (3, 0x90...0xbf)
            case 0xf1...0xf3: (3, 0x80...0xbf)
            case 0xf4: (3, 0x80...0x8f)
            case _: nil
            }
        guard let rest else { throw JSONError(.invalidUTF8, at: start) }
        for place in 1...rest.count {
            position += 1
            let allowed = place == 1 ? rest.second : 0x80...0xbf
            guard let byte = next, allowed.contains(byte) else {
                throw JSONError(.invalidUTF8, at: start)
            }
        }
        position += 1
    }

    // MARK: Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else { throw unexpected() }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = next, byte >= ASCII.zero, byte <= ASCII.nine { position += 1 }
        if position == start { throw unexpected() }
    }

    private mutating func skipWhitespace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    private func unexpected() -> JSONError {
        JSONError(position < bytes.count ? .unexpectedByte : .unexpectedEnd, at: position)
    }

    // MARK: Tape

    private mutating func append(
        _ kind: JSONKind, from start: Int, hasEscapes: Bool = false
    ) throws(JSONError) {
        guard tokens.count < Self.maximumTokens else { throw JSONError(.tooManyTokens, at: start) }
        tokens.append(
            JSONToken(
                kind: kind, hasEscapes: hasEscapes, start: Int32(start), end: Int32(position),
                next: Int32(tokens.count + 1)))
    }

    private mutating func open(_ kind: JSONKind, depth: Int) throws(JSONError) -> Int {
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        try append(kind, from: position)
        position += 1
        return tokens.count - 1
    }

    private mutating func close(_ index: Int) {
        tokens[index].end = Int32(position)
        tokens[index].next = Int32(tokens.count)
    }
}

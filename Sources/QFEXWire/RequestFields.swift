import ExchangeTypes

/// Look-ups that turn what a field holds into a value, or say what is wrong with it.
///
/// `null` means the same as no field. **Source** `protocol.md` §2. Messages name the field and never
/// repeat its content, so that no secret gets into them.
extension JSONReader {
    func optional(_ name: StaticString, of object: JSONNode) -> JSONNode? {
        guard let node = member(name, of: object), kind(of: node) != .null else { return nil }
        return node
    }

    func required(_ name: StaticString, of object: JSONNode) throws(WireError) -> JSONNode {
        guard let node = optional(name, of: object) else {
            throw WireError(.invalidJSONFormat, "\(name) is missing")
        }
        return node
    }

    func requiredObject(_ name: StaticString, of object: JSONNode) throws(WireError) -> JSONNode {
        let node = try required(name, of: object)
        guard kind(of: node) == .object else {
            throw WireError(.invalidJSONFormat, "\(name) must be an object")
        }
        return node
    }

    // MARK: Texts

    func requiredString(_ name: StaticString, of object: JSONNode) throws(WireError) -> String {
        guard let text = string(try required(name, of: object)) else { throw notText(name) }
        return text
    }

    func optionalString(_ name: StaticString, of object: JSONNode) throws(WireError) -> String? {
        guard let node = optional(name, of: object) else { return nil }
        guard let text = string(node) else { throw notText(name) }
        return text
    }

    func requiredSymbol(of object: JSONNode) throws(WireError) -> Symbol {
        try shortText(try required(Field.symbol, of: object), Field.symbol)
    }

    /// A client's own id: 1 to 64 bytes. **Source** `protocol.md` §2.
    func clientIdentifier(_ name: StaticString, _ node: JSONNode) throws(WireError) -> InlineText {
        let text = try shortText(node, name)
        guard !text.isEmpty else { throw WireError(.invalidParameter, "\(name) is empty") }
        return text
    }

    func shortText(_ node: JSONNode, _ name: StaticString) throws(WireError) -> InlineText {
        guard let bytes = stringBytes(node) else { throw notText(name) }
        guard let text = InlineText(utf8: bytes) else {
            throw WireError(
                .invalidParameter, "\(name) is longer than \(InlineText.capacity) bytes")
        }
        return text
    }

    /// An id of the exchange as the client sent it. A longer one than ours is no order's, so that it
    /// is enough to keep its beginning.
    func exchangeIdentifier(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> InlineText {
        guard let bytes = stringBytes(try required(name, of: object)) else { throw notText(name) }
        var end = bytes.startIndex + min(bytes.count, InlineText.capacity)
        // A character is kept whole or not at all.
        while end < bytes.endIndex, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return InlineText(utf8: bytes[..<end]) ?? InlineText()
    }

    private func notText(_ name: StaticString) -> WireError {
        WireError(.invalidJSONFormat, "\(name) must be a string")
    }

    // MARK: Words

    func word<Value: WireSpelled>(_ node: JSONNode) -> Value? {
        Value.spellings.first { matches(node, $0.name) }?.value
    }

    func requiredWord<Value: WireSpelled>(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> Value {
        guard let value: Value = word(try required(name, of: object)) else {
            throw WireError(.invalidJSONFormat, "\(name) has an unknown value")
        }
        return value
    }

    /// All elements of an array of words; one unknown word refuses the whole.
    func words<Value: WireSpelled>(
        _ name: StaticString, _ array: JSONNode
    ) throws(WireError) -> [Value] {
        guard kind(of: array) == .array else { throw notArray(name) }
        var values: [Value] = []
        try forEachElement(of: array) { node throws(WireError) in
            guard let value: Value = word(node) else {
                throw WireError(.invalidJSONFormat, "\(name) has an unknown value")
            }
            values.append(value)
        }
        return values
    }

    func notArray(_ name: StaticString) -> WireError {
        WireError(.invalidJSONFormat, "\(name) must be an array")
    }

    // MARK: Numbers

    func requiredDecimal(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> WireDecimal {
        try number(name, try required(name, of: object))
    }

    func optionalDecimal(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> WireDecimal? {
        guard let node = optional(name, of: object) else { return nil }
        return try number(name, node)
    }

    /// A number for which zero means that it isn't given.
    func nonzeroDecimal(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> WireDecimal? {
        guard let value = try optionalDecimal(name, of: object), !value.isZero else { return nil }
        return value
    }

    func requiredInteger(_ name: StaticString, of object: JSONNode) throws(WireError) -> Int64 {
        guard let value = try requiredDecimal(name, of: object).integer else {
            throw WireError(.invalidJSONFormat, "\(name) must be an integer")
        }
        return value
    }

    private func number(_ name: StaticString, _ node: JSONNode) throws(WireError) -> WireDecimal {
        guard let value = decimal(node) else {
            throw WireError(.invalidJSONFormat, "\(name) must be a number")
        }
        return value
    }

    // MARK: Flags

    func requiredFlag(_ name: StaticString, of object: JSONNode) throws(WireError) -> Bool {
        guard let value = flag(try required(name, of: object)) else {
            throw WireError(.invalidJSONFormat, "\(name) must be true or false")
        }
        return value
    }

    /// A flag for which some clients send 0 and 1. **Source** `protocol.md` §2.
    func optionalFlag(_ name: StaticString, of object: JSONNode) throws(WireError) -> Bool? {
        guard let node = optional(name, of: object) else { return nil }
        if let value = flag(node) { return value }
        switch decimal(node)?.integer {
        case 0: return false
        case 1: return true
        case _: throw WireError(.invalidJSONFormat, "\(name) must be true, false, 0 or 1")
        }
    }

    private func flag(_ node: JSONNode) -> Bool? {
        switch kind(of: node) {
        case .true: true
        case .false: false
        case .object, .array, .string, .number, .null: nil
        }
    }
}

extension WireDecimal {
    /// The value if it is whole and fits; parsed numbers keep their trailing zeros in the exponent.
    var integer: Int64? {
        if isZero { return 0 }
        guard (0...18).contains(exponent) else { return nil }
        var value = significand
        for _ in 0..<exponent {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return value
    }
}

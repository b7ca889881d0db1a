import ExchangeTypes

/// Look-ups that turn what a field holds into a value, or say what is wrong with it.
///
/// `null` means the same as no field. **Source** `protocol.md` §2. Messages name the field and
/// never repeat its content, so that no secret gets into them.
extension JSONReader {
    /// The value of a member; nil when it is absent or null.
    func optional(_ name: StaticString, of object: JSONNode) -> JSONNode? {
        guard let node = member(name, of: object), kind(of: node) != .null else { return nil }
        return node
    }

    /// The value of a member that must be there.
    func required(_ name: StaticString, of object: JSONNode) throws(WireError) -> JSONNode {
        guard let node = optional(name, of: object) else {
            throw WireError(.invalidJSONFormat, "\(name) is missing")
        }
        return node
    }

    /// A member that must be an object.
    func requiredObject(_ name: StaticString, of object: JSONNode) throws(WireError) -> JSONNode {
        let node = try required(name, of: object)
        guard kind(of: node) == .object else {
            throw WireError(.invalidJSONFormat, "\(name) must be an object")
        }
        return node
    }

    // MARK: Texts

    /// A member that must be a string.
    func requiredString(_ name: StaticString, of object: JSONNode) throws(WireError) -> String {
        guard let text = string(try required(name, of: object)) else { throw notText(name) }
        return text
    }

    /// A member that is a string, absent or null.
    func optionalString(_ name: StaticString, of object: JSONNode) throws(WireError) -> String? {
        guard let node = optional(name, of: object) else { return nil }
        guard let text = string(node) else { throw notText(name) }
        return text
    }

    /// The `symbol` member; whether there is such a contract is for others to say.
    func requiredSymbol(of object: JSONNode) throws(WireError) -> Symbol {
        try shortText(try required(Field.symbol, of: object), Field.symbol)
    }

    /// A client's own id: 1 to 64 bytes. **Source** `protocol.md` §2.
    func clientIdentifier(_ name: StaticString, _ node: JSONNode) throws(WireError) -> InlineText {
        let text = try shortText(node, name)
        guard !text.isEmpty else { throw WireError(.invalidParameter, "\(name) is empty") }
        return text
    }

    /// A string of up to 64 bytes.
    func shortText(_ node: JSONNode, _ name: StaticString) throws(WireError) -> InlineText {
        guard let bytes = stringBytes(node) else { throw notText(name) }
        guard let text = InlineText(slice: bytes) else {
            throw WireError(
                .invalidParameter, "\(name) is longer than \(InlineText.capacity) bytes")
        }
        return text
    }

    /// An id of the exchange as the client sent it. A longer one than ours is no order's, so that
    /// it is enough to keep its beginning.
    func exchangeIdentifier(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> InlineText {
        try beginning(name, try required(name, of: object))
    }

    /// A string, or as much of its beginning as is enough to recognise it: at most 64 bytes.
    func beginning(_ name: StaticString, _ node: JSONNode) throws(WireError) -> InlineText {
        guard let bytes = stringBytes(node) else { throw notText(name) }
        var end = bytes.startIndex + min(bytes.count, InlineText.capacity)
        // A character is kept whole or not at all.
        while end < bytes.endIndex, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return InlineText(slice: bytes[..<end]) ?? InlineText()
    }

    private func notText(_ name: StaticString) -> WireError {
        WireError(.invalidJSONFormat, "\(name) must be a string")
    }

    // MARK: Words

    /// The case that a string spells; nil for anything else.
    func word<Value: WireSpelled>(_ node: JSONNode) -> Value? {
        Value.spellings.first { matches(node, $0.name) }?.value
    }

    /// A member that must spell a case.
    func requiredWord<Value: WireSpelled>(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> Value {
        guard let value: Value = word(try required(name, of: object)) else {
            throw WireError(.invalidJSONFormat, "\(name) has an unknown value")
        }
        return value
    }

    /// A member that spells a case, or is absent or null.
    func optionalWord<Value: WireSpelled>(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> Value? {
        optional(name, of: object) == nil ? nil : try requiredWord(name, of: object)
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

    /// The refusal of a member that should be an array.
    func notArray(_ name: StaticString) -> WireError {
        WireError(.invalidJSONFormat, "\(name) must be an array")
    }

    // MARK: Numbers

    /// A member that must be a number.
    func requiredDecimal(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> WireDecimal {
        try number(name, try required(name, of: object))
    }

    /// A member that is a number, absent or null.
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

    /// A member that must be a whole number, in any notation.
    func requiredInteger(_ name: StaticString, of object: JSONNode) throws(WireError) -> Int64 {
        guard let value = try requiredDecimal(name, of: object).integer else {
            throw WireError(.invalidJSONFormat, "\(name) must be an integer")
        }
        return value
    }

    /// A member that is a whole number, absent or null.
    func optionalInteger(
        _ name: StaticString, of object: JSONNode
    ) throws(WireError) -> Int64? {
        optional(name, of: object) == nil ? nil : try requiredInteger(name, of: object)
    }

    private func number(_ name: StaticString, _ node: JSONNode) throws(WireError) -> WireDecimal {
        guard let value = decimal(node) else {
            throw WireError(.invalidJSONFormat, "\(name) must be a number")
        }
        return value
    }

    // MARK: Flags

    /// A member that must be true or false.
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

extension InlineText {
    /// The text of these bytes; nil when there are more than 64.
    ///
    /// The pointer is used inside the closure only. It is there because the general initialiser is
    /// compiled for unknown sequences, and for a slice it then allocates twice for each byte.
    init?(slice: ArraySlice<UInt8>) {
        let text = slice.withUnsafeBufferPointer { InlineText(utf8: $0) }
        guard let text else { return nil }
        self = text
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

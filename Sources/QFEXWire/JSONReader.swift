public import ExchangeTypes

/// What a JSON value is.
public enum JSONKind: UInt8, Hashable, Sendable {
    case object, array, string, number, `true`, `false`, null
}

/// A value inside the message that a `JSONReader` read last. It means nothing after the next `read`.
public struct JSONNode: Hashable, Sendable {
    let index: Int
}

/// One entry of the tape: a value or a key, with the bytes it covers and the entry after all that is
/// inside it. A string covers what is between its quotes.
struct JSONToken {
    var kind: JSONKind
    var hasEscapes = false
    var start: Int32
    var end: Int32
    /// The index of the next sibling.
    var next: Int32
}

/// Reads JSON messages: one validating pass over the bytes into a flat tape, then look-ups in it.
///
/// Strict RFC 8259, UTF-8 checked, nothing decoded before it is asked for. The tape and the copy of
/// the bytes are reused, so that reading message after message allocates nothing.
public struct JSONReader: Sendable {
    /// Containers inside each other, the outermost included. **Source** `protocol.md` §18.3.
    public static let maximumDepth = 32
    /// Values and keys in one message.
    public static let maximumTokens = 16_384
    /// Bytes in one message; the sockets accept far less.
    public static let maximumBytes = 1 << 20

    /// The message read last, valid or not.
    public internal(set) var bytes: [UInt8] = []
    var tokens: [JSONToken] = []
    var position = 0

    public init() {}

    /// Reads a whole message; the bytes are kept, not copied.
    public mutating func read(_ message: [UInt8]) throws(JSONError) {
        bytes = message
        try parseDocument()
    }

    /// Reads a whole message from memory that belongs to somebody else; the bytes are copied.
    public mutating func read(_ message: UnsafeRawBufferPointer) throws(JSONError) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: message)
        try parseDocument()
    }

    /// The whole message's value; nil when the last `read` failed.
    public var root: JSONNode? { tokens.isEmpty ? nil : JSONNode(index: 0) }

    /// What a value is.
    public func kind(of node: JSONNode) -> JSONKind { tokens[node.index].kind }

    /// The value of an object's member; nil when there is none or the node is no object.
    ///
    /// Of several members with one name the last counts. **Source** `protocol.md` §18.3.
    public func member(_ name: StaticString, of object: JSONNode) -> JSONNode? {
        let token = tokens[object.index]
        guard token.kind == .object else { return nil }
        var found: JSONNode?
        var index = object.index + 1
        while index < Int(token.next) {
            let value = index + 1
            if matches(JSONNode(index: index), name) { found = JSONNode(index: value) }
            index = Int(tokens[value].next)
        }
        return found
    }

    /// Calls the closure for each element of an array, in order; for any other value, never.
    public func forEachElement<Failure: Error>(
        of array: JSONNode, _ body: (JSONNode) throws(Failure) -> Void
    ) throws(Failure) {
        let token = tokens[array.index]
        guard token.kind == .array else { return }
        var index = array.index + 1
        while index < Int(token.next) {
            try body(JSONNode(index: index))
            index = Int(tokens[index].next)
        }
    }

    /// Calls the closure for the value of each member of an object, in order; for any other value,
    /// never.
    func forEachMember(of object: JSONNode, _ body: (JSONNode) -> Void) {
        let token = tokens[object.index]
        guard token.kind == .object else { return }
        var index = object.index + 1
        while index < Int(token.next) {
            body(JSONNode(index: index + 1))
            index = Int(tokens[index + 1].next)
        }
    }

    /// The value's bytes as they stand in the message; a string's without its quotes.
    public func rawBytes(of node: JSONNode) -> ArraySlice<UInt8> {
        let token = tokens[node.index]
        return bytes[Int(token.start)..<Int(token.end)]
    }

    /// The number, digit for digit; nil when the value is no number.
    public func decimal(_ node: JSONNode) -> WireDecimal? {
        guard kind(of: node) == .number else { return nil }
        return WireDecimal(utf8: rawBytes(of: node))
    }

    /// The UTF-8 of a string with its escapes undone; nil when the value is no string.
    ///
    /// **Complexity** no copy when there are no escapes.
    public func stringBytes(_ node: JSONNode) -> ArraySlice<UInt8>? {
        let token = tokens[node.index]
        guard token.kind == .string else { return nil }
        let raw = rawBytes(of: node)
        return token.hasEscapes ? JSONEscapes.undone(raw)[...] : raw
    }

    /// The text of a string; nil when the value is no string.
    public func string(_ node: JSONNode) -> String? {
        stringBytes(node).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the value is a string of exactly this text.
    public func matches(_ node: JSONNode, _ text: StaticString) -> Bool {
        let token = tokens[node.index]
        guard token.kind == .string else { return false }
        if token.hasEscapes { return stringBytes(node).map { text.hasBytes($0) } ?? false }
        guard Int(token.end - token.start) == text.utf8CodeUnitCount else { return false }
        return text.hasBytes(rawBytes(of: node))
    }
}

extension StaticString {
    /// Whether the text consists of exactly these bytes.
    func hasBytes(_ bytes: ArraySlice<UInt8>) -> Bool {
        withUTF8Buffer { own in own.count == bytes.count && own.elementsEqual(bytes) }
    }
}

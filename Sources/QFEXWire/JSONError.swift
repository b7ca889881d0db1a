/// Why bytes are not a JSON message that we accept, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// The rule that was broken.
    public enum Reason: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case controlCharacter
        case invalidEscape
        case loneSurrogate
        case invalidUTF8
        case tooDeep
        case tooManyTokens
        case tooLong
    }
    public var reason: Reason
    /// The offset of the first byte that cannot be there.
    public var offset: Int
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let what =
            switch reason {
            case .unexpectedEnd: "the message ends too early"
            case .unexpectedByte: "unexpected byte"
            case .trailingBytes: "bytes after the value"
            case .controlCharacter: "unescaped control character"
            case .invalidEscape: "invalid escape"
            case .loneSurrogate: "half of a surrogate pair"
            case .invalidUTF8: "invalid UTF-8"
            case .tooDeep: "more than \(JSONReader.maximumDepth) levels"
            case .tooManyTokens: "more than \(JSONReader.maximumTokens) values"
            case .tooLong: "more than \(JSONReader.maximumBytes) bytes"
            }
        return "\(what) at offset \(offset)"
    }
}

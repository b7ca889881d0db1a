public import ExchangeTypes

/// Appends JSON to a byte buffer, without white space; commas come by themselves.
///
/// The caller keeps keys and values in order and closes what it opens; the writer doesn't check
/// that.
public struct JSONWriter: Sendable {
    /// What has been written, after what was there before.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Starts behind the given bytes.
    public init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    /// Runs the closure with a writer that appends to a buffer; the buffer isn't copied.
    @inline(__always)
    static func append(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        swap(&writer.bytes, &bytes)
        body(&writer)
        swap(&writer.bytes, &bytes)
    }

    // MARK: Containers

    /// Opens an object; `endObject` closes it.
    public mutating func beginObject() { begin(ASCII.openBrace) }
    /// Closes the object opened last.
    public mutating func endObject() { end(ASCII.closeBrace) }
    /// Opens an array; `endArray` closes it.
    public mutating func beginArray() { begin(ASCII.openBracket) }
    /// Closes the array opened last.
    public mutating func endArray() { end(ASCII.closeBracket) }

    /// The name of the next value; it must need no escapes.
    public mutating func key(_ name: StaticString) {
        string(name)
        bytes.append(ASCII.colon)
        needsComma = false
    }

    // MARK: Values

    /// A text of our own; it must need no escapes.
    public mutating func string(_ text: StaticString) {
        separate()
        bytes.append(ASCII.quote)
        append(text)
        bytes.append(ASCII.quote)
    }

    /// A text from anywhere, escaped.
    public mutating func string(_ text: String) { quoted(text.utf8) }

    /// A short text from anywhere, escaped.
    public mutating func string(_ text: InlineText) {
        separate()
        bytes.append(ASCII.quote)
        for index in 0..<Int(text.count) { JSONEscapes.append(text[index], to: &bytes) }
        bytes.append(ASCII.quote)
    }

    /// A UUID as a string.
    public mutating func string(_ id: UniqueID) {
        separate()
        bytes.append(ASCII.quote)
        id.append(to: &bytes)
        bytes.append(ASCII.quote)
    }

    /// A decimal as a string, without trailing zeros.
    public mutating func string(_ decimal: some FixedPoint) {
        separate()
        bytes.append(ASCII.quote)
        DecimalText.append(decimal.units, scale: 8, to: &bytes)
        bytes.append(ASCII.quote)
    }

    /// A count of `10^-scale` as a string, without trailing zeros.
    public mutating func string(_ value: Int128, scale: Int) {
        separate()
        bytes.append(ASCII.quote)
        DecimalText.append(value, scale: scale, to: &bytes)
        bytes.append(ASCII.quote)
    }

    /// A count of `10^-decimals` as a string with just that many decimals.
    public mutating func string(_ value: Int128, decimals: Int) {
        separate()
        bytes.append(ASCII.quote)
        DecimalText.appendFixed(value, decimals: decimals, to: &bytes)
        bytes.append(ASCII.quote)
    }

    /// An instant as an RFC 3339 string.
    public mutating func string(_ time: Timestamp) {
        separate()
        bytes.append(ASCII.quote)
        RFC3339.append(time, to: &bytes)
        bytes.append(ASCII.quote)
    }

    /// A decimal, without trailing zeros.
    public mutating func number(_ decimal: some FixedPoint) { number(decimal.units, scale: 8) }

    /// A number as a client wrote it, in plain notation.
    public mutating func number(_ decimal: WireDecimal) {
        separate()
        DecimalText.append(decimal, to: &bytes)
    }

    /// A whole number.
    public mutating func number(_ value: some BinaryInteger) {
        number(Int64(value), scale: 0)
    }

    /// A whole number of any size.
    public mutating func number(_ value: Int128) {
        separate()
        DecimalText.append(value, scale: 0, to: &bytes)
    }

    /// A count of `10^-scale`, without trailing zeros.
    public mutating func number(_ value: Int64, scale: Int) {
        separate()
        DecimalText.append(value, scale: scale, to: &bytes)
    }

    /// An instant as Unix seconds with up to nine decimals.
    public mutating func number(_ time: Timestamp) { number(time.nanoseconds, scale: 9) }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
    }

    /// `null`.
    public mutating func null() {
        separate()
        append("null")
    }

    /// A value that is JSON already, byte for byte.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// UTF-8 from anywhere as a string, escaped.
    public mutating func quoted(_ utf8: some Collection<UInt8>) {
        separate()
        bytes.append(ASCII.quote)
        for byte in utf8 { JSONEscapes.append(byte, to: &bytes) }
        bytes.append(ASCII.quote)
    }

    // MARK: Bytes

    /// Every value ends by asking for a comma before the next; keys and openings take that back.
    private mutating func separate() {
        if needsComma { bytes.append(ASCII.comma) }
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

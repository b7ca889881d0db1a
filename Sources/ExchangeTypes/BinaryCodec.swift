/// Why bytes could not be read back as a value.
public enum CodecError: Error, Hashable, Sendable {
    case truncated
    case invalidValue(field: StaticDescription, value: UInt64)
    case trailingBytes(Int)
    /// A later version of this program wrote it.
    case newerFormat(found: UInt32, newestKnown: UInt32)
}

/// A name known at compile time, so that errors carry no allocated text.
public struct StaticDescription: Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let description: String
    public init(stringLiteral value: StaticString) { description = String(describing: value) }
}

/// Appends fixed-width little-endian fields to a byte buffer.
public struct ByteWriter {
    public var bytes: [UInt8]
    public init(reusing bytes: [UInt8] = []) { self.bytes = bytes }

    @inlinable public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        var rest = value.littleEndian
        withUnsafeBytes(of: &rest) { bytes.append(contentsOf: $0) }
    }

    /// One count byte, then the text's bytes.
    public mutating func write(_ text: InlineText) {
        bytes.append(text.count)
        text.append(to: &bytes)
    }

    public mutating func write(_ decimal: WireDecimal) {
        write(decimal.significand)
        write(decimal.exponent)
    }
}

/// Reads fixed-width little-endian fields and checks every bound.
public struct ByteReader {
    @usableFromInline let bytes: ArraySlice<UInt8>
    @usableFromInline var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Whether every byte was read.
    @inlinable public var isAtEnd: Bool { position == bytes.endIndex }

    @inlinable public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(CodecError) -> Value {
        let width = MemoryLayout<Value>.size
        guard bytes.endIndex - position >= width else { throw .truncated }
        let offset = position - bytes.startIndex
        position += width
        return bytes.withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
    }

    /// The next bytes, as a slice.
    public mutating func readBytes(_ count: Int) throws(CodecError) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.endIndex - position >= count else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    public mutating func readText() throws(CodecError) -> InlineText {
        let count = Int(try read(UInt8.self))
        guard bytes.endIndex - position >= count else { throw .truncated }
        guard let text = InlineText(utf8: bytes[position..<position + count]) else {
            throw .invalidValue(field: "text length", value: UInt64(count))
        }
        position += count
        return text
    }

    public mutating func readDecimal() throws(CodecError) -> WireDecimal {
        let significand = try read(Int64.self)
        return WireDecimal(significand: significand, exponent: try read())
    }

    /// Reads one byte as a case of an enumeration.
    public mutating func readCase<Value: RawRepresentable<UInt8>>(
        _ field: StaticDescription
    ) throws(CodecError) -> Value {
        let raw = try read(UInt8.self)
        guard let value = Value(rawValue: raw) else {
            throw .invalidValue(field: field, value: UInt64(raw))
        }
        return value
    }

    /// Reads one byte of flags and refuses unknown ones: a later format may give them a meaning, and
    /// one value has one spelling.
    public mutating func readFlags(
        _ field: StaticDescription, below limit: UInt8
    ) throws(CodecError) -> UInt8 {
        let flags = try read(UInt8.self)
        guard flags < limit else { throw .invalidValue(field: field, value: UInt64(flags)) }
        return flags
    }

    /// Reads the number of a format, which must be the one that this program knows.
    public mutating func readFormat(_ newestKnown: UInt32) throws(CodecError) {
        let found = try read(UInt32.self)
        guard found == newestKnown else {
            throw .newerFormat(found: found, newestKnown: newestKnown)
        }
    }

    /// Refuses bytes beyond the value.
    public func finish() throws(CodecError) {
        if position != bytes.endIndex { throw .trailingBytes(bytes.endIndex - position) }
    }
}

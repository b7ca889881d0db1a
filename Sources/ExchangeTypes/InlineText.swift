/// Up to 64 bytes of UTF-8 stored in place, so that commands, orders and events stay plain values
/// without reference counts.
public struct InlineText: Hashable, Sendable {
    /// The longest text that fits.
    @inlinable public static var capacity: Int { 64 }

    @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
    /// The number of bytes.
    public private(set) var count: UInt8

    /// The empty text.
    public init() {
        words = (0, 0, 0, 0, 0, 0, 0, 0)
        count = 0
    }

    /// The text of these bytes; nil when there are more than 64.
    public init?(utf8 bytes: some Sequence<UInt8>) {
        self.init()
        for byte in bytes {
            guard append(byte) else { return nil }
        }
    }

    /// The text of a string; nil when it has more than 64 bytes.
    public init?(_ text: String) { self.init(utf8: text.utf8) }

    public var isEmpty: Bool { count == 0 }

    /// The byte at a place, which must be below `count`.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < Int(count), "byte \(index) of \(count)")
        return UInt8(truncatingIfNeeded: word(index >> 3) >> UInt64((index & 7) * 8))
    }

    /// Appends the bytes to a buffer.
    public func append(to bytes: inout [UInt8]) {
        for index in 0..<Int(count) { bytes.append(self[index]) }
    }

    /// The text as a string.
    public var string: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func append(_ byte: UInt8) -> Bool {
        guard Int(count) < Self.capacity else { return false }
        let shifted = UInt64(byte) << UInt64((count & 7) * 8)
        switch count >> 3 {
        case 0: words.0 |= shifted
        case 1: words.1 |= shifted
        case 2: words.2 |= shifted
        case 3: words.3 |= shifted
        case 4: words.4 |= shifted
        case 5: words.5 |= shifted
        case 6: words.6 |= shifted
        case _: words.7 |= shifted
        }
        count += 1
        return true
    }

    /// Eight bytes of the text, little-endian, zero-filled beyond its end.
    @inlinable
    public func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        case 3: words.3
        case 4: words.4
        case 5: words.5
        case 6: words.6
        case _: words.7
        }
    }

    @inlinable
    public static func == (left: InlineText, right: InlineText) -> Bool {
        guard left.count == right.count else { return false }
        let used = (Int(left.count) + 7) / 8
        for index in 0..<used where left.word(index) != right.word(index) { return false }
        return true
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for index in 0..<((Int(count) + 7) / 8) { hasher.combine(word(index)) }
    }
}

extension InlineText: CustomStringConvertible {
    public var description: String { string }
}

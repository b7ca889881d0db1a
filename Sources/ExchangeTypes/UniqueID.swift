/// A 128-bit identifier, printed as a lower-case UUID.
public struct UniqueID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses `8-4-4-4-12` hexadecimal digits of either case; nil for anything else.
    public init?(utf8 bytes: some Sequence<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var position = 0
        for byte in bytes {
            let isDash = position == 8 || position == 13 || position == 18 || position == 23
            if isDash {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Self.digit(byte), position < 36 else { return nil }
                if position < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
            }
            position += 1
        }
        guard position == 36 else { return nil }
        self.init(high: high, low: low)
    }

    /// Parses UUID text.
    public init?(_ text: String) { self.init(utf8: text.utf8) }

    /// Appends the 36 characters of the UUID text.
    public func append(to bytes: inout [UInt8]) {
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                bytes.append(UInt8(ascii: "-"))
            }
            let word = index < 8 ? high : low
            let byte = UInt8(truncatingIfNeeded: word >> UInt64((7 - (index & 7)) * 8))
            bytes.append(Self.character(byte >> 4))
            bytes.append(Self.character(byte & 15))
        }
    }

    /// The UUID text.
    public var string: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case _: nil
        }
    }

    private static func character(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x61 + nibble - 10
    }
}

extension UniqueID: CustomStringConvertible {
    public var description: String { string }
}

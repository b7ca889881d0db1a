/// Backslash sequences of JSON strings, both ways.
enum JSONEscapes {
    /// What a one-letter escape stands for; nil when it is none.
    static func character(_ letter: UInt8) -> UInt8? {
        switch letter {
        case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        case _: nil
        }
    }

    /// The value of a hexadecimal digit of either case.
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case ASCII.zero...ASCII.nine: UInt32(byte - ASCII.zero)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        case _: nil
        }
    }

    /// The bytes of a string that `JSONReader` has found valid, with its escapes undone.
    static func undone(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == ASCII.backslash, let letter = rest.popFirst() else {
                result.append(byte)
                continue
            }
            if let character = character(letter) {
                result.append(character)
                continue
            }
            var scalar = takeUnit(from: &rest)
            if (0xd800...0xdbff).contains(scalar) {
                rest.removeFirst(2)
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (takeUnit(from: &rest) - 0xdc00)
            }
            appendUTF8(scalar, to: &result)
        }
        return result
    }

    private static func takeUnit(from rest: inout ArraySlice<UInt8>) -> UInt32 {
        let unit = rest.prefix(4).reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
        rest.removeFirst(4)
        return unit
    }

    private static func appendUTF8(_ value: UInt32, to result: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(value) else {
            preconditionFailure("the reader let a surrogate pass: \(value)")
        }
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// Appends a byte of a string, escaped where JSON asks for it.
    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        guard byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash else {
            bytes.append(byte)
            return
        }
        bytes.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case _:
            bytes.append(ASCII.u)
            bytes.append(ASCII.zero)
            bytes.append(ASCII.zero)
            bytes.append(ASCII.zero + byte >> 4)
            bytes.append(lowHexDigit(byte & 15))
        }
    }

    private static func lowHexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? ASCII.zero + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

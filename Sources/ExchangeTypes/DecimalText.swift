/// Exact decimal text of fixed-point values, written straight into a byte buffer.
public enum DecimalText {
    /// Appends a value of `10^-scale` units without trailing zeros: `1.5`, `-0.001`, `200`.
    ///
    /// **Complexity** linear in the number of digits (at most 39).
    public static func append(_ value: Int128, scale: Int, to bytes: inout [UInt8]) {
        appendTrimmed(value, scale: scale, to: &bytes)
    }

    /// Appends a 64-bit value of `10^-scale` units without trailing zeros.
    public static func append(_ value: Int64, scale: Int, to bytes: inout [UInt8]) {
        appendTrimmed(value, scale: scale, to: &bytes)
    }

    /// Appends a value of `10^-decimals` units with just that many decimals: `0.00000`, `-1.2300`.
    public static func appendFixed(_ value: Int128, decimals: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude, fractionDigits: decimals, to: &bytes)
    }

    /// Appends a value on the 1e-8 scale without trailing zeros.
    public static func append(_ value: some FixedPoint, to bytes: inout [UInt8]) {
        append(value.units, scale: 8, to: &bytes)
    }

    /// Appends what a client wrote, in plain notation without an exponent where that is short, else in
    /// exponent form (which only a number far outside every range needs).
    public static func append(_ value: WireDecimal, to bytes: inout [UInt8]) {
        let exponent = Int(value.exponent)
        if (-18...0).contains(exponent) {
            append(value.significand, scale: -exponent, to: &bytes)
        } else if (1...18).contains(exponent) {
            append(value.significand, scale: 0, to: &bytes)
            if value.significand != 0 {
                for _ in 0..<exponent { bytes.append(UInt8(ascii: "0")) }
            }
        } else {
            append(value.significand, scale: 0, to: &bytes)
            bytes.append(UInt8(ascii: "e"))
            append(Int64(exponent), scale: 0, to: &bytes)
        }
    }

    /// The text of a value on the 1e-8 scale.
    public static func string(_ value: some FixedPoint) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a count.
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        appendDigits(value, fractionDigits: 0, to: &bytes)
    }

    private static func appendTrimmed(
        _ value: some SignedInteger & FixedWidthInteger, scale: Int, to bytes: inout [UInt8]
    ) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        var fractionDigits = scale
        while fractionDigits > 0 && magnitude % 10 == 0 {
            magnitude /= 10
            fractionDigits -= 1
        }
        appendDigits(magnitude, fractionDigits: fractionDigits, to: &bytes)
    }

    private static func appendDigits<Value: UnsignedInteger & FixedWidthInteger>(
        _ magnitude: Value, fractionDigits: Int, to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        var rest = magnitude
        var written = 0
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
            written += 1
            if written == fractionDigits { bytes.append(UInt8(ascii: ".")) }
        } while rest != 0 || written <= fractionDigits
        bytes[start...].reverse()
    }
}

extension FixedPoint {
    public var description: String { DecimalText.string(self) }
}
extension Money: CustomStringConvertible {}
extension ReferencePrice: CustomStringConvertible {}
extension Decimal8: CustomStringConvertible {}

import ExchangeTypes
import Testing

/// A client's number decides whether an order is valid; it must be read as written.
@Suite struct WireDecimalTests {
    @Test(
        "Numbers of the JSON grammar are read exactly",
        arguments: [
            ("150.5", Int64(1_505), Int16(-1)), ("1e-3", 1, -3), ("1E+3", 1, 3), ("0", 0, 0),
            ("-0", 0, 0), ("-0.000", 0, 0), ("0e5", 0, 0), ("-12.50", -125, -1), ("100", 1, 2),
            ("0.30000000000000004", 30_000_000_000_000_004, -17),
            ("123456789012345678", 123_456_789_012_345_678, 0),
            ("1.5e2", 15, 1), ("1e400", 1, 400), ("1e-400", 1, -400), ("1e99999", 1, 9_999),
            ("1e-99999", 1, -9_999), ("0.1e1", 1, 0), ("1.0", 1, 0),
        ])
    func grammar(_ sample: (String, Int64, Int16)) {
        let expected = WireDecimal(significand: sample.1, exponent: sample.2)
        #expect(WireDecimal(sample.0) == expected)
    }

    @Test(
        "What is no JSON number is refused",
        arguments: [
            "", "-", "+1", ".5", "1.", "01", "-01", "1e", "1e+", "1e-", "1.e1", "1.5e1.5", " 1",
            "1 ", "1,5", "0x10", "NaN", "Infinity", "-Infinity", "--1", "1-", "1e1e1", "٣", "1_0",
            "00", "1.5.5", "e5", "\u{0}",
        ])
    func refused(_ text: String) {
        #expect(WireDecimal(text) == nil)
    }

    @Test("Digits beyond the eighteenth are cut off and keep the size")
    func manyDigits() {
        #expect(WireDecimal("1234567890123456789") == WireDecimal("1234567890123456780"))
        #expect(WireDecimal("0.1234567890123456789") == WireDecimal("0.123456789012345678"))
        #expect(WireDecimal("1" + String(repeating: "0", count: 50)) == WireDecimal("1e50"))
        let long = "0." + String(repeating: "0", count: 40) + "1"
        #expect(WireDecimal(long) == WireDecimal("1e-41"))
        let endless = String(repeating: "9", count: 100_000)
        #expect(WireDecimal(endless)?.multiple(of: Decimal8(1)) == .outOfRange)
        let tiny = "0." + String(repeating: "0", count: 100_000) + "1"
        #expect(WireDecimal(tiny)?.multiple(of: Decimal8(1)) == .offGrid)
    }

    @Test("Exact units are the value in 1e-8, or nothing")
    func exactUnits() {
        let samples: [(String, Int64?)] = [
            ("1", 100_000_000), ("0.00000001", 1), ("0.000000001", nil), ("-2.5", -250_000_000),
            ("9999999999.99999999", 999_999_999_999_999_999), ("9.3e10", nil),
            ("1e10", 1_000_000_000_000_000_000), ("9.2e10", 9_200_000_000_000_000_000),
            ("1e11", nil), ("1e400", nil), ("1e-400", nil), ("0", 0), ("120e-9", 12),
        ]
        for (text, units) in samples {
            #expect(WireDecimal(text)?.exactUnits == units, "\(text)")
        }
    }

    @Test("A number is parsed the same from any slice of bytes")
    func slices() {
        let bytes = Array("xx-1.25e1yy".utf8)
        #expect(WireDecimal(utf8: bytes[2..<9]) == WireDecimal("-12.5"))
        #expect(WireDecimal(utf8: bytes[2..<2]) == nil)
    }

    @Test("Fixed-point values come through the wire form unchanged")
    func fixedPoint() {
        for units in [0, 1, -1, 123_456_789, Int64.max, Int64.min + 1] {
            #expect(WireDecimal(Money(units: units)).exactUnits == units)
        }
        #expect(Money("1.000000001") == nil)
        #expect(Money("12.34") == Money(units: 1_234_000_000))
    }
}

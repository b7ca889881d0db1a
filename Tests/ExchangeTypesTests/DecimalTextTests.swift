import ExchangeTypes
import Testing

/// Every number that leaves the exchange is written here.
@Suite struct DecimalTextTests {
    @Test(
        "Values are written without trailing zeros",
        arguments: [
            (Int64(150_000_000), "1.5"), (-100_000, "-0.001"), (20_000_000_000, "200"), (0, "0"),
            (1, "0.00000001"), (-1, "-0.00000001"), (100_000_000, "1"), (10_000_000, "0.1"),
            (Int64.max, "92233720368.54775807"), (Int64.min, "-92233720368.54775808"),
        ])
    func samples(_ sample: (Int64, String)) {
        #expect(Money(units: sample.0).description == sample.1)
        var wide: [UInt8] = []
        DecimalText.append(Int128(sample.0), scale: 8, to: &wide)
        #expect(String(decoding: wide, as: UTF8.self) == sample.1)
    }

    @Test("What is written is read back as the same value")
    func roundTrip() {
        var random = Noise(seed: 1)
        for _ in 0..<50_000 {
            // At most 18 digits, which is all that a number from a client keeps.
            let units = Int64(bitPattern: random.next()) >> Int64(5 + random.next() % 58)
            let money = Money(units: units)
            #expect(Money(money.description) == money)
        }
    }

    @Test("A wide value is written in full")
    func wide() {
        var bytes: [UInt8] = []
        DecimalText.append(Int128.min, scale: 16, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == "-17014118346046923173168.7303715884105728")
        var scaled: [UInt8] = [0x78]
        DecimalText.append(Int128(5), scale: 38, to: &scaled)
        #expect(scaled.count == 41)
        #expect(scaled.last == 0x35)
    }

    @Test(
        "A client's number is told back in plain notation where that is short",
        arguments: [
            ("150.50", "150.5"), ("1e3", "1000"), ("1e18", "1000000000000000000"),
            ("1e19", "1e19"), ("1e-18", "0.000000000000000001"), ("1e-19", "1e-19"),
            ("-1e400", "-1e400"), ("0", "0"), ("-0", "0"),
            ("0.30000000000000004", "0.30000000000000004"),
        ])
    func wire(_ sample: (String, String)) throws {
        let value = try #require(WireDecimal(sample.0))
        var bytes: [UInt8] = []
        DecimalText.append(value, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == sample.1)
        #expect(WireDecimal(sample.1) == value)
    }
}

import ExchangeTypes
import Testing

/// What floats do to a decimal is forgiven, what a client gets wrong is not. **Source** R-041.
@Suite struct GridTests {
    private static let steps = [
        Decimal8(units: 1), Decimal8(units: 100), Decimal8(units: 1_000),
        Decimal8(units: 1_000_000), Decimal8(units: 10_000_000), Decimal8(1), Decimal8(100),
    ]

    @Test(
        "A float's noise is forgiven, a part of a step is not",
        arguments: [
            ("0.30000000000000004", "0.1", GridMatch.multiple(3)),
            ("0.29999999999999999", "0.1", .multiple(3)),
            ("0.299", "0.1", .offGrid), ("0.15", "0.1", .offGrid), ("150.5", "0.5", .multiple(301)),
            ("150.5", "1", .offGrid), ("1e-3", "0.001", .multiple(1)), ("0", "0.01", .multiple(0)),
            ("-0.02", "0.01", .multiple(-2)), ("-0.020000000000000004", "0.01", .multiple(-2)),
            ("1e400", "0.01", .outOfRange), ("-1e400", "0.01", .outOfRange),
            ("1e-400", "0.01", .offGrid), ("1e-30", "0.01", .offGrid),
            ("230.38", "0.01", .multiple(23_038)), ("230.385", "0.01", .offGrid),
            ("1e12", "1", .multiple(1_000_000_000_000)), ("1.1e12", "1", .outOfRange),
            // Sixty million dollars' worth of lots, and half a lot more.
            ("60000000.0005", "0.001", .offGrid),
            ("60000000.001", "0.001", .multiple(60_000_000_001)),
        ])
    func samples(_ sample: (String, String, GridMatch)) throws {
        let step = try #require(Decimal8(sample.1))
        #expect(WireDecimal(sample.0)?.multiple(of: step) == sample.2)
    }

    @Test("The edge of the relative tolerance: 1e-9 of the number")
    func relativeEdge() {
        // 0.1 off by 1e-10 is a billionth; by 1.01e-10 it is more.
        let step = Decimal8(units: 10_000_000)
        #expect(WireDecimal("0.1000000001")?.multiple(of: step) == .multiple(1))
        #expect(WireDecimal("0.10000000010001")?.multiple(of: step) == .offGrid)
        #expect(WireDecimal("0.0999999999001")?.multiple(of: step) == .multiple(1))
        #expect(WireDecimal("0.0999999998999")?.multiple(of: step) == .offGrid)
    }

    @Test("The edge of the absolute tolerance: a thousandth of a step")
    func absoluteEdge() {
        // A billionth of 1,000,000,000 is a whole step of 1, so the thousandth decides.
        let step = Decimal8(1)
        #expect(WireDecimal("1000000000.001")?.multiple(of: step) == .multiple(1_000_000_000))
        #expect(WireDecimal("1000000000.00101")?.multiple(of: step) == .offGrid)
        #expect(WireDecimal("999999999.999")?.multiple(of: step) == .multiple(1_000_000_000))
        #expect(WireDecimal("999999999.99899")?.multiple(of: step) == .offGrid)
    }

    @Test("The shortest text of a double next to a multiple is that multiple", arguments: steps)
    func doubles(_ step: Decimal8) {
        var random = Noise(seed: UInt64(step.units))
        let scale = Double(step.units) / 100_000_000
        for _ in 0..<20_000 {
            let steps = Int64(random.next() >> UInt64(29 + random.next() % 34))
            guard steps < min(1 << 33, Int64.max / step.units) else { continue }
            let product = Double(steps) * scale
            // A lot of 1e-8 beyond 2^33 of them is finer than what a double can say at all.
            for value in [product, product.nextUp, product.nextDown, -product] where steps > 0 {
                let expected = value < 0 ? -steps : steps
                let match = WireDecimal(value.description)?.multiple(of: step)
                #expect(match == .multiple(expected), "\(value) of \(step)")
            }
        }
    }

    @Test("Sums of doubles, which a client's code makes, are the multiple they mean")
    func sums() {
        var sum = 0.0
        for count in 1...5_000 {
            sum += 0.1
            let match = WireDecimal(sum.description)?.multiple(of: Decimal8(units: 10_000_000))
            #expect(match == .multiple(Int64(count)))
        }
    }

    @Test("Half a step is refused at every size", arguments: steps.dropFirst())
    func halves(_ step: Decimal8) {
        var random = Noise(seed: 5)
        for _ in 0..<5_000 {
            let steps = Int64(random.next() >> UInt64(30 + random.next() % 34))
            guard steps < Int64.max / step.units - 1 else { continue }
            for part in [step.units / 2, step.units / 4, step.units - step.units / 4] {
                let value = WireDecimal(significand: steps * step.units + part, exponent: -8)
                #expect(value.multiple(of: step) == .offGrid, "\(steps) and \(part)")
            }
        }
    }

    @Test("Any significand and exponent gives an answer")
    func anything() {
        var random = Noise(seed: 9)
        for _ in 0..<50_000 {
            let value = WireDecimal(
                significand: Int64(bitPattern: random.next() >> (random.next() % 64)),
                exponent: Int16(truncatingIfNeeded: random.next()) >> Int16(random.next() % 12))
            for step in Self.steps {
                guard case .multiple(let steps) = value.multiple(of: step) else { continue }
                // What is accepted is of the size that was sent.
                let (size, stepSize) = (Double(value.significand), Double(step.units))
                guard value.exponent > -40, steps != 0 else { continue }
                let scaled = size * power(value.exponent) / (stepSize / 1e8)
                #expect(abs(scaled / Double(steps) - 1) < 1e-8)
            }
        }
        for significand in [Int64.min, .max, 0, 1, -1] {
            for exponent in [Int16.min, .max, -8, 0, 8, -28, -20, 18, 19] {
                let value = WireDecimal(significand: significand, exponent: exponent)
                for step in Self.steps { _ = value.multiple(of: step) }
                _ = value.exactUnits
                var bytes: [UInt8] = []
                DecimalText.append(value, to: &bytes)
                #expect(!bytes.isEmpty)
            }
        }
    }

    private func power(_ exponent: Int16) -> Double {
        var result = 1.0
        for _ in 0..<abs(Int(exponent)) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }
}

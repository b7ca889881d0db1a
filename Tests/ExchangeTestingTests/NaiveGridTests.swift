import ExchangeTypes
import Testing

@testable import ExchangeTesting

/// The naive exchange finds a number's place on a grid by exact fractions. **Source** `protocol.md` §18.8.
@Suite struct NaiveGridTests {
    private let cent = Decimal8(units: 1_000_000)

    @Test(
        "Numbers on the grid, and a float's noise around them, are steps",
        arguments: [
            ("0", 0), ("1", 100), ("-1", -100), ("0.30000000000000004", 30), ("1.5e2", 15_000),
            ("0.0100000000009", 1), ("123456.78", 12_345_678), ("1e6", 100_000_000),
        ] as [(String, Int64)])
    func onGrid(_ text: String, _ steps: Int64) throws {
        let number = try #require(WireDecimal(text))
        #expect(number.naiveSteps(of: cent) == .steps(steps))
        #expect(number.multiple(of: cent) == .multiple(steps))
    }

    @Test(
        "A real part of a step is off the grid, however small or large the number",
        arguments: [
            "0.005", "0.015", "1.001", "1e-9", "1e-300", "0.010000000011", "99999999.995",
            "100000000.00002",
        ])
    func offGrid(_ text: String) throws {
        let number = try #require(WireDecimal(text))
        #expect(number.naiveSteps(of: cent) == .offGrid)
        #expect(number.multiple(of: cent) == .offGrid)
    }

    @Test(
        "More than a trillion is out of range",
        arguments: ["1000000000001", "1e30", "1e300", "-1e13"])
    func outOfRange(_ text: String) throws {
        let number = try #require(WireDecimal(text))
        #expect(number.naiveSteps(of: cent) == .outOfRange)
        #expect(number.multiple(of: cent) == .outOfRange)
    }

    @Test("A trillion is in range, and random numbers are where the engine's test finds them")
    func agreement() throws {
        let trillion = try #require(WireDecimal("1e12"))
        #expect(trillion.naiveSteps(of: cent) == .steps(100_000_000_000_000))
        var random = Xoshiro256(seed: 5)
        for _ in 0..<4_000 {
            let step = Decimal8(units: random.within(1...1_000_000_000))
            let number = DecimalGenerator.any(
                random.within(-100_000...100_000), of: step, rarity: 2, using: &random)
            let expected: NaiveGridMatch =
                switch number.multiple(of: step) {
                case .multiple(let steps): .steps(steps)
                case .offGrid: .offGrid
                case .outOfRange: .outOfRange
                }
            #expect(number.naiveSteps(of: step) == expected, "\(number) of \(step)")
        }
    }
}

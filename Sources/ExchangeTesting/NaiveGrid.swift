import BigInt
import ExchangeTypes

/// What a client's number is on a grid of steps.
enum NaiveGridMatch: Hashable {
    case steps(Int64)
    case offGrid
    case outOfRange
}

extension WireDecimal {
    /// The number of steps that this number stands for, by exact fractions.
    ///
    /// It may be off by a billionth of itself and by a thousandth of a step. **Source** `protocol.md`
    /// §18.8.
    func naiveSteps(of step: Decimal8) -> NaiveGridMatch {
        if significand == 0 { return .steps(0) }
        // Anything of 31 or more digits is beyond a trillion, anything below 1e-40 beyond all grids.
        if exponent > 30 { return .outOfRange }
        if exponent < -60 { return .offGrid }
        // The number and the step as whole numbers of 10^power.
        let power = min(Int(exponent), -8)
        let number = BigInt(significand) * Self.powerOfTen(Int(exponent) - power)
        let stepSize = step.exact * Self.powerOfTen(-8 - power)
        if BigInt(number.magnitude) > Self.powerOfTen(12 - power) { return .outOfRange }
        let steps = Exact.halfEven(number, over: stepSize)
        let difference = BigInt((number - steps * stepSize).magnitude)
        guard difference * 1_000 <= stepSize,
            difference * 1_000_000_000 <= BigInt(number.magnitude)
        else { return .offGrid }
        guard let count = Exact.int64(steps) else { return .outOfRange }
        return .steps(count)
    }

    private static let powersOfTen: [BigInt] = (0..<100).map { BigInt(10).power($0) }

    private static func powerOfTen(_ exponent: Int) -> BigInt { powersOfTen[exponent] }
}

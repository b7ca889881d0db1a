import ExchangeTypes

/// Numbers as clients write them: mostly right, often with a float's noise, sometimes wrong.
struct DecimalGenerator {
    /// A number that stands for so many steps.
    static func exact(_ steps: Int64, of step: Decimal8) -> WireDecimal {
        var significand = steps * step.units
        var exponent: Int16 = -8
        while significand != 0 && significand % 10 == 0 {
            significand /= 10
            exponent += 1
        }
        return WireDecimal(significand: significand, exponent: exponent)
    }

    /// A number that a float's arithmetic moved off by a few of its last digits.
    static func noisy(
        _ steps: Int64, of step: Decimal8, using random: inout Xoshiro256
    ) -> WireDecimal {
        var significand = steps * step.units
        var exponent: Int16 = -8
        guard significand != 0 else { return .zero }
        while significand.magnitude < 10_000_000_000_000_000 {
            significand *= 10
            exponent -= 1
        }
        return WireDecimal(significand: significand + random.within(-9...9), exponent: exponent)
    }

    /// Mostly a number of so many steps; in one case of `rarity` something else.
    static func any(
        _ steps: Int64, of step: Decimal8, rarity: Int, using random: inout Xoshiro256
    ) -> WireDecimal {
        if random.oneIn(4) { return noisy(steps, of: step, using: &random) }
        let units = steps * step.units
        // A number too large to be written with more digits stays as it is.
        guard random.oneIn(rarity), units.magnitude < Int64.max.magnitude / 2_000 else {
            return exact(steps, of: step)
        }
        return switch random.below(8) {
        case 0: WireDecimal(significand: units * 2 + step.units, exponent: -8)
        case 1: WireDecimal(significand: units * 1_000 + step.units, exponent: -11)
        case 2: WireDecimal(significand: units * 1_000 + 1, exponent: -11)
        case 3: WireDecimal(significand: -units, exponent: -8)
        case 4: WireDecimal(significand: random.oneIn(2) ? 9 : -9, exponent: 30)
        case 5: .zero
        case 6: WireDecimal(significand: units, exponent: -4)
        case _: WireDecimal(significand: Int64(truncatingIfNeeded: random.next()), exponent: -9)
        }
    }
}

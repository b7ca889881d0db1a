import BigInt
import ExchangeTypes

/// How many units make one, in numbers without a bound.
enum Scale {
    /// Money, prices and sizes: 1e-8.
    static let units: BigInt = 100_000_000
    /// Rates: 1e-12.
    static let rate: BigInt = 1_000_000_000_000
    /// A price times a size, and all that is kept as fine as that: 1e-16.
    static let value: BigInt = 10_000_000_000_000_000
}

/// Division of integers without a bound, with a stated direction.
///
/// It is a second opinion on the engine's arithmetic, so it has its own.
enum Exact {
    /// The quotient rounded to the nearest integer, ties to the even one.
    static func halfEven(_ dividend: BigInt, over divisor: BigInt) -> BigInt {
        let quotient = Quotient(dividend.magnitude, over: divisor.magnitude)
        let isUp: Bool
        switch quotient.rest {
        case .none, .belowHalf: isUp = false
        case .half: isUp = quotient.isOdd
        case .aboveHalf: isUp = true
        }
        let magnitude = isUp ? quotient.whole + 1 : quotient.whole
        return BigInt(sign: dividend.sign == divisor.sign ? .plus : .minus, magnitude: magnitude)
    }

    /// The largest integer that is not above the quotient.
    static func down(_ dividend: BigInt, over divisor: BigInt) -> BigInt {
        let quotient = Quotient(dividend.magnitude, over: divisor.magnitude)
        if dividend.sign == divisor.sign || dividend.isZero { return BigInt(quotient.whole) }
        let magnitude = quotient.rest == .none ? quotient.whole : quotient.whole + 1
        return BigInt(sign: .minus, magnitude: magnitude)
    }

    /// The smallest integer that is not below the quotient.
    static func up(_ dividend: BigInt, over divisor: BigInt) -> BigInt {
        -down(-dividend, over: divisor)
    }

    /// A value of 1e-16 in money.
    static func money(_ value: BigInt) -> BigInt { halfEven(value, over: Scale.units) }

    /// A number held within two bounds.
    static func clamp(_ number: BigInt, _ minimum: BigInt, _ maximum: BigInt) -> BigInt {
        number < minimum ? minimum : number > maximum ? maximum : number
    }

    /// The number in 64 bits; nil when it needs more.
    static func int64(_ number: BigInt) -> Int64? {
        let words = number.magnitude.words
        // Counting them takes longer than asking where they end.
        guard words.endIndex > 0 else { return 0 }
        guard words.endIndex == 1 else { return nil }
        return number.sign == .minus
            ? Int64(exactly: -Int128(words[0])) : Int64(exactly: words[0])
    }

    /// A number that is known to fit in 128 bits.
    ///
    /// The library's own conversion of a negative number of two words is off by one in the upper one.
    static func int128(_ number: BigInt) -> Int128 {
        guard let word = UInt128(small: number.magnitude), let magnitude = Int128(exactly: word)
        else { preconditionFailure("\(number) does not fit in 128 bits") }
        return number.sign == .minus ? -magnitude : magnitude
    }
}

/// A quotient of magnitudes: its whole part, and how what is left compares with half the divisor.
private struct Quotient {
    enum Rest { case none, belowHalf, half, aboveHalf }
    var whole: BigUInt
    var rest: Rest

    /// **Rejects** a division by zero (a programming error).
    init(_ dividend: BigUInt, over divisor: BigUInt) {
        precondition(!divisor.isZero, "\(dividend) is divided by zero")
        // Two machine words give the same answer ten times as fast.
        if let dividend = UInt128(small: dividend), let divisor = UInt128(small: divisor) {
            let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
            let missing = divisor - remainder
            whole = BigUInt(quotient)
            rest =
                remainder == 0
                ? .none
                : remainder == missing ? .half : remainder < missing ? .belowHalf : .aboveHalf
        } else {
            let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
            let missing = divisor - remainder
            whole = quotient
            rest =
                remainder.isZero
                ? .none
                : remainder == missing ? .half : remainder < missing ? .belowHalf : .aboveHalf
        }
    }

    var isOdd: Bool { (whole.words.first ?? 0) & 1 == 1 }
}

extension UInt128 {
    /// A number of at most two machine words; nil for a larger one.
    fileprivate init?(small number: BigUInt) {
        let words = number.words
        switch words.endIndex {
        case 0: self = 0
        case 1: self = UInt128(words[0])
        case 2: self = UInt128(words[1]) << 64 | UInt128(words[0])
        case _: return nil
        }
    }
}

extension FixedPoint {
    /// A number of units that is known to fit in 64 bits.
    init(exact units: BigInt) {
        guard let units = Exact.int64(units) else {
            preconditionFailure("\(units) does not fit in 64 bits")
        }
        self.init(units: units)
    }

    /// The units as a number without a bound.
    var exact: BigInt { BigInt(units) }
}

extension Rate {
    /// A number of units that is known to fit in 64 bits.
    init(exact units: BigInt) {
        guard let units = Exact.int64(units) else {
            preconditionFailure("\(units) does not fit in 64 bits")
        }
        self.init(units: units)
    }

    /// The units as a number without a bound.
    var exact: BigInt { BigInt(units) }
}

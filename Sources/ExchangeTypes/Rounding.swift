/// The only rounding functions in the project: integer division with a stated direction.
public enum Rounding {
    /// Quotient rounded to the nearest integer, ties to the even one.
    ///
    /// **Rejects** a divisor that is not positive (a programming error).
    /// **Source** `rules.md`, introduction: amounts booked to an account are rounded half-even.
    @inlinable
    public static func halfEven(_ dividend: Int128, by divisor: Int128) -> Int128 {
        precondition(divisor > 0, "divisor \(divisor) must be positive")
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        let magnitude = remainder.magnitude
        let rest = divisor.magnitude - magnitude
        if magnitude < rest || (magnitude == rest && quotient & 1 == 0) { return quotient }
        return dividend < 0 ? quotient - 1 : quotient + 1
    }

    /// Quotient rounded towards negative infinity.
    @inlinable
    public static func down(_ dividend: Int128, by divisor: Int128) -> Int128 {
        precondition(divisor > 0, "divisor \(divisor) must be positive")
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Quotient rounded towards positive infinity.
    @inlinable
    public static func up(_ dividend: Int128, by divisor: Int128) -> Int128 {
        -down(-dividend, by: divisor)
    }
}

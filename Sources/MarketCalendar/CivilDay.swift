/// A day of the calendar, wherever it is lived through. Arithmetic only; no time zone, no clock.
public struct CivilDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int64

    public init(number: Int64) { self.number = number }

    /// A date of the Gregorian calendar. Months count from 1; days beyond the month's run on into the
    /// next one.
    public init(_ year: Int64, _ month: Int64, _ day: Int64) {
        // A year that begins in March has its leap day at its end, so that no month before it moves.
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let leapDays =
            floorDivide(shifted, by: 4) - floorDivide(shifted, by: 100)
            + floorDivide(shifted, by: 400)
        number = shifted * 365 + leapDays + dayOfYear - Self.marchOfYear0
    }

    /// From 0 for Monday to 6 for Sunday.
    public var weekday: Int { Int(floorRemainder(number + 3, by: 7)) }

    /// From 1.
    public var dayOfMonth: Int64 {
        let dayOfEra = floorRemainder(number + Self.marchOfYear0, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        return dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }

    /// This day moved by some days.
    public func advanced(byDays days: Int64) -> CivilDay { CivilDay(number: number + days) }

    public static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }

    /// Days from 1 March of the year 0 to 1 January 1970.
    private static let marchOfYear0: Int64 = 719_468
}

/// The quotient rounded towards negative infinity.
func floorDivide(_ dividend: Int64, by divisor: Int64) -> Int64 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}

/// What `floorDivide` leaves over: never negative for a positive divisor.
func floorRemainder(_ dividend: Int64, by divisor: Int64) -> Int64 {
    dividend - floorDivide(dividend, by: divisor) * divisor
}

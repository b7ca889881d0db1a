public import ExchangeTypes

/// Instants as RFC 3339 text in UTC. **Source** `protocol.md` §2, P-039.
public enum RFC3339 {
    private static let nanosecondsPerSecond: Int64 = 1_000_000_000
    private static let secondsPerDay: Int64 = 86_400

    /// Appends `2026-09-30T03:45:58.826647965Z`; the fraction has no trailing zeros, and without a
    /// fraction there is no point.
    public static func append(_ time: Timestamp, to bytes: inout [UInt8]) {
        let (seconds, fraction) = floorDivide(time.nanoseconds, by: nanosecondsPerSecond)
        let (days, second) = floorDivide(seconds, by: secondsPerDay)
        let date = CivilDate(daysSince1970: days)
        appendDigits(date.year, width: 4, to: &bytes)
        bytes.append(ASCII.minus)
        appendDigits(date.month, width: 2, to: &bytes)
        bytes.append(ASCII.minus)
        appendDigits(date.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(second / 3_600, width: 2, to: &bytes)
        bytes.append(ASCII.colon)
        appendDigits(second / 60 % 60, width: 2, to: &bytes)
        bytes.append(ASCII.colon)
        appendDigits(second % 60, width: 2, to: &bytes)
        appendFraction(fraction, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func appendFraction(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
        guard nanoseconds != 0 else { return }
        var digits = nanoseconds
        var width = 9
        while digits % 10 == 0 {
            digits /= 10
            width -= 1
        }
        bytes.append(ASCII.point)
        appendDigits(digits, width: width, to: &bytes)
    }

    private static func appendDigits(_ value: Int64, width: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(ASCII.zero + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    fileprivate static func floorDivide(
        _ value: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// A day of the Gregorian calendar.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Years are counted from 1 March, so that the leap day is a year's last, and months from March
    /// have a regular pattern of lengths: 153 days for each five.
    init(daysSince1970 days: Int64) {
        let daysIn400Years: Int64 = 146_097
        let daysFromMarchOfYear0To1970: Int64 = 719_468
        let (era, dayOfEra) = RFC3339.floorDivide(
            days + daysFromMarchOfYear0To1970, by: daysIn400Years)
        let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = 400 * era + yearOfEra + (month <= 2 ? 1 : 0)
    }
}

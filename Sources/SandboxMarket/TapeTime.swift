import ExchangeTypes
import MarketCalendar

/// The times of a price file: RFC 3339 with any offset, or Unix seconds, both with up to nine decimals.
enum TapeTime {
    /// Nanoseconds since 1970; nil for a text that is no time from then to 2255.
    static func nanoseconds(_ text: ArraySlice<UInt8>) -> Int64? {
        var scanner = Scanner(rest: text)
        let seconds = text.contains(UInt8(ascii: ":")) ? scanner.dateTime() : scanner.unixSeconds()
        guard let seconds, scanner.rest.isEmpty, (0...latest).contains(seconds) else { return nil }
        return seconds * 1_000_000_000 + scanner.fraction
    }

    /// So that nanoseconds fit 64 bits.
    private static let latest: Int64 = 9_000_000_000
}

/// Reads a time from left to right.
private struct Scanner {
    var rest: ArraySlice<UInt8>
    /// Nanoseconds of the second.
    var fraction: Int64 = 0

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    mutating func unixSeconds() -> Int64? {
        guard let seconds = digits(1...10), decimals() else { return nil }
        return seconds
    }

    mutating func dateTime() -> Int64? {
        guard let year = digits(4...4), skip("-"), let month = digits(2...2), skip("-"),
            let day = digits(2...2), skip("Tt "), let hour = digits(2...2), skip(":"),
            let minute = digits(2...2), skip(":"), let second = digits(2...2), decimals(),
            let east = offset()
        else { return nil }
        let date = CivilDay(year, month, day)
        guard (1...12).contains(month), day > 0, date.dayOfMonth == day, hour < 24, minute < 60,
            second < 60
        else { return nil }
        return date.number * 86_400 + hour * 3_600 + minute * 60 + second - east
    }

    /// Seconds that the clock is ahead of UTC.
    private mutating func offset() -> Int64? {
        if skip("Zz") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("+-"), let hour = digits(2...2), skip(":"), let minute = digits(2...2),
            hour < 24, minute < 60
        else { return nil }
        let seconds = hour * 3_600 + minute * 60
        return isWest ? -seconds : seconds
    }

    /// A point and up to nine digits, or nothing.
    private mutating func decimals() -> Bool {
        guard skip(".") else { return true }
        let count = rest.count
        guard var value = digits(1...9) else { return false }
        for _ in (count - rest.count)..<9 { value *= 10 }
        fraction = value
        return true
    }

    /// As many digits as there are, if the number of them is right.
    private mutating func digits(_ counts: ClosedRange<Int>) -> Int64? {
        let found = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard counts.contains(found.count) else { return nil }
        rest = rest.dropFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// One of some bytes.
    private mutating func skip(_ choices: StaticString) -> Bool {
        guard let first = rest.first, "\(choices)".utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }
}

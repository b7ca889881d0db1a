import ExchangeTypes
import Foundation

/// How far the clocks of a place are ahead of UTC, at any instant.
///
/// All that is known of a time zone; conversions follow from it alone. Instants are whole seconds
/// since 1970-01-01T00:00:00Z, local times are seconds since 1970-01-01T00:00:00 on the local clock.
public struct ZoneRules: Sendable {
    private let secondsEast: @Sendable (Int64) -> Int64

    /// Rules of one's own; `secondsEast` gives the offset at an instant.
    public init(secondsEast: @escaping @Sendable (Int64) -> Int64) {
        self.secondsEast = secondsEast
    }

    /// The rules of a time zone by its IANA name, such as `America/New_York`.
    ///
    /// The rules are Foundation's own, so that they don't depend on the machine's files.
    ///
    /// - Throws: when there is no such zone.
    public init(name: String) throws(UnknownTimeZone) {
        guard let zone = TimeZone(identifier: name) else { throw UnknownTimeZone(name: name) }
        self.init { second in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
        }
    }

    /// What the clocks show at an instant.
    public func local(at second: Int64) -> Int64 { second + secondsEast(second) }

    /// The instants at which the clocks show a local time, in order: mostly one; none where they are
    /// put forward over it, two where they are put back and show it again.
    func instants(showing local: Int64) -> [Int64] {
        // Within two days the clocks change once at most.
        let before = local - secondsEast(local - secondsPerDay)
        let after = local - secondsEast(local + secondsPerDay)
        let candidates = before == after ? [before] : [before, after].sorted()
        return candidates.filter { self.local(at: $0) == local }
    }

    /// The first instant at which the clocks show a local time; where they are put forward over it, the
    /// instant of the change.
    func firstInstant(showing local: Int64) -> Int64 {
        if let instant = instants(showing: local).first { return instant }
        let change = changes(in: local - secondsPerDay..<local + secondsPerDay).first
        guard let change else { preconditionFailure("a local time is left out without a change") }
        return change
    }

    /// The instants at which the clocks are changed.
    func changes(in range: Range<Int64>) -> [Int64] {
        stride(from: range.lowerBound, to: range.upperBound, by: Int(secondsPerDay)).compactMap {
            start in
            var (low, high) = (start, min(start + secondsPerDay, range.upperBound))
            if secondsEast(low) == secondsEast(high) { return nil }
            while high - low > 1 {
                let middle = (low + high) / 2
                if secondsEast(middle) == secondsEast(low) { low = middle } else { high = middle }
            }
            return high < range.upperBound ? high : nil
        }
    }
}

/// A time zone of which no rules are known.
public struct UnknownTimeZone: Error, CustomStringConvertible {
    public let name: String
    public var description: String {
        "the Foundation that this server was built with knows no time zone \(name)"
    }
}

let secondsPerDay: Int64 = 86_400

extension Timestamp {
    /// The second that an instant lies in.
    var second: Int64 { floorDivide(nanoseconds, by: 1_000_000_000) }

    /// The beginning of a second.
    init(second: Int64) { self.init(nanoseconds: second * 1_000_000_000) }
}

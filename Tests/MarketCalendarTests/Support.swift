import ExchangeTypes
import Foundation
import MarketCalendar

/// An instant as people write it, such as `2026-03-08T21:30:00Z`, or a day, which is its beginning in UTC.
func instant(_ text: String) throws -> Timestamp {
    let date = try Date(
        text.contains("T") ? text : text + "T00:00:00Z", strategy: .iso8601)
    return Timestamp(nanoseconds: Int64(date.timeIntervalSince1970) * 1_000_000_000)
}

/// An instant as people write it.
func text(_ instant: Timestamp) -> String {
    Date(timeIntervalSince1970: Double(instant.nanoseconds / 1_000_000_000)).ISO8601Format()
}

/// A start of a session as the samples write it.
func text(_ start: SessionStart) -> String { "\(text(start.startsAt)) \(start.session)" }

/// The settlement days of Chicago.
func settlementDays() throws -> SettlementDay {
    SettlementDay(zone: try ZoneRules(name: SettlementDay.zoneName))
}

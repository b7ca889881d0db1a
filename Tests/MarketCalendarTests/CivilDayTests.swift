import ExchangeTypes
import Foundation
import Testing

@testable import MarketCalendar

@Suite struct CivilDayTests {
    @Test("Days count as everybody else's calendar counts them")
    func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        // From 1968 to 2132, leap years and the year 2100 included.
        for number in stride(from: Int64(-700), to: 59_200, by: 1) {
            let date = Date(timeIntervalSince1970: Double(number * 86_400 + 43_200))
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            let day = CivilDay(
                Int64(parts.year ?? 0), Int64(parts.month ?? 0), Int64(parts.day ?? 0))
            guard day.number == number, day.dayOfMonth == Int64(parts.day ?? 0),
                day.weekday == ((parts.weekday ?? 0) + 5) % 7
            else {
                Issue.record("day \(number), \(date), is \(day)")
                return
            }
        }
    }

    @Test("A month's end runs on into the next month")
    func endOfMonth() {
        #expect(CivilDay(2028, 2, 30) == CivilDay(2028, 3, 1))
        #expect(CivilDay(2026, 2, 28).advanced(byDays: 1) == CivilDay(2026, 3, 1))
        #expect(CivilDay(2026, 12, 31) < CivilDay(2027, 1, 1))
    }

    @Test("A time of day is written as the reference data writes it")
    func timeOfDay() {
        #expect("\(TimeOfDay(4))" == "04:00:00")
        #expect("\(TimeOfDay.lastSecond)" == "23:59:59")
        #expect(TimeOfDay(9, 30).seconds == 34_200)
    }
}

@Suite struct ZoneRulesTests {
    @Test("R-102: local times in the gap of spring do not exist, those of autumn come twice")
    func gapAndOverlap() throws {
        let zone = try ZoneRules(name: "America/New_York")
        func local(_ text: String) throws -> Int64 { try instant(text).second }
        let gap = try local("2026-03-08T02:30:00Z")
        #expect(zone.instants(showing: gap) == [])
        #expect(try zone.firstInstant(showing: gap) == local("2026-03-08T07:00:00Z"))
        let overlap = try local("2026-11-01T01:30:00Z")
        #expect(
            try zone.instants(showing: overlap)
                == [local("2026-11-01T05:30:00Z"), local("2026-11-01T06:30:00Z")])
        #expect(try zone.firstInstant(showing: overlap) == local("2026-11-01T05:30:00Z"))
        #expect(
            try zone.changes(in: local("2026-01-01")..<local("2027-01-01"))
                == [local("2026-03-08T07:00:00Z"), local("2026-11-01T06:00:00Z")])
    }

    @Test("A zone that nobody knows is an error that names it")
    func unknown() throws {
        let error = #expect(throws: UnknownTimeZone.self) { try ZoneRules(name: "Mars/Olympus") }
        #expect(error?.description.contains("Mars/Olympus") == true)
    }
}

import ExchangeTypes
import MarketCalendar
import Testing

@Suite struct VolumeDayTests {
    private func days() throws -> VolumeDay {
        VolumeDay(zone: try ZoneRules(name: VolumeDay.zoneName))
    }

    @Test(
        "P-038 A day of volume ends at 20:00 in Chicago, by summer and winter time",
        arguments: [
            ("2026-01-15T12:00:00Z", "2026-01-16T02:00:00Z"),
            ("2026-01-16T01:59:59Z", "2026-01-16T02:00:00Z"),
            ("2026-01-16T02:00:00Z", "2026-01-17T02:00:00Z"),
            ("2026-07-15T12:00:00Z", "2026-07-16T01:00:00Z"),
            ("2026-07-16T01:00:00Z", "2026-07-17T01:00:00Z"),
            // The clocks are put forward in the night to the 8th of March, and back in that to the
            // 1st of November: days of 23 and 25 hours.
            ("2026-03-08T02:00:00Z", "2026-03-09T01:00:00Z"),
            ("2026-03-08T07:59:59Z", "2026-03-09T01:00:00Z"),
            ("2026-03-09T01:00:00Z", "2026-03-10T01:00:00Z"),
            ("2026-11-01T01:00:00Z", "2026-11-02T02:00:00Z"),
            ("2026-11-01T07:30:00Z", "2026-11-02T02:00:00Z"),
            ("2026-11-02T02:00:00Z", "2026-11-03T02:00:00Z"),
        ])
    func ends(after start: String, at end: String) throws {
        #expect(text(try days().end(after: instant(start))) == end)
    }

    @Test("P-038 The nanosecond before the change belongs to the day that ends")
    func nanoseconds() throws {
        let end = try instant("2026-07-16T01:00:00Z")
        #expect(try days().end(after: end.advanced(byNanoseconds: -1)) == end)
        #expect(
            try days().end(after: end.advanced(byNanoseconds: 1))
                == instant("2026-07-17T01:00:00Z"))
    }

    @Test("P-038 A year has as many ends as days, 23 to 25 hours apart")
    func wholeYear() throws {
        let days = try days()
        var time = try instant("2026-01-01T02:00:00Z")
        var hours: [Int64: Int] = [:]
        for _ in 0..<365 {
            let end = days.end(after: time)
            hours[(end.nanoseconds - time.nanoseconds) / 3_600_000_000_000, default: 0] += 1
            time = end
        }
        #expect(text(time) == "2027-01-01T02:00:00Z")
        #expect(hours == [23: 1, 24: 363, 25: 1])
    }

    @Test("Clocks that are put back over the change end a day once")
    func putBack() throws {
        // 19:00 again when it has become 20:30.
        let change: Int64 = 20 * 3_600 + 1_800
        let days = VolumeDay(zone: ZoneRules { $0 < change ? 0 : -5_400 })
        let first = days.end(after: Timestamp(nanoseconds: 0))
        #expect(first.nanoseconds == 20 * 3_600_000_000_000)
        let second = days.end(after: first)
        #expect(second.nanoseconds == (44 * 3_600 + 5_400) * 1_000_000_000)
        #expect(days.end(after: Timestamp(nanoseconds: (change + 60) * 1_000_000_000)) == second)
    }
}

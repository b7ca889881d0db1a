import ExchangeTypes
import Foundation
import QFEXWire
import Testing

@Suite struct RFC3339Tests {
    private func text(_ nanoseconds: Int64) -> String {
        encoded { RFC3339.append(Timestamp(nanoseconds: nanoseconds), to: &$0) }
    }

    @Test(
        "P-039 known instants",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"), (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"), (1_740_787_200, "2025-03-01T00:00:00Z"),
            (1_790_739_958, "2026-09-30T03:45:58Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
            (-2_203_891_200, "1900-03-01T00:00:00Z"), (-2_203_891_201, "1900-02-28T23:59:59Z"),
        ] as [(Int64, String)])
    func wholeSeconds(seconds: Int64, expected: String) {
        #expect(text(seconds * 1_000_000_000) == expected)
    }

    @Test(
        "P-039 fractions have up to nine digits and no trailing zeros",
        arguments: [
            (826_647_965, "1970-01-01T00:00:00.826647965Z"), (1, "1970-01-01T00:00:00.000000001Z"),
            (100_000_000, "1970-01-01T00:00:00.1Z"), (1_000_000, "1970-01-01T00:00:00.001Z"),
            (500_112_230, "1970-01-01T00:00:00.50011223Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
        ] as [(Int64, String)])
    func fractions(nanoseconds: Int64, expected: String) {
        #expect(text(nanoseconds) == expected)
    }

    @Test func theWholeRangeIsPrinted() {
        #expect(text(.max) == "2262-04-11T23:47:16.854775807Z")
        #expect(text(.min) == "1677-09-21T00:12:43.145224192Z")
    }

    @Test func everyDayOfFourCenturiesAgreesWithFoundation() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        for day in stride(from: Int64(-100_000), through: 100_000, by: 7) {
            let seconds = day * 86_400 + 3_661
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
            func padded(_ value: Int?, _ width: Int) -> String {
                let digits = String(value ?? 0)
                return String(repeating: "0", count: width - digits.count) + digits
            }
            let date = "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
            #expect(text(seconds * 1_000_000_000) == "\(date)T01:01:01Z")
        }
    }
}

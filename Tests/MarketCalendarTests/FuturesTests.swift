import ExchangeTypes
import Testing

@testable import MarketCalendar

@Suite struct FuturesRollTests {
    @Test("R-008: from the sixth to the tenth business day the front contract gives way, X-30")
    func weights() {
        let percent = (0...23).map { FuturesRoll.frontWeight(onBusinessDay: $0) }
        let expected: [Int64] = [100, 100, 100, 100, 100, 100, 80, 60, 40, 20]
        #expect(percent.prefix(10) == expected.map { Rate(percent: $0) }[...])
        #expect(percent.dropFirst(10).allSatisfy { $0 == .zero })
        // 60 % of 92.40 and 40 % of 91.80.
        let weight = FuturesRoll.frontWeight(onBusinessDay: 7)
        let rest = Rate.unitsPerOne - weight.units
        #expect(weight.units * 9_240 + rest * 9_180 == Rate.unitsPerOne * 9_216)
    }

    /// Worked out minute by minute with Python's `zoneinfo`. The months differ in when their first business
    /// day is, and two of them change the clocks.
    @Test(
        "R-008: weights change at 16:30 in Chicago, business days counted without holidays",
        arguments: [
            (
                "2026-02-26",
                [
                    "2026-02-28T22:30:00Z", "2026-03-08T21:30:00Z", "2026-03-09T21:30:00Z",
                    "2026-03-10T21:30:00Z", "2026-03-11T21:30:00Z", "2026-03-12T21:30:00Z",
                ]
            ),
            (
                "2026-03-30",
                [
                    "2026-03-31T21:30:00Z", "2026-04-07T21:30:00Z", "2026-04-08T21:30:00Z",
                    "2026-04-09T21:30:00Z", "2026-04-12T21:30:00Z", "2026-04-13T21:30:00Z",
                ]
            ),
            (
                "2026-10-28",
                [
                    "2026-10-31T21:30:00Z", "2026-11-08T22:30:00Z", "2026-11-09T22:30:00Z",
                    "2026-11-10T22:30:00Z", "2026-11-11T22:30:00Z", "2026-11-12T22:30:00Z",
                ]
            ),
            (
                "2026-07-30",
                [
                    "2026-07-31T21:30:00Z", "2026-08-09T21:30:00Z", "2026-08-10T21:30:00Z",
                    "2026-08-11T21:30:00Z", "2026-08-12T21:30:00Z", "2026-08-13T21:30:00Z",
                ]
            ),
        ])
    func changes(from start: String, expected: [String]) throws {
        let roll = FuturesRoll(days: try settlementDays())
        var time = try instant(start)
        #expect(roll.frontWeight(at: time) == .zero)
        for (change, percent) in zip(expected, [100, 80, 60, 40, 20, 0] as [Int64]) {
            let before = roll.frontWeight(at: time)
            time = roll.nextChange(after: time)
            #expect(text(time) == change)
            #expect(roll.frontWeight(at: time) == Rate(percent: percent))
            #expect(roll.frontWeight(at: time.advanced(byNanoseconds: -1)) == before)
        }
    }
}

@Suite struct SettlementRatioTests {
    private func settlement(_ day: CivilDay, _ spot: String, _ future: String) throws -> Settlement
    {
        Settlement(
            day: day, spot: try #require(ReferencePrice(spot)),
            future: try #require(ReferencePrice(future)))
    }

    @Test("R-006: the ratio is spot over future settlement, X-31")
    func ratio() throws {
        let settled = try settlement(CivilDay(2026, 3, 6), "7600.25", "7655.50")
        #expect(settled.ratio == Rate(units: 992_782_966_495))
        // Halves go to the even neighbour: 5e-13 to 0, 15e-13 to 2e-12.
        #expect(try settlement(CivilDay(2026, 3, 6), "0.00000001", "20000").ratio == .zero)
        #expect(
            try settlement(CivilDay(2026, 3, 6), "0.00000003", "20000").ratio == Rate(units: 2))
    }

    @Test("R-007: a ratio holds from 16:30 in Chicago of its day to that of the next")
    func validity() throws {
        let friday = try settlement(CivilDay(2026, 3, 6), "7600", "7680")
        let monday = try settlement(CivilDay(2026, 3, 9), "7600", "7600.5")
        let ratio = SettlementRatio([monday, friday], days: try settlementDays())
        // The clocks are put forward on Sunday, 8 March.
        let changes = try [instant("2026-03-06T22:30:00Z"), instant("2026-03-09T21:30:00Z")]
        #expect(ratio.ratio(at: changes[0].advanced(byNanoseconds: -1)) == Rate(percent: 100))
        #expect(ratio.ratio(at: changes[0]) == friday.ratio)
        #expect(ratio.ratio(at: changes[1].advanced(byNanoseconds: -1)) == friday.ratio)
        #expect(ratio.ratio(at: changes[1]) == monday.ratio)
        #expect(try ratio.nextChange(after: instant("2026-03-01")) == changes[0])
        #expect(ratio.nextChange(after: changes[0]) == changes[1])
        #expect(ratio.nextChange(after: changes[1]) == nil)
    }
}

@Suite struct ContractCalendarTests {
    @Test("R-009: the contract of a time is the first whose time has not ended")
    func contract() throws {
        // The last instant of CLK6 is the end of the ninth business day of April 2026.
        let april = DatedContract(
            name: "CLK6", activeUntil: try instant("2026-04-13T21:30:00Z"),
            expiration: try instant("2026-04-21T21:30:00Z"))
        let may = DatedContract(
            name: "CLM6", activeUntil: try instant("2026-05-13T21:30:00Z"),
            expiration: try instant("2026-05-19T21:30:00Z"))
        let calendar = ContractCalendar([may, april])
        #expect(try calendar.contract(at: instant("2026-04-01")) == april)
        #expect(calendar.contract(at: april.activeUntil) == april)
        #expect(calendar.contract(at: april.activeUntil.advanced(byNanoseconds: 1)) == may)
        #expect(calendar.contract(at: may.activeUntil.advanced(byNanoseconds: 1)) == nil)
        #expect(ContractCalendar([]).contract(at: april.activeUntil) == nil)
        // From then on all weight is on the next contract.
        let roll = FuturesRoll(days: try settlementDays())
        #expect(roll.frontWeight(at: april.activeUntil) == .zero)
        #expect(roll.frontWeight(at: april.activeUntil.advanced(byNanoseconds: -1)) > .zero)
    }
}

import ExchangeTypes
import MarketCalendar
import SandboxMarket
import Testing

@Suite struct SandboxInstrumentsTests {
    @Test func everyContractOfTheRulesIsListedOnceInOrder() {
        let all = SandboxInstruments.all
        #expect(all.count == 29)
        #expect(Set(all.map(\.symbol)).count == 29)
        #expect(all.map(\.id.index) == Array(0..<29))
        #expect(all.first?.symbol.string == "NVDA-USD")
        #expect(all.last?.symbol.string == "AUD-USD")
    }

    @Test(arguments: SandboxInstruments.table)
    func everyContractCanBeTradedAtItsReferencePrice(listed: SandboxInstrument) {
        let instrument = listed.instrument
        #expect(instrument.isValid)
        let price = instrument.priceUp(listed.referencePrice)
        #expect(price.ticks > 100 && price.ticks * 10 < Limits.maximumPriceTicks)
        // The smallest quantity is affordable, the largest stands in no bot's way.
        let smallest = instrument.notional(listed.referencePrice, instrument.minimumQuantity)
        let largest = instrument.notional(listed.referencePrice, instrument.maximumQuantity)
        #expect(smallest < Notional(Money(100)))
        #expect(largest > Notional(Money(5_000_000)))
    }

    @Test func feesBandsAndLimitsFollowTheClass() throws {
        func listed(_ symbol: String) throws -> Instrument {
            try #require(SandboxInstruments.all.first { $0.symbol.string == symbol })
        }
        let stock = try listed("LLY-USD")
        #expect(stock.makerFee == Rate(tenthBasisPoints: 50))
        #expect(stock.takerFee == Rate(tenthBasisPoints: 100))
        #expect(stock.bandWidth == Rate(units: 100_000_000_000))
        #expect(stock.maximumNotional == Money(2_500_000))
        #expect(stock.lotSize == Decimal8(units: 10_000))
        #expect(stock.minimumQuantity == Quantity(lots: 100))
        let growth = try listed("SNDK-USD")
        #expect(growth.makerFee == Rate(units: 0))
        #expect(growth.takerFee == Rate(tenthBasisPoints: 15))
        let oil = try listed("CL-USD")
        #expect(oil.takerFee == Rate(tenthBasisPoints: 6))
        #expect(oil.bandWidth == Rate(units: 66_000_000_000))
        let gold = try listed("GOLD-USD")
        #expect(gold.bandWidth == Rate(units: 33_000_000_000))
        #expect(gold.maximumNotional == Money(10_000_000))
        let silver = try listed("SILVER-USD")
        #expect(silver.maximumNotional == Money(5_000_000))
        let euro = try listed("EUR-USD")
        #expect(euro.makerFee == Rate(tenthBasisPoints: 10))
        #expect(euro.bandWidth == Rate(units: 20_000_000_000))
        #expect(euro.maximumNotional == Money(50_000_000))
        #expect(euro.maximumLeverage == 50)
    }

    private func risk(_ symbol: String) throws -> RiskParameters {
        try #require(SandboxInstruments.all.first { $0.symbol.string == symbol }).risk
    }

    /// By class: closed band, open interest cap, spread and provider's fee, forced orders of a minute.
    @Test(arguments: [
        ("NVDA-USD", "0.05", 50_000_000, "0.01", 250_000),
        ("SNDK-USD", "0.05", 50_000_000, "0.01", 250_000),
        ("SAMSUNG-KRW", "0.05", 50_000_000, "0.01", 250_000),
        ("US100-USD", "0.033", 200_000_000, "0.005", 1_000_000),
        ("US500-USD", "0.033", 200_000_000, "0.005", 1_000_000),
        ("KOSPI-USD", "0.05", 200_000_000, "0.005", 1_000_000),
        ("GOLD-USD", "0.0165", 200_000_000, "0.005", 1_000_000),
        ("SILVER-USD", "0.0165", 100_000_000, "0.0075", 500_000),
        ("CL-USD", "0.033", 100_000_000, "0.0075", 500_000),
        ("NATGAS-USD", "0.033", 100_000_000, "0.0075", 500_000),
        ("COPPER-USD", "0.033", 100_000_000, "0.0075", 500_000),
        ("URANIUM-USD", "0.05", 100_000_000, "0.0075", 500_000),
        ("EUR-USD", "0.01", 1_000_000_000, "0.002", 5_000_000),
    ])
    func riskFollowsTheClass(
        symbol: String, closedBand: String, cap: Int64, spread: String, limit: Int64
    ) throws {
        //
        let risk = try risk(symbol)
        func rate(_ text: String) throws -> Rate {
            Rate(units: try #require(Decimal8(text)).units * 10_000)
        }
        #expect(try risk.closedBandWidth == rate(closedBand))
        #expect(risk.openInterestCap == Money(cap))
        #expect(try risk.liquidationSpread == rate(spread))
        #expect(risk.providerFee == risk.liquidationSpread)
        #expect(risk.liquidationLimit == Money(limit))
        #expect(risk.overnightShare == Rate(percent: 50))
        #expect(risk.weekendShare == Rate(percent: 10))
        #expect(risk.impactNotional == Money(symbol == "EUR-USD" ? 100_000 : 10_000))
    }

    @Test(arguments: SandboxInstruments.table)
    func onlyUSHoursGoOnOvernight(listed: SandboxInstrument) {
        //
        let isUS = listed.calendar.hours == .usEquities
        #expect(listed.instrument.risk.isActiveOvernight == isUS)
        let rolled = ["CL-USD", "NATGAS-USD", "COPPER-USD"]
        #expect(listed.calendar.rollsMonthly == rolled.contains(listed.instrument.symbol.string))
        #expect(listed.calendar.settlements == [])
    }

    @Test func hoursAreThoseOfTheUnderlier() throws {
        let expected: [(MarketHours, Set<String>)] = [
            (.korea, ["SAMSUNG-KRW", "SKHYNIX-KRW"]),
            (.japan, ["SOFTBANK-JPY", "KIOXIA-JPY"]),
            (.cmeFutures, ["US500-USD", "US100-USD", "CL-USD", "NATGAS-USD", "COPPER-USD"]),
            (.metals, ["GOLD-USD", "SILVER-USD"]),
            (.foreignExchange, ["EUR-USD", "GBP-USD", "AUD-USD"]),
        ]
        for (hours, symbols) in expected {
            let found = SandboxInstruments.table.filter { $0.calendar.hours == hours }
            #expect(Set(found.map(\.instrument.symbol.string)) == symbols)
        }
        let us = SandboxInstruments.table.filter { $0.calendar.hours == .usEquities }
        #expect(us.count == 15)
        #expect(SandboxInstruments.calendars.count == 29)
        #expect(SandboxInstruments.openCalendars.values.allSatisfy { $0.hours == .alwaysOpen })
        #expect(SandboxInstruments.openCalendars.keys == SandboxInstruments.calendars.keys)
    }
}

import ExchangeTypes
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
}

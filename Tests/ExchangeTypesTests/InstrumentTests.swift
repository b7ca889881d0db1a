import ExchangeTypes
import Testing

/// The figures that hang on a contract's parameters.
@Suite struct InstrumentTests {
    private func apple() throws -> Instrument {
        Instrument(
            id: InstrumentID(0), symbol: try #require(Symbol("AAPL-USD")), category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 10_000_000_000),
            maximumLeverage: 10, makerFee: Rate(tenthBasisPoints: 50),
            takerFee: Rate(tenthBasisPoints: 100), bandWidth: Rate(tenthBasisPoints: 5_000),
            maximumNotional: Money(2_500_000), minimumNotional: Money(10))
    }

    @Test("X-22: the band around an index, and the grid prices inside it")
    func band() throws {
        let instrument = try apple()
        let index = try #require(ReferencePrice("336.19048495"))
        let band = instrument.band(around: index, in: .open)
        #expect(band.minimum == ReferencePrice("319.3809607"))
        #expect(band.maximum == ReferencePrice("353.0000092"))
        #expect(instrument.priceDown(band.maximum) == Price(ticks: 35_300))
        #expect(instrument.priceUp(band.minimum) == Price(ticks: 31_939))
        #expect(instrument.priceUp(ReferencePrice(353)) == Price(ticks: 35_300))
        #expect(instrument.priceDown(ReferencePrice(353)) == Price(ticks: 35_300))
    }

    @Test("The widest band of the highest index price fits")
    func widestBand() throws {
        var instrument = try apple()
        instrument.bandWidth = Rate(units: Rate.unitsPerOne - 1)
        #expect(instrument.isValid)
        let band = instrument.band(around: Limits.maximumIndexPrice, in: .open)
        #expect(band.maximum.units == 19_999_999_999_990_000)
        #expect(instrument.band(around: ReferencePrice(units: 1), in: .open).minimum == .zero)
    }

    @Test("Notionals and decimals of grid values are exact")
    func notionals() throws {
        let instrument = try apple()
        let (price, quantity) = (Price(ticks: 33_615), Quantity(lots: 2_974))
        #expect(instrument.notional(price, quantity).money == Money("999.7101"))
        let reference = try #require(ReferencePrice("336.15"))
        #expect(instrument.notional(reference, quantity) == instrument.notional(price, quantity))
        #expect(instrument.decimal(price) == Decimal8("336.15"))
        #expect(instrument.reference(price) == reference)
        #expect(instrument.decimal(quantity) == Decimal8("2.974"))
        #expect(instrument.decimal(SignedQuantity(quantity, .sell)) == Decimal8("-2.974"))
    }

    @Test("Each parameter has its bounds")
    func validity() throws {
        #expect(try apple().isValid)
        let faults: [(inout Instrument) -> Void] = [
            { $0.tickSize = .zero }, { $0.lotSize = .zero }, { $0.tickSize = Decimal8(units: -1) },
            { $0.maximumLeverage = 0 }, { $0.minimumQuantity = .zero },
            { $0.minimumQuantity = Quantity(lots: 10_000_000_001) },
            { $0.maximumQuantity = Quantity(lots: Limits.maximumQuantityLots + 1) },
            { $0.maximumNotional = .zero },
            { $0.maximumNotional = Limits.maximumPositionNotional + Money(units: 1) },
            { $0.minimumNotional = Money(units: -1) },
            { $0.minimumNotional = Money(2_500_001) },
            { $0.bandWidth = Rate(units: 0) }, { $0.bandWidth = Rate(units: Rate.unitsPerOne) },
            { $0.makerFee = Rate(units: Rate.unitsPerOne / 10) },
            { $0.makerFee = Rate(units: -Rate.unitsPerOne / 10) },
            { $0.takerFee = Rate(units: Rate.unitsPerOne / 10) }, { $0.symbol = Symbol() },
            // A tick times a lot of less than 1e-8 could not be booked exactly.
            { $0.tickSize = Decimal8(units: 1_500) },
        ]
        for (place, fault) in faults.enumerated() {
            var instrument = try apple()
            fault(&instrument)
            #expect(!instrument.isValid, "fault \(place)")
        }
    }

    @Test("Extreme parameters are judged without a trap")
    func extremes() throws {
        let words: [Int64] = [.min, .max, 0, 1, -1]
        for word in words {
            var instrument = try apple()
            instrument.tickSize = Decimal8(units: word)
            instrument.lotSize = Decimal8(units: word)
            _ = instrument.isValid
            instrument = try apple()
            instrument.makerFee = Rate(units: word)
            _ = instrument.isValid
            instrument = try apple()
            instrument.takerFee = Rate(units: word)
            _ = instrument.isValid
            instrument = try apple()
            instrument.bandWidth = Rate(units: word)
            instrument.minimumNotional = Money(units: word)
            instrument.maximumNotional = Money(units: word)
            instrument.minimumQuantity = Quantity(lots: word)
            instrument.maximumQuantity = Quantity(lots: word)
            _ = instrument.isValid
        }
    }
}

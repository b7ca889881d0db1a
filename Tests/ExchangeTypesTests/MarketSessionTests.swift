import ExchangeTypes
import Testing

/// What changes with the session of the underlier's market. **Source** `rules.md` §8, §9, §12.
@Suite struct MarketSessionTests {
    /// AAPL-USD, with the class limit of single stocks.
    private func stock() throws -> Instrument {
        Instrument(
            id: InstrumentID(0), symbol: try #require(Symbol("AAPL-USD")), category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 10_000_000),
            maximumLeverage: 10, makerFee: .zero, takerFee: .zero, bandWidth: Rate(percent: 10),
            maximumNotional: Money(2_500_000), minimumNotional: Money(10))
    }

    @Test("R-029 R-031: trading days are active, nights by choice, breaks and weekends never")
    func activity() throws {
        var instrument = try stock()
        for nights in [true, false] {
            instrument.risk.isActiveOvernight = nights
            let active = MarketSession.allCases.filter { instrument.isActive(in: $0) }
            #expect(active == [.open, .preMarket, .postMarket] + (nights ? [.overnight] : []))
        }
    }

    @Test("R-077 R-078: the wide band holds in the open session only")
    func bands() throws {
        let instrument = try stock()
        let oracle = try #require(ReferencePrice("228.17"))
        let wide = PriceBand(
            minimum: try #require(ReferencePrice("205.353")),
            maximum: try #require(ReferencePrice("250.987")))
        let narrow = PriceBand(
            minimum: try #require(ReferencePrice("216.7615")),
            maximum: try #require(ReferencePrice("239.5785")))
        for session in MarketSession.allCases {
            let isOpen = session == .open
            #expect(instrument.bandWidth(in: session) == Rate(percent: isOpen ? 10 : 5))
            #expect(instrument.band(around: oracle, in: session) == (isOpen ? wide : narrow))
        }
    }

    @Test("R-077: the band of GOLD-USD as it was seen, around an oracle price that was rounded")
    func seenBand() throws {
        var gold = try stock()
        gold.risk.closedBandWidth = Rate(tenthBasisPoints: 1_650)
        let oracle = try #require(ReferencePrice("4192.62100699"))
        let band = gold.band(around: oracle, in: .weekend)
        let seen = try #require(ReferencePrice("4123.44276038"))
        #expect(abs(band.minimum.units - seen.units) <= 1)
        let seenMaximum = try #require(ReferencePrice("4261.7992536"))
        #expect(abs(band.maximum.units - seenMaximum.units) <= 1)
    }

    @Test(
        "R-080: half the limits hold overnight and in breaks, a tenth at weekends",
        arguments: [
            (.open, 2_500_000, 50_000_000), (.preMarket, 2_500_000, 50_000_000),
            (.postMarket, 2_500_000, 50_000_000), (.overnight, 1_250_000, 25_000_000),
            (.closed, 1_250_000, 25_000_000), (.weekend, 250_000, 5_000_000),
        ] as [(MarketSession, Int64, Int64)])
    func limits(session: MarketSession, position: Int64, openInterest: Int64) throws {
        let instrument = try stock()
        #expect(instrument.maximumNotional(in: session) == Notional(wholeUnits: position))
        #expect(instrument.openInterestCap(in: session) == Notional(wholeUnits: openInterest))
    }

    @Test("X-33 X-34: half the limit of a single stock holds 3,500 units, and not 3,750")
    func workedExamples() throws {
        let instrument = try stock()
        let mark = try #require(ReferencePrice("336.19"))
        let limit = instrument.maximumNotional(in: .overnight)
        func notional(_ units: Int64) -> Notional {
            instrument.notional(mark, Quantity(lots: units * 1_000))
        }
        #expect(notional(4_000).money == Money(1_344_760))
        #expect(notional(3_500).money == Money(1_176_665))
        #expect(notional(3_500) < limit && notional(4_000) > limit)
        #expect(notional(3_700).money == Money(1_243_903))
        #expect(notional(3_750).money == Money("1260712.5"))
        #expect(notional(3_700) < limit && notional(3_750) > limit)
    }

    @Test("A share is exact, and cut at 1e-16")
    func exactShares() throws {
        var instrument = try stock()
        instrument.maximumNotional = Money(units: 1)
        instrument.risk.weekendShare = Rate(units: 333_333_333_333)
        #expect(instrument.maximumNotional(in: .weekend) == Notional(units: 33_333_333))
        instrument.risk.weekendShare = .zero
        #expect(instrument.maximumNotional(in: .weekend) == .zero)
        instrument.risk.weekendShare = Rate(percent: 100)
        instrument.risk.openInterestCap = Limits.maximumOpenInterest
        #expect(
            instrument.openInterestCap(in: .weekend) == Notional(Limits.maximumOpenInterest))
    }
}

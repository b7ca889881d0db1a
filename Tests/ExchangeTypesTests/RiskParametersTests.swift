import ExchangeTypes
import Testing

/// Each parameter of risk is good up to its limits, and not beyond them.
@Suite struct RiskParametersTests {
    private func stock() throws -> Instrument {
        Instrument(
            id: InstrumentID(0), symbol: try #require(Symbol("AAPL-USD")), category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 10_000_000),
            maximumLeverage: 10, makerFee: .zero, takerFee: .zero, bandWidth: Rate(percent: 10),
            maximumNotional: Money(2_500_000), minimumNotional: Money(10))
    }

    private static let one = Rate(percent: 100)
    private static let belowOne = Rate(units: Rate.unitsPerOne - 1)
    private static let aboveOne = Rate(units: Rate.unitsPerOne + 1)
    private static let belowZero = Rate(units: -1)
    private static let cent = Money(units: 1)

    @Test("R-111: the parameters of a contract at their limits, and one unit beyond")
    func contract() throws {
        typealias Change = (inout RiskParameters) -> Void
        let good: [Change] = [
            { _ in }, { $0.closedBandWidth = Rate(units: 1) },
            { $0.closedBandWidth = Self.belowOne },
            { $0.isActiveOvernight = false }, { $0.overnightShare = .zero },
            { $0.overnightShare = Self.one }, { $0.weekendShare = .zero },
            { $0.weekendShare = Self.one }, { $0.openInterestCap = Self.cent },
            { $0.openInterestCap = Limits.maximumOpenInterest },
            { $0.impactNotional = Self.cent },
            { $0.impactNotional = Limits.maximumImpactNotional },
            { $0.liquidationSpread = .zero }, { $0.liquidationSpread = Self.belowOne },
            { $0.liquidationLimit = .zero },
            { $0.liquidationLimit = Limits.maximumOpenInterest },
            { $0.providerFee = .zero }, { $0.providerFee = Self.belowOne },
        ]
        let bad: [Change] = [
            { $0.closedBandWidth = .zero }, { $0.closedBandWidth = Self.one },
            { $0.overnightShare = Self.belowZero }, { $0.overnightShare = Self.aboveOne },
            { $0.weekendShare = Self.belowZero }, { $0.weekendShare = Self.aboveOne },
            { $0.openInterestCap = .zero },
            { $0.openInterestCap = Limits.maximumOpenInterest + Self.cent },
            { $0.impactNotional = .zero },
            { $0.impactNotional = Limits.maximumImpactNotional + Self.cent },
            { $0.liquidationSpread = Self.belowZero }, { $0.liquidationSpread = Self.one },
            { $0.liquidationLimit = .zero - Self.cent },
            { $0.liquidationLimit = Limits.maximumOpenInterest + Self.cent },
            { $0.providerFee = Self.belowZero }, { $0.providerFee = Self.one },
        ]
        for (changes, isValid) in [(good, true), (bad, false)] {
            for (place, change) in changes.enumerated() {
                var instrument = try stock()
                change(&instrument.risk)
                #expect(instrument.isValid == isValid, "change \(place)")
            }
        }
    }

    @Test("R-111: the parameters of the venue at their limits, and one unit beyond")
    func venue() {
        typealias Change = (inout VenueParameters) -> Void
        let good: [Change] = [
            { _ in }, { $0.maximumOpenOrders = 0 },
            { $0.maximumOpenOrders = UInt32(Limits.maximumOpenOrdersPerAccount) },
            { $0.maximumSubaccounts = 0 }, { $0.maximumSubaccounts = .max },
            { $0.totalOpenInterestCap = Self.cent },
            { $0.totalOpenInterestCap = Limits.maximumOpenInterest }, { $0.staleSeconds = 0 },
            { $0.staleSeconds = 86_400 }, { $0.refusedPricesBeforeTaken = 0 },
            { $0.markIntervalNanoseconds = 0 }, { $0.markIntervalNanoseconds = 1_000_000_000 },
            { $0.premiumIntervalSeconds = 1 }, { $0.premiumIntervalSeconds = 1_200 },
            { $0.premiumIntervalSeconds = 3_600 }, { $0.fundingClamp = .zero },
            { $0.fundingClamp = Self.one }, { $0.fundingCap = .zero },
            { $0.fundingCap = Self.one }, { $0.internalOracleGain = .zero },
            { $0.internalOracleGain = Self.one }, { $0.closeOutDivisor = 2 },
            { $0.closeOutDivisor = 1_000 },
        ]
        let bad: [Change] = [
            { $0.maximumOpenOrders = UInt32(Limits.maximumOpenOrdersPerAccount) + 1 },
            { $0.totalOpenInterestCap = .zero },
            { $0.totalOpenInterestCap = Limits.maximumOpenInterest + Self.cent },
            { $0.staleSeconds = 86_401 }, { $0.markIntervalNanoseconds = -1 },
            { $0.markIntervalNanoseconds = 1_000_000_001 }, { $0.premiumIntervalSeconds = 0 },
            { $0.premiumIntervalSeconds = 7 }, { $0.premiumIntervalSeconds = 7_200 },
            { $0.fundingClamp = Self.belowZero }, { $0.fundingClamp = Self.aboveOne },
            { $0.fundingCap = Self.belowZero }, { $0.fundingCap = Self.aboveOne },
            { $0.internalOracleGain = Self.belowZero },
            { $0.internalOracleGain = Self.aboveOne }, { $0.closeOutDivisor = 1 },
            { $0.closeOutDivisor = 1_001 },
        ]
        for (changes, isValid) in [(good, true), (bad, false)] {
            for (place, change) in changes.enumerated() {
                var venue = VenueParameters()
                change(&venue)
                #expect(venue.isValid == isValid, "change \(place)")
            }
        }
    }

    @Test("Extreme parameters are judged without a trap")
    func extremes() throws {
        var random = Noise(seed: 5)
        for _ in 0..<2_000 {
            switch random.command() {
            case .configureVenue(let venue): _ = venue.isValid
            case .configureInstrument(let instrument): _ = instrument.isValid
            case _: continue
            }
        }
    }
}

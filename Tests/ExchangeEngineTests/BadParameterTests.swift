import ExchangeTesting
import ExchangeTypes
import Testing

/// Parameters that no exchange could work with: refused, and the old ones hold. **Source** R-111.
@Suite struct BadParameterTests {
    @Test(
        "Parameters of the venue, each at its bounds and beyond", arguments: Implementation.allCases
    )
    func venue(_ implementation: Implementation) {
        let market = Market(implementation)
        let bad: [(inout VenueParameters) -> Void] = [
            { $0.maximumOpenOrders = 1_001 }, { $0.maximumOpenOrders = .max },
            { $0.totalOpenInterestCap = .zero }, { $0.totalOpenInterestCap = Money(units: -1) },
            { $0.totalOpenInterestCap = Limits.maximumOpenInterest + Money(units: 1) },
            { $0.totalOpenInterestCap = Money(units: .max) },
            { $0.staleSeconds = 86_401 }, { $0.staleSeconds = .max },
            { $0.markIntervalNanoseconds = -1 }, { $0.markIntervalNanoseconds = .min },
            { $0.markIntervalNanoseconds = 1_000_000_001 },
            { $0.markIntervalNanoseconds = .max },
            { $0.premiumIntervalSeconds = 0 }, { $0.premiumIntervalSeconds = 7 },
            { $0.premiumIntervalSeconds = 3_601 }, { $0.premiumIntervalSeconds = 7_200 },
            { $0.premiumIntervalSeconds = .max },
            { $0.fundingClamp = Rate(units: -1) }, { $0.fundingClamp = Rate(units: .max) },
            { $0.fundingClamp.units = Rate.unitsPerOne + 1 },
            { $0.fundingCap = Rate(units: -1) }, { $0.fundingCap = Rate(units: .min) },
            { $0.fundingCap.units = Rate.unitsPerOne + 1 },
            { $0.internalOracleGain = Rate(units: -1) },
            { $0.internalOracleGain.units = Rate.unitsPerOne + 1 },
            { $0.closeOutDivisor = 0 }, { $0.closeOutDivisor = 1 },
            { $0.closeOutDivisor = 1_001 }, { $0.closeOutDivisor = .max },
            { $0.fees.thresholds = [0, 2, 3, 4] }, { $0.fees.thresholds = [-1, 2, 3, 4] },
            { $0.fees.thresholds = [1, 1, 3, 4] }, { $0.fees.thresholds = [1, 2, 4, 3] },
            { $0.fees.thresholds = [1, 3, 2, 4] }, { $0.fees.percentages = [101, 80, 65, 50] },
            { $0.fees.percentages = [90, 80, 65, -1] },
            { $0.fees.percentages = [.max, 80, 65, .min] },
        ]
        for (place, change) in bad.enumerated() {
            var parameters = VenueParameters()
            change(&parameters)
            #expect(!parameters.isValid, "\(place)")
            market.expectRefusal(.configureVenue(parameters), .failedToProcess)
        }
        let good: [(inout VenueParameters) -> Void] = [
            { $0.maximumOpenOrders = 0 }, { $0.maximumOpenOrders = 1_000 },
            { $0.maximumSubaccounts = 0 }, { $0.maximumSubaccounts = .max },
            { $0.totalOpenInterestCap = Money(units: 1) },
            { $0.totalOpenInterestCap = Limits.maximumOpenInterest },
            { $0.staleSeconds = 0 }, { $0.staleSeconds = 86_400 },
            { $0.refusedPricesBeforeTaken = 0 }, { $0.refusedPricesBeforeTaken = .max },
            { $0.markIntervalNanoseconds = 0 }, { $0.markIntervalNanoseconds = 1_000_000_000 },
            { $0.premiumIntervalSeconds = 1 }, { $0.premiumIntervalSeconds = 3_600 },
            { $0.fundingClamp = .zero }, { $0.fundingClamp = Rate(percent: 100) },
            { $0.fundingCap = .zero }, { $0.fundingCap = Rate(percent: 100) },
            { $0.internalOracleGain = .zero }, { $0.internalOracleGain = Rate(percent: 100) },
            { $0.closeOutDivisor = 2 }, { $0.closeOutDivisor = 1_000 },
            { $0.fees.thresholds = [1, 2, 3, 4] },
            { $0.fees.thresholds = [.max - 3, .max - 2, .max - 1, .max] },
            { $0.fees.percentages = [0, 100, 0, 100] },
        ]
        for (place, change) in good.enumerated() {
            var parameters = VenueParameters()
            change(&parameters)
            market.send(.configureVenue(parameters))
            #expect(market.events.isEmpty, "\(place)")
        }
    }

    @Test(
        "Parameters of a contract and of its risk, each at its bounds and beyond",
        arguments: Implementation.allCases)
    func contracts(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.wait(seconds: 1)
        for (place, change) in badContracts.enumerated() {
            // Of the contract that is listed, and of one that would be new.
            for id in [UInt32(0), 1] {
                var instrument = Market.plain
                instrument.id = InstrumentID(id)
                if id == 1 { instrument.symbol = text("NEW-USD") }
                change(&instrument)
                #expect(!instrument.isValid, "\(place)")
                market.expectRefusal(.configureInstrument(instrument), .failedToProcess)
            }
        }
        let good: [(inout RiskParameters) -> Void] = [
            { $0.closedBandWidth = Rate(units: 1) },
            { $0.closedBandWidth.units = Rate.unitsPerOne - 1 },
            { $0.overnightShare = .zero }, { $0.overnightShare = Rate(percent: 100) },
            { $0.weekendShare = .zero }, { $0.weekendShare = Rate(percent: 100) },
            { $0.openInterestCap = Money(units: 1) }, { $0.impactNotional = Money(units: 1) },
            { $0.liquidationSpread = .zero },
            { $0.liquidationSpread.units = Rate.unitsPerOne - 1 },
            { $0.liquidationLimit = .zero }, { $0.providerFee = .zero },
            { $0.providerFee.units = Rate.unitsPerOne - 1 },
        ]
        for (place, change) in good.enumerated() {
            var instrument = Market.plain
            change(&instrument.risk)
            market.send(.configureInstrument(instrument))
            #expect(market.events.first == .instrumentConfigured(instrument), "\(place)")
        }
        market.audit()
    }

    private var badContracts: [(inout Instrument) -> Void] {
        [
            { $0.tickSize = .zero }, { $0.tickSize = Decimal8(units: -1) },
            { $0.tickSize = Decimal8(units: 100_000_000_000_001) },
            { $0.lotSize = .zero }, { $0.lotSize = Decimal8(units: -1) },
            { $0.lotSize = Decimal8(units: .max) }, { $0.lotSize = Decimal8(units: 1) },
            { $0.minimumQuantity = .zero }, { $0.minimumQuantity = Quantity(lots: -1) },
            { $0.maximumQuantity = .zero },
            { $0.maximumQuantity = Quantity(lots: Limits.maximumQuantityLots + 1) },
            {
                $0.lotSize = Decimal8(1_001); $0.maximumQuantity = Quantity(lots: 10_000_000_000)
            },
            { $0.minimumQuantity = Quantity(lots: 10_000_000_001) },
            { $0.maximumLeverage = 0 },
            { $0.makerFee = Rate(percent: 10) }, { $0.makerFee = Rate(percent: -10) },
            { $0.takerFee = Rate(percent: 10) }, { $0.takerFee = Rate(units: .min) },
            { $0.bandWidth = .zero }, { $0.bandWidth = Rate(units: -1) },
            { $0.bandWidth = Rate(percent: 100) },
            { $0.maximumNotional = .zero }, { $0.maximumNotional = Money(units: -1) },
            { $0.maximumNotional = Limits.maximumPositionNotional + Money(units: 1) },
            { $0.minimumNotional = Money(units: -1) },
            { $0.minimumNotional = $0.maximumNotional + Money(units: 1) },
            { $0.symbol = text("") },
            { $0.risk.closedBandWidth = .zero }, { $0.risk.closedBandWidth = Rate(units: -1) },
            { $0.risk.closedBandWidth = Rate(percent: 100) },
            { $0.risk.overnightShare = Rate(units: -1) },
            { $0.risk.overnightShare.units = Rate.unitsPerOne + 1 },
            { $0.risk.weekendShare = Rate(units: -1) },
            { $0.risk.weekendShare.units = Rate.unitsPerOne + 1 },
            { $0.risk.weekendShare = Rate(units: .max) },
            { $0.risk.openInterestCap = .zero }, { $0.risk.openInterestCap = Money(units: -1) },
            { $0.risk.openInterestCap = Money(units: .max) },
            { $0.risk.impactNotional = .zero }, { $0.risk.impactNotional = Money(units: -1) },
            { $0.risk.impactNotional = Limits.maximumImpactNotional + Money(units: 1) },
            { $0.risk.liquidationSpread = Rate(units: -1) },
            { $0.risk.liquidationSpread = Rate(percent: 100) },
            { $0.risk.liquidationLimit = Money(units: -1) },
            { $0.risk.liquidationLimit = Money(units: .max) },
            { $0.risk.providerFee = Rate(units: -1) },
            { $0.risk.providerFee = Rate(percent: 100) },
            { $0.risk.providerFee = Rate(units: .max) },
        ]
    }
}

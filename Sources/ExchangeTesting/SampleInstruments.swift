public import ExchangeTypes

/// Contracts of very different grids, with the numbers of `rules.md` §17 and limits small enough to be
/// met by small accounts.
public enum SampleInstruments {
    /// A contract together with a usual index price.
    public struct Sample: Sendable {
        public var instrument: Instrument
        public var index: ReferencePrice
    }

    /// All samples, with the ids 0, 1, 2 … in this order.
    public static let all: [Sample] = [
        equity, koreanEquity, foreignExchange, commodity, growthMode,
    ]

    /// A single stock: the entry tier's 5 and 10 bps.
    public static let equity = Sample(
        instrument: Instrument(
            id: InstrumentID(0), symbol: symbol("NVDA-USD"), category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 100), maximumQuantity: Quantity(lots: 50_000),
            maximumLeverage: 10, makerFee: Rate(tenthBasisPoints: 50),
            takerFee: Rate(tenthBasisPoints: 100), bandWidth: Rate(tenthBasisPoints: 5_000),
            maximumNotional: Money(4_000), minimumNotional: Money(10)),
        index: ReferencePrice(units: 23_038_000_000))

    /// A large tick and a tiny lot, quoted in another currency that counts as dollars.
    public static let koreanEquity = Sample(
        instrument: Instrument(
            id: InstrumentID(1), symbol: symbol("SKHYNIX-KRW"), category: .equity,
            tickSize: Decimal8(100), lotSize: Decimal8(units: 100),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 5_000),
            maximumLeverage: 7, makerFee: Rate(tenthBasisPoints: 50),
            takerFee: Rate(tenthBasisPoints: 100), bandWidth: Rate(tenthBasisPoints: 500),
            maximumNotional: Money(5_000), minimumNotional: Money(10),
            risk: risk { $0.isActiveOvernight = false }),
        index: ReferencePrice(1_648_655))

    /// A tiny tick and a whole lot, with a rebate for makers.
    public static let foreignExchange = Sample(
        instrument: Instrument(
            id: InstrumentID(2), symbol: symbol("EUR-USD"), category: .foreignExchange,
            tickSize: Decimal8(units: 1_000), lotSize: Decimal8(1),
            minimumQuantity: Quantity(lots: 1), maximumQuantity: Quantity(lots: 4_000),
            maximumLeverage: 50, makerFee: Rate(tenthBasisPoints: -1),
            takerFee: Rate(tenthBasisPoints: 20), bandWidth: Rate(tenthBasisPoints: 100),
            maximumNotional: Money(6_000), minimumNotional: Money(10),
            risk: risk {
                $0.closedBandWidth = Rate(percent: 1)
                $0.isActiveOvernight = false
                $0.impactNotional = Money(100_000)
                $0.liquidationSpread = Rate(tenthBasisPoints: 20)
                $0.liquidationLimit = Money(5_000_000)
                $0.providerFee = Rate(tenthBasisPoints: 20)
            }),
        index: ReferencePrice(units: 108_500_000))

    /// A band of a few ticks, so that market orders run into it.
    public static let commodity = Sample(
        instrument: Instrument(
            id: InstrumentID(3), symbol: symbol("GOLD-USD"), category: .commodity,
            tickSize: Decimal8(units: 10_000_000), lotSize: Decimal8(units: 10_000),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 20_000),
            maximumLeverage: 20, makerFee: Rate(tenthBasisPoints: 20),
            takerFee: Rate(tenthBasisPoints: 50), bandWidth: Rate(tenthBasisPoints: 2),
            maximumNotional: Money(8_000), minimumNotional: Money(10),
            risk: risk {
                $0.closedBandWidth = Rate(tenthBasisPoints: 1_650)
                $0.isActiveOvernight = false
                $0.liquidationSpread = Rate(tenthBasisPoints: 500)
                $0.liquidationLimit = Money(1_000_000)
                $0.providerFee = Rate(tenthBasisPoints: 500)
            }),
        index: ReferencePrice(units: 419_262_100_699))

    /// A stock in growth mode: no maker fee and half a basis point in the taker's.
    public static let growthMode = Sample(
        instrument: Instrument(
            id: InstrumentID(4), symbol: symbol("SNDK-USD"), category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 10), maximumQuantity: Quantity(lots: 9_000),
            maximumLeverage: 1, makerFee: Rate(tenthBasisPoints: 0),
            takerFee: Rate(tenthBasisPoints: 15), bandWidth: Rate(tenthBasisPoints: 50),
            maximumNotional: Money(3_000), minimumNotional: Money(0)),
        index: ReferencePrice(units: 176_331_000_000))

    /// The parameters of a single stock with those of another class in their place.
    private static func risk(_ change: (inout RiskParameters) -> Void) -> RiskParameters {
        var risk = RiskParameters()
        change(&risk)
        return risk
    }

    private static func symbol(_ name: StaticString) -> Symbol {
        let text = name.withUTF8Buffer { Symbol(utf8: $0) }
        precondition(text != nil, "symbol \(name) is too long")
        return text ?? Symbol()
    }
}

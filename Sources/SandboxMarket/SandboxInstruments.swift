public import ExchangeTypes
public import MarketCalendar

/// The contracts of the sandbox, with the values seen live. **Source** `rules.md` §17.
public enum SandboxInstruments {
    /// The contracts alone, ids dense in the order of the table.
    public static let all: [Instrument] = table.map(\.instrument)

    /// The contracts with their reference prices, in the order of the table.
    public static let table: [SandboxInstrument] = rows.enumerated().map { place, row in
        row.listed(as: InstrumentID(UInt32(place)))
    }

    /// The contracts' calendars by their symbols, as `rules.md` §12 has them.
    public static let calendars: [Symbol: UnderlierCalendar] = Dictionary(
        uniqueKeysWithValues: table.map { ($0.instrument.symbol, $0.calendar) })

    /// Calendars of the same contracts on which no market ever closes, and nothing is rolled.
    public static let openCalendars = calendars.mapValues { _ in
        UnderlierCalendar(hours: .alwaysOpen)
    }

    // The prices of the three FX contracts are our defaults; they were not listed when the others
    // were captured.
    private static let rows: [Row] = [
        Row("NVDA-USD", .equity, "0.01", "0.001", "0.1", 10, "230.38"),
        Row("AAPL-USD", .equity, "0.01", "0.001", "0.01", 10, "336.19"),
        Row("TSLA-USD", .equity, "0.01", "0.001", "0.1", 10, "354.14"),
        Row("MSFT-USD", .equity, "0.01", "0.001", "0.02", 10, "494.08"),
        Row("META-USD", .equity, "0.01", "0.001", "0.1", 10, "668.53"),
        Row("AMZN-USD", .equity, "0.01", "0.001", "0.01", 10, "253.39"),
        Row("GOOGL-USD", .equity, "0.01", "0.001", "0.1", 10, "349.92"),
        Row("MSTR-USD", .equity, "0.01", "0.01", "0.1", 10, "152.42"),
        Row("PLTR-USD", .equity, "0.01", "0.001", "0.1", 10, "176.89"),
        Row("LLY-USD", .equity, "0.01", "0.0001", "0.01", 10, "1152.43"),
        Row("BRK.B-USD", .equity, "0.01", "0.001", "0.01", 10, "502.98"),
        Row("SNDK-USD", .growthEquity, "0.01", "0.001", "0.01", 10, "1763.31"),
        Row("PURR-USD", .equity, "0.01", "0.001", "1", 10, "14.06", maximum: "1000000000"),
        Row("SAMSUNG-KRW", .equity, "10", "0.00001", "0.0001", 7, "269250", hours: .korea),
        Row("SKHYNIX-KRW", .equity, "100", "0.000001", "0.00001", 7, "1648655", hours: .korea),
        Row("SOFTBANK-JPY", .equity, "0.1", "0.0001", "0.001", 10, "6387.0", hours: .japan),
        Row("KIOXIA-JPY", .equity, "1", "0.00001", "0.0001", 10, "55877", hours: .japan),
        Row("US500-USD", .index, "0.1", "0.001", "0.001", 30, "7686.28"),
        Row("US100-USD", .index, "1", "0.0001", "0.001", 30, "30916.2"),
        Row("KOSPI-USD", .fundIndex, "0.01", "0.001", "0.1", 30, "180.57"),
        Row("GOLD-USD", .gold, "0.1", "0.0001", "0.001", 20, "4192.62"),
        Row("SILVER-USD", .silver, "0.01", "0.001", "0.001", 20, "66.39"),
        Row("CL-USD", .crudeOil, "0.01", "0.001", "0.1", 10, "90.87"),
        Row("NATGAS-USD", .commodity, "0.001", "0.01", "1", 20, "3.054", maximum: "100000000"),
        Row("COPPER-USD", .commodity, "0.001", "0.1", "1", 20, "6.684", maximum: "100000000"),
        Row("URANIUM-USD", .fundCommodity, "0.01", "0.001", "0.1", 20, "41.67"),
        Row("EUR-USD", .foreignExchange, "0.00001", "1", "1", 50, "1.085"),
        Row("GBP-USD", .foreignExchange, "0.00001", "1", "1", 50, "1.27"),
        Row("AUD-USD", .foreignExchange, "0.00001", "1", "1", 50, "0.66"),
    ]
}

/// One line of the table, in the words of its source.
private struct Row {
    let symbol: StaticString
    let group: SandboxGroup
    let hours: MarketHours
    let tickSize: Decimal8
    let lotSize: Decimal8
    let minimumQuantity: Decimal8
    let maximumQuantity: Decimal8
    let maximumLeverage: UInt16
    let referencePrice: ReferencePrice

    init(
        _ symbol: StaticString, _ group: SandboxGroup, _ tickSize: StaticString,
        _ lotSize: StaticString,
        _ minimumQuantity: StaticString, _ maximumLeverage: UInt16,
        _ referencePrice: StaticString, maximum: StaticString = "10000000",
        hours: MarketHours? = nil
    ) {
        self.symbol = symbol
        self.group = group
        self.hours = hours ?? group.hours
        self.tickSize = Self.parse(tickSize)
        self.lotSize = Self.parse(lotSize)
        self.minimumQuantity = Self.parse(minimumQuantity)
        self.maximumQuantity = Self.parse(maximum)
        self.maximumLeverage = maximumLeverage
        self.referencePrice = Self.parse(referencePrice)
    }

    func listed(as id: InstrumentID) -> SandboxInstrument {
        guard let symbol = Symbol("\(symbol)") else {
            preconditionFailure("symbol \(symbol) is too long")
        }
        // SKHYNIX-KRW's lot is so small that ten million of it are more lots than the engine takes.
        let mostLots = min(lots(maximumQuantity), Limits.maximumQuantityLots)
        let fees = group.tenthsOfBasisPoint
        let instrument = Instrument(
            id: id, symbol: symbol, category: group.category, tickSize: tickSize,
            lotSize: lotSize, minimumQuantity: Quantity(lots: lots(minimumQuantity)),
            maximumQuantity: Quantity(lots: mostLots), maximumLeverage: maximumLeverage,
            makerFee: Rate(tenthBasisPoints: fees.maker),
            takerFee: Rate(tenthBasisPoints: fees.taker),
            bandWidth: Rate(tenthBasisPoints: group.bandBasisPoints.open * 10),
            maximumNotional: group.maximumNotional, minimumNotional: Money(10),
            risk: group.risk(in: hours))
        precondition(instrument.isValid, "\(symbol) is no contract the engine can trade")
        return SandboxInstrument(
            instrument: instrument, referencePrice: referencePrice,
            calendar: UnderlierCalendar(hours: hours, rollsMonthly: group.rollsMonthly))
    }

    private func lots(_ quantity: Decimal8) -> Int64 { quantity.units / lotSize.units }

    private static func parse<Value: FixedPoint>(_ text: StaticString) -> Value {
        guard let value = Value("\(text)") else { preconditionFailure("\(text) is no decimal") }
        return value
    }
}

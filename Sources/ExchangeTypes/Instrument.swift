/// The asset class of a contract; it decides fees and limits. **Source** `rules.md` §10, §17.
public enum ProductCategory: UInt8, Hashable, Sendable, CaseIterable {
    case equity = 0
    case index = 1
    case commodity = 2
    case foreignExchange = 3
}

/// Whether a contract takes orders. **Source** `rules.md` §12.
public enum InstrumentStatus: UInt8, Hashable, Sendable, CaseIterable {
    case active = 0
    /// Halted: orders and positions stay, new orders are refused, cancels pass.
    case inactive = 1
    /// For ever: orders were cancelled and positions settled at the last mark price.
    case delisted = 2
}

/// A linear perpetual future and all its parameters. **Source** `rules.md` §1, §17.
public struct Instrument: Hashable, Sendable {
    public var id: InstrumentID
    public var symbol: Symbol
    public var category: ProductCategory
    public var status: InstrumentStatus
    /// The price grid.
    public var tickSize: Decimal8
    /// The size grid.
    public var lotSize: Decimal8
    public var minimumQuantity: Quantity
    public var maximumQuantity: Quantity
    /// The leverage of an account that chose none; whole numbers from 1.
    public var maximumLeverage: UInt16
    public var makerFee: Rate
    public var takerFee: Rate
    /// Half the width of the price band while the underlier is in its `open` session, as a fraction of
    /// the oracle price.
    public var bandWidth: Rate
    /// The largest position, open orders of one side included, in USDC.
    public var maximumNotional: Money
    /// The smallest order that does not only close, in USDC. **Source** `rules.md` R-043.
    public var minimumNotional: Money
    public var risk: RiskParameters

    public init(
        id: InstrumentID, symbol: Symbol, category: ProductCategory,
        status: InstrumentStatus = .active, tickSize: Decimal8, lotSize: Decimal8,
        minimumQuantity: Quantity, maximumQuantity: Quantity, maximumLeverage: UInt16,
        makerFee: Rate, takerFee: Rate, bandWidth: Rate, maximumNotional: Money,
        minimumNotional: Money, risk: RiskParameters = RiskParameters()
    ) {
        self.id = id
        self.symbol = symbol
        self.category = category
        self.status = status
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.minimumQuantity = minimumQuantity
        self.maximumQuantity = maximumQuantity
        self.maximumLeverage = maximumLeverage
        self.makerFee = makerFee
        self.takerFee = takerFee
        self.bandWidth = bandWidth
        self.maximumNotional = maximumNotional
        self.minimumNotional = minimumNotional
        self.risk = risk
    }

    /// Whether the engine can trade it: positive grids and limits, and a tick times a lot that is a
    /// whole number of 1e-8 USDC, so that every execution's value is exact in `Money`.
    public var isValid: Bool {
        tickSize.units > 0 && lotSize.units > 0 && maximumLeverage >= 1
            && tickSize.units <= 1_000_000 * unitsPerOne && lotSize.units <= 1_000_000 * unitsPerOne
            && (Int128(tickSize.units) * Int128(lotSize.units)) % Int128(unitsPerOne) == 0
            && minimumQuantity.lots >= 1 && minimumQuantity <= maximumQuantity
            && maximumQuantity.lots <= Limits.maximumQuantityLots
            && Int128(maximumQuantity.lots) * Int128(lotSize.units)
                <= Int128(Limits.maximumWholeQuantity) * Int128(unitsPerOne)
            && maximumNotional.units > 0 && maximumNotional <= Limits.maximumPositionNotional
            && minimumNotional.units >= 0 && minimumNotional <= maximumNotional
            && bandWidth.units > 0 && bandWidth.units < Rate.unitsPerOne
            && makerFee.units.magnitude < Rate.unitsPerOne.magnitude / 10
            && takerFee.units.magnitude < Rate.unitsPerOne.magnitude / 10
            && risk.isValid && !symbol.isEmpty
    }

    /// The value of a quantity at a price on the grid, exactly.
    @inlinable public func notional(_ price: Price, _ quantity: Quantity) -> Notional {
        let tickValue = Int128(tickSize.units) * Int128(lotSize.units)
        return Notional(units: tickValue * Int128(price.ticks) * Int128(quantity.lots))
    }

    /// The value of a quantity at a reference price, exactly.
    @inlinable public func notional(_ price: ReferencePrice, _ quantity: Quantity) -> Notional {
        Notional(units: Int128(price.units) * Int128(lotSize.units) * Int128(quantity.lots))
    }

    /// A grid price off its grid's type, to be compared with reference prices.
    @inlinable public func reference(_ price: Price) -> ReferencePrice {
        ReferencePrice(units: price.ticks * tickSize.units)
    }

    /// A grid price as a decimal.
    @inlinable public func decimal(_ price: Price) -> Decimal8 {
        Decimal8(units: price.ticks * tickSize.units)
    }

    /// A size as a decimal.
    @inlinable public func decimal(_ quantity: Quantity) -> Decimal8 {
        Decimal8(units: quantity.lots * lotSize.units)
    }

    /// A holding as a decimal.
    @inlinable public func decimal(_ quantity: SignedQuantity) -> Decimal8 {
        Decimal8(units: quantity.lots * lotSize.units)
    }

    /// The price band around an oracle price: `oracle × (1 ± width)`, rounded half-even to 1e-8.
    /// **Source** `rules.md` §8, R-077, R-078.
    public func band(around oracle: ReferencePrice, in session: MarketSession) -> PriceBand {
        let bandWidth = bandWidth(in: session)
        func bound(_ factor: Int64) -> ReferencePrice {
            let product = Int128(oracle.units) * Int128(factor)
            return ReferencePrice(
                units: Int64(Rounding.halfEven(product, by: Int128(Rate.unitsPerOne))))
        }
        return PriceBand(
            minimum: bound(Rate.unitsPerOne - bandWidth.units),
            maximum: bound(Rate.unitsPerOne + bandWidth.units))
    }

    /// The highest grid price that is not above a reference price.
    @inlinable public func priceDown(_ price: ReferencePrice) -> Price {
        Price(ticks: Int64(Rounding.down(Int128(price.units), by: Int128(tickSize.units))))
    }

    /// The lowest grid price that is not below a reference price.
    @inlinable public func priceUp(_ price: ReferencePrice) -> Price {
        Price(ticks: Int64(Rounding.up(Int128(price.units), by: Int128(tickSize.units))))
    }
}

/// The range of prices that orders may pay: a buy not above the maximum, a sell not below the minimum.
public struct PriceBand: Hashable, Sendable {
    public var minimum: ReferencePrice
    public var maximum: ReferencePrice
    public init(minimum: ReferencePrice, maximum: ReferencePrice) {
        self.minimum = minimum
        self.maximum = maximum
    }
}

import ExchangeTypes

/// What a bot knows about the contract it is about to trade.
struct TradingContext {
    let account: AccountID
    let instrument: Instrument
    let session: MarketSession
    /// What it is worth: the outside price, or the oracle while the exchange has to do without.
    let price: ReferencePrice
    /// What orders may pay, as the exchange said last.
    var band: PriceBand
    /// What usual sizes and limits are multiplied by.
    var size = Rate.one
    /// What the usual distance of a maker's quotes is multiplied by.
    var spread = Rate.one

    /// An amount for this contract's size of bots.
    func scaled(_ usual: Money) -> Money { Money(units: size.of(usual.units)) }

    /// The quantity worth about this much, within the contract's limits.
    func quantity(worth value: Money) -> Quantity {
        let worth = Int128(value.units) * Int128(unitsPerOne)
        let lotValue = Int128(price.units) * Int128(instrument.lotSize.units)
        let lots = Int64(Rounding.up(worth, by: lotValue))
        return Quantity(
            lots: min(
                max(lots, instrument.minimumQuantity.lots), instrument.maximumQuantity.lots))
    }

    /// The value of a holding, negative for a short.
    func value(of position: SignedQuantity) -> Money {
        let value = instrument.notional(price, position.magnitude).money
        return position.lots < 0 ? -value : value
    }

    /// A new order.
    func place(
        _ side: Side, _ type: OrderType, _ timeInForce: TimeInForce, _ quantity: Quantity,
        at price: Price, name: ClientOrderID = ClientOrderID(), isReduceOnly: Bool = false
    ) -> Command {
        .placeOrder(
            PlaceOrder(
                account: account, instrument: .known(instrument.id), side: side, type: type,
                timeInForce: timeInForce, quantity: WireDecimal(instrument.decimal(quantity)),
                price: WireDecimal(instrument.decimal(price)), clientOrderID: name,
                isReduceOnly: isReduceOnly))
    }
}

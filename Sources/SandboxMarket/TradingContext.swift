import ExchangeTypes

/// What a bot knows about the contract it is about to trade.
struct TradingContext {
    let account: AccountID
    let instrument: Instrument
    let index: ReferencePrice

    /// The quantity worth about this much, within the contract's limits.
    func quantity(worth value: Money) -> Quantity {
        let worth = Int128(value.units) * Int128(unitsPerOne)
        let lotValue = Int128(index.units) * Int128(instrument.lotSize.units)
        let lots = Int64(Rounding.up(worth, by: lotValue))
        return Quantity(
            lots: min(
                max(lots, instrument.minimumQuantity.lots), instrument.maximumQuantity.lots))
    }

    /// The value of a holding at the index price, negative for a short.
    func value(of position: SignedQuantity) -> Money {
        let value = instrument.notional(index, position.magnitude).money
        return position.lots < 0 ? -value : value
    }

    /// A new order.
    func place(
        _ side: Side, _ type: OrderType, _ timeInForce: TimeInForce, _ quantity: Quantity,
        at price: Price, name: ClientOrderID = ClientOrderID()
    ) -> Command {
        .placeOrder(
            PlaceOrder(
                account: account, instrument: .known(instrument.id), side: side, type: type,
                timeInForce: timeInForce, quantity: WireDecimal(instrument.decimal(quantity)),
                price: WireDecimal(instrument.decimal(price)), clientOrderID: name))
    }
}

import ExchangeTypes

extension Holding {
    /// Books an execution: average-cost entry, part closing, flipping. Returns what it realised.
    ///
    /// Exact: a trade's value is a whole number of 1e-8 (`Instrument.isValid`), and what rounding a
    /// part of the cost leaves over stays in the cost of what is still open.
    /// **Source** `rules.md` §3, R-017, R-018, X-07, X-08.
    mutating func execute(
        _ quantity: Quantity, _ side: Side, at price: Price, of instrument: Instrument
    ) -> Money {
        hasTraded = true
        let closing = min(quantity, closable(by: side))
        let realised = closing > .zero ? close(closing, at: price, of: instrument) : .zero
        let opening = quantity - closing
        if opening > .zero {
            let value = instrument.notional(price, opening).money
            position.lots += SignedQuantity(opening, side).lots
            cost += side == .buy ? value : -value
        }
        realisedPnL += realised
        return realised
    }

    private mutating func close(
        _ quantity: Quantity, at price: Price, of instrument: Instrument
    ) -> Money {
        let isLong = position.lots > 0
        let value = instrument.notional(price, quantity).money
        let isWhole = quantity == position.magnitude
        let part =
            isWhole
            ? cost
            : Money(
                units: Int64(
                    Rounding.halfEven(
                        Int128(cost.units) * Int128(quantity.lots),
                        by: Int128(position.magnitude.lots))))
        cost -= part
        position.lots -= isLong ? quantity.lots : -quantity.lots
        return isLong ? value - part : -value - part
    }

    /// Profit or loss if closed at the mark price. **Source** `rules.md` §3.
    func unrealisedPnL(mark: ReferencePrice, of instrument: Instrument) -> Money {
        if position.lots == 0 { return .zero }
        let value = instrument.notional(mark, position.magnitude)
        let signed = position.lots > 0 ? value.units : -value.units
        return (Notional(units: signed) - Notional(cost)).money
    }
}

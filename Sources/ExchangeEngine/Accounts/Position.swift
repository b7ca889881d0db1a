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
        let closing = min(quantity, closable(by: side))
        var realised = Money.zero
        if closing > .zero {
            realised = execute(closing, side, worth: instrument.notional(price, closing).money)
        }
        let opening = quantity - closing
        if opening > .zero {
            _ = execute(opening, side, worth: instrument.notional(price, opening).money)
        }
        return realised
    }

    /// Books an execution of a known value that only closes or only opens. Returns what it realised.
    mutating func execute(_ quantity: Quantity, _ side: Side, worth value: Money) -> Money {
        hasTraded = true
        let closable = closable(by: side)
        let signed = SignedQuantity(quantity, side).lots
        if closable == .zero {
            position.lots += signed
            cost += side == .buy ? value : -value
            return .zero
        }
        precondition(
            quantity <= closable, "\(quantity.lots) lots close a position of \(closable.lots)")
        // Wide, because cost times quantity passes 64 bits.
        let share = Int128(cost.units) * Int128(quantity.lots)
        let part =
            quantity == closable
            ? cost : Money(units: Int64(Rounding.halfEven(share, by: Int128(closable.lots))))
        cost -= part
        position.lots += signed
        let realised = side == .sell ? value - part : -value - part
        realisedPnL += realised
        return realised
    }

    /// Profit or loss if closed at the mark price. **Source** `rules.md` §3.
    func unrealisedPnL(mark: ReferencePrice, of instrument: Instrument) -> Money {
        if position.lots == 0 { return .zero }
        // Rounded before the cost is taken off, as wherever a position is valued: a tie must not fall
        // one way here and the other way there.
        let value = instrument.notional(mark, position.magnitude).money
        return (position.lots > 0 ? value : -value) - cost
    }
}

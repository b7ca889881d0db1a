import ExchangeTypes

/// Closing a position against another account, without the book. **Source** RISK.md §7.5.
extension Exchange {
    /// Moves a part of a position from an account to another one.
    ///
    /// `fee` is what the reserve fund pays the other account for it.
    func transferOffBook(
        _ account: AccountID, _ closing: inout Closing, _ part: Int64, to other: AccountID,
        at price: ReferencePrice, _ type: ExecutionType, fee: Money = .zero
    ) {
        let value = closing.take(part)
        let quantity = Quantity(lots: part)
        let trade = TradeID(nextTradeID)
        nextTradeID += 1
        let before = listings[Int(closing.instrument.index)].openInterest
        for (party, side, paid) in [
            (other, closing.side.opposite, fee), (account, closing.side, Money.zero),
        ] {
            var order = makeOrder(party, closing.instrument, side, .market, .zero, quantity)
            order.remaining = .zero
            let realised = book(party, closing.instrument) {
                $0.execute(quantity, side, worth: value)
            }
            if paid > .zero {
                ledger.transfer(paid, from: .reserve, to: &accounts[Int(party.index)])
                accounts[Int(party.index)].fees -= paid
            }
            events.append(
                .orderFilled(
                    Fill(
                        trade: trade, order: order, price: price, quantity: quantity,
                        aggressorSide: closing.side, fee: -paid, realisedPnL: realised,
                        executionType: type)))
        }
        events.append(
            .tradeExecuted(
                Trade(
                    id: trade, instrument: closing.instrument, price: price, quantity: quantity,
                    aggressorSide: closing.side, executionType: type)))
        emitOpenInterest(closing.instrument, before: before)
        for party in [other, account] {
            emitPosition(party, closing.instrument)
            emitBalance(party)
        }
        if fee > .zero { reserveChanged() }
    }
}

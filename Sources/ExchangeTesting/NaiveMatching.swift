import ExchangeTypes

extension NaiveExchange {
    /// Trades an order against the opposite side: best price first, oldest first. **Source** R-070.
    mutating func match(_ aggressor: inout OrderState, limit: Price) {
        let place = Int(aggressor.instrument.index)
        let side = aggressor.side.opposite
        while aggressor.remaining > .zero, let price = listings[place].book.best(side),
            isAcceptable(price, to: aggressor.side, limit: limit)
        {
            for resting in listings[place].book.level(side, price)
            where aggressor.remaining > .zero {
                if user(resting.account) == user(aggressor.account) {
                    preventSelfTrade(resting)
                } else {
                    trade(&aggressor, resting)
                }
            }
            emitLevel(aggressor.instrument, side, price)
        }
    }

    /// **Source** R-073, R-074.
    private mutating func preventSelfTrade(_ resting: OrderState) {
        var resting = resting
        resting.updatedAt = now
        listings[Int(resting.instrument.index)].book.remove(resting.id)
        emit(.orderCancelled(resting, .selfTradePrevention))
    }

    private mutating func trade(_ aggressor: inout OrderState, _ resting: OrderState) {
        let id = TradeID(nextTrade)
        nextTrade += 1
        let place = Int(resting.instrument.index)
        let quantity = min(aggressor.remaining, resting.remaining)
        var resting = resting
        resting.remaining -= quantity
        resting.updatedAt = now
        aggressor.remaining -= quantity
        aggressor.updatedAt = now
        listings[place].book.replace(resting)
        if resting.remaining == .zero { listings[place].book.remove(resting.id) }

        let instrument = listings[place].instrument
        let execution = Trade(
            id: id, instrument: resting.instrument, price: instrument.reference(resting.price),
            quantity: quantity, aggressorSide: aggressor.side, executionType: .normal)
        let makerFill = settle(resting, execution, at: instrument.makerFee)
        let takerFill = settle(aggressor, execution, at: instrument.takerFee)
        emit(.orderFilled(makerFill))
        emit(.orderFilled(takerFill))
        emit(.tradeExecuted(execution))
        for account in [resting.account, aggressor.account] {
            emitPosition(account, resting.instrument)
            emitBalance(account)
        }
    }

    /// Books one side of a trade and tells what it brought.
    private mutating func settle(_ order: OrderState, _ trade: Trade, at rate: Rate) -> Fill {
        let instrument = instrument(trade.instrument)
        var position = position(order.account, trade.instrument)
        let fee = instrument.notional(trade.price, trade.quantity).money(at: rate)
        let realised = settle(&position, order.side, trade, instrument)

        let place = Int(order.account.index)
        accounts[place].positions[trade.instrument] = position
        accounts[place].cash += realised - fee
        accounts[place].realised += realised
        accounts[place].fees += fee
        ledger.clearing -= Int128(realised.units)
        ledger.fees += Int128(fee.units)
        return Fill(
            trade: trade.id, order: order, price: trade.price, quantity: trade.quantity,
            aggressorSide: trade.aggressorSide, fee: fee, realisedPnL: realised,
            executionType: .normal)
    }

    /// Average-cost entry: what closes realises against its share of the cost, the rest opens at the
    /// trade's price. **Source** R-017, R-018.
    private func settle(
        _ position: inout NaivePosition, _ side: Side, _ trade: Trade, _ instrument: Instrument
    ) -> Money {
        let direction: Int64 = side == .buy ? 1 : -1
        let isOpposite = position.lots != 0 && (position.lots > 0) != (side == .buy)
        let closed = isOpposite ? min(trade.quantity.lots, abs(position.lots)) : 0
        var realised = Money.zero
        if closed > 0 {
            let value = instrument.notional(trade.price, Quantity(lots: closed)).money
            let share = Int128(position.cost.units) * Int128(closed)
            let cost = Money(
                units: Int64(Rounding.halfEven(share, by: Int128(abs(position.lots)))))
            realised = (position.lots > 0 ? value : -value) - cost
            position.cost -= cost
        }
        let opened = Quantity(lots: trade.quantity.lots - closed)
        let value = instrument.notional(trade.price, opened).money
        position.cost += direction > 0 ? value : -value
        position.lots += direction * trade.quantity.lots
        position.realised += realised
        return realised
    }

    private mutating func emitPosition(_ account: AccountID, _ id: InstrumentID) {
        let position = position(account, id)
        emit(
            .positionChanged(
                PositionChanged(
                    account: account, instrument: id,
                    quantity: SignedQuantity(lots: position.lots), cost: position.cost,
                    realisedPnL: position.realised)))
    }
}

import ExchangeTypes

/// Books what happens while an order meets the book: fills, positions, fees, removed orders.
struct Settlement: MatchListener {
    let exchange: Exchange
    var aggressor: OrderState

    mutating func filled(_ maker: OrderSlot, _ price: Price, _ quantity: Quantity) {
        let trade = TradeID(exchange.nextTradeID)
        exchange.nextTradeID += 1
        aggressor.remaining -= quantity
        aggressor.updatedAt = exchange.now
        let resting = exchange.recordMakerFill(maker, quantity)
        let instrument = exchange.listings[Int(aggressor.instrument.index)].instrument
        exchange.settle(resting, trade, price, quantity, instrument, isMaker: true)
        exchange.settle(aggressor, trade, price, quantity, instrument, isMaker: false)
        exchange.events.append(
            .tradeExecuted(
                Trade(
                    id: trade, instrument: instrument.id, price: instrument.reference(price),
                    quantity: quantity,
                    aggressorSide: aggressor.side, executionType: .normal)))
        exchange.emitPosition(resting.account, instrument.id)
        exchange.emitBalance(resting.account)
        exchange.emitPosition(aggressor.account, instrument.id)
        exchange.emitBalance(aggressor.account)
    }

    mutating func preventedSelfTrade(_ maker: OrderSlot) {
        var state = exchange.state(at: maker)
        state.updatedAt = exchange.now
        exchange.forget(maker)
        exchange.events.append(.orderCancelled(state, .selfTradePrevention))
    }

    mutating func leftLevel(_ side: Side, _ price: Price, _ total: Quantity) {
        exchange.events.append(
            .levelChanged(
                LevelChanged(
                    instrument: aggressor.instrument, side: side, price: price, quantity: total)))
    }
}

extension Exchange {
    /// Keeps the owner's records of a resting order that has just traded; the book has lowered its
    /// remaining quantity already. Returns the order after the fill.
    func recordMakerFill(_ slot: OrderSlot, _ quantity: Quantity) -> OrderState {
        orderDetails[slot.position].updatedAt = now
        let state = state(at: slot)
        changeOpenOrders(state.account, state.instrument, state.side) {
            $0.change(state.price, by: -quantity.lots)
        }
        if state.remaining == .zero { forget(slot) }
        return state
    }

    /// Books one side of a trade: position, realised profit, fee. **Source** R-084, R-085.
    func settle(
        _ order: OrderState, _ trade: TradeID, _ price: Price, _ quantity: Quantity,
        _ instrument: Instrument, isMaker: Bool
    ) {
        let index = Int(order.account.index)
        let realised = accounts[index].withHolding(of: instrument.id) {
            $0.execute(quantity, order.side, at: price, of: instrument)
        }
        let rate = isMaker ? instrument.makerFee : instrument.takerFee
        let fee = instrument.notional(price, quantity).money(at: rate)
        ledger.transfer(realised, from: .clearing, to: &accounts[index])
        ledger.transfer(-fee, from: .fees, to: &accounts[index])
        accounts[index].realisedPnL += realised
        accounts[index].fees += fee
        let aggressorSide = isMaker ? order.side.opposite : order.side
        events.append(
            .orderFilled(
                Fill(
                    trade: trade, order: order, price: instrument.reference(price), quantity: quantity,
                    aggressorSide: aggressorSide, fee: fee, realisedPnL: realised,
                    executionType: .normal)))
    }

    func emitPosition(_ account: AccountID, _ instrument: InstrumentID) {
        let holding = accounts[Int(account.index)].holding(of: instrument)
        events.append(
            .positionChanged(
                PositionChanged(
                    account: account, instrument: instrument, quantity: holding.position,
                    cost: holding.cost, realisedPnL: holding.realisedPnL)))
    }
}

import ExchangeTypes

/// Books what happens while an order meets the book: fills, positions, fees, removed orders.
struct Settlement: MatchListener {
    let exchange: Exchange
    let instrument: Instrument
    let executionType: ExecutionType
    var aggressor: OrderState
    /// What the aggressor traded for, for those who asked for an average price.
    var tradedValue = Notional.zero

    mutating func filled(_ maker: OrderSlot, _ price: Price, _ quantity: Quantity) {
        let trade = TradeID(exchange.nextTradeID)
        exchange.nextTradeID += 1
        aggressor.remaining -= quantity
        aggressor.updatedAt = exchange.now
        let resting = exchange.recordMakerFill(maker, quantity)
        let place = Int(instrument.id.index)
        let before = exchange.listings[place].openInterest
        settle(resting, trade, price, quantity, isMaker: true)
        settle(aggressor, trade, price, quantity, isMaker: false)
        tradedValue += instrument.notional(price, quantity)
        exchange.noteLegs(of: resting, filled: quantity)
        exchange.noteLegs(of: aggressor, filled: quantity)
        exchange.listings[place].lastTrade = price
        exchange.events.append(
            .tradeExecuted(
                Trade(
                    id: trade, instrument: instrument.id, price: instrument.reference(price),
                    quantity: quantity, aggressorSide: aggressor.side,
                    executionType: executionType)))
        exchange.emitOpenInterest(instrument.id, before: before)
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

    mutating func reducible(_ maker: OrderSlot, _ quantity: Quantity) -> Quantity {
        let order = exchange.pool[maker]
        let holding = exchange.accounts[Int(order.account.index)].holding(of: instrument.id)
        return min(quantity, holding.closable(by: order.side))
    }

    mutating func preventedIncrease(_ maker: OrderSlot) {
        var state = exchange.state(at: maker)
        state.updatedAt = exchange.now
        exchange.forget(maker)
        exchange.events.append(.orderCancelled(state, .nothingToReduce))
    }

    mutating func leftLevel(_ side: Side, _ price: Price, _ total: Quantity) {
        exchange.markDirty(Int(instrument.id.index))
        exchange.sayLevel(aggressor.instrument, side, price, total)
    }

    /// Books one side of a trade: position, realised profit, fee, volume. **Source** R-084 to R-087.
    private func settle(
        _ order: OrderState, _ trade: TradeID, _ price: Price, _ quantity: Quantity, isMaker: Bool
    ) {
        let owner = Int(order.account.index)
        let realised = exchange.book(order.account, instrument.id) {
            $0.execute(quantity, order.side, at: price, of: instrument)
        }
        let value = instrument.notional(price, quantity)
        let entryRate = isMaker ? instrument.makerFee : instrument.takerFee
        let fee = value.money(at: exchange.venue.fees.rate(entryRate, tier: order.feeTier))
        exchange.ledger.transfer(-fee, from: .fees, to: &exchange.accounts[owner])
        exchange.accounts[owner].fees += fee
        let user = Int(exchange.accounts[owner].user.index)
        exchange.accounts[user].volume.add(value, instrument.category)
        exchange.events.append(
            .orderFilled(
                Fill(
                    trade: trade, order: order, price: instrument.reference(price),
                    quantity: quantity,
                    aggressorSide: isMaker ? order.side.opposite : order.side, fee: fee,
                    realisedPnL: realised, executionType: executionType)))
    }
}

extension Exchange {
    /// Keeps the owner's records of a resting order that has just traded; the book has lowered its
    /// remaining quantity already. Returns the order after the fill.
    func recordMakerFill(_ slot: OrderSlot, _ quantity: Quantity) -> OrderState {
        orderDetails[slot.position].updatedAt = now
        let state = state(at: slot)
        changeOpenOrders(pool[slot], -quantity.lots)
        if state.remaining == .zero { forget(slot) }
        return state
    }

    /// Changes a position, and with it everything that follows from positions: realised profit, open
    /// interest, the index of holders. The account will be assessed. Returns what was realised.
    func book(
        _ account: AccountID, _ instrument: InstrumentID, _ execute: (inout Holding) -> Money
    ) -> Money {
        let owner = Int(account.index)
        var (before, after): (Int64, Int64) = (0, 0)
        let realised = accounts[owner].withHolding(of: instrument) { holding in
            before = max(0, holding.position.lots)
            let realised = execute(&holding)
            after = max(0, holding.position.lots)
            return realised
        }
        listings[Int(instrument.index)].openInterest.lots += after - before
        ledger.transfer(realised, from: .clearing, to: &accounts[owner])
        accounts[owner].realisedPnL += realised
        updateHolder(account, instrument)
        queue(account)
        changedHoldings.append(HoldingKey(account: account, instrument: instrument))
        return realised
    }

    /// Says a contract's open interest if it is no longer what it was.
    func emitOpenInterest(_ instrument: InstrumentID, before: Quantity) {
        let place = Int(instrument.index)
        let quantity = listings[place].openInterest
        guard quantity != before else { return }
        revalueOpenInterest(of: place)
        events.append(
            .openInterestChanged(OpenInterestChanged(instrument: instrument, quantity: quantity)))
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

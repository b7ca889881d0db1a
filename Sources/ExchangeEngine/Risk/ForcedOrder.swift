import ExchangeTypes

/// Stage 1: positions are sold into the book in slices. **Source** `rules.md` §11, R-091 to.
extension Exchange {
    /// Sends one slice of the position with the largest maintenance margin that can be sent now.
    func sendForcedOrder(_ account: AccountID) {
        let holdings = accounts[Int(account.index)].holdings
            .filter { $0.position.lots != 0 }
            .map { (holding: $0, maintenance: maintenanceMargin($0)) }
            .sorted { left, right in
                (left.maintenance, right.holding.instrument)
                    > (right.maintenance, left.holding.instrument)
            }
        for candidate in holdings {
            let place = Int(candidate.holding.instrument.index)
            guard isNearFairValue(place), let mark = listings[place].mark else { continue }
            let quantity = sliceQuantity(candidate.holding, place, mark)
            if quantity == .zero { continue }
            return send(quantity, candidate.holding, account, place, mark)
        }
    }

    /// Whether a contract takes orders and its mark has not run away from what it was in the last minute.
    private func isNearFairValue(_ place: Int) -> Bool {
        let listing = listings[place]
        guard listing.isOpen, let oracle = listing.oracle, let mark = listing.mark else {
            return false
        }
        let distance = mark.units - oracle.units - (discounts[place].mean ?? 0)
        let width = listing.instrument.bandWidth(in: listing.session)
        let allowed = Rounding.down(
            Int128(oracle.units) * Int128(width.units), by: Int128(Rate.unitsPerOne))
        return Int128(abs(distance)) <= allowed
    }

    /// How much may be sent: the position, within what the contract's limit leaves.
    private func sliceQuantity(
        _ holding: Holding, _ place: Int, _ mark: ReferencePrice
    ) -> Quantity {
        let instrument = listings[place].instrument
        let sent = listings[place].forcedOrders.decayed(at: currentSecond)
        let room = Notional(instrument.risk.liquidationLimit - sent)
        guard room > .zero else { return .zero }
        let lots = room.units / instrument.notional(mark, Quantity(lots: 1)).units
        let wanted = min(holding.position.magnitude, instrument.maximumQuantity)
        return Quantity(lots: Int64(min(lots, Int128(wanted.lots))))
    }

    private func send(
        _ quantity: Quantity, _ holding: Holding, _ account: AccountID, _ place: Int,
        _ mark: ReferencePrice
    ) {
        let instrument = listings[place].instrument
        let side: Side = holding.position.lots > 0 ? .sell : .buy
        listings[place].forcedOrders.add(
            instrument.notional(mark, quantity).money, at: currentSecond)
        let limit = forcedLimit(side, instrument, mark)
        var order = makeOrder(account, instrument.id, side, .limit, limit, quantity)
        events.append(.orderAccepted(order))
        enter(&order, limit: limit, executionType: .liquidation)
    }

    /// The mark less or plus the spread, on the grid: a sell rounded up, a buy down.
    private func forcedLimit(
        _ side: Side, _ instrument: Instrument, _ mark: ReferencePrice
    ) -> Price {
        let one = Rate.unitsPerOne
        let spread = instrument.risk.liquidationSpread.units
        let product = Int128(mark.units) * Int128(side == .sell ? one - spread : one + spread)
        let tick = Int128(instrument.tickSize.units) * Int128(one)
        let ticks =
            side == .sell ? Rounding.up(product, by: tick) : Rounding.down(product, by: tick)
        return Price(ticks: Int64(min(max(ticks, 1), Int128(Limits.maximumPriceTicks))))
    }

    /// An order that the exchange makes for an account.
    func makeOrder(
        _ account: AccountID, _ instrument: InstrumentID, _ side: Side, _ type: OrderType,
        _ price: Price, _ quantity: Quantity
    ) -> OrderState {
        let id = OrderID(nextOrderID)
        nextOrderID += 1
        return OrderState(
            id: id, account: account, instrument: instrument, side: side, type: type,
            timeInForce: .immediateOrCancel, isAmended: false, price: price, quantity: quantity,
            remaining: quantity, updatedAt: now, clientOrderID: generatedClientOrderID(id),
            feeTier: type == .limit ? feeTier(of: account) : FeeSchedule.entryTier)
    }
}

import ExchangeTypes

extension CommandGenerator {
    /// A new order of a random account near the market.
    mutating func placeOrder() -> PlaceOrder {
        let instrument = instrument()
        let side: Side = random.oneIn(2) ? .buy : .sell
        let (type, timeInForce) = kind()
        let ticks = ticks(instrument, side)
        let lots = lots(instrument, ticks: ticks)
        return PlaceOrder(
            account: account(), instrument: reference(instrument.id), side: side, type: type,
            timeInForce: timeInForce,
            quantity: DecimalGenerator.any(
                lots, of: instrument.lotSize, rarity: 25, using: &random),
            price: DecimalGenerator.any(
                ticks, of: instrument.tickSize, rarity: 25, using: &random),
            clientOrderID: clientOrderID())
    }

    /// A cancel that mostly names a live order of its owner.
    mutating func cancelOrder() -> CancelOrder {
        let order = someOrder()
        return CancelOrder(
            account: owner(order), instrument: reference(contract(order)),
            order: reference(order))
    }

    /// A change that mostly names a live order of its owner.
    mutating func modifyOrder() -> ModifyOrder {
        let order = someOrder()
        let instrument = contracts[Int(contract(order).index)].instrument
        var side = order?.side ?? .buy
        if random.oneIn(40) { side = side.opposite }
        let types: [OrderType] = [.limit, .addLiquidityOnly, .market]
        let type = random.oneIn(40) ? random.element(of: types) : order?.type
        return ModifyOrder(
            account: owner(order), instrument: reference(instrument.id), order: reference(order),
            side: side, type: type ?? .limit, quantity: newQuantity(order, instrument),
            price: newPrice(order, instrument, side))
    }

    private mutating func newQuantity(
        _ order: OrderState?, _ instrument: Instrument
    ) -> WireDecimal? {
        let old = order?.quantity.lots ?? 100
        let lots: Int64
        switch random.below(6) {
        case 0: return nil
        case 1: lots = old
        case 2: lots = max(1, old / 2)
        case 3: lots = max(1, old - 1)
        case 4: lots = old + 1
        case _: lots = self.lots(instrument, ticks: order?.price.ticks ?? 1)
        }
        return DecimalGenerator.any(lots, of: instrument.lotSize, rarity: 30, using: &random)
    }

    private mutating func newPrice(
        _ order: OrderState?, _ instrument: Instrument, _ side: Side
    ) -> WireDecimal? {
        let ticks: Int64
        switch random.below(4) {
        case 0: return nil
        case 1: ticks = order?.price.ticks ?? 1
        case _: ticks = self.ticks(instrument, side)
        }
        return DecimalGenerator.any(ticks, of: instrument.tickSize, rarity: 30, using: &random)
    }

    private mutating func kind() -> (OrderType, TimeInForce) {
        switch random.below(40) {
        case 0..<19: (.limit, .goodTillCancelled)
        case 19..<24: (.limit, .immediateOrCancel)
        case 24..<28: (.limit, .fillOrKill)
        case 28..<33: (.market, .immediateOrCancel)
        case 33..<38: (.addLiquidityOnly, .goodTillCancelled)
        case 38: (.market, .goodTillCancelled)
        case _: (.addLiquidityOnly, random.oneIn(2) ? .immediateOrCancel : .fillOrKill)
        }
    }

    /// A price near the mark: each side leans a little away from the other's.
    mutating func ticks(_ instrument: Instrument, _ side: Side) -> Int64 {
        let contract = contracts[Int(instrument.id.index)]
        let tick = instrument.tickSize.units
        if random.oneIn(3), let order = random.element(of: live.orders),
            order.instrument == instrument.id, order.side != side
        {
            // As good as an open order of the other side, so that they meet.
            return order.price.ticks
        }
        let middle = (random.oneIn(3) ? contract.oracle : contract.mark).units / tick
        switch random.below(20) {
        case 0:
            let edge = random.oneIn(2) ? contract.band.maximum : contract.band.minimum
            return edge.units / tick + random.within(-1...1)
        case 1:
            // A sell far beyond the band is allowed, and dear, up to ten times the oracle.
            let isEdge = random.oneIn(3)
            let tenfold = contract.oracle.units * 10 / tick
            if isEdge { return tenfold + random.within(0...1) }
            return side == .sell ? middle * random.within(2...11) : middle / 2
        case _:
            let away = random.within(-4...5)
            return side == .buy ? middle - away : middle + away
        }
    }

    /// A size worth between less than the smallest order and more than most accounts can hold.
    mutating func lots(_ instrument: Instrument, ticks: Int64) -> Int64 {
        switch random.below(24) {
        case 0: return instrument.minimumQuantity.lots + random.within(-1...1)
        case 1: return instrument.maximumQuantity.lots + random.within(-1...1)
        case 2..<10:
            // As much as some open order, so that sizes meet exactly.
            if let order = random.element(of: live.orders), order.instrument == instrument.id {
                return max(1, order.remaining.lots + (random.oneIn(6) ? 1 : 0))
            }
        case _: break
        }
        let dollars: [Int64] = [9, 25, 60, 120, 120, 350, 350, 900, 2_500]
        let value = Money(random.element(of: dollars) ?? 100)
        let price = contracts[Int(instrument.id.index)].mark
        let lot = instrument.notional(price, Quantity(lots: 1)).units
        let lots = Int64(Notional(value).units / max(1, lot))
        return max(1, lots + random.within(-2...2))
    }

    /// Mostly none, so that the exchange makes one; else one of a few, so that they collide.
    private mutating func clientOrderID() -> ClientOrderID {
        guard random.oneIn(3) else { return ClientOrderID() }
        let long = random.oneIn(8) ? "-with-a-rather-long-and-telling-name-of-the-desk" : ""
        return ClientOrderID("order-\(random.below(40))\(long)") ?? ClientOrderID()
    }

    /// Mostly a live order, sometimes one that is gone, seldom none at all.
    private mutating func someOrder() -> OrderState? {
        if random.oneIn(12) { return random.element(of: live.gone) }
        return random.oneIn(60) ? nil : random.element(of: live.orders)
    }

    private mutating func owner(_ order: OrderState?) -> AccountID {
        if let order, !random.oneIn(40) { return order.account }
        return account()
    }

    private mutating func contract(_ order: OrderState?) -> InstrumentID {
        if let order, !random.oneIn(60) { return order.instrument }
        return instrument().id
    }

    private mutating func reference(_ order: OrderState?) -> OrderReference {
        if random.oneIn(80) { return .unrecognised(InlineText("no such id") ?? InlineText()) }
        guard let order else {
            return random.oneIn(2)
                ? .orderID(OrderID(random.next() >> UInt64(random.below(64))))
                : .clientOrderID(clientOrderID())
        }
        return random.oneIn(2) ? .orderID(order.id) : .clientOrderID(order.clientOrderID)
    }
}

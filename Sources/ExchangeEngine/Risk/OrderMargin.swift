import ExchangeTypes

/// An order that is not in the book yet, as the margin rules see it.
struct ProspectiveOrder {
    let side: Side
    /// What the margin rules value it at.
    let price: ReferencePrice
    /// The worst price it can trade at.
    let limit: ReferencePrice
    let quantity: Quantity
}

/// What open orders hold back: per contract the dearer side, without what would only close.
/// **Source** `rules.md` §4.3, R-022, R-023, X-04.
extension Exchange {
    /// Margin of an account's open orders in one contract, with or without one more, and without one
    /// that rests.
    ///
    /// **Complexity** constant; logarithmic in the orders of a side that could close part of the position.
    func orderMargin(
        _ account: AccountID, _ holding: Holding, adding order: ProspectiveOrder? = nil,
        without excluded: OrderSlot? = nil
    ) -> Money {
        let place = Int(holding.instrument.index)
        let buys = openingValue(.buy, account, holding, adding: order, without: excluded)
        let sells = openingValue(.sell, account, holding, adding: order, without: excluded)
        let leverage = holding.leverage(in: listings[place].instrument)
        return max(buys, sells).money(dividedBy: Int(leverage))
    }

    /// The value of one side's orders that could open a position.
    private func openingValue(
        _ side: Side, _ account: AccountID, _ holding: Holding, adding order: ProspectiveOrder?,
        without excluded: OrderSlot?
    ) -> Notional {
        let instrument = listings[Int(holding.instrument.index)].instrument
        let tickLot = Int128(instrument.tickSize.units) * Int128(instrument.lotSize.units)
        let sum = holding.openOrders(side)
        var (quantity, value) = (sum.quantity.lots, sum.value * tickLot)
        let left = excluded.flatMap { pool[$0].side == side ? pool[$0] : nil }
        if let left {
            quantity -= left.remaining.lots
            value -= Int128(left.price.ticks) * Int128(left.remaining.lots) * tickLot
        }
        let added = order.flatMap { $0.side == side ? $0 : nil }
        if let added {
            quantity += added.quantity.lots
            value += instrument.notional(added.price, added.quantity).units
        }
        let free = holding.closable(by: side).lots
        if free == 0 { return Notional(units: value) }
        if free >= quantity { return .zero }
        let resting = ladder(of: account, holding.instrument, side)
        let closing = closingValue(free, resting, instrument, side, adding: added, without: left)
        return Notional(units: value - closing)
    }

    /// The value of the `free` lots nearest the market, which would close the position: of the orders
    /// in the ladder, of one added to them, and without one taken out.
    private func closingValue(
        _ free: Int64, _ resting: Int, _ instrument: Instrument, _ side: Side,
        adding added: ProspectiveOrder?, without left: RestingOrder?
    ) -> Int128 {
        if let left { ladders[resting].add(left.price, -left.remaining.lots) }
        defer { if let left { ladders[resting].add(left.price, left.remaining.lots) } }
        let tickLot = Int128(instrument.tickSize.units) * Int128(instrument.lotSize.units)
        guard let added else { return ladders[resting].value(ofNearest: free) * tickLot }
        // The price may lie off the grid: then the next grid price behind it tells the same.
        let behind =
            side == .buy ? instrument.priceDown(added.price) : instrument.priceUp(added.price)
        let nearer = ladders[resting].lots(nearerThan: behind)
        let before = min(free, nearer)
        let own = min(free - before, added.quantity.lots)
        let nearest = free - own
        return ladders[resting].value(ofNearest: nearest) * tickLot
            + instrument.notional(added.price, Quantity(lots: own)).units
    }

    /// The ladder of one side of a holding, made on first use.
    private func ladder(
        of account: AccountID, _ instrument: InstrumentID, _ side: Side
    ) -> Int {
        let holding = accounts[Int(account.index)].holding(of: instrument)
        if let known = holding.openOrders(side).ladder { return Int(known) }
        var made = OfferLadder(side)
        for slot in openOrders(of: account, in: instrument)
        where pool[slot].side == side && !pool[slot].isReduceOnly {
            made.add(pool[slot].price, pool[slot].remaining.lots)
        }
        let place: Int
        if let free = freeLadders.popLast() {
            place = Int(free)
            ladders[place] = made
        } else {
            place = ladders.count
            ladders.append(made)
        }
        setLadder(Int32(place), account, instrument, side)
        return place
    }

    private func setLadder(
        _ place: Int32?, _ account: AccountID, _ instrument: InstrumentID, _ side: Side
    ) {
        accounts[Int(account.index)].withHolding(of: instrument) { holding in
            switch side {
            case .buy: holding.openBuys.ladder = place
            case .sell: holding.openSells.ladder = place
            }
        }
    }

    /// Changes the sums of an account's open orders on the side of one of them.
    func changeOpenOrders(_ order: RestingOrder, _ lots: Int64, count: Int = 0) {
        let owner = Int(order.account.index)
        if order.isReduceOnly {
            accounts[owner].withHolding(of: order.instrument) { holding in
                switch order.side {
                case .buy: holding.reduceOnlyBuys.change(lots, count)
                case .sell: holding.reduceOnlySells.change(lots, count)
                }
            }
            return
        }
        let sum = accounts[owner].withHolding(of: order.instrument) { holding in
            switch order.side {
            case .buy:
                holding.openBuys.change(order.price, lots, count)
                return holding.openBuys
            case .sell:
                holding.openSells.change(order.price, lots, count)
                return holding.openSells
            }
        }
        guard let ladder = sum.ladder else { return }
        if lots != 0 { ladders[Int(ladder)].add(order.price, lots) }
        if sum.count == 0 {
            freeLadders.append(ladder)
            setLadder(nil, order.account, order.instrument, order.side)
        }
    }
}

extension ReduceOnlySum {
    fileprivate mutating func change(_ lots: Int64, _ orders: Int) {
        count += orders
        quantity.lots += lots
    }
}

extension OpenOrderSum {
    fileprivate mutating func change(_ price: Price, _ lots: Int64, _ orders: Int) {
        count += orders
        quantity.lots += lots
        value += Int128(price.ticks) * Int128(lots)
    }
}

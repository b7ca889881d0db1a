import ExchangeTypes

/// An order that is not in the book yet, as the margin rules see it.
struct ProspectiveOrder {
    let side: Side
    let price: ReferencePrice
    let quantity: Quantity
}

extension Exchange {
    /// Margin of a position at the mark price. **Source** `rules.md` §4.2, X-01 … X-03.
    func positionMargin(_ holding: Holding) -> Money {
        let listing = listings[Int(holding.instrument.index)]
        guard holding.position.lots != 0, let mark = listing.mark else { return .zero }
        return listing.instrument.notional(mark, holding.position.magnitude)
            .money(dividedBy: Int(listing.instrument.maximumLeverage))
    }

    /// Margin of an account's open orders in one contract, with or without one more, and without one
    /// that rests. **Source** `rules.md` §4.3, R-022, X-04.
    ///
    /// **Complexity** constant, unless a side could close part of the position: then the orders of that
    /// side are sorted.
    func orderMargin(
        _ account: AccountID, _ holding: Holding, adding order: ProspectiveOrder? = nil,
        without excluded: OrderSlot? = nil
    ) -> Money {
        let instrument = listings[Int(holding.instrument.index)].instrument
        let buys = openingValue(.buy, account, holding, adding: order, without: excluded)
        let sells = openingValue(.sell, account, holding, adding: order, without: excluded)
        return max(buys, sells).money(dividedBy: Int(instrument.maximumLeverage))
    }

    /// The value of one side's orders that could open a position.
    private func openingValue(
        _ side: Side, _ account: AccountID, _ holding: Holding, adding order: ProspectiveOrder?,
        without excluded: OrderSlot?
    ) -> Notional {
        let instrument = listings[Int(holding.instrument.index)].instrument
        let tickLot = Int128(instrument.tickSize.units) * Int128(instrument.lotSize.units)
        let added = order?.side == side ? order : nil
        let free = holding.closable(by: side)
        if free == .zero {
            var value = holding.openOrders(side).value * tickLot
            if let excluded, pool[excluded].side == side {
                value -= orderValue(excluded) * tickLot
            }
            if let added { value += instrument.notional(added.price, added.quantity).units }
            return Notional(units: value)
        }
        var offers: [(price: ReferencePrice, quantity: Quantity)] = []
        for slot in openOrders(of: account, in: holding.instrument) where slot != excluded {
            let resting = pool[slot]
            guard resting.side == side else { continue }
            offers.append((instrument.reference(resting.price), resting.remaining))
        }
        if let added { offers.append((added.price, added.quantity)) }
        offers.sort { side == .buy ? $0.price > $1.price : $0.price < $1.price }
        var value = Notional.zero
        var rest = free
        for offer in offers {
            let closing = min(rest, offer.quantity)
            rest -= closing
            value = value + instrument.notional(offer.price, offer.quantity - closing)
        }
        return value
    }

    private func orderValue(_ slot: OrderSlot) -> Int128 {
        Int128(pool[slot].price.ticks) * Int128(pool[slot].remaining.lots)
    }

    /// Equity less all margin: what is free for new orders. May be negative.
    /// **Source** `rules.md` §3, R-025, X-05.
    func availableBalance(_ account: AccountID) -> Money {
        let owner = accounts[Int(account.index)]
        var available = owner.cash
        for holding in owner.holdings {
            let listing = listings[Int(holding.instrument.index)]
            if let mark = listing.mark {
                available += holding.unrealisedPnL(mark: mark, of: listing.instrument)
            }
            available -= positionMargin(holding)
            available -= orderMargin(account, holding)
        }
        return available
    }
}

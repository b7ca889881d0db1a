import ExchangeTypes

/// The hash of everything that decides what the exchange will do next. Two engines with equal hashes
/// hold the same orders in the same queues, the same money and the same positions, however they
/// store them.
extension Exchange {
    /// **Complexity** linear in instruments, orders, accounts and holdings.
    public func stateHash() -> UInt64 {
        var hasher = StateHasher()
        hasher.combine(nextOrderID)
        hasher.combine(nextTradeID)
        hasher.combine(UInt64(listings.count))
        for listing in listings {
            combine(listing, into: &hasher)
            for side in Side.allCases {
                combine(books[Int(listing.instrument.id.index)], side, into: &hasher)
            }
        }
        hasher.combine(UInt64(accounts.count))
        for account in accounts { combine(account, into: &hasher) }
        hasher.combine(ledger.fees)
        hasher.combine(ledger.clearing)
        hasher.combine(ledger.outside)
        return hasher.value
    }

    private func combine(_ listing: Listing, into hasher: inout StateHasher) {
        let instrument = listing.instrument
        hasher.combine(UInt64(instrument.id.index))
        hasher.combine(instrument.symbol)
        hasher.combine(UInt64(instrument.category.rawValue))
        hasher.combine(UInt64(instrument.status.rawValue))
        hasher.combine(instrument.tickSize.units)
        hasher.combine(instrument.lotSize.units)
        hasher.combine(instrument.minimumQuantity.lots)
        hasher.combine(instrument.maximumQuantity.lots)
        hasher.combine(UInt64(instrument.maximumLeverage))
        hasher.combine(instrument.makerFee.units)
        hasher.combine(instrument.takerFee.units)
        hasher.combine(instrument.bandWidth.units)
        hasher.combine(instrument.maximumNotional.units)
        hasher.combine(instrument.minimumNotional.units)
        hasher.combine(listing.firstIndex?.units ?? 0)
        hasher.combine(listing.index?.units ?? 0)
        hasher.combine(listing.mark?.units ?? 0)
    }

    private func combine(_ book: OrderBook, _ side: Side, into hasher: inout StateHasher) {
        var price = book.best(side)
        while let level = price {
            for order in book.orders(at: level) {
                let state = state(at: pool.slot(of: order.id))
                hasher.combine(state.id.value)
                hasher.combine(UInt64(state.account.index))
                hasher.combine(state.price.ticks)
                hasher.combine(state.quantity.lots)
                hasher.combine(state.remaining.lots)
                hasher.combine(UInt64(state.type.rawValue))
                hasher.combine(UInt64(state.timeInForce.rawValue))
                hasher.combine(UInt64(state.isAmended ? 1 : 0))
                hasher.combine(state.updatedAt.nanoseconds)
                hasher.combine(state.clientOrderID)
            }
            price = book.next(side, behind: level)
        }
        hasher.combine(UInt64.max)
    }

    private func combine(_ account: Account, into hasher: inout StateHasher) {
        hasher.combine(account.identity.high)
        hasher.combine(account.identity.low)
        hasher.combine(UInt64(account.user.index))
        hasher.combine(account.cash.units)
        hasher.combine(account.deposits.units)
        hasher.combine(account.realisedPnL.units)
        hasher.combine(account.fees.units)
        for holding in account.holdings
        where holding.position.lots != 0 || holding.cost.units != 0
            || holding.realisedPnL.units != 0
        {
            hasher.combine(UInt64(holding.instrument.index))
            hasher.combine(holding.position.lots)
            hasher.combine(holding.cost.units)
            hasher.combine(holding.realisedPnL.units)
        }
        hasher.combine(UInt64.max)
    }
}

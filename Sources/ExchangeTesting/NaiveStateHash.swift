import ExchangeTypes

extension NaiveExchange {
    public func stateHash() -> UInt64 {
        var hasher = StateHasher()
        hasher.combine(nextOrder)
        hasher.combine(nextTrade)
        hasher.combine(UInt64(listings.count))
        for listing in listings { combine(listing, into: &hasher) }
        hasher.combine(UInt64(accounts.count))
        for account in accounts { combine(account, into: &hasher) }
        hasher.combine(ledger.fees)
        hasher.combine(ledger.clearing)
        hasher.combine(ledger.outside)
        return hasher.value
    }

    private func combine(_ listing: NaiveListing, into hasher: inout StateHasher) {
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
        for side in [Side.buy, .sell] {
            for order in listing.book.ranked(side) { combine(order, into: &hasher) }
            hasher.combine(UInt64.max)
        }
    }

    private func combine(_ order: OrderState, into hasher: inout StateHasher) {
        hasher.combine(order.id.value)
        hasher.combine(UInt64(order.account.index))
        hasher.combine(order.price.ticks)
        hasher.combine(order.quantity.lots)
        hasher.combine(order.remaining.lots)
        hasher.combine(UInt64(order.type.rawValue))
        hasher.combine(UInt64(order.timeInForce.rawValue))
        hasher.combine(UInt64(order.isAmended ? 1 : 0))
        hasher.combine(order.updatedAt.nanoseconds)
        hasher.combine(order.clientOrderID)
    }

    private func combine(_ account: NaiveAccount, into hasher: inout StateHasher) {
        hasher.combine(account.identity.high)
        hasher.combine(account.identity.low)
        hasher.combine(UInt64(account.user.index))
        hasher.combine(account.cash.units)
        hasher.combine(account.deposits.units)
        hasher.combine(account.realised.units)
        hasher.combine(account.fees.units)
        for listing in listings {
            let id = listing.instrument.id
            guard let position = account.positions[id],
                position.lots != 0 || position.cost != .zero || position.realised != .zero
            else { continue }
            hasher.combine(UInt64(id.index))
            hasher.combine(position.lots)
            hasher.combine(position.cost.units)
            hasher.combine(position.realised.units)
        }
        hasher.combine(UInt64.max)
    }
}

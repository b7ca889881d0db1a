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
        hasher.combine(nextTWAPID)
        hasher.combine(lastSecond ?? -1)
        combine(venue, into: &hasher)
        hasher.combine(UInt64(listings.count))
        for listing in listings {
            combine(listing, into: &hasher)
            combineLists(of: Int(listing.instrument.id.index), into: &hasher)
            for side in Side.allCases {
                combine(books[Int(listing.instrument.id.index)], side, into: &hasher)
            }
        }
        combineWaiting(into: &hasher)
        hasher.combine(UInt64(accounts.count))
        for account in accounts { combine(account, into: &hasher) }
        hasher.combine(ledger.fees)
        hasher.combine(ledger.clearing)
        hasher.combine(ledger.outside)
        hasher.combine(ledger.reserve)
        hasher.combine(ledger.rounding)
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
        combine(instrument.risk, into: &hasher)
        hasher.combine(UInt64(listing.session.rawValue))
        for leg in [listing.front, listing.next] {
            hasher.combine(leg.price?.units ?? 0)
            hasher.combine(leg.observedAt?.nanoseconds ?? -1)
            hasher.combine(UInt64(leg.refusals))
        }
        hasher.combine(listing.frontWeight.units)
        hasher.combine(listing.ratio.units)
        hasher.combine(listing.firstOracle?.units ?? 0)
        hasher.combine(listing.lastExternal.units)
        hasher.combine(listing.lastOutsideAt.nanoseconds)
        hasher.combine(UInt64(listing.source.rawValue))
        hasher.combine(listing.oracle?.units ?? 0)
        // Only an internal oracle is finer than what is said of it.
        hasher.combine(listing.source == .internal ? listing.internalOracle : 0)
        hasher.combine(UInt64(listing.basis.value == nil ? 0 : 1))
        hasher.combine(listing.basis.value ?? 0)
        hasher.combine(listing.mark?.units ?? 0)
        hasher.combine(listing.markedAt.nanoseconds)
        hasher.combine(UInt64(listing.isDirty ? 1 : 0))
        hasher.combine(listing.lastTrade?.ticks ?? 0)
        hasher.combine(listing.funding.count)
        hasher.combine(listing.funding.weightedSum)
        hasher.combine(listing.funding.said.units)
        hasher.combine(listing.openInterest.lots)
        hasher.combine(listing.forcedOrders.sum.units)
        hasher.combine(listing.forcedOrders.second)
    }

    private func combine(_ risk: RiskParameters, into hasher: inout StateHasher) {
        hasher.combine(risk.closedBandWidth.units)
        hasher.combine(UInt64(risk.isActiveOvernight ? 1 : 0))
        hasher.combine(risk.overnightShare.units)
        hasher.combine(risk.weekendShare.units)
        hasher.combine(risk.openInterestCap.units)
        hasher.combine(risk.impactNotional.units)
        hasher.combine(risk.liquidationSpread.units)
        hasher.combine(risk.liquidationLimit.units)
        hasher.combine(risk.providerFee.units)
    }

    private func combine(_ venue: VenueParameters, into hasher: inout StateHasher) {
        hasher.combine(UInt64(venue.maximumOpenOrders))
        hasher.combine(UInt64(venue.maximumSubaccounts))
        hasher.combine(venue.totalOpenInterestCap.units)
        hasher.combine(UInt64(venue.staleSeconds))
        hasher.combine(UInt64(venue.refusedPricesBeforeTaken))
        hasher.combine(venue.markIntervalNanoseconds)
        hasher.combine(UInt64(venue.premiumIntervalSeconds))
        hasher.combine(venue.fundingClamp.units)
        hasher.combine(venue.fundingCap.units)
        hasher.combine(venue.internalOracleGain.units)
        hasher.combine(UInt64(venue.closeOutDivisor))
        hasher.combine(venue.speedBumpNanoseconds)
        hasher.combine(UInt64(venue.isLimitBumped ? 1 : 0))
        hasher.combine(UInt64(venue.isPostOnlyBumped ? 1 : 0))
        hasher.combine(venue.closePositionSpread.units)
        for place in 0..<4 { hasher.combine(venue.fees.thresholds[place]) }
        for place in 0..<4 { hasher.combine(venue.fees.percentages[place]) }
    }

    /// Sessions to come, the last minute of `mark − oracle` (oldest first), providers.
    private func combineLists(of index: Int, into hasher: inout StateHasher) {
        hasher.combine(UInt64(schedules[index].count))
        for scheduled in schedules[index] {
            hasher.combine(UInt64(scheduled.session.rawValue))
            hasher.combine(scheduled.startsAt.nanoseconds)
        }
        hasher.combine(UInt64(discounts[index].ordered.count))
        for sample in discounts[index].ordered { hasher.combine(sample) }
        hasher.combine(UInt64(providers[index].count))
        for provider in providers[index] {
            hasher.combine(UInt64(provider.account.index))
            hasher.combine(provider.maximumNotional.units)
        }
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
                combineRest(of: state, into: &hasher)
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
        hasher.combine(account.rewards.units)
        hasher.combine(account.netFunding.units)
        hasher.combine(UInt64(account.isInLiquidation ? 1 : 0))
        // Whether the second's forced order was tried matters as long as the second lasts.
        hasher.combine(UInt64(account.lastSliceSecond == currentSecond ? 1 : 0))
        hasher.combine(UInt64(account.subaccountCount))
        hasher.combine(UInt64(account.feeTier))
        hasher.combine(UInt64(account.isIdentityCheckMissing ? 1 : 0))
        hasher.combine(UInt64(account.areTermsMissing ? 1 : 0))
        hasher.combine(UInt64(account.stops.count))
        for id in account.stops {
            guard let stop = stops[id] else { continue }
            combine(stop, into: &hasher)
        }
        hasher.combine(account.volume.today)
        // Days without volume before the first with some decide nothing.
        let days = account.volume.days.drop { $0 == 0 }
        hasher.combine(UInt64(days.count))
        for day in days { hasher.combine(day) }
        // Other holdings are as if they had never been.
        for holding in account.holdings where holding.hasTraded || holding.chosenLeverage != 0 {
            hasher.combine(UInt64(holding.hasTraded ? 1 : 0))
            hasher.combine(UInt64(holding.instrument.index))
            hasher.combine(holding.position.lots)
            hasher.combine(holding.cost.units)
            hasher.combine(holding.realisedPnL.units)
            hasher.combine(holding.netFunding.units)
            hasher.combine(UInt64(holding.chosenLeverage))
        }
        hasher.combine(UInt64.max)
    }

    private func combineRest(of state: OrderState, into hasher: inout StateHasher) {
        hasher.combine(UInt64(state.feeTier))
        hasher.combine(UInt64(state.isReduceOnly ? 1 : 0))
        hasher.combine(state.takeProfit.ticks)
        hasher.combine(state.stopLoss.ticks)
    }

    private func combine(_ stop: StopOrder, into hasher: inout StateHasher) {
        let state = stop.state
        hasher.combine(state.id.value)
        hasher.combine(UInt64(state.instrument.index))
        hasher.combine(UInt64(state.side.rawValue))
        hasher.combine(UInt64(state.type.rawValue))
        hasher.combine(UInt64(state.timeInForce.rawValue))
        hasher.combine(state.price.ticks)
        hasher.combine(state.quantity.lots)
        hasher.combine(UInt64(state.isAmended ? 1 : 0))
        hasher.combine(state.updatedAt.nanoseconds)
        hasher.combine(state.clientOrderID)
        hasher.combine(UInt64(state.feeTier))
        hasher.combine(stop.parent?.value ?? 0)
    }

    /// Requests behind the speed bump, oldest first, then sliced orders, by the next child's time.
    private func combineWaiting(into hasher: inout StateHasher) {
        for request in held[firstHeld...] {
            switch request.kind {
            case .place(let id):
                guard let order = heldOrders[id] else { continue }
                hasher.combine(request.dueAt.nanoseconds)
                hasher.combine(id.value)
                combine(.placeOrder(order.request), into: &hasher)
                // What was found of it when it came, which a cancel tells.
                hasher.combine(order.checked.quantity.lots)
                hasher.combine(order.checked.limit.ticks)
                hasher.combine(order.checked.takeProfit.ticks)
                hasher.combine(order.checked.stopLoss.ticks)
            case .modify(let modify):
                hasher.combine(request.dueAt.nanoseconds)
                combine(.modifyOrder(modify), into: &hasher)
            }
        }
        hasher.combine(UInt64(twaps.count))
        for twap in twaps {
            hasher.combine(twap.state.id.value)
            hasher.combine(UInt64(twap.state.account.index))
            hasher.combine(UInt64(twap.state.instrument.index))
            hasher.combine(UInt64(twap.state.side.rawValue))
            hasher.combine(twap.state.total.lots)
            hasher.combine(twap.state.filled.lots)
            hasher.combine(twap.state.filledValue.units)
            hasher.combine(twap.state.orderCount)
            hasher.combine(twap.state.intervalSeconds)
            hasher.combine(UInt64(twap.state.isReduceOnly ? 1 : 0))
            hasher.combine(twap.state.clientTWAPID)
            hasher.combine(twap.state.createdAt.nanoseconds)
            hasher.combine(twap.state.updatedAt.nanoseconds)
            hasher.combine(twap.nextAt.nanoseconds)
            hasher.combine(twap.sentCount)
            hasher.combine(twap.carry)
            hasher.combine(twap.worstPrice.ticks)
        }
    }

    /// A request by the bytes it has in the log.
    private func combine(_ command: Command, into hasher: inout StateHasher) {
        var writer = ByteWriter()
        CommandCodec.encode(command, to: &writer)
        for byte in writer.bytes { hasher.combine(UInt64(byte)) }
    }
}

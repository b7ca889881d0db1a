import BigInt
import ExchangeTypes

extension NaiveExchange {
    public func stateHash() -> UInt64 {
        var hasher = StateHasher()
        hasher.combine(nextOrder)
        hasher.combine(nextTrade)
        // The next sliced order's number: this exchange takes none, nor stop orders.
        hasher.combine(UInt64(1))
        hasher.combine(lastSecond ?? -1)
        combine(venue, into: &hasher)
        hasher.combine(UInt64(listings.count))
        for listing in listings { combine(listing, into: &hasher) }
        // The number of sliced orders.
        hasher.combine(UInt64(0))
        hasher.combine(UInt64(accounts.count))
        for account in accounts { combine(account, into: &hasher) }
        for amount in [
            ledger.fees, ledger.clearing, ledger.outside, ledger.reserve, ledger.rounding,
        ] { hasher.combine(Exact.int128(amount)) }
        return hasher.value
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

    private func combine(_ listing: NaiveListing, into hasher: inout StateHasher) {
        combine(listing.instrument, into: &hasher)
        hasher.combine(UInt64(listing.session.rawValue))
        for leg in [listing.front, listing.next] {
            hasher.combine(word(leg.price ?? 0))
            hasher.combine(leg.observedAt?.nanoseconds ?? -1)
            hasher.combine(UInt64(leg.refusals))
        }
        hasher.combine(listing.frontWeight.units)
        hasher.combine(listing.ratio.units)
        hasher.combine(word(listing.first ?? 0))
        hasher.combine(word(listing.lastExternal))
        hasher.combine(listing.lastOutsideAt.nanoseconds)
        hasher.combine(UInt64(listing.source.rawValue))
        hasher.combine(word(listing.oracle ?? 0))
        hasher.combine(listing.source == .internal ? Exact.int128(listing.internalOracle) : 0)
        hasher.combine(UInt64(listing.basis == nil ? 0 : 1))
        hasher.combine(Exact.int128(listing.basis ?? 0))
        hasher.combine(word(listing.mark ?? 0))
        hasher.combine(listing.markedAt.nanoseconds)
        hasher.combine(UInt64(listing.isTouched ? 1 : 0))
        hasher.combine(listing.lastTrade?.ticks ?? 0)
        hasher.combine(UInt64(listing.premiums.count))
        hasher.combine(Exact.int128(weightedSum(listing.premiums)))
        hasher.combine(listing.saidRate.units)
        hasher.combine(openInterest(listing.instrument.id))
        hasher.combine(word(listing.forcedValue))
        hasher.combine(listing.forcedSecond)
        combineLists(of: listing, into: &hasher)
    }

    private func combine(_ instrument: Instrument, into hasher: inout StateHasher) {
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
        hasher.combine(instrument.risk.closedBandWidth.units)
        hasher.combine(UInt64(instrument.risk.isActiveOvernight ? 1 : 0))
        hasher.combine(instrument.risk.overnightShare.units)
        hasher.combine(instrument.risk.weekendShare.units)
        hasher.combine(instrument.risk.openInterestCap.units)
        hasher.combine(instrument.risk.impactNotional.units)
        hasher.combine(instrument.risk.liquidationSpread.units)
        hasher.combine(instrument.risk.liquidationLimit.units)
        hasher.combine(instrument.risk.providerFee.units)
    }

    /// Sessions to come, the last minute of marks, providers, orders.
    private func combineLists(of listing: NaiveListing, into hasher: inout StateHasher) {
        hasher.combine(UInt64(listing.scheduled.count))
        for change in listing.scheduled {
            hasher.combine(UInt64(change.session.rawValue))
            hasher.combine(change.startsAt.nanoseconds)
        }
        hasher.combine(UInt64(listing.lastMinute.count))
        for sample in listing.lastMinute { hasher.combine(word(sample)) }
        hasher.combine(UInt64(listing.providers.count))
        for provider in listing.providers {
            hasher.combine(UInt64(provider.account.index))
            hasher.combine(word(provider.limit))
        }
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
        hasher.combine(UInt64(order.feeTier))
        hasher.combine(UInt64(order.isReduceOnly ? 1 : 0))
        hasher.combine(order.takeProfit.ticks)
        hasher.combine(order.stopLoss.ticks)
    }

    private func combine(_ account: NaiveAccount, into hasher: inout StateHasher) {
        hasher.combine(account.identity.high)
        hasher.combine(account.identity.low)
        hasher.combine(UInt64(account.user.index))
        for amount in [
            account.cash, account.deposits, account.realised, account.fees, account.rewards,
            account.netFunding,
        ] { hasher.combine(word(amount)) }
        hasher.combine(UInt64(account.isInLiquidation ? 1 : 0))
        hasher.combine(UInt64(account.sliceSecond == currentSecond ? 1 : 0))
        let subaccounts = accounts.filter {
            $0.user == account.user && $0.identity != account.identity
        }
        let isMaster = accounts[account.user.place].identity == account.identity
        hasher.combine(UInt64(isMaster ? subaccounts.count : 0))
        hasher.combine(UInt64(account.feeTier))
        // No word of an operator's on the user, twice, and no stop orders.
        for _ in 0..<3 { hasher.combine(UInt64(0)) }
        hasher.combine(Exact.int128(account.volumeToday))
        // Days without volume before the first with some decide nothing.
        let days = account.volumeDays.drop { $0.isZero }
        hasher.combine(UInt64(days.count))
        for day in days { hasher.combine(Exact.int128(day)) }
        for id in contracts { combine(account, id, into: &hasher) }
        hasher.combine(UInt64.max)
    }

    private func combine(
        _ account: NaiveAccount, _ id: InstrumentID, into hasher: inout StateHasher
    ) {
        let traded = account.positions.first { $0.instrument == id }
        let leverage = id.place < account.leverages.count ? account.leverages[id.place] : 0
        guard traded != nil || leverage != 0 else { return }
        let position = traded ?? NaivePosition(instrument: id)
        hasher.combine(UInt64(traded == nil ? 0 : 1))
        hasher.combine(UInt64(id.index))
        hasher.combine(position.lots)
        hasher.combine(word(position.cost))
        hasher.combine(word(position.realised))
        hasher.combine(word(position.netFunding))
        hasher.combine(UInt64(leverage))
    }

    private func word(_ amount: BigInt) -> Int64 { Money(exact: amount).units }
}

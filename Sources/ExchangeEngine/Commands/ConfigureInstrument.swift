import ExchangeTypes

extension Exchange {
    /// Lists a contract, or changes the parameters of a listed one. Its symbol and its grids never
    /// change, because resting prices and holdings are counted in them.
    func configureInstrument(_ instrument: Instrument) {
        guard instrument.isValid else { return refuse() }
        let index = Int(instrument.id.index)
        if index < listings.count {
            let listed = listings[index].instrument
            guard
                listed.symbol == instrument.symbol, listed.tickSize == instrument.tickSize,
                listed.lotSize == instrument.lotSize, listed.status != .delisted
            else { return refuse() }
            listings[index].instrument = instrument
            events.append(.instrumentConfigured(instrument))
            if instrument.status == .delisted { return delist(index) }
            sayPrices(of: index)
            if listings[index].oracle != nil { sayFundingRate(of: index) }
            // Another maximum leverage is another maintenance margin.
            for account in sortedHolders(of: index) { queue(account) }
        } else {
            guard
                index == listings.count, index < Int(Limits.maximumInstruments),
                instrumentsBySymbol[instrument.symbol] == nil
            else { return refuse() }
            list(instrument)
            events.append(.instrumentConfigured(instrument))
        }
    }

    func list(_ instrument: Instrument) {
        listings.append(Listing(instrument: instrument))
        books.append(OrderBook(pool: pool))
        schedules.append([])
        discounts.append(MinuteOfSamples())
        holders.append(Holders())
        providers.append([])
        stopTriggers.append(StopTriggers())
        instrumentsBySymbol[instrument.symbol] = instrument.id
    }

    /// Ends a contract: orders are cancelled, positions settled at the last mark. **Source** `rules.md` §12.
    private func delist(_ index: Int) {
        cancelAllOrders(ofListing: index)
        let id = listings[index].instrument.id
        let before = listings[index].openInterest
        var rest: Int128 = 0
        for account in sortedHolders(of: index) {
            rest += settleAtMark(account, index)
            emitPosition(account, id)
            emitBalance(account)
        }
        ledger.transfer(rest, from: .clearing, to: .rounding)
        emitOpenInterest(id, before: before)
        // The orders that were cancelled no longer matter to its mark.
        listings[index].isDirty = false
    }

    /// Cancels every order of a contract, oldest first.
    func cancelAllOrders(ofListing index: Int) {
        var slots: [OrderSlot] = []
        for side in Side.allCases {
            var price = books[index].best(side)
            while let level = price {
                slots += books[index].orders(at: level).map { pool.slot(of: $0.id) }
                price = books[index].next(side, behind: level)
            }
        }
        cancelOrders(slots, .corporateAction)
        let id = listings[index].instrument.id
        for stop in stops.values.filter({ $0.state.instrument == id }).map(\.state.id).sorted() {
            cancelStop(stop, .corporateAction)
        }
        for order in heldOrders.filter({ $0.value.checked.instrument == id }).keys.sorted() {
            cancelHeld(order, .corporateAction)
        }
        cancelTWAPs(of: nil, in: id)
    }

    /// Closes a position at the mark, against the clearing account. Returns what clearing is short of by
    /// it: the sum over all holders is what rounding leaves.
    func settleAtMark(_ account: AccountID, _ index: Int) -> Int128 {
        let holding = accounts[Int(account.index)].holding(of: listings[index].instrument.id)
        let value = notional(of: holding).money
        let side: Side = holding.position.lots > 0 ? .sell : .buy
        _ = book(account, holding.instrument) {
            $0.execute(holding.position.magnitude, side, worth: value)
        }
        return Int128(side == .sell ? -value.units : value.units)
    }
}

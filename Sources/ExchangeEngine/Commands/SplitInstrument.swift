import ExchangeTypes

/// Splits and reverse splits. **Source** `rules.md` §13, R-103, X-32; RISK.md §4.
extension Exchange {
    /// Realises every position at the mark and opens it again in new units, at a new price.
    func splitInstrument(_ request: SplitInstrument) {
        guard let index = tradable(request.instrument), isPossible(request, index) else {
            return refuse()
        }
        let id = request.instrument
        let before = listings[index].openInterest
        cancelAllOrders(ofListing: index)
        events.append(.instrumentSplit(request))
        let all = sortedHolders(of: index)
        var positions = all.map { account in
            let lots = accounts[Int(account.index)].holding(of: id).position.lots
            let size = Int64(scaled(lots.magnitude, request.numerator, request.denominator))
            return lots > 0 ? size : -size
        }
        balance(&positions)
        // Every cost becomes that of the new position; clearing keeps minus their sum.
        var clearing: Int128 = 0
        for account in all { clearing += settleAtMark(account, index) }
        scalePrices(request, index)
        for (account, lots) in zip(all, positions) {
            clearing += reopen(account, lots, index)
            emitPosition(account, id)
            emitBalance(account)
        }
        ledger.transfer(clearing, from: .clearing, to: .rounding)
        sayPrices(of: index)
        revalueOpenInterest(of: index)
        emitOpenInterest(id, before: before)
    }

    private func isPossible(_ request: SplitInstrument, _ index: Int) -> Bool {
        let listing = listings[index]
        let bounds = 1...Limits.maximumSplitRatio
        guard
            listing.instrument.status == .inactive, let oracle = listing.oracle,
            let mark = listing.mark, let first = listing.firstOracle,
            bounds.contains(request.numerator), bounds.contains(request.denominator),
            request.numerator != request.denominator
        else { return false }
        let highest = Int128(Limits.maximumIndexPrice.units)
        let prices = [oracle, mark, first, listing.lastExternal]
        let legs = [listing.front.price, listing.next.price].compactMap { $0 }
        guard
            prices.allSatisfy({ (1...highest).contains(scaled($0.units, by: request)) }),
            legs.allSatisfy({ scaled($0.units, by: request) <= highest })
        else { return false }
        if let last = listing.lastTrade {
            let ticks = scaled(last.ticks, by: request)
            guard (1...Int128(Limits.maximumPriceTicks)).contains(ticks) else { return false }
        }
        let sizes = sortedHolders(of: index).map { account in
            let lots = accounts[Int(account.index)].holding(of: request.instrument).position.lots
            return scaled(lots.magnitude, request.numerator, request.denominator)
        }
        return sizes.allSatisfy { $0 <= 1_000_000_000_000_000 }
            && sizes.reduce(0, +) <= 1_000_000_000_000_000_000
    }

    /// Lots in new units, cut to whole ones.
    private func scaled(_ lots: UInt64, _ numerator: UInt32, _ denominator: UInt32) -> Int128 {
        Rounding.down(Int128(lots) * Int128(numerator), by: Int128(denominator))
    }

    /// A price in new units.
    private func scaled(_ units: Int64, by split: SplitInstrument) -> Int128 {
        scaled(Int128(units), by: split)
    }

    private func scaled(_ units: Int128, by split: SplitInstrument) -> Int128 {
        Rounding.halfEven(units * Int128(split.denominator), by: Int128(split.numerator))
    }

    /// Takes lots from the larger side, one for each account and round, until longs and shorts agree:
    /// cutting to whole lots can leave one side larger.
    private func balance(_ positions: inout [Int64]) {
        var excess = positions.reduce(0, +)
        while excess != 0 {
            let step: Int64 = excess > 0 ? 1 : -1
            for place in positions.indices where excess != 0 && positions[place] * step > 0 {
                positions[place] -= step
                excess -= step
            }
        }
    }

    private func scalePrices(_ split: SplitInstrument, _ index: Int) {
        func price(_ old: ReferencePrice, atLeast least: Int64 = .min) -> ReferencePrice {
            ReferencePrice(units: max(least, Int64(scaled(old.units, by: split))))
        }
        listings[index].front.price = listings[index].front.price.map { price($0, atLeast: 1) }
        listings[index].next.price = listings[index].next.price.map { price($0, atLeast: 1) }
        listings[index].front.refusals = 0
        listings[index].next.refusals = 0
        listings[index].firstOracle = listings[index].firstOracle.map { price($0) }
        listings[index].lastExternal = price(listings[index].lastExternal)
        listings[index].oracle = listings[index].oracle.map { price($0) }
        listings[index].internalOracle = scaled(listings[index].internalOracle, by: split)
        listings[index].basis.value = listings[index].basis.value.map { scaled($0, by: split) }
        listings[index].mark = listings[index].mark.map { price($0) }
        discounts[index].rescale { Int64(scaled($0, by: split)) }
        listings[index].lastTrade = listings[index].lastTrade.map {
            Price(ticks: Int64(scaled($0.ticks, by: split)))
        }
    }

    /// Opens a position at the new mark. Returns what clearing is short of by it.
    private func reopen(_ account: AccountID, _ lots: Int64, _ index: Int) -> Int128 {
        guard lots != 0, let mark = listings[index].mark else { return 0 }
        let instrument = listings[index].instrument
        let quantity = Quantity(lots: abs(lots))
        let value = instrument.notional(mark, quantity).money
        _ = book(account, instrument.id) {
            $0.execute(quantity, lots > 0 ? .buy : .sell, worth: value)
        }
        return Int128(lots > 0 ? value.units : -value.units)
    }
}

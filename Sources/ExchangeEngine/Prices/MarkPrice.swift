import ExchangeTypes

/// The price that positions are valued at. **Source** `rules.md` §2.3, R-011 to R-013; RISK.md §2.4.
extension Exchange {
    /// The middle of best bid, best ask and last trade: the median of three, the mean of two, or the
    /// only one. Nil when there is none.
    func bookPrice(of index: Int) -> ReferencePrice? {
        let instrument = listings[index].instrument
        let candidates = [
            books[index].best(.buy), books[index].best(.sell), listings[index].lastTrade,
        ]
        let prices = candidates.compactMap { $0.map { instrument.reference($0).units } }.sorted()
        switch prices.count {
        case 3: return ReferencePrice(units: prices[1])
        case 2:
            let sum = Int128(prices[0]) + Int128(prices[1])
            return ReferencePrice(units: Int64(Rounding.halfEven(sum, by: 2)))
        case 1: return ReferencePrice(units: prices[0])
        case _: return nil
        }
    }

    /// A second's sample of the distance between the book's middle and the oracle.
    func sampleBasis(of index: Int) {
        guard
            let oracle = listings[index].oracle, let bid = books[index].best(.buy),
            let ask = books[index].best(.sell)
        else { return }
        let instrument = listings[index].instrument
        let sum =
            Int128(instrument.reference(bid).units) + Int128(instrument.reference(ask).units)
        let wide = Int128(unitsPerOne)
        listings[index].basis.sample(sum * (wide / 2) - Int128(oracle.units) * wide)
    }

    /// Computes the mark; whoever holds a position that this could endanger is assessed later.
    func computeMark(of index: Int) {
        guard let oracle = listings[index].oracle, let first = listings[index].firstOracle else {
            return
        }
        let second = oracle.units + listings[index].basis.units
        let inner = bookPrice(of: index)?.units ?? second
        let median = max(min(oracle.units, second), min(max(oracle.units, second), inner))
        let corridor = listings[index].corridor(first)
        let mark = ReferencePrice(
            units: min(max(median, corridor.lowerBound), corridor.upperBound))
        listings[index].markedAt = now
        listings[index].isDirty = false
        guard listings[index].mark != mark else { return }
        listings[index].mark = mark
        revalueOpenInterest(of: index)
        queueEndangered(by: mark, of: index)
    }

    /// Says the prices of a contract if anything differs from what was last said.
    func sayPrices(of index: Int) {
        let listing = listings[index]
        guard let oracle = listing.oracle, let mark = listing.mark else { return }
        let prices = PricesChanged(
            instrument: listing.instrument.id, oracle: oracle, mark: mark,
            band: listing.instrument.band(around: oracle, in: listing.session),
            source: listing.source)
        guard listing.saidPrices != prices else { return }
        listings[index].saidPrices = prices
        events.append(.pricesChanged(prices))
    }

    // MARK: Books that moved

    /// Notes that a contract's book or last trade changed.
    func markDirty(_ index: Int) {
        guard !listings[index].isDirty else { return }
        listings[index].isDirty = true
        let place = dirtyListings.firstIndex { $0 > index } ?? dirtyListings.count
        dirtyListings.insert(index, at: place)
    }

    /// Computes the marks of contracts whose books moved, at most every `markIntervalNanoseconds`.
    func computeDirtyMarks() {
        if dirtyListings.isEmpty { return }
        dirtyListings.removeAll { index in
            guard listings[index].isDirty else { return true }
            guard listings[index].oracle != nil else { return false }
            let age = now.nanoseconds - listings[index].markedAt.nanoseconds
            guard age >= venue.markIntervalNanoseconds else { return false }
            computeMark(of: index)
            sayPrices(of: index)
            return true
        }
    }

    /// Keeps the venue's open interest true after a change of mark or positions.
    func revalueOpenInterest(of index: Int) {
        let listing = listings[index]
        guard let mark = listing.mark else { return }
        let value = listing.instrument.notional(mark, listing.openInterest)
        totalOpenInterest.units += value.units - listing.openInterestValue.units
        listings[index].openInterestValue = value
    }
}

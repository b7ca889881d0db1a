import BigInt
import ExchangeTypes

/// Internal oracle, basis and mark. **Source** `docs/RISK.md` §2.3 to §2.5; `rules.md` §2.2, §2.3, §8.
extension NaiveExchange {
    /// Turns an external oracle internal when its market is not active or its feed is silent.
    mutating func decideSource(_ id: InstrumentID) {
        guard self[id].oracle != nil, self[id].source == .external else { return }
        let silence = now.nanoseconds - self[id].lastOutsideAt.nanoseconds
        let isStale =
            venue.staleSeconds > 0 && silence > Int64(venue.staleSeconds) * 1_000_000_000
        guard isStale || !self[id].isActive else { return }
        if self[id].isActive { emit(.alertRaised(.feedSilent(id))) }
        self[id].source = .internal
        self[id].internalOracle = (self[id].oracle ?? 0) * Scale.units
    }

    /// Moves an internal oracle a second's step towards the book, within the open band of the last
    /// outside price.
    mutating func moveInternalOracle(_ id: InstrumentID) {
        guard self[id].source == .internal, let goal = bookPrice(id) else { return }
        let listing = self[id]
        let distance = goal * Scale.units - listing.internalOracle
        let step = Exact.halfEven(venue.internalOracleGain.exact * distance, over: Scale.rate)
        let band = listing.band(
            around: listing.lastExternal, width: listing.instrument.bandWidth.exact)
        let moved = Exact.clamp(
            listing.internalOracle + step, band.minimum.exact * Scale.units,
            band.maximum.exact * Scale.units)
        self[id].internalOracle = moved
        self[id].oracle = Exact.money(moved)
    }

    /// Lets the moving average of mid price less oracle take its sample, if there are two sides.
    mutating func sampleBasis(_ id: InstrumentID) {
        guard let bid = best(.buy, id), let ask = best(.sell, id), let oracle = self[id].oracle
        else { return }
        let sample = (bid + ask) * Scale.units / 2 - oracle * Scale.units
        guard let basis = self[id].basis else {
            self[id].basis = sample
            return
        }
        let step = Exact.halfEven(
            ExactExponential.basisGain * (sample - basis), over: Scale.rate)
        self[id].basis = basis + step
    }

    /// The median of oracle, oracle with basis, and book, within the corridor. **Source** R-011, R-013.
    mutating func computeMark(_ id: InstrumentID) {
        guard let oracle = self[id].oracle, let corridor = self[id].corridor else { return }
        let second = oracle + Exact.money(self[id].basis ?? 0)
        let median = [oracle, second, bookPrice(id) ?? second].sorted()[1]
        self[id].mark = Exact.clamp(median, corridor.lowerBound, corridor.upperBound)
        self[id].markedAt = now
        self[id].isTouched = false
    }

    /// Keeps the last 60 samples of mark less oracle.
    mutating func sampleMark(_ id: InstrumentID) {
        guard let mark = self[id].mark, let oracle = self[id].oracle else { return }
        self[id].lastMinute.append(mark - oracle)
        if self[id].lastMinute.count > 60 { self[id].lastMinute.removeFirst() }
    }

    /// Says prices that are not what was last said.
    mutating func sayPrices(_ id: InstrumentID) {
        guard let oracle = self[id].oracle, let mark = self[id].mark else { return }
        let prices = PricesChanged(
            instrument: id, oracle: ReferencePrice(exact: oracle),
            mark: ReferencePrice(exact: mark),
            band: self[id].band(around: oracle, width: self[id].bandWidth),
            source: self[id].source)
        guard prices != self[id].saidPrices else { return }
        self[id].saidPrices = prices
        emit(.pricesChanged(prices))
    }

    /// The best price of a side in units of 1e-8.
    func best(_ side: Side, _ id: InstrumentID) -> BigInt? {
        self[id].book.best(side).map { units($0, of: id) }
    }

    /// The median of best bid, best ask and last trade; the mean of two of them; nil without any.
    private func bookPrice(_ id: InstrumentID) -> BigInt? {
        let last = self[id].lastTrade.map { units($0, of: id) }
        let known = [best(.buy, id), best(.sell, id), last].compactMap { $0 }.sorted()
        return switch known.count {
        case 0: nil
        case 1: known[0]
        case 2: Exact.halfEven(known[0] + known[1], over: 2)
        case _: known[1]
        }
    }
}

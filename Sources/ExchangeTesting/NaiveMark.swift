import BigInt
import ExchangeTypes

/// Internal oracle, basis and mark. **Source** `docs/RISK.md` §2.3 to §2.5; `rules.md` §2.2, §2.3, §8.
extension NaiveExchange {
    /// Turns an external oracle internal when its market is not active or its feed is silent.
    mutating func decideSource(_ id: InstrumentID) {
        guard listings[id.place].oracle != nil, listings[id.place].source == .external else {
            return
        }
        let silence = now.nanoseconds - listings[id.place].lastOutsideAt.nanoseconds
        let isStale =
            venue.staleSeconds > 0 && silence > Int64(venue.staleSeconds) * 1_000_000_000
        guard isStale || !listings[id.place].isActive else { return }
        if listings[id.place].isActive { emit(.alertRaised(.feedSilent(id))) }
        listings[id.place].source = .internal
        listings[id.place].internalOracle = (listings[id.place].oracle ?? 0) * Scale.units
    }

    /// Moves an internal oracle a second's step towards the book, within the open band of the last
    /// outside price.
    mutating func moveInternalOracle(_ id: InstrumentID) {
        guard listings[id.place].source == .internal, let goal = bookPrice(id) else { return }
        let distance = goal * Scale.units - listings[id.place].internalOracle
        let step = Exact.halfEven(venue.internalOracleGain.exact * distance, over: Scale.rate)
        let band = listings[id.place].band(
            around: listings[id.place].lastExternal,
            width: listings[id.place].instrument.bandWidth.exact)
        let moved = Exact.clamp(
            listings[id.place].internalOracle + step,
            max(band.minimum, ReferencePrice(units: 1)).exact * Scale.units,
            min(band.maximum, Limits.maximumIndexPrice).exact * Scale.units)
        listings[id.place].internalOracle = moved
        listings[id.place].oracle = Exact.money(moved)
    }

    /// Lets the moving average of mid price less oracle take its sample, if there are two sides.
    mutating func sampleBasis(_ id: InstrumentID) {
        guard let bid = best(.buy, id), let ask = best(.sell, id),
            let oracle = listings[id.place].oracle
        else { return }
        let sample = (bid + ask) * Scale.units / 2 - oracle * Scale.units
        guard let basis = listings[id.place].basis else {
            listings[id.place].basis = sample
            return
        }
        let step = Exact.halfEven(
            ExactExponential.basisGain * (sample - basis), over: Scale.rate)
        listings[id.place].basis = basis + step
    }

    /// The median of oracle, oracle with basis, and book, within the corridor. **Source** R-011, R-013.
    mutating func computeMark(_ id: InstrumentID) {
        guard let oracle = listings[id.place].oracle else { return }
        let second = oracle + Exact.money(listings[id.place].basis ?? 0)
        let median = [oracle, second, bookPrice(id) ?? second].sorted()[1]
        listings[id.place].mark = listings[id.place].heldInCorridor(median)
        listings[id.place].markedAt = now
        listings[id.place].isTouched = false
    }

    /// Keeps the last 60 samples of mark less oracle.
    mutating func sampleMark(_ id: InstrumentID) {
        guard let mark = listings[id.place].mark, let oracle = listings[id.place].oracle else {
            return
        }
        listings[id.place].lastMinute.append(mark - oracle)
        if listings[id.place].lastMinute.count > 60 { listings[id.place].lastMinute.removeFirst() }
    }

    /// Says prices that are not what was last said.
    mutating func sayPrices(_ id: InstrumentID) {
        guard let oracle = listings[id.place].oracle, let mark = listings[id.place].mark else {
            return
        }
        let prices = PricesChanged(
            instrument: id, oracle: ReferencePrice(exact: oracle),
            mark: ReferencePrice(exact: mark),
            band: listings[id.place].band(around: oracle, width: listings[id.place].bandWidth),
            source: listings[id.place].source)
        guard prices != listings[id.place].saidPrices else { return }
        listings[id.place].saidPrices = prices
        emit(.pricesChanged(prices))
    }

    /// The best price of a side in units of 1e-8.
    func best(_ side: Side, _ id: InstrumentID) -> BigInt? {
        listings[id.place].book.best(side).map { units($0, of: id) }
    }

    /// The median of best bid, best ask and last trade; the mean of two of them; nil without any.
    private func bookPrice(_ id: InstrumentID) -> BigInt? {
        let last = listings[id.place].lastTrade.map { units($0, of: id) }
        let known = [best(.buy, id), best(.sell, id), last].compactMap { $0 }.sorted()
        return switch known.count {
        case 0: nil
        case 1: known[0]
        case 2: Exact.halfEven(known[0] + known[1], over: 2)
        case _: known[1]
        }
    }
}

import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Takes an outside price or refuses to believe it. **Source** `docs/RISK.md` §2.1, R-003, R-004.
    mutating func updateIndexPrice(_ update: UpdateIndexPrice) {
        let id = update.instrument
        guard isTradable(id) else { return refuse() }
        let price = update.price.exact
        guard isInRange(price), isInOrder(update) else { return refuse(.unbelievablePrice) }
        let leg = listings[id.place][update.leg]
        let isDistant = leg.price.map { 2 * price < $0 || 2 * price > 3 * $0 } ?? false
        if isDistant {
            // A halted contract's price may have become another one by a split to come.
            let isHalted = instrument(id).status != .active
            if isHalted { return refuse(.unbelievablePrice) }
            if leg.refusals < venue.refusedPricesBeforeTaken {
                listings[id.place][update.leg].refusals += 1
                return refuse(.unbelievablePrice)
            }
        }
        var changed = listings[id.place]
        changed[update.leg].price = price
        guard let composed = changed.composed, isPossible(composed, id) else {
            return refuse(.unbelievablePrice)
        }
        if isDistant { emit(.alertRaised(.distantPriceTaken(id))) }
        listings[id.place][update.leg].price = price
        listings[id.place][update.leg].refusals = 0
        if let instant = update.observedAt { listings[id.place][update.leg].observedAt = instant }
        let weight = listings[id.place].frontWeight.exact
        let hasWeight = update.leg == .front ? !weight.isZero : weight != Scale.rate
        if hasWeight { take(composed, id) }
    }

    /// **Source** R-006, R-008.
    mutating func composeOracle(_ request: ComposeOracle) {
        let id = request.instrument
        guard isTradable(id), request.frontWeight >= .zero,
            request.frontWeight <= Rate(percent: 100), request.ratio > .zero,
            request.ratio <= Rate(percent: 1_000)
        else { return refuse() }
        var changed = listings[id.place]
        changed.frontWeight = request.frontWeight
        changed.ratio = request.ratio
        if let composed = changed.composed, !isPossible(composed, id) { return refuse() }
        listings[id.place] = changed
        guard listings[id.place].oracle != nil, listings[id.place].source == .external,
            let composed = listings[id.place].composed
        else { return }
        listings[id.place].oracle = composed
        listings[id.place].lastExternal = composed
        computeMark(id)
        sayPrices(id)
    }

    private func isInOrder(_ update: UpdateIndexPrice) -> Bool {
        guard let instant = update.observedAt else { return true }
        if let last = listings[update.instrument.place][update.leg].observedAt, instant < last {
            return false
        }
        return instant <= now.advanced(byNanoseconds: 60_000_000_000)
    }

    private func isInRange(_ price: BigInt) -> Bool {
        price >= 1 && price <= Limits.maximumIndexPrice.exact
    }

    /// Whether a contract's oracle can ever be this.
    private func isPossible(_ oracle: BigInt, _ id: InstrumentID) -> Bool {
        guard isInRange(oracle) else { return false }
        return listings[id.place].heldInCorridor(oracle) == oracle
    }

    private mutating func take(_ composed: BigInt, _ id: InstrumentID) {
        listings[id.place].lastOutsideAt = now
        let (isActive, isFirst) = (listings[id.place].isActive, listings[id.place].oracle == nil)
        if isActive || isFirst {
            listings[id.place].source = isActive ? .external : .internal
            listings[id.place].oracle = composed
            listings[id.place].lastExternal = composed
            listings[id.place].internalOracle = composed * Scale.units
        }
        if isFirst { listings[id.place].first = composed }
        computeMark(id)
        sayPrices(id)
    }
}

extension NaiveListing {
    /// The outside price of a leg.
    subscript(_ leg: UpdateIndexPrice.Leg) -> NaiveLeg {
        get {
            switch leg {
            case .front: front
            case .next: next
            }
        }
        set {
            switch leg {
            case .front: front = newValue
            case .next: next = newValue
            }
        }
    }

    /// The oracle that follows from the outside prices; nil while there is none of them.
    var composed: BigInt? {
        guard let front = self.front.price ?? self.next.price,
            let next = self.next.price ?? self.front.price
        else {
            return nil
        }
        let weight = frontWeight.exact
        let sum = weight * front + (Scale.rate - weight) * next
        return Exact.halfEven(
            Exact.halfEven(sum, over: Scale.rate) * ratio.exact, over: Scale.rate)
    }

    /// A price moved to the edge of the corridor if it is beyond: oracle and mark stay for ever from a
    /// ninth to nine times of the first oracle price.
    func heldInCorridor(_ price: BigInt) -> BigInt {
        guard let first else { return price }
        let width = BigInt(Limits.indexCorridor)
        if price * width < first { return Exact.up(first, over: width) }
        let highest = first * width
        return price > highest ? highest : price
    }

    /// `oracle × (1 ± width)`, rounded half-even. **Source** `rules.md` §8, R-077.
    func band(around oracle: BigInt, width: BigInt) -> PriceBand {
        PriceBand(
            minimum: ReferencePrice(
                exact: Exact.halfEven(oracle * (Scale.rate - width), over: Scale.rate)),
            maximum: ReferencePrice(
                exact: Exact.halfEven(oracle * (Scale.rate + width), over: Scale.rate)))
    }
}

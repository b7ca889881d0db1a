import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Takes an outside price or refuses to believe it. **Source** `docs/RISK.md` §2.1, R-003, R-004.
    mutating func updateIndexPrice(_ update: UpdateIndexPrice) {
        let id = update.instrument
        guard isTradable(id) else { return refuse() }
        let price = update.price.exact
        guard isInRange(price), isInOrder(update) else { return refuse(.unbelievablePrice) }
        let leg = self[id][update.leg]
        let isDistant = leg.price.map { 2 * price < $0 || 2 * price > 3 * $0 } ?? false
        if isDistant && leg.refusals < venue.refusedPricesBeforeTaken {
            self[id][update.leg].refusals += 1
            return refuse(.unbelievablePrice)
        }
        var changed = self[id]
        changed[update.leg].price = price
        guard let composed = changed.composed, isPossible(composed, id) else {
            return refuse(.unbelievablePrice)
        }
        if isDistant { emit(.alertRaised(.distantPriceTaken(id))) }
        self[id][update.leg].price = price
        self[id][update.leg].refusals = 0
        if let instant = update.observedAt { self[id][update.leg].observedAt = instant }
        let weight = self[id].frontWeight.exact
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
        var changed = self[id]
        changed.frontWeight = request.frontWeight
        changed.ratio = request.ratio
        if let composed = changed.composed, !isPossible(composed, id) { return refuse() }
        self[id] = changed
        guard self[id].oracle != nil, self[id].source == .external,
            let composed = self[id].composed
        else { return }
        self[id].oracle = composed
        self[id].lastExternal = composed
        computeMark(id)
        sayPrices(id)
    }

    private func isInOrder(_ update: UpdateIndexPrice) -> Bool {
        guard let instant = update.observedAt else { return true }
        if let last = self[update.instrument][update.leg].observedAt, instant < last {
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
        guard let corridor = self[id].corridor else { return true }
        return corridor.contains(oracle)
    }

    private mutating func take(_ composed: BigInt, _ id: InstrumentID) {
        self[id].lastOutsideAt = now
        if self[id].isActive || self[id].oracle == nil {
            let isFirst = self[id].oracle == nil
            self[id].source = isFirst && !self[id].isActive ? .internal : .external
            self[id].oracle = composed
            self[id].lastExternal = composed
            self[id].first = self[id].first ?? composed
            self[id].internalOracle = composed * Scale.units
        }
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

    /// Where oracle and mark stay for ever: from a ninth to nine times of the first oracle price.
    var corridor: ClosedRange<BigInt>? {
        guard let first else { return nil }
        let width = BigInt(Limits.indexCorridor)
        return Exact.up(first, over: width)...(first * width)
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

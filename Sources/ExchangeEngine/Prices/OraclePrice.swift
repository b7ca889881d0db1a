import ExchangeTypes

/// From outside prices to the oracle. **Source** `rules.md` §2.1, §2.2; RISK.md §2.1, §2.3.
extension Exchange {
    /// Takes a new outside price, or says that it cannot be believed. **Source** R-003 to R-006.
    func updateIndexPrice(_ update: UpdateIndexPrice) {
        guard let index = tradable(update.instrument) else { return refuse() }
        let listing = listings[index]
        let leg = update.leg == .front ? listing.front : listing.next
        guard isInRange(update.price), isInOrder(update, leg) else {
            return refuse(.unbelievablePrice)
        }
        let isDistant = isDistant(update.price, from: leg)
        // While a contract is halted, a price on another scale is that of a split to come or gone by.
        let isHalted = listing.instrument.status != .active
        if isDistant && (isHalted || leg.refusals < venue.refusedPricesBeforeTaken) {
            if !isHalted { withLeg(update.leg, of: index) { $0.refusals += 1 } }
            return refuse(.unbelievablePrice)
        }
        var changed = listing
        let taken = OutsidePrice(
            price: update.price, observedAt: update.observedAt ?? leg.observedAt)
        switch update.leg {
        case .front: changed.front = taken
        case .next: changed.next = taken
        }
        guard let oracle = composedPrice(of: changed) else { return refuse(.unbelievablePrice) }
        if isDistant { events.append(.alertRaised(.distantPriceTaken(update.instrument))) }
        withLeg(update.leg, of: index) { $0 = taken }
        if hasWeight(update.leg, listing) { follow(oracle, index) }
    }

    /// Changes how the oracle follows from outside prices. **Source** R-006 to R-008.
    func composeOracle(_ request: ComposeOracle) {
        let one = Rate(percent: 100)
        guard
            let index = tradable(request.instrument),
            request.frontWeight >= .zero, request.frontWeight <= one,
            request.ratio > .zero, request.ratio <= Rate(percent: 1_000)
        else { return refuse() }
        var changed = listings[index]
        changed.frontWeight = request.frontWeight
        changed.ratio = request.ratio
        let hasPrice = changed.front.price != nil || changed.next.price != nil
        let oracle = composedPrice(of: changed)
        if hasPrice && oracle == nil { return refuse() }
        listings[index].frontWeight = request.frontWeight
        listings[index].ratio = request.ratio
        guard let oracle, listings[index].oracle != nil, listings[index].source == .external else {
            return
        }
        setExternal(oracle, index)
        computeMark(of: index)
        sayPrices(of: index)
    }

    /// A price for the oracle has come from outside.
    private func follow(_ oracle: ReferencePrice, _ index: Int) {
        listings[index].lastOutsideAt = now
        let isFirst = listings[index].oracle == nil
        if isFirst { listings[index].firstOracle = oracle }
        if listings[index].isActive || isFirst {
            listings[index].source = listings[index].isActive ? .external : .internal
            listings[index].internalOracle = Int128(oracle.units) * Int128(unitsPerOne)
            setExternal(oracle, index)
        }
        computeMark(of: index)
        sayPrices(of: index)
    }

    private func setExternal(_ oracle: ReferencePrice, _ index: Int) {
        listings[index].oracle = oracle
        listings[index].lastExternal = oracle
    }

    /// Turns an oracle internal whose market is closed or whose feed is silent.
    func decideSource(of index: Int) {
        guard listings[index].source == .external, let oracle = listings[index].oracle else {
            return
        }
        let silence = now.nanoseconds - listings[index].lastOutsideAt.nanoseconds
        let isStale = venue.staleSeconds != 0 && silence > Int64(venue.staleSeconds) * second
        let isActive = listings[index].isActive
        if isActive && !isStale { return }
        if isActive {
            events.append(.alertRaised(.feedSilent(listings[index].instrument.id)))
        }
        listings[index].source = .internal
        listings[index].internalOracle = Int128(oracle.units) * Int128(unitsPerOne)
    }

    /// A second's step of an internal oracle towards this exchange's own book. **Source** R-014.
    func moveInternalOracle(of index: Int) {
        let listing = listings[index]
        guard listing.source == .internal, let target = bookPrice(of: index) else { return }
        let wide = Int128(unitsPerOne)
        let moved =
            listing.internalOracle
            + BasisAverage.step(
                from: listing.internalOracle, towards: Int128(target.units) * wide,
                gain: venue.internalOracleGain)
        let band = listing.instrument.band(around: listing.lastExternal, in: .open)
        let kept = min(
            max(moved, Int128(max(band.minimum.units, 1)) * wide),
            Int128(min(band.maximum, Limits.maximumIndexPrice).units) * wide)
        listings[index].internalOracle = kept
        listings[index].oracle = ReferencePrice(units: Int64(Rounding.halfEven(kept, by: wide)))
    }

    // MARK: What can be believed

    private func isInRange(_ price: ReferencePrice) -> Bool {
        price > .zero && price <= Limits.maximumIndexPrice
    }

    private func isInOrder(_ update: UpdateIndexPrice, _ leg: OutsidePrice) -> Bool {
        guard let time = update.observedAt else { return true }
        if time.nanoseconds > now.nanoseconds + 60 * second { return false }
        return leg.observedAt.map { $0 <= time } ?? true
    }

    private func isDistant(_ price: ReferencePrice, from leg: OutsidePrice) -> Bool {
        guard let last = leg.price else { return false }
        return 2 * price.units < last.units || 2 * price.units > 3 * last.units
    }

    private func hasWeight(_ leg: UpdateIndexPrice.Leg, _ listing: Listing) -> Bool {
        switch leg {
        case .front: listing.frontWeight > .zero
        case .next: listing.frontWeight < Rate(percent: 100)
        }
    }

    private func withLeg(
        _ leg: UpdateIndexPrice.Leg, of index: Int, _ change: (inout OutsidePrice) -> Void
    ) {
        switch leg {
        case .front: change(&listings[index].front)
        case .next: change(&listings[index].next)
        }
    }

    /// `(w × front + (1 − w) × next) × ratio`; nil without prices or out of bounds.
    private func composedPrice(of listing: Listing) -> ReferencePrice? {
        guard let either = listing.front.price ?? listing.next.price else { return nil }
        let front = Int128((listing.front.price ?? either).units)
        let next = Int128((listing.next.price ?? either).units)
        let one = Int128(Rate.unitsPerOne)
        let weight = Int128(listing.frontWeight.units)
        let blend = Rounding.halfEven(front * weight + next * (one - weight), by: one)
        let units = Rounding.halfEven(blend * Int128(listing.ratio.units), by: one)
        guard units > 0, units <= Int128(Limits.maximumIndexPrice.units) else { return nil }
        let price = ReferencePrice(units: Int64(units))
        if let first = listing.firstOracle, !listing.corridor(first).contains(price.units) {
            return nil
        }
        return price
    }
}

import ExchangeTypes

/// The place of a checked order on its instrument's grids.
struct CheckedOrder {
    let instrument: InstrumentID
    /// Of a reduce-only order: no more than there is to reduce.
    let quantity: Quantity
    /// The limit, or for a market order the edge of the price band.
    let limit: Price
    /// Where filled quantities take their profit or stop their loss; zero for nowhere.
    var takeProfit = Price.zero
    var stopLoss = Price.zero
}

/// Every refusal a client can see is decided here, in the order of `rules.md` §6.2.
extension Exchange {
    /// Whether a type may have a lifetime. **Source** `rules.md` §6.1, R-040.
    func isAllowed(_ type: OrderType, _ timeInForce: TimeInForce) -> Bool {
        switch type {
        case .limit: true
        case .market: timeInForce == .immediateOrCancel
        case .addLiquidityOnly: timeInForce == .goodTillCancelled
        case .takeProfit, .stopLoss, .stopMarket: true
        }
    }

    /// The number of lots of an order for the book. **Source** R-041, R-042.
    func checkQuantity(
        _ quantity: WireDecimal, _ instrument: Instrument
    ) -> Checked<Quantity> {
        gridQuantity(
            quantity, instrument, within: instrument.minimumQuantity...instrument.maximumQuantity)
    }

    /// The number of lots a client's number stands for.
    func gridQuantity(
        _ quantity: WireDecimal, _ instrument: Instrument, within bounds: ClosedRange<Quantity>
    ) -> Checked<Quantity> {
        switch quantity.multiple(of: instrument.lotSize) {
        case .offGrid: return .refused(.quantityPrecision)
        case .outOfRange:
            return .refused(quantity.isNegative ? .quantityTooSmall : .quantityTooLarge)
        case .multiple(let lots):
            let lots = Quantity(lots: lots)
            if lots < bounds.lowerBound { return .refused(.quantityTooSmall) }
            if lots > bounds.upperBound { return .refused(.quantityTooLarge) }
            return .passed(lots)
        }
    }

    /// The number of ticks a client's number stands for, within what a book can hold.
    func gridPrice(_ price: WireDecimal, _ instrument: Instrument) -> Checked<Price> {
        let highest = Int128(Limits.maximumIndexPrice.units)
        switch price.multiple(of: instrument.tickSize) {
        case .offGrid: return .refused(.pricePrecision)
        case .outOfRange: return .refused(price.isNegative ? .priceTooLow : .priceTooHigh)
        case .multiple(let ticks):
            if ticks <= 0 { return .refused(.priceTooLow) }
            // Ten times the highest oracle is beyond every book, and keeps coarse grids within 64 bits.
            let units = Int128(ticks) * Int128(instrument.tickSize.units)
            if ticks > Limits.maximumPriceTicks || units > 10 * highest {
                return .refused(.priceTooHigh)
            }
            return .passed(Price(ticks: ticks))
        }
    }

    /// The number of ticks a client's limit stands for, within the hard limits and the band.
    /// **Source** R-041, R-076; hard limit `rules.md` §6.2: not beyond ten times the oracle.
    func checkPrice(
        _ price: WireDecimal, _ side: Side, _ listing: Listing
    ) -> Checked<Price> {
        let instrument = listing.instrument
        guard let oracle = listing.oracle else { return .refused(.marketClosed) }
        switch gridPrice(price, instrument) {
        case .refused(let reason): return .refused(reason)
        case .passed(let price):
            let units = Int128(price.ticks) * Int128(instrument.tickSize.units)
            if units > Int128(oracle.units) * 10 { return .refused(.priceTooHigh) }
            let band = instrument.band(around: oracle, in: listing.session)
            switch side {
            case .buy: if units > Int128(band.maximum.units) { return .refused(.priceTooHigh) }
            case .sell: if units < Int128(band.minimum.units) { return .refused(.priceTooLow) }
            }
            return .passed(price)
        }
    }

    /// The limit of a market order: the edge of the band, on the grid. **Source** R-046, X-22.
    func marketLimit(_ side: Side, _ listing: Listing) -> Price {
        let instrument = listing.instrument
        let band = instrument.band(around: listing.oracle ?? .zero, in: listing.session)
        let edge =
            side == .buy
            ? instrument.priceDown(band.maximum) : instrument.priceUp(band.minimum)
        return Price(ticks: min(max(edge.ticks, 1), Limits.maximumPriceTicks))
    }

    /// Whether an order is worth too little; one that only closes may be. **Source** R-043.
    func isTooSmall(
        _ quantity: Quantity, _ side: Side, worth value: Notional, _ account: AccountID,
        _ instrument: Instrument
    ) -> Bool {
        let closable = accounts[Int(account.index)].holding(of: instrument.id).closable(by: side)
        return quantity > closable && value < Notional(instrument.minimumNotional)
    }

    /// Whether the account may and can hold what the order could lead to.
    ///
    /// `replacing` is the resting order that a modification would take out first.
    /// **Complexity** linear in the contracts the account trades, logarithmic in its orders.
    /// **Source** R-024, R-026, R-080 to.
    func checkExposure(
        _ order: ProspectiveOrder, _ account: AccountID, _ listing: Listing,
        replacing: OrderSlot? = nil
    ) -> RejectReason? {
        guard let mark = listing.mark else { return .marketClosed }
        let instrument = listing.instrument
        let holding = accounts[Int(account.index)].holding(of: instrument.id)
        let closable = holding.closable(by: order.side)
        var together = holding.openOrders(order.side).quantity + order.quantity
        if let replacing { together -= pool[replacing].remaining }
        let exposure = holding.position.lots + SignedQuantity(together, order.side).lots
        let exposed = Quantity(lots: abs(exposure))
        let isSmaller = replacing.map { self.isSmaller(order, than: $0, instrument) } ?? false
        if !isSmaller && exposed > holding.position.magnitude
            && instrument.notional(mark, exposed) > instrument.maximumNotional(in: listing.session)
        {
            return .maximumNotional
        }
        if together <= closable { return nil }
        let opening = min(together - closable, order.quantity)
        if !isSmaller, let reason = checkVenue(order, opening, account, listing, mark) {
            return reason
        }
        if isRuinous(order, opening, account, instrument, mark) { return .insufficientMargin }
        let increase =
            orderMargin(account, holding, adding: order, without: replacing)
            - orderMargin(account, holding)
        if replacing != nil && increase <= .zero { return nil }
        return increase > availableBalance(account) ? .insufficientMargin : nil
    }

    /// Whether a change makes an order smaller in quantity and value: no limit stands in its way.
    private func isSmaller(
        _ order: ProspectiveOrder, than slot: OrderSlot, _ instrument: Instrument
    ) -> Bool {
        let resting = pool[slot]
        return order.quantity <= resting.remaining
            && instrument.notional(order.price, order.quantity)
                <= instrument.notional(resting.price, resting.remaining)
    }

    /// Whether opening a position at an order's limit would at once lose more than the account has:
    /// two accounts could take the reserve fund's money that way.
    private func isRuinous(
        _ order: ProspectiveOrder, _ opening: Quantity, _ account: AccountID,
        _ instrument: Instrument, _ mark: ReferencePrice
    ) -> Bool {
        let loss =
            order.side == .buy
            ? order.limit.units - mark.units : mark.units - order.limit.units
        guard loss > 0 else { return false }
        let units = instrument.notional(ReferencePrice(units: loss), opening).units
        return units > figures(of: account).equity * Int128(unitsPerOne)
    }

    /// Limits of the whole account and of the venue, for an order of which some could open a position.
    private func checkVenue(
        _ order: ProspectiveOrder, _ opening: Quantity, _ account: AccountID, _ listing: Listing,
        _ mark: ReferencePrice
    ) -> RejectReason? {
        let instrument = listing.instrument
        let price = max(order.price, mark)
        let gross = grossExposure(of: account) + instrument.notional(price, order.quantity)
        if accounts[Int(account.index)].cash > Limits.maximumCash
            || gross > Notional(Limits.maximumAccountNotional)
        {
            return .maximumNotional
        }
        if instrument.notional(mark, listing.openInterest + opening)
            > instrument.openInterestCap(in: listing.session)
        {
            return .openInterestLimit
        }
        if totalOpenInterest + instrument.notional(mark, opening)
            > Notional(venue.totalOpenInterestCap)
        {
            return .totalOpenInterestLimit
        }
        return nil
    }
}

/// The outcome of a check.
enum Checked<Value> {
    case passed(Value)
    case refused(RejectReason)
}

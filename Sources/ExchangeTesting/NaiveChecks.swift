import ExchangeTypes

/// The outcome of a check that reads a value out of a request.
enum NaiveCheck<Value> {
    case passed(Value)
    case refused(RejectReason)
}

/// An order about to enter the book, with what the risk checks need to know of it.
struct NaiveDraft {
    var account: AccountID
    var instrument: InstrumentID
    var side: Side
    var type: OrderType
    var quantity: Quantity
    /// The worst price at which it may trade.
    var limit: Price
    /// The price, in units of 1e-8, at which the smallest-order check counts it.
    var notionalPrice: Int128
    /// The price, in units of 1e-8, at which the margin check counts it.
    var marginPrice: Int128
    /// The resting order that it takes the place of.
    var replaced: OrderID?
}

extension NaiveExchange {
    /// Whether a type may have a time in force. **Source** R-040.
    func isAllowed(_ type: OrderType, _ timeInForce: TimeInForce) -> Bool {
        switch type {
        case .limit: true
        case .market: timeInForce == .immediateOrCancel
        case .addLiquidityOnly: timeInForce == .goodTillCancelled
        case .takeProfit, .stopLoss, .stopMarket: false
        }
    }

    /// The grid, then the bounds of the contract. **Source** R-041, R-042.
    func checkQuantity(_ decimal: WireDecimal, _ instrument: Instrument) -> NaiveCheck<Quantity> {
        switch decimal.multiple(of: instrument.lotSize) {
        case .offGrid: .refused(.quantityPrecision)
        case .outOfRange:
            .refused(decimal.isNegative ? .quantityTooSmall : .quantityTooLarge)
        case .multiple(let lots) where lots < instrument.minimumQuantity.lots:
            .refused(.quantityTooSmall)
        case .multiple(let lots) where lots > instrument.maximumQuantity.lots:
            .refused(.quantityTooLarge)
        case .multiple(let lots): .passed(Quantity(lots: lots))
        }
    }

    /// The grid, the bounds of a book, ten times the index and the band, in the order that decides the
    /// reason given.
    func checkPrice(
        _ decimal: WireDecimal, _ side: Side, _ listing: NaiveListing
    ) -> NaiveCheck<Price> {
        let ticks: Int64
        switch decimal.multiple(of: listing.instrument.tickSize) {
        case .offGrid: return .refused(.pricePrecision)
        case .outOfRange: return .refused(decimal.isNegative ? .priceTooLow : .priceTooHigh)
        case .multiple(let count): ticks = count
        }
        if ticks <= 0 { return .refused(.priceTooLow) }
        if ticks > Limits.maximumPriceTicks { return .refused(.priceTooHigh) }
        guard let index = listing.index else { return .refused(.marketClosed) }
        let band = listing.instrument.band(around: index, in: .open)
        let units = Int128(ticks) * Int128(listing.instrument.tickSize.units)
        if units > 10 * Int128(index.units) { return .refused(.priceTooHigh) }
        switch side {
        case .buy where units > Int128(band.maximum.units): return .refused(.priceTooHigh)
        case .sell where units < Int128(band.minimum.units): return .refused(.priceTooLow)
        case .buy, .sell: return .passed(Price(ticks: ticks))
        }
    }

    /// The price protection of a market order: the edge of the band, rounded inwards.
    func marketLimit(_ side: Side, _ listing: NaiveListing, index: ReferencePrice) -> Price {
        let band = listing.instrument.band(around: index, in: .open)
        let edge =
            switch side {
            case .buy: listing.instrument.priceDown(band.maximum)
            case .sell: listing.instrument.priceUp(band.minimum)
            }
        return Price(ticks: min(max(edge.ticks, 1), Limits.maximumPriceTicks))
    }

    /// The smallest order, from which closing orders are free.
    func checkMinimumNotional(_ draft: NaiveDraft) -> RejectReason? {
        let held = position(draft.account, draft.instrument).lots
        let opposite = draft.side == .buy ? -held : held
        if opposite > 0 && draft.quantity.lots <= opposite { return nil }
        let instrument = instrument(draft.instrument)
        let value =
            draft.notionalPrice * Int128(instrument.lotSize.units) * Int128(draft.quantity.lots)
        let minimum = Int128(instrument.minimumNotional.units) * Int128(unitsPerOne)
        return value < minimum ? .belowMinimumNotional : nil
    }

    /// The position that the account would have if this order and all others of its side filled.
    func checkMaximumNotional(_ draft: NaiveDraft) -> RejectReason? {
        let held = position(draft.account, draft.instrument).lots
        let wanted = restingLots(draft) + draft.quantity.lots
        let exposure = Int128(abs(draft.side == .buy ? held + wanted : held - wanted))
        let listing = listings[Int(draft.instrument.index)]
        guard let mark = listing.mark else { return .marketClosed }
        let value = exposure * Int128(listing.instrument.lotSize.units) * Int128(mark.units)
        let maximum = Int128(listing.instrument.maximumNotional.units) * Int128(unitsPerOne)
        return value > maximum && exposure > Int128(abs(held)) ? .maximumNotional : nil
    }

    /// Whether the order and all others of its side can do no more than close the position.
    func isReducingOnly(_ draft: NaiveDraft) -> Bool {
        let held = position(draft.account, draft.instrument).lots
        let opposite = draft.side == .buy ? -held : held
        return opposite > 0 && restingLots(draft) + draft.quantity.lots <= opposite
    }

    /// What the order adds to the order margin of its contract.
    func marginIncrease(_ draft: NaiveDraft) -> Int128 {
        let own = NaiveClaim(
            side: draft.side, price: draft.marginPrice, lots: draft.quantity.lots)
        let others = claims(draft.account, draft.instrument, without: draft.replaced)
        return orderMargin(others + [own], draft.account, draft.instrument)
            - orderMargin(draft.account, draft.instrument)
    }

    /// Whether an order that must not trade would: also against the account's own orders.
    func crosses(_ draft: NaiveDraft) -> Bool {
        guard let best = listings[Int(draft.instrument.index)].book.best(draft.side.opposite)
        else { return false }
        return isAcceptable(best, to: draft.side, limit: draft.limit)
    }

    /// Whether an order with this limit may trade at a price.
    func isAcceptable(_ price: Price, to side: Side, limit: Price) -> Bool {
        side == .buy ? price <= limit : price >= limit
    }

    private func restingLots(_ draft: NaiveDraft) -> Int64 {
        claims(draft.account, draft.instrument, without: draft.replaced)
            .filter { $0.side == draft.side }
            .reduce(0) { $0 + $1.lots }
    }
}

import BigInt
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
    var notionalPrice: BigInt
    /// The price, in units of 1e-8, at which the margin check counts it.
    var marginPrice: BigInt
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
        switch decimal.naiveSteps(of: instrument.lotSize) {
        case .offGrid: .refused(.quantityPrecision)
        case .outOfRange:
            .refused(decimal.isNegative ? .quantityTooSmall : .quantityTooLarge)
        case .steps(let lots) where lots < instrument.minimumQuantity.lots:
            .refused(.quantityTooSmall)
        case .steps(let lots) where lots > instrument.maximumQuantity.lots:
            .refused(.quantityTooLarge)
        case .steps(let lots): .passed(Quantity(lots: lots))
        }
    }

    /// The grid, the bounds of a book, ten times the oracle and the band, in the order that decides the
    /// reason given.
    func checkPrice(
        _ decimal: WireDecimal, _ side: Side, _ id: InstrumentID
    ) -> NaiveCheck<Price> {
        let ticks: Int64
        switch decimal.naiveSteps(of: instrument(id).tickSize) {
        case .offGrid: return .refused(.pricePrecision)
        case .outOfRange: return .refused(decimal.isNegative ? .priceTooLow : .priceTooHigh)
        case .steps(let count): ticks = count
        }
        if ticks <= 0 { return .refused(.priceTooLow) }
        if ticks > Limits.maximumPriceTicks { return .refused(.priceTooHigh) }
        guard let oracle = listings[id.place].oracle else { return .refused(.marketClosed) }
        let band = listings[id.place].band(around: oracle, width: listings[id.place].bandWidth)
        let price = units(Price(ticks: ticks), of: id)
        if price > 10 * oracle { return .refused(.priceTooHigh) }
        switch side {
        case .buy where price > band.maximum.exact: return .refused(.priceTooHigh)
        case .sell where price < band.minimum.exact: return .refused(.priceTooLow)
        case .buy, .sell: return .passed(Price(ticks: ticks))
        }
    }

    /// The price protection of a market order: the edge of the band, rounded inwards.
    func marketLimit(_ side: Side, _ id: InstrumentID, oracle: BigInt) -> Price {
        let band = listings[id.place].band(around: oracle, width: listings[id.place].bandWidth)
        let tick = listings[id.place].tick
        return grid(
            side == .buy
                ? Exact.down(band.maximum.exact, over: tick)
                : Exact.up(band.minimum.exact, over: tick))
    }

    /// A number of ticks held within the bounds of a book.
    func grid(_ ticks: BigInt) -> Price {
        Price(ticks: Int64(Exact.clamp(ticks, 1, BigInt(Limits.maximumPriceTicks))))
    }

    /// The smallest order, from which closing orders are free.
    func checkMinimumNotional(_ draft: NaiveDraft) -> RejectReason? {
        if draft.quantity.lots <= closable(draft) { return nil }
        let value = value(draft.quantity.lots, at: draft.notionalPrice, draft.instrument)
        let minimum = instrument(draft.instrument).minimumNotional.exact * Scale.units
        return value < minimum ? .belowMinimumNotional : nil
    }

    /// What the order adds to the order margin of its contract.
    func marginIncrease(_ draft: NaiveDraft) -> BigInt {
        let own = NaiveClaim(
            side: draft.side, price: draft.marginPrice, lots: draft.quantity.lots)
        let others = claims(draft.account, draft.instrument, without: draft.replaced)
        return orderMargin(others + [own], draft.account, draft.instrument)
            - orderMargin(draft.account, draft.instrument)
    }

    /// Whether an order that must not trade would: also against the account's own orders.
    func crosses(_ draft: NaiveDraft) -> Bool {
        guard let best = listings[draft.instrument.place].book.best(draft.side.opposite) else {
            return false
        }
        return isAcceptable(best, to: draft.side, limit: draft.limit)
    }

    /// Whether an order with this limit may trade at a price.
    func isAcceptable(_ price: Price, to side: Side, limit: Price) -> Bool {
        side == .buy ? price <= limit : price >= limit
    }
}

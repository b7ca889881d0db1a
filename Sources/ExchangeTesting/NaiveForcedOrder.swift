import BigInt
import ExchangeTypes

/// Positions closed in the book, a slice each second. **Source** `docs/RISK.md` §7.1; `rules.md` §11.
extension NaiveExchange {
    /// Sends a forced order for the first position that can have one. **Source** R-091, X-26.
    mutating func sendForcedOrder(_ account: AccountID) {
        accounts[account.place].sliceSecond = currentSecond
        let ranked = held(account).sorted {
            let (first, second) = (maintenance($0, account), maintenance($1, account))
            return first == second ? $0.instrument < $1.instrument : first > second
        }
        for position in ranked {
            guard let mark = listings[position.instrument.place].mark,
                isMarkFair(position.instrument)
            else { continue }
            let lots = sliceLots(position, mark)
            if lots >= 1 { return sendForcedOrder(account, position, lots, mark) }
        }
    }

    /// Whether orders are taken and the mark is near what it was in the last minute.
    private func isMarkFair(_ id: InstrumentID) -> Bool {
        let listing = listings[id.place]
        guard listing.isOpen, let mark = listing.mark, let oracle = listing.oracle else {
            return false
        }
        let samples = listing.lastMinute
        let mean =
            samples.isEmpty ? 0 : Exact.halfEven(samples.reduce(0, +), over: BigInt(samples.count))
        let distance = BigInt((mark - oracle - mean).magnitude)
        return distance <= Exact.down(listing.bandWidth * oracle, over: Scale.rate)
    }

    /// The lots that may be sent now. **Source** R-092.
    private func sliceLots(_ position: NaivePosition, _ mark: BigInt) -> Int64 {
        let instrument = instrument(position.instrument)
        let room = instrument.risk.liquidationLimit.exact - forcedValue(position.instrument)
        let affordable = Exact.down(
            room * Scale.units, over: value(1, at: mark, position.instrument))
        let most = min(abs(position.lots), instrument.maximumQuantity.lots)
        return Int64(Exact.clamp(affordable, 0, BigInt(most)))
    }

    /// The value of forced orders, decayed to now.
    private func forcedValue(_ id: InstrumentID) -> BigInt {
        ExactExponential.decayed(
            listings[id.place].forcedValue, seconds: currentSecond - listings[id.place].forcedSecond
        )
    }

    private mutating func sendForcedOrder(
        _ account: AccountID, _ position: NaivePosition, _ lots: Int64, _ mark: BigInt
    ) {
        let id = position.instrument
        listings[id.place].forcedValue = forcedValue(id) + Exact.money(value(lots, at: mark, id))
        listings[id.place].forcedSecond = currentSecond
        let side: Side = position.lots > 0 ? .sell : .buy
        let limit = forcedLimit(side, id, mark)
        let order = takeOrderID()
        var state = OrderState(
            id: order, account: account, instrument: id, side: side, type: .limit,
            timeInForce: .immediateOrCancel, isAmended: false, price: limit,
            quantity: Quantity(lots: lots), remaining: Quantity(lots: lots), updatedAt: now,
            clientOrderID: madeName(order), feeTier: feeTier(account))
        emit(.orderAccepted(state))
        match(&state, limit: limit, .liquidation)
        if state.remaining > .zero { emit(.orderCancelled(state, .unfilledRemainder)) }
    }

    /// The mark less or plus the spread, rounded inwards.
    private func forcedLimit(_ side: Side, _ id: InstrumentID, _ mark: BigInt) -> Price {
        let spread = instrument(id).risk.liquidationSpread.exact
        let divisor = Scale.rate * listings[id.place].tick
        return grid(
            side == .sell
                ? Exact.up(mark * (Scale.rate - spread), over: divisor)
                : Exact.down(mark * (Scale.rate + spread), over: divisor))
    }
}

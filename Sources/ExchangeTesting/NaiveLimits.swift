import BigInt
import ExchangeTypes

/// How much may be held and be open. **Source** `docs/RISK.md` §3; `rules.md` §9.
extension NaiveExchange {
    /// The limits of position, account and open interest, in the order that decides the reason given.
    func checkLimits(_ draft: NaiveDraft) -> RejectReason? {
        guard let mark = listings[draft.instrument.place].mark else { return .marketClosed }
        if isNoLarger(draft) { return nil }
        if exceedsPositionLimit(draft, mark) { return .maximumNotional }
        guard openingLots(draft) > 0 else { return nil }
        if exceedsAccountLimit(draft, mark) { return .maximumNotional }
        return checkOpenInterest(draft, mark)
    }

    /// Whether the order takes the place of one of as many lots and as much value.
    private func isNoLarger(_ draft: NaiveDraft) -> Bool {
        let id = draft.instrument
        guard let old = listings[id.place].book.orders.first(where: { $0.id == draft.replaced })
        else { return false }
        return draft.quantity <= old.remaining
            && value(draft.quantity.lots, at: units(draft.limit, of: id), id)
                <= value(old.remaining.lots, at: units(old.price, of: id), id)
    }

    /// Whether trading what opens at the order's worst price would cost more than there is.
    func isRuinous(_ draft: NaiveDraft) -> Bool {
        let id = draft.instrument
        let opening = min(openingLots(draft), draft.quantity.lots)
        guard opening > 0, let mark = listings[id.place].mark else { return false }
        let worst = units(draft.limit, of: id)
        let loss = value(opening, at: draft.side == .buy ? worst - mark : mark - worst, id)
        return loss > equity(draft.account) * Scale.units
    }

    /// Whether the order and all others of its side can do no more than close the position.
    func isReducingOnly(_ draft: NaiveDraft) -> Bool { openingLots(draft) == 0 }

    /// The lots of the account's position that the order's side closes.
    func closable(_ draft: NaiveDraft) -> Int64 {
        let held = lots(draft.account, draft.instrument)
        return max(0, draft.side == .buy ? -held : held)
    }

    /// What all orders of the side can open together, this one among them.
    private func openingLots(_ draft: NaiveDraft) -> Int64 {
        max(0, togetherLots(draft) - closable(draft))
    }

    private func togetherLots(_ draft: NaiveDraft) -> Int64 {
        claims(draft.account, draft.instrument, without: draft.replaced)
            .filter { $0.side == draft.side }
            .reduce(draft.quantity.lots) { $0 + $1.lots }
    }

    /// The position that the account would have if this order and all others of its side filled.
    /// **Source** R-080, R-081.
    private func exceedsPositionLimit(_ draft: NaiveDraft, _ mark: BigInt) -> Bool {
        let held = lots(draft.account, draft.instrument)
        let together = togetherLots(draft)
        let exposed = abs(draft.side == .buy ? held + together : held - together)
        let limit = instrument(draft.instrument).maximumNotional
        return exposed > abs(held)
            && isAbove(value(exposed, at: mark, draft.instrument), limit, draft.instrument)
    }

    /// All that the account holds and has open in any contract.
    private func exceedsAccountLimit(_ draft: NaiveDraft, _ mark: BigInt) -> Bool {
        let account = draft.account
        if accounts[account.place].cash > Limits.maximumCash.exact { return true }
        let own = value(draft.quantity.lots, at: max(draft.marginPrice, mark), draft.instrument)
        return gross(account) + own > Limits.maximumAccountNotional.exact * Scale.units
    }

    /// The value of all positions of an account and of all its open orders, which count at their prices
    /// or at the mark, whichever is more for a side.
    func gross(_ account: AccountID) -> BigInt {
        var sum: BigInt = 0
        for position in held(account) { sum += BigInt(markValue(position).magnitude) }
        for id in contracts {
            guard let mark = listings[id.place].mark else { continue }
            let claims = claims(account, id)
            for side in Side.allCases {
                let own = claims.filter { $0.side == side }
                let atPrices = own.reduce(0) { $0 + value($1.lots, at: $1.price, id) }
                let atMark = value(own.reduce(0) { $0 + $1.lots }, at: mark, id)
                sum += max(atPrices, atMark)
            }
        }
        return sum
    }

    /// **Source** R-082.
    private func checkOpenInterest(_ draft: NaiveDraft, _ mark: BigInt) -> RejectReason? {
        let id = draft.instrument
        let added = min(openingLots(draft), draft.quantity.lots)
        let open = openInterests()
        let cap = listings[id.place].instrument.risk.openInterestCap
        if isAbove(value(open[id.place] + added, at: mark, id), cap, id) {
            return .openInterestLimit
        }
        var total = value(added, at: mark, id)
        for id in contracts where open[id.place] > 0 {
            total += value(open[id.place], at: listings[id.place].mark ?? 0, id)
        }
        return total > venue.totalOpenInterestCap.exact * Scale.units
            ? .totalOpenInterestLimit : nil
    }

    /// Whether a value is above the part of a limit that holds in this session.
    private func isAbove(_ value: BigInt, _ limit: Money, _ id: InstrumentID) -> Bool {
        value * Scale.rate > limit.exact * Scale.units * listings[id.place].sessionShare
    }
}

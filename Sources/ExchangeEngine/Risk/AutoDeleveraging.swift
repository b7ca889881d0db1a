import ExchangeTypes

/// Stage 3: what nobody took is closed against positions of the other side, the most leveraged first.
/// **Source** `rules.md` §11, R-098, R-099, X-29; RISK.md §7.4.
extension Exchange {
    /// Closes what is left of an account; `equity` is the debt that is left with it, or zero. What the
    /// positions cannot bear of it stays with the account, until the reserve fund can pay.
    func deleverage(_ account: AccountID, _ closings: [Closing], equity: Int128) {
        var debt = equity
        let margins = closings.map { maintenance(of: $0, account) }
        var marginsLeft = margins.reduce(0, +)
        for (closing, margin) in zip(closings, margins) {
            // No price below nothing, none above twice the mark: what is owed beyond that stays owed, for
            // whoever holds a few lots of the other side is not to pay for an account's whole ruin.
            let value = Int128(closing.value.units)
            let share = max(Rounding.halfEven(debt * margin, by: marginsLeft), -value)
            debt -= share
            marginsLeft -= margin
            deleverage(account, closing, share: Money(units: Int64(share)))
        }
    }

    private func deleverage(_ account: AccountID, _ whole: Closing, share: Money) {
        var closing = whole
        events.append(.alertRaised(.reserveExhausted(closing.instrument)))
        // A debt makes a long's price higher and a short's lower, so that the account ends with nothing.
        closing.value += closing.side == .sell ? -share : share
        let instrument = listings[Int(closing.instrument.index)].instrument
        let size = Int128(closing.lots) * Int128(instrument.lotSize.units)
        let price = ReferencePrice(
            units: Int64(
                Rounding.halfEven(Int128(closing.value.units) * Int128(unitsPerOne), by: size)))
        for counterparty in rankedCounterparties(account, closing) {
            if closing.lots == 0 { break }
            let part = min(closing.lots, counterparty.lots)
            transferOffBook(
                account, &closing, part, to: counterparty.account, at: price, .autoDeleveraging)
        }
        precondition(
            closing.lots == 0, "\(closing.lots) lots of \(instrument.symbol) have no taker")
    }

    /// The maintenance margin of what is left of a position, at least a unit.
    private func maintenance(of closing: Closing, _ account: AccountID) -> Int128 {
        var holding = accounts[Int(account.index)].holding(of: closing.instrument)
        holding.position.lots = closing.lots
        return max(1, Int128(maintenanceMargin(holding).units))
    }

    /// The holders of the other side, lowest equity to maintenance margin of the position first.
    ///
    /// **Complexity** sorts the holders of one side; this is the rarest thing that an exchange does.
    private func rankedCounterparties(_ account: AccountID, _ closing: Closing) -> [Counterparty] {
        let place = Int(closing.instrument.index)
        var ids: [AccountID] = []
        switch closing.side {
        case .sell: holders[place].shorts.forEach { ids.append($0) }
        case .buy: holders[place].longs.forEach { ids.append($0) }
        }
        return ids.filter { $0 != account }.map { id in
            let holding = accounts[Int(id.index)].holding(of: closing.instrument)
            return Counterparty(
                account: id, lots: holding.position.magnitude.lots, equity: figures(of: id).equity,
                maintenance: max(1, Int128(maintenanceMargin(holding).units)))
        }.sorted()
    }
}

/// A holder of the other side. Sorts as auto-deleveraging takes them.
private struct Counterparty: Comparable {
    let account: AccountID
    let lots: Int64
    let equity: Int128
    let maintenance: Int128

    static func < (left: Counterparty, right: Counterparty) -> Bool {
        let (first, second) = (left.equity * right.maintenance, right.equity * left.maintenance)
        if first != second { return first < second }
        return left.lots != right.lots ? left.lots > right.lots : left.account < right.account
    }
}

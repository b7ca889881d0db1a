import ExchangeTypes

/// An order as the margin rule sees it: a side, a price in units of 1e-8 and a number of lots.
struct NaiveClaim {
    var side: Side
    /// 128 bits, because a grid price may be above what a reference price can hold.
    var price: Int128
    var lots: Int64
}

/// All figures are 128-bit counts of 1e-8 USDC: an order that nobody could ever pay for must be
/// refused, not overflow on the way.
extension NaiveExchange {
    /// A price on the grid in units of 1e-8.
    func units(_ price: Price, of id: InstrumentID) -> Int128 {
        Int128(price.ticks) * Int128(instrument(id).tickSize.units)
    }

    /// What an account holds; nothing where it never traded.
    func position(_ account: AccountID, _ id: InstrumentID) -> NaivePosition {
        accounts[Int(account.index)].positions[id] ?? NaivePosition()
    }

    /// The open orders of an account in a contract, but for one that is about to be replaced.
    func claims(
        _ account: AccountID, _ id: InstrumentID, without excluded: OrderID? = nil
    ) -> [NaiveClaim] {
        listings[Int(id.index)].book.orders(of: account)
            .filter { $0.id != excluded }
            .map {
                NaiveClaim(side: $0.side, price: units($0.price, of: id), lots: $0.remaining.lots)
            }
    }

    /// The margin of some open orders beside the account's position. **Source** `rules.md` §4.3.
    func orderMargin(_ claims: [NaiveClaim], _ account: AccountID, _ id: InstrumentID) -> Int128 {
        let held = position(account, id).lots
        let buys = claims.filter { $0.side == .buy }.sorted { $0.price > $1.price }
        let sells = claims.filter { $0.side == .sell }.sorted { $0.price < $1.price }
        let dearer = max(opening(buys, free: max(0, -held)), opening(sells, free: max(0, held)))
        let notional = dearer * Int128(instrument(id).lotSize.units)
        return money(notional, dividedBy: Int128(instrument(id).maximumLeverage))
    }

    /// Price times lots of what remains after the first `free` lots, which only close.
    private func opening(_ claims: [NaiveClaim], free: Int64) -> Int128 {
        var free = free
        var sum: Int128 = 0
        for claim in claims {
            let closing = min(free, claim.lots)
            free -= closing
            sum += claim.price * Int128(claim.lots - closing)
        }
        return sum
    }

    /// The margin of all open orders of an account in a contract.
    func orderMargin(_ account: AccountID, _ id: InstrumentID) -> Int128 {
        orderMargin(claims(account, id), account, id)
    }

    /// **Source** `rules.md` §4.2: the mark value over the leverage.
    func positionMargin(_ account: AccountID, _ id: InstrumentID) -> Int128 {
        let value = markValue(account, id).magnitude
        return money(Int128(value), dividedBy: Int128(instrument(id).maximumLeverage))
    }

    /// **Source** `rules.md` §3: the mark value less the cost.
    func unrealised(_ account: AccountID, _ id: InstrumentID) -> Int128 {
        let cost = Int128(position(account, id).cost.units)
        return money(markValue(account, id) - cost * Int128(unitsPerOne), dividedBy: 1)
    }

    /// What the position is worth at the mark price, in units of 1e-16, negative for a short.
    private func markValue(_ account: AccountID, _ id: InstrumentID) -> Int128 {
        guard let mark = listings[Int(id.index)].mark else { return 0 }
        let lots = Int128(position(account, id).lots)
        return Int128(mark.units) * Int128(instrument(id).lotSize.units) * lots
    }

    /// **Source** `rules.md` §3: equity less margin.
    func availableBalance(_ account: AccountID) -> Int128 {
        var available = Int128(accounts[Int(account.index)].cash.units)
        for listing in listings {
            let id = listing.instrument.id
            available += unrealised(account, id)
            available -= positionMargin(account, id)
            available -= orderMargin(account, id)
        }
        return available
    }

    private func money(_ notional: Int128, dividedBy divisor: Int128) -> Int128 {
        Rounding.halfEven(notional, by: Int128(unitsPerOne) * divisor)
    }
}

import BigInt
import ExchangeTypes

/// An order as the margin rule sees it: a side, a price in units of 1e-8 and a number of lots.
struct NaiveClaim {
    var side: Side
    var price: BigInt
    var lots: Int64
}

/// Money and margin, computed anew whenever it is asked for. Amounts are in units of 1e-8, values in
/// units of 1e-16. **Source** `docs/RISK.md` §3; `rules.md` §3, §4.
extension NaiveExchange {
    /// A price on the grid in units of 1e-8.
    func units(_ price: Price, of id: InstrumentID) -> BigInt {
        BigInt(price.ticks) * listings[id.place].tick
    }

    /// What an account holds; nothing where it never traded.
    func position(_ account: AccountID, _ id: InstrumentID) -> NaivePosition {
        accounts[account.place].positions.first { $0.instrument == id }
            ?? NaivePosition(instrument: id)
    }

    /// The lots that an account holds of a contract.
    func lots(_ account: AccountID, _ id: InstrumentID) -> Int64 {
        for place in accounts[account.place].positions.indices
        where accounts[account.place].positions[place].instrument == id {
            return accounts[account.place].positions[place].lots
        }
        return 0
    }

    /// Changes a position, which exists from its first change on.
    mutating func change(
        _ account: AccountID, _ id: InstrumentID, _ change: (inout NaivePosition) -> Void
    ) {
        let positions = accounts[account.place].positions
        guard let place = positions.firstIndex(where: { $0.instrument == id }) else {
            var position = NaivePosition(instrument: id)
            change(&position)
            return accounts[account.place].positions.append(position)
        }
        change(&accounts[account.place].positions[place])
    }

    /// The positions of an account that are not empty.
    func held(_ account: AccountID) -> [NaivePosition] {
        accounts[account.place].positions.filter { $0.lots != 0 }
    }

    /// The accounts with a position in a contract, by id.
    func holders(_ id: InstrumentID) -> [AccountID] {
        everybody.filter { lots($0, id) != 0 }
    }

    /// The sum of all long positions.
    func openInterest(_ id: InstrumentID) -> Int64 { openInterests()[id.place] }

    /// The sum of all long positions of each contract.
    func openInterests() -> [Int64] {
        var sums = Array(repeating: Int64(0), count: listings.count)
        for account in accounts.indices {
            for place in accounts[account].positions.indices {
                let lots = accounts[account].positions[place].lots
                if lots > 0 {
                    sums[accounts[account].positions[place].instrument.place] += lots
                }
            }
        }
        return sums
    }

    /// The leverage of an account in a contract: the one it chose, if the contract still allows it.
    func leverage(_ account: AccountID, _ id: InstrumentID) -> UInt16 {
        let maximum = listings[id.place].instrument.maximumLeverage
        let chosen = chosenLeverage(account, id)
        return chosen == 0 ? maximum : min(chosen, maximum)
    }

    /// The leverage that an account chose for a contract; 0 where it chose none.
    func chosenLeverage(_ account: AccountID, _ id: InstrumentID) -> UInt16 {
        let (account, contract) = (account.place, id.place)
        return contract < accounts[account].leverages.count
            ? accounts[account].leverages[contract] : 0
    }

    /// The value of some lots at a price.
    func value(_ lots: Int64, at price: BigInt, _ id: InstrumentID) -> BigInt {
        BigInt(lots) * listings[id.place].lot * price
    }

    /// What a position is worth at the mark price, negative for a short.
    func markValue(_ position: NaivePosition) -> BigInt {
        if position.lots == 0 { return 0 }
        let place = position.instrument.place
        return value(position.lots, at: listings[place].mark ?? 0, position.instrument)
    }

    /// **Source** `rules.md` §3: the mark value less the cost.
    func unrealised(_ position: NaivePosition) -> BigInt {
        Exact.money(markValue(position)) - position.cost
    }

    /// **Source** `rules.md` §4.2: the mark value over the leverage.
    func positionMargin(_ position: NaivePosition, _ account: AccountID) -> BigInt {
        let leverage = BigInt(leverage(account, position.instrument))
        return Exact.halfEven(magnitude(position), over: leverage * Scale.units)
    }

    /// Two thirds of the position margin, rounded once. **Source** R-019.
    func maintenance(_ position: NaivePosition, _ account: AccountID) -> BigInt {
        maintenance(markValue(position), leverage(account, position.instrument))
    }

    /// The maintenance margin of a value held with some leverage.
    func maintenance(_ value: BigInt, _ leverage: UInt16) -> BigInt {
        let magnitude = BigInt(value.magnitude)
        // Three times the largest leverage in units of 1e-8 is far within 64 bits.
        let divisor = BigInt(3 * Int64(leverage) * unitsPerOne)
        return Exact.halfEven(magnitude + magnitude, over: divisor)
    }

    /// What equity may fall to before the position leaves the account off the book.
    func closeOut(_ position: NaivePosition, _ account: AccountID) -> BigInt {
        let leverage = BigInt(leverage(account, position.instrument))
        let divisor = leverage * BigInt(venue.closeOutDivisor)
        return Exact.halfEven(magnitude(position), over: divisor * Scale.units)
    }

    private func magnitude(_ position: NaivePosition) -> BigInt {
        BigInt(markValue(position).magnitude)
    }

    /// What an account would have if all its positions were closed at the mark.
    func equity(_ account: AccountID) -> BigInt {
        held(account).reduce(accounts[account.place].cash) { $0 + unrealised($1) }
    }

    /// The maintenance margin of all positions.
    func maintenance(_ account: AccountID) -> BigInt {
        held(account).reduce(0) { $0 + maintenance($1, account) }
    }

    /// The close-out margin of all positions.
    func closeOut(_ account: AccountID) -> BigInt {
        held(account).reduce(0) { $0 + closeOut($1, account) }
    }

    /// The margin of all positions.
    func positionMargin(_ account: AccountID) -> BigInt {
        held(account).reduce(0) { $0 + positionMargin($1, account) }
    }

    /// The margin of all open orders.
    func orderMargin(_ account: AccountID) -> BigInt {
        contracts.reduce(0) { $0 + orderMargin(account, $1) }
    }

    /// **Source** `rules.md` §3: equity less margin.
    func availableBalance(_ account: AccountID) -> BigInt {
        equity(account) - positionMargin(account) - orderMargin(account)
    }

    /// The open orders of an account in a contract, but for one that is about to be replaced.
    func claims(
        _ account: AccountID, _ id: InstrumentID, without excluded: OrderID? = nil
    ) -> [NaiveClaim] {
        listings[id.place].book.orders(of: account)
            .filter { $0.id != excluded }
            .map {
                NaiveClaim(side: $0.side, price: units($0.price, of: id), lots: $0.remaining.lots)
            }
    }

    /// The margin of all open orders of an account in a contract.
    func orderMargin(_ account: AccountID, _ id: InstrumentID) -> BigInt {
        let claims = claims(account, id)
        return claims.isEmpty ? 0 : orderMargin(claims, account, id)
    }

    /// The margin of some open orders beside the account's position. **Source** `rules.md` §4.3.
    func orderMargin(_ claims: [NaiveClaim], _ account: AccountID, _ id: InstrumentID) -> BigInt {
        let held = lots(account, id)
        let buys = claims.filter { $0.side == .buy }.sorted { $0.price > $1.price }
        let sells = claims.filter { $0.side == .sell }.sorted { $0.price < $1.price }
        let dearer = max(opening(buys, free: max(0, -held)), opening(sells, free: max(0, held)))
        let divisor = BigInt(leverage(account, id)) * Scale.units
        return Exact.halfEven(dearer * listings[id.place].lot, over: divisor)
    }

    /// Price times lots of what remains after the first `free` lots, which only close.
    private func opening(_ claims: [NaiveClaim], free: Int64) -> BigInt {
        var free = free
        var sum: BigInt = 0
        for claim in claims {
            let closing = min(free, claim.lots)
            free -= closing
            if closing < claim.lots { sum += claim.price * BigInt(claim.lots - closing) }
        }
        return sum
    }

    /// The mark price at which equity would be the maintenance margin, all else equal; nil if there is
    /// none on the right side of the mark. **Source** `rules.md` §4.5, R-028.
    func liquidationPrice(_ position: NaivePosition, _ account: AccountID) -> ReferencePrice? {
        guard position.lots != 0, let mark = listings[position.instrument.place].mark else {
            return nil
        }
        let others = maintenance(account) - maintenance(position, account)
        let numerator = (equity(account) - others) * Scale.units - markValue(position)
        // MMR · |q| − q with MMR = 2 / (3 · leverage), times 3 · leverage, in lots.
        let threefold = 3 * BigInt(leverage(account, position.instrument))
        let lots = 2 * BigInt(position.lots.magnitude) - threefold * BigInt(position.lots)
        let price = Exact.halfEven(
            threefold * numerator, over: lots * listings[position.instrument.place].lot)
        guard price > 0, position.lots > 0 ? price <= mark : price >= mark else { return nil }
        return Exact.int64(price).map(ReferencePrice.init(units:))
    }
}

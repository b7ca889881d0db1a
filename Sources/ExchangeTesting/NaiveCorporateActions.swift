import BigInt
import ExchangeTypes

/// The end of a contract, and its splits. **Source** `docs/RISK.md` §4; `rules.md` §12, §13.
extension NaiveExchange {
    /// Cancels all orders and settles all positions at the mark.
    mutating func delist(_ id: InstrumentID) {
        cancelAll(in: id)
        let interest = openInterest(id)
        for account in holders(id) {
            realiseAtMark(account, id)
            change(account, id) {
                $0.lots = 0
                $0.cost = 0
            }
            emitPosition(account, id)
            emitBalance(account)
        }
        balanceClearing()
        emitOpenInterest(id, before: interest)
        listings[id.place].isTouched = false
    }

    /// `denominator` old units become `numerator` new ones. **Source** R-103, X-32.
    mutating func split(_ request: SplitInstrument) {
        let id = request.instrument
        guard let split = NaiveSplit(request), isTradable(id), canSplit(id, split) else {
            return refuse()
        }
        cancelAll(in: id)
        emit(.instrumentSplit(request))
        let interest = openInterest(id)
        let holders = holders(id)
        let lots = newLots(holders, id, split)
        for account in holders { realiseAtMark(account, id) }
        scalePrices(id, split)
        for (account, lots) in zip(holders, lots) {
            change(account, id) {
                $0.lots = lots
                $0.cost = 0
            }
            let cost = Exact.money(markValue(position(account, id)))
            change(account, id) { $0.cost = cost }
            emitPosition(account, id)
            emitBalance(account)
        }
        balanceClearing()
        sayPrices(id)
        emitOpenInterest(id, before: interest)
    }

    private mutating func cancelAll(in id: InstrumentID) {
        for order in listings[id.place].book.orders.sorted(by: { $0.id < $1.id }) {
            cancel(order, .corporateAction)
        }
    }

    /// Realises a position as if it were closed at the mark; its lots and cost are for the caller.
    private mutating func realiseAtMark(_ account: AccountID, _ id: InstrumentID) {
        realise(account, id, unrealised(position(account, id)))
    }

    /// What rounding left in clearing goes where such rests go, so that clearing is the cost of all
    /// positions.
    private mutating func balanceClearing() {
        let cost = accounts.flatMap(\.positions).reduce(BigInt(0)) { $0 + $1.cost }
        ledger.rounding += ledger.clearing + cost
        ledger.clearing = -cost
    }

    private func canSplit(_ id: InstrumentID, _ split: NaiveSplit) -> Bool {
        let listing = listings[id.place]
        guard listing.instrument.status == .inactive, let mark = listing.mark,
            let oracle = listing.oracle, let first = listing.first
        else { return false }
        let arePricesPossible = [mark, oracle, listing.lastExternal, first].allSatisfy {
            let price = split.price($0)
            return price >= 1 && price <= Limits.maximumIndexPrice.exact
        }
        let isTradePossible =
            listing.lastTrade.map {
                (1...BigInt(Limits.maximumPriceTicks)).contains(split.price(BigInt($0.ticks)))
            } ?? true
        let areLegsPossible = [listing.front.price, listing.next.price].allSatisfy {
            split.price($0 ?? 0) <= Limits.maximumIndexPrice.exact
        }
        let sizes = holders(id).map { split.lots(lots($0, id).magnitude) }
        let areLotsPossible =
            sizes.allSatisfy { $0 <= 1_000_000_000_000_000 }
            && sizes.reduce(0, +) <= 1_000_000_000_000_000_000
        return arePricesPossible && isTradePossible && areLegsPossible && areLotsPossible
    }

    /// The new sizes of all holders' positions: cut, and then one lot less for each on the side that
    /// has more, round after round, until the sides agree again.
    private func newLots(
        _ holders: [AccountID], _ id: InstrumentID, _ split: NaiveSplit
    ) -> [Int64] {
        var lots = holders.map { account -> Int64 in
            let old = self.lots(account, id)
            let new = Int64(split.lots(old.magnitude))
            return old > 0 ? new : -new
        }
        while lots.reduce(0, +) != 0 {
            let isLongTooMuch = lots.reduce(0, +) > 0
            for place in lots.indices where lots.reduce(0, +) != 0 {
                if isLongTooMuch && lots[place] > 0 { lots[place] -= 1 }
                if !isLongTooMuch && lots[place] < 0 { lots[place] += 1 }
            }
        }
        return lots
    }

    private mutating func scalePrices(_ id: InstrumentID, _ split: NaiveSplit) {
        var listing = listings[id.place]
        for leg in [UpdateIndexPrice.Leg.front, .next] {
            listing[leg].price = listing[leg].price.map { max(1, split.price($0)) }
            listing[leg].refusals = 0
        }
        listing.lastExternal = split.price(listing.lastExternal)
        listing.first = listing.first.map(split.price)
        listing.oracle = listing.oracle.map(split.price)
        listing.internalOracle = split.price(listing.internalOracle)
        listing.basis = listing.basis.map(split.price)
        listing.mark = listing.mark.map(split.price)
        listing.lastMinute = listing.lastMinute.map(split.price)
        listing.lastTrade = listing.lastTrade.map {
            Price(ticks: Int64(split.price(BigInt($0.ticks))))
        }
        listings[id.place] = listing
    }
}

/// A ratio in which a contract is split.
private struct NaiveSplit {
    private let numerator: BigInt
    private let denominator: BigInt

    /// Nil for a ratio that is out of range or changes nothing.
    init?(_ request: SplitInstrument) {
        let range = 1...Limits.maximumSplitRatio
        guard range.contains(request.numerator), range.contains(request.denominator),
            request.numerator != request.denominator
        else { return nil }
        numerator = BigInt(request.numerator)
        denominator = BigInt(request.denominator)
    }

    /// A price, or a difference of prices, of the new unit.
    func price(_ old: BigInt) -> BigInt { Exact.halfEven(old * denominator, over: numerator) }

    /// A size in new units, cut to whole lots.
    func lots(_ old: UInt64) -> BigInt {
        Exact.down(BigInt(old) * numerator, over: denominator)
    }
}

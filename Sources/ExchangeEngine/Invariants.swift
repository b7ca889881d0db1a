import ExchangeTypes

/// Something that must always hold and does not, with the numbers.
struct BrokenInvariant: Error, CustomStringConvertible {
    let description: String
}

/// What must hold after every command. **Source** DESIGN §6.3: I-1, I-2, I-4, I-7.
extension Exchange {
    /// Stops the process with the numbers when an invariant is broken: better no exchange than one that
    /// makes money up.
    ///
    /// **Complexity** linear in the whole state; for tests and for every so many commands.
    public func checkInvariants() {
        do throws(BrokenInvariant) {
            try verifyInvariants()
        } catch {
            preconditionFailure(error.description)
        }
    }

    /// Says which invariant is broken, if one is: for a state that came from elsewhere.
    ///
    /// Without `names` it does not look up whether each order is found by its client's name. Where every
    /// name was put in anew, their number says so too.
    func verifyInvariants(names: Bool = true) throws(BrokenInvariant) {
        try checkMoney()
        for index in listings.indices { try checkBook(index) }
        for account in accounts { try checkRisk(account) }
        try checkWaiting(names: names)
        let interest = listings.reduce(Int128(0)) { $0 + $1.openInterestValue.units }
        try require(
            interest == totalOpenInterest.units,
            "open interest is worth \(interest), not \(totalOpenInterest.units)")
    }

    /// I-8, I-13: cached margins are what a computation from scratch gives; nobody who should be in
    /// liquidation is left out; nobody owes money that the reserve fund could pay.
    private func checkRisk(_ account: Account) throws(BrokenInvariant) {
        let figures = figures(of: account.id)
        try require(
            account.isInLiquidation
                || (figures.positionCount == 0
                    ? figures.equity >= 0 : figures.equity > figures.maintenance),
            "account \(account.id.index): equity \(figures.equity), needs \(figures.maintenance)")
        try require(
            figures.equity >= 0 || ledger.reserve < -figures.equity,
            "account \(account.id.index) owes \(-figures.equity), the reserve has \(ledger.reserve)"
        )
        let sums = offers(of: account)
        for (holding, sides) in zip(account.holdings, sums) {
            try require(
                (holding.position.lots != 0) == (holding.trigger != TriggerHeap<AccountID>.none),
                "account \(account.id.index) is not among the holders it belongs to")
            for side in Side.allCases {
                let sums = side == .buy ? sides.buys : sides.sells
                try checkOrders(account, holding, side, sums)
                try checkReduceOnly(account, holding, side, sums)
            }
        }
        for id in account.stops {
            guard let stop = stops[id]?.state else { continue }
            let holding = account.holding(of: stop.instrument)
            try require(
                stop.quantity <= holding.closable(by: stop.side),
                "I-10 account \(account.id.index) has a stop of \(stop.quantity.lots) lots")
        }
    }

    /// What an account's resting orders add up to.
    private struct Offers {
        var open = OpenOrderSum()
        var reduceOnly = ReduceOnlySum()
    }

    /// The sums for each of an account's holdings, from a single walk through its orders.
    private func offers(of account: Account) -> [(buys: Offers, sells: Offers)] {
        var sums = account.holdings.map { _ in (buys: Offers(), sells: Offers()) }
        var slot = account.newestOrder
        while slot != .none {
            let order = pool[slot]
            if let place = account.holdingIndex(of: order.instrument) {
                switch order.side {
                case .buy: Self.add(order, to: &sums[place].buys)
                case .sell: Self.add(order, to: &sums[place].sells)
                }
            }
            slot = orderDetails[slot.position].older
        }
        return sums
    }

    private static func add(_ order: RestingOrder, to offers: inout Offers) {
        if order.isReduceOnly {
            offers.reduceOnly.count += 1
            offers.reduceOnly.quantity += order.remaining
        } else {
            offers.open.count += 1
            offers.open.quantity += order.remaining
            offers.open.value += Int128(order.price.ticks) * Int128(order.remaining.lots)
        }
    }

    /// I-10: what may only reduce never offers more than there is to reduce.
    private func checkReduceOnly(
        _ account: Account, _ holding: Holding, _ side: Side, _ offers: Offers
    ) throws(BrokenInvariant) {
        let sum = holding.reduceOnly(side)
        let found = offers.reduceOnly
        try require(
            sum.count == found.count && sum.quantity == found.quantity
                && found.quantity <= holding.closable(by: side),
            "I-10 account \(account.id.index) reduces by \(found.quantity.lots) lots, sums say "
                + "\(sum.quantity.lots)")
    }

    private func checkOrders(
        _ account: Account, _ holding: Holding, _ side: Side, _ offers: Offers
    ) throws(BrokenInvariant) {
        let sum = holding.openOrders(side)
        let found = offers.open
        let lots = found.quantity.lots
        try require(
            sum.count == found.count && sum.quantity.lots == lots && sum.value == found.value,
            "I-8 account \(account.id.index) offers \(lots) lots, not \(sum.quantity.lots)")
        guard let ladder = sum.ladder else { return }
        try require(
            ladders[Int(ladder)].lots == lots && ladders[Int(ladder)].value == found.value,
            "I-8 the ladder of account \(account.id.index) holds \(ladders[Int(ladder)].lots) lots")
    }

    private func checkMoney() throws(BrokenInvariant) {
        var cash: Int128 = 0
        var cost: Int128 = 0
        var positions = [Int128](repeating: 0, count: listings.count)
        var longs = [Int128](repeating: 0, count: listings.count)
        var openOrders = 0
        for account in accounts {
            cash += Int128(account.cash.units)
            openOrders += account.openOrderCount
            for holding in account.holdings {
                cost += Int128(holding.cost.units)
                positions[Int(holding.instrument.index)] += Int128(holding.position.lots)
                longs[Int(holding.instrument.index)] += Int128(max(0, holding.position.lots))
            }
        }
        try require(cash + ledger.total == 0, "I-1 money: clients \(cash), house \(ledger.total)")
        try require(
            cost + ledger.clearing == 0,
            "I-1 clearing \(ledger.clearing), cost of positions \(cost)")
        try require(positions.allSatisfy { $0 == 0 }, "I-2 positions sum to \(positions)")
        try require(
            zip(longs, listings).allSatisfy { $0 == Int128($1.openInterest.lots) },
            "I-2 open interest is not the sum of longs \(longs)")
        try require(
            openOrders == pool.count
                && ordersByClientID.count == pool.count + stops.count + heldOrders.count,
            "I-7 accounts hold \(openOrders) orders, books \(pool.count)")
    }

    private func checkBook(_ index: Int) throws(BrokenInvariant) {
        let book = books[index]
        if let bid = book.best(.buy), let ask = book.best(.sell) {
            try require(bid < ask, "I-4 book \(index) crossed: bid \(bid.ticks), ask \(ask.ticks)")
        }
        for side in Side.allCases {
            var price = book.best(side)
            while let level = price {
                let orders = book.orders(at: level)
                let sum = orders.reduce(Int64(0)) { $0 + $1.remaining.lots }
                try require(
                    sum > 0 && sum == book.total(at: level).lots
                        && orders.allSatisfy { $0.side == side && $0.remaining.lots > 0 },
                    "I-7 book \(index) level \(level.ticks) sums to \(sum)")
                price = book.next(side, behind: level)
            }
        }
    }
}

/// Throws when a condition does not hold; the text is made only then.
func require(
    _ condition: Bool, _ text: @autoclosure () -> String
) throws(BrokenInvariant) {
    if !condition { throw BrokenInvariant(description: text()) }
}

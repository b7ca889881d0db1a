import ExchangeTypes

/// What must hold after every command. **Source** DESIGN §6.3: I-1, I-2, I-4, I-7.
extension Exchange {
    /// Stops the process with the numbers when an invariant is broken: better no exchange than one that
    /// makes money up.
    ///
    /// **Complexity** linear in the whole state; for tests and for every so many commands.
    public func checkInvariants() {
        checkMoney()
        for index in listings.indices { checkBook(index) }
    }

    private func checkMoney() {
        var cash: Int128 = 0
        var cost: Int128 = 0
        var positions = [Int128](repeating: 0, count: listings.count)
        var openOrders = 0
        for account in accounts {
            cash += Int128(account.cash.units)
            openOrders += account.openOrderCount
            for holding in account.holdings {
                cost += Int128(holding.cost.units)
                positions[Int(holding.instrument.index)] += Int128(holding.position.lots)
            }
        }
        precondition(cash + ledger.total == 0, "I-1 money: clients \(cash), house \(ledger.total)")
        precondition(
            cost + ledger.clearing == 0,
            "I-1 clearing \(ledger.clearing), cost of positions \(cost)")
        precondition(positions.allSatisfy { $0 == 0 }, "I-2 positions sum to \(positions)")
        precondition(
            openOrders == pool.count && ordersByClientID.count == pool.count,
            "I-7 accounts hold \(openOrders) orders, books \(pool.count)")
    }

    private func checkBook(_ index: Int) {
        let book = books[index]
        if let bid = book.best(.buy), let ask = book.best(.sell) {
            precondition(bid < ask, "I-4 book \(index) crossed: bid \(bid.ticks), ask \(ask.ticks)")
        }
        for side in Side.allCases {
            var price = book.best(side)
            while let level = price {
                let orders = book.orders(at: level)
                let sum = orders.reduce(Int64(0)) { $0 + $1.remaining.lots }
                precondition(
                    sum > 0 && sum == book.total(at: level).lots
                        && orders.allSatisfy { $0.side == side && $0.remaining.lots > 0 },
                    "I-7 book \(index) level \(level.ticks) sums to \(sum)")
                price = book.next(side, behind: level)
            }
        }
    }
}

import ExchangeTypes

/// From the first margin call to a flat account. **Source** `rules.md` §11, R-089 to R-100; RISK.md §7.
extension Exchange {
    /// Makes sure that an account is assessed before the command ends.
    func queue(_ account: AccountID) {
        guard !accounts[Int(account.index)].isQueued else { return }
        accounts[Int(account.index)].isQueued = true
        assessments.insert(account)
    }

    func queueLiquidating() {
        for account in liquidating { queue(account) }
    }

    /// Assesses every account that waits, smallest id first, until none does.
    func assessAccounts() {
        while let account = assessments.popFirst() {
            accounts[Int(account.index)].isQueued = false
            assess(account)
        }
    }

    private func assess(_ account: AccountID) {
        let owner = Int(account.index)
        let figures = figures(of: account)
        if figures.positionCount == 0 {
            if figures.equity < 0 && !settleEquity(account, figures.equity) {
                return enterLiquidation(account)
            }
            return leaveLiquidation(account)
        }
        if figures.equity > figures.maintenance {
            leaveLiquidation(account)
            return shareOutCushion(account, figures)
        }
        enterLiquidation(account)
        if figures.equity <= figures.closeOut {
            closeOffBook(account)
            queue(account)
        } else if accounts[owner].lastSliceSecond < currentSecond && !isCatchingUp {
            accounts[owner].lastSliceSecond = currentSecond
            sendForcedOrder(account)
            queue(account)
        }
    }

    /// From here on no order is accepted, and none is left. **Source** R-090.
    private func enterLiquidation(_ account: AccountID) {
        guard !accounts[Int(account.index)].isInLiquidation else { return }
        setInLiquidation(account, true)
        let place = liquidating.firstIndex { $0 > account } ?? liquidating.count
        liquidating.insert(account, at: place)
        cancelEverything(of: account, in: nil, .liquidation)
    }

    private func leaveLiquidation(_ account: AccountID) {
        guard accounts[Int(account.index)].isInLiquidation else { return }
        setInLiquidation(account, false)
        liquidating.removeAll { $0 == account }
    }

    private func setInLiquidation(_ account: AccountID, _ value: Bool) {
        accounts[Int(account.index)].isInLiquidation = value
        events.append(
            .liquidationChanged(LiquidationChanged(account: account, isInLiquidation: value)))
    }

    // MARK: Stage 2

    /// Gives an account's equity to the reserve fund, or has it pay the debt if it can; false if it
    /// cannot, and nothing was done. **Source** R-094, X-27, X-28.
    private func settleEquity(_ account: AccountID, _ equity: Int128) -> Bool {
        if equity == 0 { return true }
        if equity < 0 && ledger.reserve < -equity { return false }
        let amount = Money(units: Int64(-equity))
        ledger.transfer(amount, from: .reserve, to: &accounts[Int(account.index)])
        accounts[Int(account.index)].realisedPnL += amount
        emitBalance(account)
        reserveChanged()
        return true
    }

    /// Says what the reserve fund holds; accounts whose debts it could not pay look at it again.
    func reserveChanged() {
        events.append(.reserveChanged(Money(units: Int64(ledger.reserve))))
        queueLiquidating()
    }

    /// Takes every position out of an account at once: to liquidity providers, and what they do not take
    /// against the other side's positions. It is flat afterwards, its equity zero, or a debt that
    /// its positions could not bear.
    private func closeOffBook(_ account: AccountID) {
        var equity = figures(of: account).equity
        if settleEquity(account, equity) { equity = 0 }
        var closings = accounts[Int(account.index)].holdings
            .filter { $0.position.lots != 0 }
            .map { Closing($0, value: notional(of: $0)) }
            .sorted { ($0.notional, $1.instrument) > ($1.notional, $0.instrument) }
        if equity == 0 {
            for place in closings.indices { transferToProviders(account, &closings[place]) }
        }
        deleverage(account, closings.filter { $0.lots > 0 }, equity: equity)
    }

    func notional(of holding: Holding) -> Notional {
        let place = Int(holding.instrument.index)
        guard let mark = listings[place].mark else { return .zero }
        return listings[place].instrument.notional(mark, holding.position.magnitude)
    }
}

/// A position that is being taken out of its account in parts.
struct Closing {
    let instrument: InstrumentID
    /// The direction in which the account trades to get rid of it.
    let side: Side
    /// What is left of it.
    var lots: Int64
    /// What is left of its value; the last part takes exactly the rest, so that nothing is made or lost.
    var value: Money
    let notional: Notional

    init(_ holding: Holding, value: Notional) {
        instrument = holding.instrument
        side = holding.position.lots > 0 ? .sell : .buy
        lots = holding.position.magnitude.lots
        self.value = value.money
        notional = value
    }

    /// Takes a part out and returns its value.
    mutating func take(_ part: Int64) -> Money {
        let share = Rounding.halfEven(Int128(value.units) * Int128(part), by: Int128(lots))
        let amount = Money(units: Int64(share))
        value -= amount
        lots -= part
        return amount
    }
}

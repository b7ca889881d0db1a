import BigInt
import ExchangeTypes

/// From the first margin call to a flat account. **Source** `docs/RISK.md` §7; `rules.md` §11.
extension NaiveExchange {
    /// Assesses accounts, always the one with the smallest id among those that need it, until none does.
    mutating func assessAccounts() {
        while let account = everybody.first(where: needsAssessing) { assess(account) }
    }

    /// Whether anything would come of assessing an account now.
    private func needsAssessing(_ account: AccountID) -> Bool {
        let state = self[account]
        if held(account).isEmpty {
            guard state.cash < 0 else { return state.isInLiquidation }
            return !state.isInLiquidation || ledger.reserve >= -state.cash
        }
        let equity = equity(account)
        if equity > maintenance(account) { return state.isInLiquidation }
        return !state.isInLiquidation || equity <= closeOut(account)
            || state.sliceSecond != currentSecond
    }

    private mutating func assess(_ account: AccountID) {
        if held(account).isEmpty {
            if self[account].cash < 0 && !settleEquity(account) { enterLiquidation(account) }
            if self[account].cash >= 0 { leaveLiquidation(account) }
            return
        }
        if equity(account) > maintenance(account) { return leaveLiquidation(account) }
        enterLiquidation(account)
        if equity(account) <= closeOut(account) {
            closeOffBook(account)
        } else if self[account].sliceSecond != currentSecond {
            sendForcedOrder(account)
        }
    }

    /// **Source** R-090.
    private mutating func enterLiquidation(_ account: AccountID) {
        guard !self[account].isInLiquidation else { return }
        self[account].isInLiquidation = true
        emit(.liquidationChanged(LiquidationChanged(account: account, isInLiquidation: true)))
        let orders = listings.flatMap { $0.book.orders(of: account) }
        for order in orders.sorted(by: { $0.id < $1.id }) { cancel(order, .liquidation) }
    }

    private mutating func leaveLiquidation(_ account: AccountID) {
        guard self[account].isInLiquidation else { return }
        self[account].isInLiquidation = false
        emit(.liquidationChanged(LiquidationChanged(account: account, isInLiquidation: false)))
    }

    /// Gives an account's equity to the reserve, or covers its debt if the reserve has as much; whether
    /// the equity is nothing now. **Source** R-094, R-100.
    mutating func settleEquity(_ account: AccountID) -> Bool {
        let equity = equity(account)
        if equity.isZero { return true }
        guard ledger.reserve + equity >= 0 else { return false }
        ledger.reserve += equity
        self[account].cash -= equity
        self[account].realised -= equity
        emitBalance(account)
        emitReserve()
        return true
    }
}

import BigInt
import ExchangeTypes

/// Money that comes, goes and moves. **Source** `docs/RISK.md` §3; `rules.md` §14.
extension NaiveExchange {
    /// Brings money in, from outside or as a reward out of the fees.
    mutating func deposit(_ deposit: Deposit, isReward: Bool) {
        let amount = deposit.amount.exact
        guard
            deposit.amount > .zero, deposit.amount <= Limits.maximumDeposit,
            accounts[deposit.account.place].cash + amount <= Limits.maximumCash.exact
        else { return refuse() }
        accounts[deposit.account.place].cash += amount
        accounts[deposit.account.place].deposits += amount
        if isReward {
            accounts[deposit.account.place].rewards += amount
            ledger.fees -= amount
        } else {
            ledger.outside -= amount
        }
        emitBalance(deposit.account)
    }

    /// Takes money out that is free.
    mutating func withdraw(_ request: Withdraw) {
        let account = request.account
        let amount = request.amount.exact
        guard isMovable(request.amount) else { return refuse() }
        guard user(account) == account else { return refuse(.foreignAccount) }
        guard !accounts[account.place].isInLiquidation else { return refuse(.inLiquidation) }
        guard amount <= availableBalance(account) else { return refuse(.insufficientBalance) }
        accounts[account.place].cash -= amount
        accounts[account.place].deposits -= amount
        ledger.outside += amount
        emitBalance(account)
    }

    /// Moves free money between accounts of one user. **Source** R-106, R-108.
    mutating func transfer(_ request: Transfer) {
        let (source, target, amount) = (request.source, request.target, request.amount.exact)
        guard isKnown(source), isKnown(target), user(source) == user(target) else {
            return refuse(.foreignAccount)
        }
        guard source != target, isMovable(request.amount) else { return refuse() }
        guard !accounts[source.place].isInLiquidation else { return refuse(.inLiquidation) }
        guard amount <= availableBalance(source) else { return refuse(.insufficientBalance) }
        guard accounts[target.place].cash + amount <= Limits.maximumCash.exact else {
            return refuse()
        }
        for (account, change) in [(source, -amount), (target, amount)] {
            accounts[account.place].cash += change
            accounts[account.place].deposits += change
            emitBalance(account)
        }
    }

    /// Brings money into the reserve fund from outside.
    mutating func fundReserve(_ amount: Money) {
        guard amount > .zero, amount <= Limits.maximumDeposit,
            ledger.reserve + amount.exact <= Limits.maximumCash.exact
        else { return refuse() }
        ledger.outside -= amount.exact
        ledger.reserve += amount.exact
        emitReserve()
    }

    private func isMovable(_ amount: Money) -> Bool {
        amount > .zero && amount <= Limits.maximumCash
    }
}

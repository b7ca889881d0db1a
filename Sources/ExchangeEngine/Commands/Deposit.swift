import ExchangeTypes

/// Money in and out of accounts. **Source** `rules.md` §14; RISK.md §3.
extension Exchange {
    /// Brings money in from outside.
    func deposit(_ request: Deposit) {
        guard isPossible(request) else { return refuse() }
        move(request.amount, from: .outside, to: request.account)
        emitBalance(request.account)
    }

    /// Pays a referral reward out of the house's fees.
    func creditReward(_ request: Deposit) {
        guard isPossible(request) else { return refuse() }
        move(request.amount, from: .fees, to: request.account)
        accounts[Int(request.account.index)].rewards += request.amount
        emitBalance(request.account)
    }

    /// Takes free money out.
    func withdraw(_ request: Withdraw) {
        guard isOpen(request.account), isPossible(request.amount) else { return refuse() }
        let account = accounts[Int(request.account.index)]
        guard account.isMaster else { return refuse(.foreignAccount) }
        if account.isInLiquidation { return refuse(.inLiquidation) }
        guard request.amount <= availableBalance(request.account) else {
            return refuse(.insufficientBalance)
        }
        move(-request.amount, from: .outside, to: request.account)
        emitBalance(request.account)
    }

    /// Moves free money between two accounts of one user. **Source** R-106, R-108.
    func transfer(_ request: Transfer) {
        guard
            isOpen(request.source), isOpen(request.target),
            accounts[Int(request.source.index)].user == accounts[Int(request.target.index)].user
        else { return refuse(.foreignAccount) }
        guard request.source != request.target, isPossible(request.amount) else { return refuse() }
        if accounts[Int(request.source.index)].isInLiquidation { return refuse(.inLiquidation) }
        guard request.amount <= availableBalance(request.source) else {
            return refuse(.insufficientBalance)
        }
        guard accounts[Int(request.target.index)].hasRoom(for: request.amount) else {
            return refuse()
        }
        move(-request.amount, from: .outside, to: request.source)
        move(request.amount, from: .outside, to: request.target)
        emitBalance(request.source)
        emitBalance(request.target)
    }

    /// Brings money into the reserve fund from outside.
    func fundReserve(_ amount: Money) {
        guard
            amount > .zero, amount <= Limits.maximumDeposit,
            ledger.reserve + Int128(amount.units) <= Int128(Limits.maximumCash.units)
        else { return refuse() }
        ledger.transfer(Int128(amount.units), from: .outside, to: .reserve)
        reserveChanged()
    }

    func emitBalance(_ account: AccountID) {
        events.append(
            .balanceChanged(
                BalanceChanged(account: account, cash: accounts[Int(account.index)].cash)))
    }

    private func isPossible(_ request: Deposit) -> Bool {
        isOpen(request.account) && request.amount > .zero
            && request.amount <= Limits.maximumDeposit
            && accounts[Int(request.account.index)].hasRoom(for: request.amount)
    }

    private func isPossible(_ amount: Money) -> Bool {
        amount > .zero && amount <= Limits.maximumCash
    }

    private func move(_ amount: Money, from house: HouseAccount, to account: AccountID) {
        ledger.transfer(amount, from: house, to: &accounts[Int(account.index)])
        accounts[Int(account.index)].deposits += amount
        queue(account)
    }
}

extension Account {
    /// Whether an amount within `maximumCash` may come in. A difference, for profits can lift cash so far
    /// above what may come in that the sum would pass 64 bits.
    fileprivate func hasRoom(for amount: Money) -> Bool { cash <= Limits.maximumCash - amount }
}

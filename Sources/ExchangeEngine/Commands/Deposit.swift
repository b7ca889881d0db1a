import ExchangeTypes

extension Exchange {
    /// Brings money in from outside.
    func deposit(_ request: Deposit) {
        let index = Int(request.account.index)
        guard
            isOpen(request.account), request.amount > .zero,
            request.amount <= Limits.maximumDeposit,
            accounts[index].cash + request.amount <= Limits.maximumCash
        else { return refuse() }
        ledger.transfer(request.amount, from: .outside, to: &accounts[index])
        accounts[index].deposits += request.amount
        emitBalance(request.account)
    }

    func emitBalance(_ account: AccountID) {
        events.append(
            .balanceChanged(
                BalanceChanged(account: account, cash: accounts[Int(account.index)].cash)))
    }
}

import ExchangeTypes

/// Where all money is, from events alone; sums are wide, in units of 1e-8.
struct ObservedMoney {
    /// What accounts were last told to have.
    private(set) var cash: [AccountID: Money] = [:]
    /// What the reserve fund paid for accounts, or, negative, got from them.
    private(set) var covered: [AccountID: Int128] = [:]
    /// What was paid for trading, rebates and what providers got taken off.
    private(set) var fees: Int128 = 0
    /// What was paid to accounts as funding.
    private(set) var funding: Int128 = 0
    /// What the reserve fund was last told to hold.
    private(set) var reserve = Money.zero
    private var payments: Int128 = 0
    /// What a provider got in the last trade and the reserve has not yet been told to have paid.
    private var unpaidFee = Money.zero
    /// How the last change of an account's cash changed it, if that was the last event.
    private var lastBalance: (account: AccountID, change: Money)?
    private var problems: [String] = []

    /// Takes note of an event.
    mutating func observe(_ event: Event) {
        defer {
            if case .balanceChanged = event {} else { lastBalance = nil }
        }
        switch event {
        case .balanceChanged(let change):
            let before = cash[change.account, default: .zero]
            lastBalance = (change.account, change.cash - before)
            cash[change.account] = change.cash
        case .orderFilled(let fill):
            fees += Int128(fill.fee.units)
            if fill.executionType == .providerTransfer { unpaidFee -= fill.fee }
        case .fundingPaid(let payment):
            funding += Int128(payment.amount.units)
            payments += 1
        case .reserveChanged(let balance): observeReserve(balance)
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .orderAccepted, .orderAmended,
            .orderCancelled, .orderRejected, .cancelRejected, .modifyRejected, .tradeExecuted,
            .levelChanged, .positionChanged, .leverageChanged, .liquidationChanged, .alertRaised,
            .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
            .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func observeReserve(_ balance: Money) {
        let change = balance - reserve
        reserve = balance
        if balance < .zero { problems.append("the reserve holds \(balance)") }
        if unpaidFee != .zero {
            if change != -unpaidFee { problems.append("the reserve paid \(change) as a fee") }
            unpaidFee = .zero
        } else if let last = lastBalance, last.change == -change {
            covered[last.account, default: 0] += Int128(last.change.units)
        } else if change <= .zero {
            problems.append("\(change) of the reserve went nowhere")
        }
    }

    /// What was found since the last call, and what is wrong between two commands.
    mutating func takeProblems() -> [String] {
        defer { problems = [] }
        if unpaidFee != .zero { problems.append("nobody paid a fee of \(unpaidFee)") }
        // Longs pay what shorts get; each payment is rounded by half a unit at most.
        if 2 * funding.magnitude > payments.magnitude {
            problems.append("\(payments) payments of funding leave \(funding)")
        }
        return problems
    }
}

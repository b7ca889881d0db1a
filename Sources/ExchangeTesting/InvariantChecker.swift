public import ExchangeTypes

/// Watches an event stream and the reports beside it, and says what can never be true.
///
/// It knows nothing of how an exchange works inside, only what its events promise; so it can judge
/// any implementation. **Complexity** linear in all orders open, for each command.
public struct InvariantChecker {
    /// What has been found, with the place where it was; empty while all is well.
    public private(set) var violations: [String] = []

    private var orders = ObservedOrders()
    private var levels = ObservedLevels()
    private var users: [AccountID: AccountID] = [:]
    private var cash: [AccountID: Money] = [:]
    private var positions: [ObservedHolding: PositionChanged] = [:]
    /// Wide sums over all fills, in units of 1e-8.
    private var fees: Int128 = 0
    private var realised: Int128 = 0
    private var commands = 0
    /// The first side told of each trade of the current command.
    private var makers: [TradeID: Fill] = [:]

    public init() {}

    /// Takes note of the events of one command and checks all that events alone must satisfy.
    public mutating func observe(_ events: [Event]) {
        commands += 1
        makers.removeAll()
        for event in events { observe(event) }
        for problem in orders.takeProblems() + levels.problems(against: orders) { fail(problem) }
        let balance = cash.values.reduce(Int128(0)) { $0 + Int128($1.units) }
        checkSums(cash: balance)
    }

    /// Checks the answers about all accounts: the identities of R-015 and what outside money is there.
    public mutating func check(_ model: some ExchangeModel) {
        var deposits: Int128 = 0
        var balance: Int128 = 0
        for account in users.keys.sorted() {
            guard case .balance(let report) = model.report(.balance(account)) else {
                fail("no balance of account \(account.index)")
                continue
            }
            deposits += Int128(report.deposits.units)
            balance += Int128(cash[account, default: .zero].units)
            check(report, account)
            check(model, account, report)
        }
        // All cash, the fees taken and the clearing of profits and losses are what came from outside.
        if balance + fees - realised != deposits {
            fail("cash \(balance) + fees \(fees) - realised \(realised) is not \(deposits)")
        }
    }

    private mutating func observe(_ event: Event) {
        orders.observe(event)
        levels.observe(event)
        switch event {
        case .accountOpened(let opened): users[opened.account] = opened.user
        case .balanceChanged(let change): cash[change.account] = change.cash
        case .positionChanged(let change):
            let holding = ObservedHolding(
                account: change.account, instrument: change.instrument)
            positions[holding] = change
            if change.quantity == .zero && change.cost != .zero {
                fail("account \(change.account.index) holds nothing at a cost")
            }
        case .orderFilled(let fill): observe(fill)
        case .instrumentConfigured, .pricesChanged, .orderAccepted, .orderAmended,
            .orderCancelled, .orderRejected, .cancelRejected, .modifyRejected, .tradeExecuted,
            .levelChanged, .commandRefused, .sessionChanged, .fundingRateChanged,
            .openInterestChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised:
            break
        }
    }

    private mutating func observe(_ fill: Fill) {
        fees += Int128(fill.fee.units)
        realised += Int128(fill.realisedPnL.units)
        guard let maker = makers[fill.trade] else {
            makers[fill.trade] = fill
            return
        }
        if users[maker.order.account] == users[fill.order.account] {
            fail("trade \(fill.trade.value) is of one user with itself")
        }
        if maker.quantity != fill.quantity || maker.price != fill.price
            || maker.order.side == fill.order.side
            || orders.reference(maker.order) != fill.price
        {
            fail("the sides of trade \(fill.trade.value) differ")
        }
    }

    private mutating func checkSums(cash: Int128) {
        var lots: [InstrumentID: Int64] = [:]
        var cost: Int128 = 0
        for (holding, position) in positions {
            lots[holding.instrument, default: 0] += position.quantity.lots
            cost += Int128(position.cost.units)
        }
        for id in lots.keys.sorted() where lots[id] != 0 {
            fail("positions in \(id.index) sum to \(lots[id, default: 0])")
        }
        if cost != realised { fail("clearing \(-realised) and cost \(cost) do not cancel out") }
    }

    private mutating func check(_ report: BalanceReport, _ account: AccountID) {
        let net = report.deposits + report.realisedPnL + report.netFunding
        let available =
            net + report.unrealisedPnL - report.orderMargin - report.positionMargin
        if report.availableBalance != available {
            fail("available balance of \(account.index): \(report)")
        }
        if net != cash[account, default: .zero] { fail("cash of \(account.index): \(report)") }
    }

    private mutating func check(
        _ model: some ExchangeModel, _ account: AccountID, _ balance: BalanceReport
    ) {
        guard case .positions(let rows) = model.report(.positions(account)) else {
            return fail("no positions of account \(account.index)")
        }
        let margin = rows.reduce(Money.zero) { $0 + $1.positionMargin }
        let unrealised = rows.reduce(Money.zero) { $0 + $1.unrealisedPnL }
        let realised = rows.reduce(Money.zero) { $0 + $1.realisedPnL }
        if margin != balance.positionMargin || unrealised != balance.unrealisedPnL
            || realised != balance.realisedPnL + balance.fees
        {
            fail("positions of \(account.index) do not add up to its balance")
        }
        let open = orders.open.values.filter { $0.account == account }
        let sorted = open.sorted { $0.id > $1.id }
        let query = Query.openOrders(account, instrument: nil)
        if model.report(query) != .openOrders(sorted) {
            fail("open orders of \(account.index) are not those that events told of")
        }
    }

    private mutating func fail(_ text: String) {
        violations.append("command \(commands): \(text)")
    }
}

/// One account's holding of one contract.
struct ObservedHolding: Hashable {
    var account: AccountID
    var instrument: InstrumentID
}

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
    private var money = ObservedMoney()
    private var positions = ObservedPositions()
    private var users: [AccountID: AccountID] = [:]
    private var inLiquidation: Set<AccountID> = []
    private var commands = 0
    /// The first side told of each trade of the current command.
    private var makers: [TradeID: Fill] = [:]

    public init() {}

    /// Takes note of the events of one command and checks all that events alone must satisfy.
    public mutating func observe(_ events: [Event]) {
        commands += 1
        makers.removeAll()
        for event in events { observe(event) }
        let problems =
            orders.takeProblems() + levels.problems(against: orders) + money.takeProblems()
            + positions.takeProblems()
        for problem in problems { fail(problem) }
    }

    /// Checks the answers about all accounts: the identities of R-015, what outside money is there, and
    /// that nobody is in a worse state than the rules let stand.
    public mutating func check(_ model: some ExchangeModel) {
        var deposits: Int128 = 0
        for account in users.keys.sorted() {
            guard case .balance(let report) = model.report(.balance(account)) else {
                fail("no balance of account \(account.index)")
                continue
            }
            deposits += Int128(report.deposits.units)
            checkIdentities(report)
            check(model, report)
        }
        // All cash is what came from outside and what trading, funding and the reserve moved.
        let cash = money.cash.values.reduce(Int128(0)) { $0 + Int128($1.units) }
        let realised = positions.positions.values.reduce(Int128(0)) {
            $0 + Int128($1.realisedPnL.units)
        }
        let covered = money.covered.values.reduce(Int128(0), +)
        if cash != deposits + realised + covered + money.funding - money.fees {
            fail("cash \(cash) is not what came from outside and was moved")
        }
    }

    private mutating func observe(_ event: Event) {
        orders.observe(event)
        levels.observe(event)
        money.observe(event)
        for problem in positions.observe(event) { fail(problem) }
        switch event {
        case .accountOpened(let opened): users[opened.account] = opened.user
        case .orderFilled(let fill): observe(fill)
        case .liquidationChanged(let change): observe(change)
        case .instrumentConfigured, .pricesChanged, .orderAccepted, .orderAmended,
            .orderCancelled, .orderRejected, .cancelRejected, .modifyRejected, .tradeExecuted,
            .levelChanged, .positionChanged, .balanceChanged, .commandRefused, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .fundingPaid, .leverageChanged,
            .reserveChanged, .alertRaised, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func observe(_ change: LiquidationChanged) {
        if change.isInLiquidation == inLiquidation.contains(change.account) {
            fail("account \(change.account.index) changes to what it is")
        }
        if change.isInLiquidation {
            inLiquidation.insert(change.account)
        } else {
            inLiquidation.remove(change.account)
        }
    }

    private mutating func observe(_ fill: Fill) {
        guard let maker = makers[fill.trade] else {
            makers[fill.trade] = fill
            return
        }
        if users[maker.order.account] == users[fill.order.account]
            && fill.executionType != .autoDeleveraging
        {
            fail("trade \(fill.trade.value) is of one user with itself")
        }
        if maker.quantity != fill.quantity || maker.price != fill.price
            || maker.order.side == fill.order.side || maker.executionType != fill.executionType
            || (fill.isInBook && orders.reference(maker.order) != fill.price)
        {
            fail("the sides of trade \(fill.trade.value) differ")
        }
    }

    /// **Source** R-015, R-016.
    private mutating func checkIdentities(_ report: BalanceReport) {
        let net = report.deposits + report.realisedPnL + report.netFunding
        let available =
            net + report.unrealisedPnL - report.orderMargin - report.positionMargin
        if report.availableBalance != available {
            fail("available balance of \(report.account.index): \(report)")
        }
        if report.equity != net + report.unrealisedPnL {
            fail("equity of \(report.account.index): \(report)")
        }
        if net != money.cash[report.account, default: .zero] {
            fail("cash of \(report.account.index): \(report)")
        }
    }

    private mutating func check(_ model: some ExchangeModel, _ balance: BalanceReport) {
        let account = balance.account
        guard case .positions(let rows) = model.report(.positions(account)) else {
            return fail("no positions of account \(account.index)")
        }
        func sum(_ figure: (PositionReport) -> Money) -> Money {
            rows.reduce(.zero) { $0 + figure($1) }
        }
        let covered = Int128((balance.realisedPnL + balance.fees).units)
        if sum(\.positionMargin) != balance.positionMargin
            || sum(\.orderMargin) != balance.orderMargin
            || sum(\.maintenanceMargin) != balance.maintenanceMargin
            || sum(\.unrealisedPnL) != balance.unrealisedPnL
            || sum(\.netFunding) != balance.netFunding
            || Int128(sum(\.realisedPnL).units) + money.covered[account, default: 0] != covered
        {
            fail("positions of \(account.index) do not add up to its balance")
        }
        let open = orders.open.values.filter { $0.account == account }
        let sorted = open.sorted { $0.id > $1.id }
        let query = Query.openOrders(account, instrument: nil)
        if model.report(query) != .openOrders(sorted) {
            fail("open orders of \(account.index) are not those that events told of")
        }
        let isFlat = rows.allSatisfy { $0.quantity == .zero }
        checkStage(balance, isFlat: isFlat, hasOrders: !open.isEmpty)
    }

    /// Nobody is left in a worse state than the rules let stand. **Source** R-089, R-090, R-094, R-099.
    private mutating func checkStage(_ balance: BalanceReport, isFlat: Bool, hasOrders: Bool) {
        let account = balance.account
        if balance.isInLiquidation != inLiquidation.contains(account) {
            fail("account \(account.index) is not in the state that was told")
        }
        let isSound =
            isFlat ? balance.equity >= .zero : balance.equity > balance.maintenanceMargin
        if isSound == balance.isInLiquidation {
            fail("account \(account.index) is in the wrong state: \(balance)")
        }
        if balance.isInLiquidation && hasOrders {
            fail("account \(account.index) has orders in liquidation")
        }
        if isFlat && balance.equity < .zero && money.reserve >= -balance.equity {
            fail("the reserve could pay for account \(account.index)")
        }
        if !isFlat && balance.equity <= balance.closeOutMargin {
            fail("account \(account.index) should be off the book: \(balance)")
        }
    }

    private mutating func fail(_ text: String) {
        violations.append("command \(commands): \(text)")
    }
}

extension Fill {
    /// Whether two orders met, so that it is at the price of one of them.
    var isInBook: Bool {
        switch executionType {
        case .normal, .liquidation: true
        case .providerTransfer, .autoDeleveraging: false
        }
    }
}

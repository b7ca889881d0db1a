import BigInt
import ExchangeTypes

/// From the first margin call to a flat account. **Source** `docs/RISK.md` §7; `rules.md` §11.
extension NaiveExchange {
    /// Assesses accounts, always the one with the smallest id among those that need it, until none does.
    mutating func assessAccounts() {
        var concerned: Set<AccountID> = []
        noteNews(&concerned)
        while let account = concerned.sorted().first(where: needsAssessing) {
            assess(account)
            noteNews(&concerned)
        }
    }

    /// Adds the accounts that events since the last look concern. Without news a sound account stays
    /// sound, and one in liquidation may have another slice.
    private mutating func noteNews(_ concerned: inout Set<AccountID>) {
        let news = NaiveNews(emitted[assessedEvents...])
        assessedEvents = emitted.count
        for account in news.accounts { concerned.insert(account) }
        for place in accounts.indices {
            if accounts[place].isInLiquidation || holds(any: news.contracts, accounts[place]) {
                concerned.insert(AccountID(UInt32(place)))
            }
        }
    }

    private func holds(any contracts: [InstrumentID], _ account: NaiveAccount) -> Bool {
        if contracts.isEmpty { return false }
        for place in account.positions.indices where account.positions[place].lots != 0 {
            if contracts.contains(account.positions[place].instrument) { return true }
        }
        return false
    }

    /// Whether anything would come of assessing an account now.
    private func needsAssessing(_ account: AccountID) -> Bool {
        let state = accounts[account.place]
        guard let standing = standing(account) else {
            if state.cash.sign == .plus { return state.isInLiquidation }
            return !state.isInLiquidation || ledger.reserve >= -state.cash
        }
        if standing.isSound { return state.isInLiquidation }
        return !state.isInLiquidation || maySlice(account)
            || standing.equity <= closeOut(account)
    }

    private mutating func assess(_ account: AccountID) {
        guard let standing = standing(account) else {
            if accounts[account.place].cash < 0 && !settleEquity(account) {
                enterLiquidation(account)
            }
            if accounts[account.place].cash >= 0 { leaveLiquidation(account) }
            return
        }
        if standing.isSound { return leaveLiquidation(account) }
        enterLiquidation(account)
        if standing.equity <= closeOut(account) {
            closeOffBook(account)
        } else if maySlice(account) {
            sendForcedOrder(account)
        }
    }

    /// One slice a second, and none in seconds that are over before anybody could answer.
    private func maySlice(_ account: AccountID) -> Bool {
        !isCatchingUp && accounts[account.place].sliceSecond != currentSecond
    }

    /// Equity and maintenance margin of an account with positions; nil for a flat one.
    private func standing(_ account: AccountID) -> NaiveStanding? {
        var standing: NaiveStanding?
        let positions = accounts[account.place].positions
        for place in positions.indices where positions[place].lots != 0 {
            let id = positions[place].instrument
            let value = markValue(positions[place].lots, id)
            var sum = standing ?? NaiveStanding(equity: accounts[account.place].cash)
            sum.equity += Exact.money(value) - positions[place].cost
            sum.maintenance += maintenance(value, leverage(account, id))
            standing = sum
        }
        return standing
    }

    /// **Source** R-090.
    private mutating func enterLiquidation(_ account: AccountID) {
        guard !accounts[account.place].isInLiquidation else { return }
        accounts[account.place].isInLiquidation = true
        emit(.liquidationChanged(LiquidationChanged(account: account, isInLiquidation: true)))
        for order in orders(of: account).sorted(by: { $0.id < $1.id }) {
            cancel(order, .liquidation)
        }
    }

    private mutating func leaveLiquidation(_ account: AccountID) {
        guard accounts[account.place].isInLiquidation else { return }
        accounts[account.place].isInLiquidation = false
        emit(.liquidationChanged(LiquidationChanged(account: account, isInLiquidation: false)))
    }

    /// Gives an account's equity to the reserve, or covers its debt if the reserve has as much; whether
    /// the equity is nothing now. **Source** R-094, R-100.
    mutating func settleEquity(_ account: AccountID) -> Bool {
        let equity = equity(account)
        if equity.isZero { return true }
        guard ledger.reserve + equity >= 0 else { return false }
        ledger.reserve += equity
        accounts[account.place].cash -= equity
        accounts[account.place].realised -= equity
        emitBalance(account)
        emitReserve()
        return true
    }
}

/// What an account with positions has and what it needs.
private struct NaiveStanding {
    var equity: BigInt
    var maintenance: BigInt = 0
    /// **Source** R-089.
    var isSound: Bool { equity > maintenance }
}

/// The accounts and contracts that events are about: whatever decides over an account's equity, or what
/// it is measured by, is told. Only accounts in liquidation depend on more, on time and the reserve.
private struct NaiveNews {
    private(set) var accounts: [AccountID] = []
    private(set) var contracts: [InstrumentID] = []

    init(_ events: ArraySlice<Event>) {
        for event in events {
            switch event {
            case .instrumentConfigured(let instrument): contracts.append(instrument.id)
            case .pricesChanged(let prices): contracts.append(prices.instrument)
            case .positionChanged(let change): accounts.append(change.account)
            case .balanceChanged(let change): accounts.append(change.account)
            case .accountOpened, .sessionChanged, .fundingRateChanged, .openInterestChanged,
                .orderAccepted, .orderAmended, .orderCancelled, .orderRejected, .cancelRejected,
                .modifyRejected, .orderFilled, .tradeExecuted, .levelChanged, .fundingPaid,
                .leverageChanged, .liquidationChanged, .reserveChanged, .alertRaised,
                .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
                .userStatusChanged, .instrumentSplit, .disturbed:
                break
            }
        }
    }
}

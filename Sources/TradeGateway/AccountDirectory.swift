import ExchangeTypes
import QFEXWire

/// The contracts and accounts a shard knows, folded from events. **Complexity** constant per look-up.
struct AccountDirectory {
    private var instruments: [Instrument] = []
    private var instrumentsBySymbol: [Symbol: InstrumentID] = [:]
    private var accounts: [AccountOpened] = []
    private var accountsByIdentity: [UniqueID: AccountID] = [:]
    /// Users who may not trade, by master account.
    private var blockedUsers: Set<AccountID> = []
    /// Stop orders that wait: what `stop_orders` says of them when they are triggered.
    private var stops: [OrderID: StopOrderResponse] = [:]
    /// Whether the feed's description has arrived.
    var isReady = false

    mutating func apply(_ event: Event) {
        switch event {
        case .instrumentConfigured(let instrument):
            let index = Int(instrument.id.index)
            if index < instruments.count {
                instruments[index] = instrument
            } else {
                precondition(index == instruments.count, "instrument \(index) out of order")
                instruments.append(instrument)
                instrumentsBySymbol[instrument.symbol] = instrument.id
            }
        case .accountOpened(let opened):
            let index = Int(opened.account.index)
            if index < accounts.count { return }
            precondition(index == accounts.count, "account \(index) out of order")
            accounts.append(opened)
            accountsByIdentity[opened.identity] = opened.account
        case .userStatusChanged(let status):
            if status.isIdentityCheckMissing || status.areTermsMissing {
                blockedUsers.insert(status.user)
            } else {
                blockedUsers.remove(status.user)
            }
        case .orderAccepted(let order), .orderAmended(let order):
            if order.type.isStop { stops[order.id] = StopOrderResponse(order) }
        case .orderCancelled(let order, _):
            if order.type.isStop || order.type == .stopMarket { stops[order.id] = nil }
        case .orderFilled(let fill):
            if fill.order.type == .stopMarket { stops[fill.order.id] = nil }
        case .pricesChanged, .sessionChanged, .fundingRateChanged, .openInterestChanged,
            .orderRejected, .cancelRejected,
            .modifyRejected, .tradeExecuted, .levelChanged, .positionChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .commandRefused, .stopRequestRejected,
            .twapChanged, .twapCancelRejected, .instrumentSplit, .disturbed:
            return
        }
    }

    /// The contract's parameters.
    func instrument(_ id: InstrumentID) -> Instrument { instruments[Int(id.index)] }

    /// The contract that a request's reference means, if there is one.
    func instrument(_ reference: InstrumentReference) -> Instrument? {
        switch reference {
        case .known(let id): instrument(id)
        case .unknown: nil
        }
    }

    /// The contract that a refused stop request is about, if there is one.
    func instrument(of rejected: StopRequestRejected) -> Instrument? {
        if let order = rejected.order { return instrument(order.instrument) }
        switch rejected.request {
        case .modify(let request): return instrument(request.instrument)
        case .cancel: return nil
        }
    }

    /// Whether an account's user may not trade.
    func isBlocked(_ account: AccountID) -> Bool {
        blockedUsers.contains(accounts[Int(account.index)].user)
    }

    /// A stop order that waits.
    func stop(_ id: OrderID) -> StopOrderResponse? { stops[id] }

    /// A page of the levels of leverage that can be chosen: from 1 to each contract's maximum.
    ///
    /// **Complexity** that of the contracts and the rows, however far back the page is.
    func leverageLevels(_ page: Page) -> [LeverageReport] {
        var rows: [LeverageReport] = []
        var skipped = 0
        for instrument in instruments {
            let levels = Int(instrument.maximumLeverage)
            let first = max(0, page.offset - skipped)
            skipped += levels
            guard first < levels else { continue }
            for level in (first + 1)...levels {
                if rows.count == page.limit { return rows }
                rows.append(LeverageReport(instrument: instrument.id, leverage: UInt16(level)))
            }
        }
        return rows
    }

    /// What a command says for a symbol: the engine decides about unknown ones.
    func reference(_ symbol: Symbol) -> InstrumentReference {
        instrumentsBySymbol[symbol].map(InstrumentReference.known) ?? .unknown(symbol)
    }

    /// The account with an outside identity.
    func account(_ identity: UniqueID) -> AccountOpened? {
        accountsByIdentity[identity].map { accounts[Int($0.index)] }
    }

    /// The outside identity of an account.
    func identity(_ account: AccountID) -> UniqueID { accounts[Int(account.index)].identity }
}

import BigInt
public import ExchangeTypes

/// The rules of the exchange in the plainest form: arrays, sorting on every look, numbers without a
/// bound, and each figure computed anew from orders and positions whenever it is needed.
///
/// It is the yardstick for the real engine, so it shares nothing with it but the vocabulary, and
/// prefers being obviously right to being fast. **Source** `docs/RISK.md`; `rules.md` §3 to §14.
public struct NaiveExchange: ExchangeModel {
    /// By `InstrumentID`.
    var listings: [NaiveListing] = []
    /// By `AccountID`.
    var accounts: [NaiveAccount] = []
    /// What accounts and the house owe each other.
    var ledger = NaiveLedger()
    /// What holds for all contracts and accounts.
    var venue = VenueParameters()
    /// The numbers that will be given next.
    var nextOrder: UInt64 = 1
    var nextTrade: UInt64 = 1
    /// The instant of the command or second being carried out.
    var now = Timestamp.zero
    /// The last second that was lived through; nil before the first command.
    var lastSecond: Int64?
    /// Whether there are more seconds to live through before the command at hand.
    var isCatchingUp = false
    /// The events of the command being carried out.
    private(set) var emitted: [Event] = []
    /// Those of them that came before accounts were last assessed.
    var assessedEvents = 0

    public init() {}

    public mutating func apply(_ command: SequencedCommand, into events: inout EventBuffer) {
        emitted.removeAll()
        assessedEvents = 0
        passTime(until: command.timestamp)
        isCatchingUp = false
        now = command.timestamp
        carryOut(command.command)
        markTouchedContracts()
        assessAccounts()
        for event in emitted { events.append(event) }
    }

    private mutating func carryOut(_ command: Command) {
        if let account = command.account, !isKnown(account) { return refuse() }
        switch command {
        case .configureInstrument(let instrument): configure(instrument)
        case .configureVenue(let parameters): configure(parameters)
        case .openAccount(let request): open(request)
        case .deposit(let deposit): self.deposit(deposit, isReward: false)
        case .withdraw(let request): withdraw(request)
        case .transfer(let request): transfer(request)
        case .creditReward(let deposit): self.deposit(deposit, isReward: true)
        case .fundReserve(let amount): fundReserve(amount)
        case .setProvider(let request): setProvider(request)
        case .updateIndexPrice(let update): updateIndexPrice(update)
        case .composeOracle(let request): composeOracle(request)
        case .scheduleSession(let request): scheduleSession(request)
        case .advanceTime: break
        case .splitInstrument(let request): split(request)
        case .setLeverage(let request): setLeverage(request)
        case .closePosition, .modifyStopOrder, .cancelStopOrder, .placeTWAP, .cancelTWAP,
            .setUserStatus:
            refuse()
        case .disturb(let disturbance):
            if disturbance.isValid { emit(.disturbed(disturbance)) } else { refuse() }
        case .placeOrder(let order): place(order)
        case .modifyOrder(let request): modify(request)
        case .cancelOrder(let request): cancel(request)
        case .cancelAllOrders(let request): cancelAll(request)
        }
    }

    /// Says that something happened.
    mutating func emit(_ event: Event) { emitted.append(event) }

    /// Says that a command had no effect.
    mutating func refuse(_ reason: RejectReason = .failedToProcess) {
        emit(.commandRefused(reason))
    }

    /// Whether an account exists.
    func isKnown(_ account: AccountID) -> Bool { account.place < accounts.count }

    /// The id behind a reference, if such a contract is listed.
    func listed(_ reference: InstrumentReference) -> InstrumentID? {
        switch reference {
        case .known(let id): id.place < listings.count ? id : nil
        case .unknown: nil
        }
    }

    /// Whether a contract is listed and was not taken off the list.
    func isTradable(_ id: InstrumentID) -> Bool {
        id.place < listings.count && !listings[id.place].isDelisted
    }

    /// All contracts, by id.
    var contracts: [InstrumentID] { listings.indices.map { InstrumentID(UInt32($0)) } }
    /// All accounts, by id.
    var everybody: [AccountID] { accounts.indices.map { AccountID(UInt32($0)) } }

    /// The parameters of a listed contract.
    func instrument(_ id: InstrumentID) -> Instrument { listings[id.place].instrument }
    /// The master account of an account.
    func user(_ account: AccountID) -> AccountID { accounts[account.place].user }
}

extension Command {
    /// The account that must exist for the command to mean anything; nil where none is named, or where
    /// an unknown one has a reason of its own.
    fileprivate var account: AccountID? {
        switch self {
        case .configureInstrument, .configureVenue, .openAccount, .fundReserve, .transfer,
            .updateIndexPrice, .composeOracle, .scheduleSession, .advanceTime, .splitInstrument,
            .disturb:
            nil
        case .deposit(let deposit), .creditReward(let deposit): deposit.account
        case .withdraw(let request): request.account
        case .setProvider(let request): request.account
        case .setLeverage(let request): request.account
        case .closePosition(let request): request.account
        case .modifyStopOrder(let request): request.account
        case .cancelStopOrder(let request): request.account
        case .placeTWAP(let request): request.account
        case .cancelTWAP(let request): request.account
        case .setUserStatus(let request): request.user
        case .placeOrder(let order): order.account
        case .modifyOrder(let request): request.account
        case .cancelOrder(let request): request.account
        case .cancelAllOrders(let request): request.account
        }
    }
}

extension InstrumentID {
    /// Where the contract is in the listing order.
    var place: Int { Int(index) }
}

extension AccountID {
    /// Where the account is in the opening order.
    var place: Int { Int(index) }
}

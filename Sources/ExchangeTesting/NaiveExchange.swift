public import ExchangeTypes

/// The rules of the exchange in the plainest form: arrays, sorting on every look, and each margin
/// figure computed anew from orders and positions.
///
/// It is the yardstick for the real engine, so it shares nothing with it but the vocabulary, and
/// prefers being obviously right to being fast. **Source** `rules.md` §3, §4, §6 to §10.
public struct NaiveExchange: ExchangeModel {
    /// By `InstrumentID`.
    var listings: [NaiveListing] = []
    /// By `AccountID`.
    var accounts: [NaiveAccount] = []
    /// What accounts and the outside owe each other.
    var ledger = NaiveLedger()
    /// The numbers that will be given next.
    var nextOrder: UInt64 = 1
    var nextTrade: UInt64 = 1
    /// The instant of the command being carried out.
    var now = Timestamp.zero
    /// The events of the command being carried out.
    private var emitted: [Event] = []

    public init() {}

    public mutating func apply(_ command: SequencedCommand, into events: inout EventBuffer) {
        now = command.timestamp
        emitted.removeAll()
        carryOut(command.command)
        for event in emitted { events.append(event) }
    }

    private mutating func carryOut(_ command: Command) {
        if let account = command.account, !isKnown(account) {
            return emit(.commandRefused(.failedToProcess))
        }
        switch command {
        case .configureInstrument(let instrument): configure(instrument)
        case .openAccount(let request): open(request)
        case .deposit(let deposit): self.deposit(deposit)
        case .updateIndexPrice(let update): updateIndexPrice(update)
        case .configureVenue, .withdraw, .transfer, .creditReward, .fundReserve, .setProvider,
            .composeOracle, .scheduleSession, .advanceTime, .splitInstrument, .setLeverage:
            emit(.commandRefused(.failedToProcess))
        case .placeOrder(let order): place(order)
        case .modifyOrder(let request): modify(request)
        case .cancelOrder(let request): cancel(request)
        case .cancelAllOrders(let request): cancelAll(request)
        }
    }

    /// Says that something happened.
    mutating func emit(_ event: Event) { emitted.append(event) }

    /// Whether an account exists.
    func isKnown(_ account: AccountID) -> Bool { Int(account.index) < accounts.count }

    /// The id behind a reference, if such a contract is listed.
    func listed(_ reference: InstrumentReference) -> InstrumentID? {
        switch reference {
        case .known(let id): Int(id.index) < listings.count ? id : nil
        case .unknown: nil
        }
    }

    /// The parameters of a listed contract.
    func instrument(_ id: InstrumentID) -> Instrument { listings[Int(id.index)].instrument }
    /// The master account of an account.
    func user(_ account: AccountID) -> AccountID { accounts[Int(account.index)].user }
}

extension Command {
    /// The account that must exist for the command to mean anything; nil where none is named.
    fileprivate var account: AccountID? {
        switch self {
        case .configureInstrument, .configureVenue, .openAccount, .fundReserve,
            .updateIndexPrice, .composeOracle, .scheduleSession, .advanceTime, .splitInstrument:
            nil
        case .deposit(let deposit), .creditReward(let deposit): deposit.account
        case .withdraw(let request): request.account
        case .transfer(let request): request.source
        case .setProvider(let request): request.account
        case .setLeverage(let request): request.account
        case .placeOrder(let order): order.account
        case .modifyOrder(let request): request.account
        case .cancelOrder(let request): request.account
        case .cancelAllOrders(let request): request.account
        }
    }
}

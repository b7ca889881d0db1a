public import ExchangeTypes

/// A listed contract with its outside price.
struct Listing {
    var instrument: Instrument
    /// The first index price, around which `Limits.indexCorridor` lies.
    var firstIndex: ReferencePrice?
    var index: ReferencePrice?
    var mark: ReferencePrice?
}

/// The exchange: a deterministic state machine from commands to events.
///
/// It reads no clock, draws no randomness and does no I/O: the same commands in the same order give the
/// same events and the same `stateHash()` on every machine. It belongs to one thread.
public final class Exchange {
    /// Dense by `InstrumentID`, so that a contract is found by indexing.
    var listings: [Listing] = []
    var books: [OrderBook] = []
    /// Looked up, never iterated.
    var instrumentsBySymbol: [Symbol: InstrumentID] = [:]
    /// Dense by `AccountID`.
    var accounts: [Account] = []
    /// Looked up, never iterated.
    var accountsByIdentity: [UniqueID: AccountID] = [:]
    var ledger = Ledger()
    let pool = OrderPool()
    /// Beside the pool, by slot.
    var orderDetails: [OrderDetails] = []
    /// Live orders by their client's name; looked up, never iterated.
    var ordersByClientID: [ClientOrderKey: OrderID] = [:]
    var nextOrderID: UInt64 = 1
    var nextTradeID: UInt64 = 1
    /// The instant of the command being applied.
    var now = Timestamp.zero
    /// The events of the command being applied.
    var events = EventBuffer()

    public init() {}

    /// Applies one command and appends what happened.
    ///
    /// Every refusal is an event; nothing is ever half applied.
    public func apply(_ sequenced: SequencedCommand, into events: inout EventBuffer) {
        now = sequenced.timestamp
        swap(&self.events, &events)
        switch sequenced.command {
        case .configureInstrument(let instrument): configureInstrument(instrument)
        case .openAccount(let open): openAccount(open)
        case .deposit(let request): deposit(request)
        case .updateIndexPrice(let update): updateIndexPrice(update)
        case .configureVenue, .withdraw, .transfer, .creditReward, .fundReserve, .setProvider,
            .composeOracle, .scheduleSession, .advanceTime, .splitInstrument, .setLeverage:
            refuse()
        case .placeOrder(let request): placeOrder(request)
        case .modifyOrder(let request): modifyOrder(request)
        case .cancelOrder(let request): cancelOrder(request)
        case .cancelAllOrders(let request): cancelAllOrders(request)
        }
        swap(&self.events, &events)
    }

    /// Whether an account exists.
    func isOpen(_ account: AccountID) -> Bool { Int(account.index) < accounts.count }

    /// The contract a request names, if it is listed.
    func listed(_ reference: InstrumentReference) -> InstrumentID? {
        switch reference {
        case .known(let id): Int(id.index) < listings.count ? id : nil
        case .unknown: nil
        }
    }

    func refuse(_ reason: RejectReason = .failedToProcess) {
        events.append(.commandRefused(reason))
    }

    func emitLevel(_ instrument: InstrumentID, _ side: Side, _ price: Price) {
        events.append(
            .levelChanged(
                LevelChanged(
                    instrument: instrument, side: side, price: price,
                    quantity: books[Int(instrument.index)].total(at: price))))
    }
}

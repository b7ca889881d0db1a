public import ExchangeTypes

/// The exchange: a deterministic state machine from commands to events.
///
/// It reads no clock, draws no randomness and does no I/O: the same commands in the same order give the
/// same events and the same `stateHash()` on every machine. It belongs to one thread.
public final class Exchange {
    /// Dense by `InstrumentID`, so that a contract is found by indexing.
    var listings: [Listing] = []
    var books: [OrderBook] = []
    /// Beside the listings: sessions that begin later, the last minute of `mark − oracle`, accounts
    /// with positions, liquidity providers, triggers of stop orders.
    var schedules: [[ScheduledSession]] = []
    var discounts: [MinuteOfSamples] = []
    var holders: [Holders] = []
    var providers: [[Provider]] = []
    var stopTriggers: [StopTriggers] = []
    /// Contracts whose books moved since their mark was computed, by id.
    var dirtyListings: [Int] = []
    var venue = VenueParameters()
    /// The value of all open interest at the marks.
    var totalOpenInterest = Notional.zero
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
    /// Open orders by price, of the holdings whose margin needs them; and the places to use again.
    var ladders: [OfferLadder] = []
    var freeLadders: [Int32] = []
    /// By id; looked up, never iterated but to be sorted.
    var stops: [OrderID: StopOrder] = [:]
    /// By the id of the order they protect; looked up, never iterated.
    var legs: [OrderID: Legs] = [:]
    /// Stop orders that the mark has reached.
    var triggered: [OrderID] = []
    /// What was filled of orders with legs, and the holdings that changed, in this command.
    var filledParents: [FilledParent] = []
    var changedHoldings: [HoldingKey] = []
    /// Requests behind the speed bump, oldest first from `firstHeld` on.
    var held: [HeldRequest] = []
    var firstHeld = 0
    /// The new orders among them; looked up, never iterated but to be sorted.
    var heldOrders: [OrderID: HeldOrder] = [:]
    /// Sliced orders that are under way, by the next child's time, then id.
    var twaps: [TWAP] = []
    /// Accounts that must be assessed before the command ends.
    var assessments = AccountQueue()
    /// Accounts in liquidation, by id.
    var liquidating: [AccountID] = []
    /// Reused by `queueEndangered`.
    var endangered: [AccountID] = []
    var nextOrderID: UInt64 = 1
    var nextTradeID: UInt64 = 1
    var nextTWAPID: UInt64 = 1
    /// The instant of the command being applied, or of the second being lived through.
    var now = Timestamp.zero
    /// The place of the command being applied.
    var command = SequenceNumber(0)
    /// The last second that was lived through; nil before the first command.
    var lastSecond: Int64?
    /// Whether later seconds are already over: nobody could answer a forced order now.
    var isCatchingUp = false
    /// The events of the command being applied.
    var events = EventBuffer()

    public init() {}

    /// Every contract ever listed, by id, with its parameters of now.
    public var instruments: [Instrument] { listings.map(\.instrument) }

    /// Applies one command and appends what happened.
    ///
    /// Every refusal is an event; nothing is ever half applied.
    public func apply(_ sequenced: SequencedCommand, into events: inout EventBuffer) {
        swap(&self.events, &events)
        advance(to: sequenced.timestamp)
        now = sequenced.timestamp
        command = sequenced.sequence
        switch sequenced.command {
        case .configureInstrument(let instrument): configureInstrument(instrument)
        case .openAccount(let open): openAccount(open)
        case .deposit(let request): deposit(request)
        case .updateIndexPrice(let update): updateIndexPrice(update)
        case .placeOrder(let request): placeOrder(request)
        case .modifyOrder(let request): modifyOrder(request)
        case .cancelOrder(let request): cancelOrder(request)
        case .cancelAllOrders(let request): cancelAllOrders(request)
        case .setLeverage(let request): setLeverage(request)
        case .withdraw(let request): withdraw(request)
        case .transfer(let request): transfer(request)
        case .creditReward(let request): creditReward(request)
        case .fundReserve(let amount): fundReserve(amount)
        case .setProvider(let request): setProvider(request)
        case .configureVenue(let parameters): configureVenue(parameters)
        case .composeOracle(let request): composeOracle(request)
        case .scheduleSession(let request): scheduleSession(request)
        case .splitInstrument(let request): splitInstrument(request)
        case .advanceTime: break
        case .closePosition(let request): closePosition(request)
        case .modifyStopOrder(let request): modifyStopOrder(request)
        case .cancelStopOrder(let request): cancelStopOrder(request)
        case .placeTWAP(let request): placeTWAP(request)
        case .cancelTWAP(let request): cancelTWAP(request)
        case .setUserStatus(let request): setUserStatus(request)
        case .disturb(let disturbance): disturb(disturbance)
        }
        finishCommand()
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

    /// The place of a contract that is listed and not delisted.
    func tradable(_ instrument: InstrumentID) -> Int? {
        let index = Int(instrument.index)
        guard index < listings.count, listings[index].instrument.status != .delisted else {
            return nil
        }
        return index
    }

    func refuse(_ reason: RejectReason = .failedToProcess) {
        events.append(.commandRefused(reason))
    }

    /// Says what rests at a price after a change; the mark may follow.
    func emitLevel(_ instrument: InstrumentID, _ side: Side, _ price: Price) {
        markDirty(Int(instrument.index))
        sayLevel(instrument, side, price)
    }

    /// Says what rests at a price, which may be what it was before.
    func sayLevel(_ instrument: InstrumentID, _ side: Side, _ price: Price) {
        let total = books[Int(instrument.index)].total(at: price)
        sayLevel(instrument, side, price, total)
    }

    func sayLevel(
        _ instrument: InstrumentID, _ side: Side, _ price: Price, _ total: Quantity
    ) {
        let book = books[Int(instrument.index)]
        let best = book.best(side).map { DepthRow(price: $0, quantity: book.total(at: $0)) }
        events.append(
            .levelChanged(
                LevelChanged(
                    instrument: instrument, side: side, price: price, quantity: total,
                    best: best)))
    }
}

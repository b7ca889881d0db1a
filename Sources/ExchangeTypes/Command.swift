/// Everything that changes the exchange's state. Commands are plain values without references, and
/// hold numbers as the client sent them: whether they lie on a grid is for the engine to say.
public enum Command: Hashable, Sendable {
    /// Lists a contract (its id must be the next free one) or changes a listed one's parameters.
    case configureInstrument(Instrument)
    case configureVenue(VenueParameters)
    case openAccount(OpenAccount)
    case deposit(Deposit)
    case withdraw(Withdraw)
    case transfer(Transfer)
    /// Pays a referral reward out of the house's fees.
    case creditReward(Deposit)
    /// Brings money into the reserve fund from outside.
    case fundReserve(Money)
    case setProvider(SetProvider)
    case updateIndexPrice(UpdateIndexPrice)
    case composeOracle(ComposeOracle)
    case scheduleSession(ScheduleSession)
    /// Time passes: sent when nothing else is, so that what is due happens.
    case advanceTime
    case splitInstrument(SplitInstrument)
    case setLeverage(SetLeverage)
    case closePosition(ClosePosition)
    case modifyStopOrder(ModifyStopOrder)
    case cancelStopOrder(CancelStopOrder)
    case placeTWAP(PlaceTWAP)
    case cancelTWAP(CancelTWAP)
    /// An operator's word on what a user may do.
    case setUserStatus(SetUserStatus)
    /// Disturbs the clients' connections; changes nothing that the engine keeps.
    case disturb(Disturbance)
    case placeOrder(PlaceOrder)
    case modifyOrder(ModifyOrder)
    case cancelOrder(CancelOrder)
    case cancelAllOrders(CancelAllOrders)
}

/// A command with its place in the total order and the instant it was given that place.
public struct SequencedCommand: Hashable, Sendable {
    public var sequence: SequenceNumber
    public var timestamp: Timestamp
    public var command: Command
    public init(sequence: SequenceNumber, timestamp: Timestamp, command: Command) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.command = command
    }
}

/// Opens an account under an outside identity; repeating it for the same identity changes nothing.
public struct OpenAccount: Hashable, Sendable {
    public var identity: UniqueID
    /// The master account of a subaccount; nil for a master, whose user is itself.
    public var master: AccountID?
    public init(identity: UniqueID, master: AccountID? = nil) {
        self.identity = identity
        self.master = master
    }
}

/// Brings money in from outside.
public struct Deposit: Hashable, Sendable {
    public var account: AccountID
    public var amount: Money
    public init(account: AccountID, amount: Money) {
        self.account = account
        self.amount = amount
    }
}

/// Takes money out of a master account. **Source** `rules.md` §14.
public struct Withdraw: Hashable, Sendable {
    public var account: AccountID
    public var amount: Money
    public init(account: AccountID, amount: Money) {
        self.account = account
        self.amount = amount
    }
}

/// Moves free money between two accounts of one user. **Source** `rules.md` §14, R-106, R-108.
public struct Transfer: Hashable, Sendable {
    public var source: AccountID
    public var target: AccountID
    public var amount: Money
    public init(source: AccountID, target: AccountID, amount: Money) {
        self.source = source
        self.target = target
        self.amount = amount
    }
}

/// Makes an account a liquidity provider of a contract: it takes positions over that the book could
/// not close, up to a value. Zero ends it. **Source** `rules.md` §11.
public struct SetProvider: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentID
    public var maximumNotional: Money
    public init(account: AccountID, instrument: InstrumentID, maximumNotional: Money) {
        self.account = account
        self.instrument = instrument
        self.maximumNotional = maximumNotional
    }
}

/// A new outside price of a contract's underlier.
public struct UpdateIndexPrice: Hashable, Sendable {
    /// Which of the two prices that an oracle can be composed of.
    public enum Leg: UInt8, Hashable, Sendable {
        /// The only one, or the nearer of two dated futures.
        case front = 0
        /// The later of two dated futures.
        case next = 1
    }
    public var instrument: InstrumentID
    public var price: ReferencePrice
    public var leg: Leg
    /// When the feed saw it, so that prices out of order can be told; nil where a feed has no clock.
    public var observedAt: Timestamp?
    public init(
        instrument: InstrumentID, price: ReferencePrice, leg: Leg = .front,
        observedAt: Timestamp? = nil
    ) {
        self.instrument = instrument
        self.price = price
        self.leg = leg
        self.observedAt = observedAt
    }
}

/// How a contract's oracle follows from its outside prices:
/// `(frontWeight × front + (1 − frontWeight) × next) × ratio`. **Source** R-006, R-008.
public struct ComposeOracle: Hashable, Sendable {
    public var instrument: InstrumentID
    public var frontWeight: Rate
    /// Spot over future settlement of an equity index; one for all else.
    public var ratio: Rate
    public init(
        instrument: InstrumentID, frontWeight: Rate = Rate(percent: 100),
        ratio: Rate = Rate(percent: 100)
    ) {
        self.instrument = instrument
        self.frontWeight = frontWeight
        self.ratio = ratio
    }
}

/// The underlier's market enters a session at an instant. **Source** R-102.
///
/// Times are absolute: the edge works them out from market hours and time zones, so that no replay
/// depends on a machine's time-zone files.
public struct ScheduleSession: Hashable, Sendable {
    public var instrument: InstrumentID
    public var session: MarketSession
    public var startsAt: Timestamp
    public init(instrument: InstrumentID, session: MarketSession, startsAt: Timestamp) {
        self.instrument = instrument
        self.session = session
        self.startsAt = startsAt
    }
}

/// `denominator` old units become `numerator` new ones. **Source** R-103.
public struct SplitInstrument: Hashable, Sendable {
    public var instrument: InstrumentID
    public var numerator: UInt32
    public var denominator: UInt32
    public init(instrument: InstrumentID, numerator: UInt32, denominator: UInt32) {
        self.instrument = instrument
        self.numerator = numerator
        self.denominator = denominator
    }
}

/// Chooses the leverage of an account in a contract. **Source** R-020, R-021.
public struct SetLeverage: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var leverage: WireDecimal
    public init(account: AccountID, instrument: InstrumentReference, leverage: WireDecimal) {
        self.account = account
        self.instrument = instrument
        self.leverage = leverage
    }
}

/// The contract a request names: known to the edge, or a name that the engine will refuse.
public enum InstrumentReference: Hashable, Sendable {
    case known(InstrumentID)
    case unknown(Symbol)
}

/// A new order.
public struct PlaceOrder: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var side: Side
    public var type: OrderType
    public var timeInForce: TimeInForce
    public var quantity: WireDecimal
    /// The limit; ignored for a market order.
    public var price: WireDecimal
    /// Empty when the exchange shall make one.
    public var clientOrderID: ClientOrderID
    public var isReduceOnly: Bool
    /// Where the filled quantity takes its profit or stops its loss; zero for nowhere.
    public var takeProfit: WireDecimal
    public var stopLoss: WireDecimal
    public init(
        account: AccountID, instrument: InstrumentReference, side: Side, type: OrderType,
        timeInForce: TimeInForce, quantity: WireDecimal, price: WireDecimal,
        clientOrderID: ClientOrderID = ClientOrderID(), isReduceOnly: Bool = false,
        takeProfit: WireDecimal = .zero, stopLoss: WireDecimal = .zero
    ) {
        self.isReduceOnly = isReduceOnly
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
        self.account = account
        self.instrument = instrument
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.quantity = quantity
        self.price = price
        self.clientOrderID = clientOrderID
    }
}

/// The order a request means.
public enum OrderReference: Hashable, Sendable {
    case orderID(OrderID)
    case clientOrderID(ClientOrderID)
    /// An order id that no order of this exchange can have, kept as sent (cut to 64 bytes).
    case unrecognised(InlineText)
}

/// A change of a resting order's price or total quantity; what is nil stays.
public struct ModifyOrder: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var order: OrderReference
    public var side: Side
    public var type: OrderType
    public var quantity: WireDecimal?
    public var price: WireDecimal?
    /// Zero removes it.
    public var takeProfit: WireDecimal?
    /// Zero removes it.
    public var stopLoss: WireDecimal?
    /// Must be the order's, where it is given.
    public var isReduceOnly: Bool?
    public init(
        account: AccountID, instrument: InstrumentReference, order: OrderReference, side: Side,
        type: OrderType, quantity: WireDecimal?, price: WireDecimal?,
        takeProfit: WireDecimal? = nil, stopLoss: WireDecimal? = nil, isReduceOnly: Bool? = nil
    ) {
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
        self.isReduceOnly = isReduceOnly
        self.account = account
        self.instrument = instrument
        self.order = order
        self.side = side
        self.type = type
        self.quantity = quantity
        self.price = price
    }
}

/// Takes one order out of the book.
public struct CancelOrder: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var order: OrderReference
    public init(account: AccountID, instrument: InstrumentReference, order: OrderReference) {
        self.account = account
        self.instrument = instrument
        self.order = order
    }
}

/// Takes all orders of an account out of the book, or those of one contract.
public struct CancelAllOrders: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference?
    public init(account: AccountID, instrument: InstrumentReference? = nil) {
        self.account = account
        self.instrument = instrument
    }
}

/// Closes a whole position at once, near the mark. **Source** `protocol.md` §6.5, R-069.
public struct ClosePosition: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    /// Empty when the exchange shall make one.
    public var clientOrderID: ClientOrderID
    public init(
        account: AccountID, instrument: InstrumentReference,
        clientOrderID: ClientOrderID = ClientOrderID()
    ) {
        self.account = account
        self.instrument = instrument
        self.clientOrderID = clientOrderID
    }
}

/// Changes a stop order's trigger price and quantity. **Source** `protocol.md` §7.2.
public struct ModifyStopOrder: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var order: OrderReference
    public var price: WireDecimal
    public var quantity: WireDecimal
    /// Must be the order's, where it is given.
    public var side: Side?
    /// Must be the order's, where it is given.
    public var type: OrderType?
    public init(
        account: AccountID, instrument: InstrumentReference, order: OrderReference,
        price: WireDecimal, quantity: WireDecimal, side: Side? = nil, type: OrderType? = nil
    ) {
        self.account = account
        self.instrument = instrument
        self.order = order
        self.price = price
        self.quantity = quantity
        self.side = side
        self.type = type
    }
}

/// Takes a stop order out, in whatever contract. **Source** `protocol.md` §7.2.
public struct CancelStopOrder: Hashable, Sendable {
    public var account: AccountID
    public var order: OrderReference
    public init(account: AccountID, order: OrderReference) {
        self.account = account
        self.order = order
    }
}

/// A quantity traded in slices over time. **Source** `rules.md` §6.10, `protocol.md` §8.
public struct PlaceTWAP: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var side: Side
    public var totalQuantity: WireDecimal
    public var orderCount: Int64
    public var intervalSeconds: Int64
    public var isReduceOnly: Bool
    /// Empty for none.
    public var clientTWAPID: InlineText
    /// Nil for at once.
    public var startsAt: Timestamp?
    /// A slice that would have to trade beyond it is skipped; zero for none.
    public var worstPrice: WireDecimal
    public init(
        account: AccountID, instrument: InstrumentReference, side: Side,
        totalQuantity: WireDecimal, orderCount: Int64, intervalSeconds: Int64,
        isReduceOnly: Bool = false, clientTWAPID: InlineText = InlineText(),
        startsAt: Timestamp? = nil, worstPrice: WireDecimal = .zero
    ) {
        self.account = account
        self.instrument = instrument
        self.side = side
        self.totalQuantity = totalQuantity
        self.orderCount = orderCount
        self.intervalSeconds = intervalSeconds
        self.isReduceOnly = isReduceOnly
        self.clientTWAPID = clientTWAPID
        self.startsAt = startsAt
        self.worstPrice = worstPrice
    }
}

/// The sliced order a request means.
public enum TWAPReference: Hashable, Sendable {
    case twapID(TWAPID)
    case clientTWAPID(InlineText)
    /// An id that no sliced order of this exchange can have, kept as sent (cut to 64 bytes).
    case unrecognised(InlineText)
}

/// Ends a sliced order.
public struct CancelTWAP: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentReference
    public var twap: TWAPReference
    public init(account: AccountID, instrument: InstrumentReference, twap: TWAPReference) {
        self.account = account
        self.instrument = instrument
        self.twap = twap
    }
}

/// What keeps a user from trading. **Source** P-184.
public struct SetUserStatus: Hashable, Sendable {
    /// The master account.
    public var user: AccountID
    public var isIdentityCheckMissing: Bool
    public var areTermsMissing: Bool
    public init(user: AccountID, isIdentityCheckMissing: Bool, areTermsMissing: Bool) {
        self.user = user
        self.isIdentityCheckMissing = isIdentityCheckMissing
        self.areTermsMissing = areTermsMissing
    }
}

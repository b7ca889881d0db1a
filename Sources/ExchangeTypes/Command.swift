/// Everything that changes the exchange's state. Commands are plain values without references, and
/// hold numbers as the client sent them: whether they lie on a grid is for the engine to say.
public enum Command: Hashable, Sendable {
    /// Lists a contract (its id must be the next free one) or changes a listed one's parameters.
    case configureInstrument(Instrument)
    case openAccount(OpenAccount)
    case deposit(Deposit)
    case updateIndexPrice(UpdateIndexPrice)
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

/// A new outside price of a contract's underlier.
public struct UpdateIndexPrice: Hashable, Sendable {
    public var instrument: InstrumentID
    public var price: ReferencePrice
    public init(instrument: InstrumentID, price: ReferencePrice) {
        self.instrument = instrument
        self.price = price
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
    public init(
        account: AccountID, instrument: InstrumentReference, side: Side, type: OrderType,
        timeInForce: TimeInForce, quantity: WireDecimal, price: WireDecimal,
        clientOrderID: ClientOrderID = ClientOrderID()
    ) {
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
    public init(
        account: AccountID, instrument: InstrumentReference, order: OrderReference, side: Side,
        type: OrderType, quantity: WireDecimal?, price: WireDecimal?
    ) {
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

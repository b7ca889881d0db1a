/// What the engine says happened. Every answer, feed and history is a view of these.
public enum Event: Hashable, Sendable {
    case instrumentConfigured(Instrument)
    case accountOpened(AccountOpened)
    case indexPriceChanged(IndexPriceChanged)
    case orderAccepted(OrderState)
    case orderAmended(OrderState)
    /// `remaining` is the quantity that was taken out.
    case orderCancelled(OrderState, CancelReason)
    case orderRejected(OrderRejected)
    case cancelRejected(CancelOrder, RejectReason)
    case modifyRejected(ModifyRejected)
    /// One for each side of a trade, the resting order's first.
    case orderFilled(Fill)
    case tradeExecuted(Trade)
    case levelChanged(LevelChanged)
    case positionChanged(PositionChanged)
    case balanceChanged(BalanceChanged)
    /// The command had no effect, and no order is concerned: an account or contract that does not
    /// exist, a sum out of range.
    case commandRefused(RejectReason)
}

/// An account exists now.
public struct AccountOpened: Hashable, Sendable {
    public var account: AccountID
    public var identity: UniqueID
    /// The master account of the user; equal to `account` for a master.
    public var user: AccountID
    /// Whether the command opened it; false when it existed before.
    public var isNew: Bool
    public init(account: AccountID, identity: UniqueID, user: AccountID, isNew: Bool) {
        self.account = account
        self.identity = identity
        self.user = user
        self.isNew = isNew
    }
}

/// The outside price, and what hangs on it.
public struct IndexPriceChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    public var index: ReferencePrice
    public var mark: ReferencePrice
    public var band: PriceBand
    public init(
        instrument: InstrumentID, index: ReferencePrice, mark: ReferencePrice, band: PriceBand
    ) {
        self.instrument = instrument
        self.index = index
        self.mark = mark
        self.band = band
    }
}

/// An order as it is after the event that carries it.
public struct OrderState: Hashable, Sendable {
    public var id: OrderID
    public var account: AccountID
    public var instrument: InstrumentID
    public var side: Side
    public var type: OrderType
    public var timeInForce: TimeInForce
    public var isAmended: Bool
    /// The limit; zero for a market order.
    public var price: Price
    public var quantity: Quantity
    public var remaining: Quantity
    public var updatedAt: Timestamp
    public var clientOrderID: ClientOrderID
    public init(
        id: OrderID, account: AccountID, instrument: InstrumentID, side: Side, type: OrderType,
        timeInForce: TimeInForce, isAmended: Bool, price: Price, quantity: Quantity,
        remaining: Quantity, updatedAt: Timestamp, clientOrderID: ClientOrderID
    ) {
        self.id = id
        self.account = account
        self.instrument = instrument
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.isAmended = isAmended
        self.price = price
        self.quantity = quantity
        self.remaining = remaining
        self.updatedAt = updatedAt
        self.clientOrderID = clientOrderID
    }
}

/// A new order was refused: the request as sent, with a client order id made where it had none.
public struct OrderRejected: Hashable, Sendable {
    public var order: PlaceOrder
    public var reason: RejectReason
    public init(order: PlaceOrder, reason: RejectReason) {
        self.order = order
        self.reason = reason
    }
}

/// A change was refused; the order, where there is one, stays as it was.
public struct ModifyRejected: Hashable, Sendable {
    public var request: ModifyOrder
    public var reason: RejectReason
    public var order: OrderState?
    public init(request: ModifyOrder, reason: RejectReason, order: OrderState?) {
        self.request = request
        self.reason = reason
        self.order = order
    }
}

/// One side of a trade.
public struct Fill: Hashable, Sendable {
    public var trade: TradeID
    /// The order after this fill.
    public var order: OrderState
    public var price: Price
    public var quantity: Quantity
    public var aggressorSide: Side
    /// Positive is paid, negative is a rebate.
    public var fee: Money
    /// What closing part of the position brought, before the fee.
    public var realisedPnL: Money
    public var executionType: ExecutionType
    public init(
        trade: TradeID, order: OrderState, price: Price, quantity: Quantity, aggressorSide: Side,
        fee: Money, realisedPnL: Money, executionType: ExecutionType
    ) {
        self.trade = trade
        self.order = order
        self.price = price
        self.quantity = quantity
        self.aggressorSide = aggressorSide
        self.fee = fee
        self.realisedPnL = realisedPnL
        self.executionType = executionType
    }
}

/// A match, as the public sees it.
public struct Trade: Hashable, Sendable {
    public var id: TradeID
    public var instrument: InstrumentID
    public var price: Price
    public var quantity: Quantity
    public var aggressorSide: Side
    public var executionType: ExecutionType
    public init(
        id: TradeID, instrument: InstrumentID, price: Price, quantity: Quantity,
        aggressorSide: Side, executionType: ExecutionType
    ) {
        self.id = id
        self.instrument = instrument
        self.price = price
        self.quantity = quantity
        self.aggressorSide = aggressorSide
        self.executionType = executionType
    }
}

/// The total resting quantity of a price level is now this; zero when the level is gone.
public struct LevelChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    public var side: Side
    public var price: Price
    public var quantity: Quantity
    public init(instrument: InstrumentID, side: Side, price: Price, quantity: Quantity) {
        self.instrument = instrument
        self.side = side
        self.price = price
        self.quantity = quantity
    }
}

/// A holding after an execution.
public struct PositionChanged: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentID
    public var quantity: SignedQuantity
    /// What the open quantity cost: positive for a long, negative for a short.
    public var cost: Money
    /// Realised profit and loss of this contract so far, before fees.
    public var realisedPnL: Money
    public init(
        account: AccountID, instrument: InstrumentID, quantity: SignedQuantity, cost: Money,
        realisedPnL: Money
    ) {
        self.account = account
        self.instrument = instrument
        self.quantity = quantity
        self.cost = cost
        self.realisedPnL = realisedPnL
    }
}

/// The money of an account after a booking.
public struct BalanceChanged: Hashable, Sendable {
    public var account: AccountID
    public var cash: Money
    public init(account: AccountID, cash: Money) {
        self.account = account
        self.cash = cash
    }
}

/// What the engine says happened. Every answer, feed and history is a view of these.
public enum Event: Hashable, Sendable {
    case instrumentConfigured(Instrument)
    case accountOpened(AccountOpened)
    case pricesChanged(PricesChanged)
    case sessionChanged(SessionChanged)
    case fundingRateChanged(FundingRateChanged)
    /// After each change of a position that changed the sum of all longs.
    case openInterestChanged(OpenInterestChanged)
    case orderAccepted(OrderState)
    case orderAmended(OrderState)
    /// `remaining` is the quantity that was taken out.
    case orderCancelled(OrderState, CancelReason)
    case orderRejected(OrderRejected)
    case cancelRejected(CancelOrder, RejectReason)
    case modifyRejected(ModifyRejected)
    /// A change or a cancel of a stop order was refused.
    case stopRequestRejected(StopRequestRejected)
    /// A sliced order began, traded, or ended.
    case twapChanged(TWAPState)
    case twapCancelRejected(CancelTWAP, RejectReason)
    /// One for each side of a trade, the resting order's first.
    case orderFilled(Fill)
    case tradeExecuted(Trade)
    case levelChanged(LevelChanged)
    case positionChanged(PositionChanged)
    case balanceChanged(BalanceChanged)
    case fundingPaid(FundingPaid)
    case leverageChanged(LeverageChanged)
    case liquidationChanged(LiquidationChanged)
    case userStatusChanged(SetUserStatus)
    /// For the gateways to obey.
    case disturbed(Disturbance)
    /// A contract was split: what comes after this is in new units. Its orders were cancelled before.
    case instrumentSplit(SplitInstrument)
    /// The reserve fund holds this now.
    case reserveChanged(Money)
    /// Something that an operator should look at.
    case alertRaised(Alert)
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
public struct PricesChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    public var oracle: ReferencePrice
    public var mark: ReferencePrice
    public var band: PriceBand
    public var source: OracleSource
    public init(
        instrument: InstrumentID, oracle: ReferencePrice, mark: ReferencePrice, band: PriceBand,
        source: OracleSource = .external
    ) {
        self.instrument = instrument
        self.oracle = oracle
        self.mark = mark
        self.band = band
        self.source = source
    }
}

/// The underlier's market is in this session now.
public struct SessionChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    public var session: MarketSession
    public init(instrument: InstrumentID, session: MarketSession) {
        self.instrument = instrument
        self.session = session
    }
}

/// The funding rate if the window ended now, after the division by 100.
public struct FundingRateChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    /// A fraction for the hour; positive when longs pay.
    public var rate: Rate
    /// When the window ends.
    public var settlesAt: Timestamp
    public init(instrument: InstrumentID, rate: Rate, settlesAt: Timestamp) {
        self.instrument = instrument
        self.rate = rate
        self.settlesAt = settlesAt
    }
}

/// The sum of all long positions of a contract, which is that of all short ones.
public struct OpenInterestChanged: Hashable, Sendable {
    public var instrument: InstrumentID
    public var quantity: Quantity
    public init(instrument: InstrumentID, quantity: Quantity) {
        self.instrument = instrument
        self.quantity = quantity
    }
}

/// An account paid funding (negative) or received it.
public struct FundingPaid: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentID
    public var amount: Money
    public var rate: Rate
    public var mark: ReferencePrice
    public init(
        account: AccountID, instrument: InstrumentID, amount: Money, rate: Rate,
        mark: ReferencePrice
    ) {
        self.account = account
        self.instrument = instrument
        self.amount = amount
        self.rate = rate
        self.mark = mark
    }
}

/// An account's leverage in a contract is this now.
public struct LeverageChanged: Hashable, Sendable {
    public var account: AccountID
    public var instrument: InstrumentID
    public var leverage: UInt16
    public init(account: AccountID, instrument: InstrumentID, leverage: UInt16) {
        self.account = account
        self.instrument = instrument
        self.leverage = leverage
    }
}

/// An account entered liquidation or left it.
public struct LiquidationChanged: Hashable, Sendable {
    public var account: AccountID
    public var isInLiquidation: Bool
    public init(account: AccountID, isInLiquidation: Bool) {
        self.account = account
        self.isInLiquidation = isInLiquidation
    }
}

/// Something that an operator should look at.
public enum Alert: Hashable, Sendable {
    /// An outside price far from the one before was taken after as many refusals as are allowed.
    case distantPriceTaken(InstrumentID)
    /// An outside feed went silent during its session.
    case feedSilent(InstrumentID)
    /// The reserve fund could not cover a loss or pay a provider's fee; positions of the other side
    /// were closed.
    case reserveExhausted(InstrumentID)
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
    /// The limit, or the trigger of a stop order; zero for a market order.
    public var price: Price
    public var quantity: Quantity
    public var remaining: Quantity
    public var updatedAt: Timestamp
    public var clientOrderID: ClientOrderID
    /// The owner's fee tier when the order came in. **Source** R-086.
    public var feeTier: UInt8
    public var isReduceOnly: Bool
    /// Where the filled quantity takes its profit or stops its loss; zero for nowhere.
    public var takeProfit: Price
    public var stopLoss: Price
    public init(
        id: OrderID, account: AccountID, instrument: InstrumentID, side: Side, type: OrderType,
        timeInForce: TimeInForce, isAmended: Bool, price: Price, quantity: Quantity,
        remaining: Quantity, updatedAt: Timestamp, clientOrderID: ClientOrderID,
        feeTier: UInt8 = FeeSchedule.entryTier, isReduceOnly: Bool = false,
        takeProfit: Price = .zero, stopLoss: Price = .zero
    ) {
        self.isReduceOnly = isReduceOnly
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
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
        self.feeTier = feeTier
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
    /// The order after this fill; one that the exchange made where a position was closed off the book.
    public var order: OrderState
    /// On the contract's grid when two orders met; off the book it can be any.
    public var price: ReferencePrice
    public var quantity: Quantity
    public var aggressorSide: Side
    /// Positive is paid, negative is a rebate.
    public var fee: Money
    /// What closing part of the position brought, before the fee.
    public var realisedPnL: Money
    public var executionType: ExecutionType
    public init(
        trade: TradeID, order: OrderState, price: ReferencePrice, quantity: Quantity,
        aggressorSide: Side,
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
    /// On the contract's grid when two orders met; off the book it can be any.
    public var price: ReferencePrice
    public var quantity: Quantity
    public var aggressorSide: Side
    public var executionType: ExecutionType
    public init(
        id: TradeID, instrument: InstrumentID, price: ReferencePrice, quantity: Quantity,
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
    /// The best level of the side now; nil when nothing rests on it. For those who keep no depth.
    public var best: DepthRow?
    public init(
        instrument: InstrumentID, side: Side, price: Price, quantity: Quantity, best: DepthRow?
    ) {
        self.instrument = instrument
        self.side = side
        self.price = price
        self.quantity = quantity
        self.best = best
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

/// A change (with a price and a quantity) or a cancel of a stop order was refused.
public struct StopRequestRejected: Hashable, Sendable {
    /// What was asked for.
    public enum Request: Hashable, Sendable {
        case modify(ModifyStopOrder)
        case cancel(CancelStopOrder)
    }
    public var request: Request
    public var reason: RejectReason
    /// The order, where there is one; it stays as it was.
    public var order: OrderState?
    public init(request: Request, reason: RejectReason, order: OrderState? = nil) {
        self.request = request
        self.reason = reason
        self.order = order
    }
}

/// A sliced order as it is after the event that carries it.
public struct TWAPState: Hashable, Sendable {
    public var id: TWAPID
    public var account: AccountID
    public var instrument: InstrumentID
    public var side: Side
    public var status: TWAPStatus
    public var total: Quantity
    public var filled: Quantity
    /// What the filled quantity traded for.
    public var filledValue: Notional
    public var orderCount: Int64
    public var intervalSeconds: Int64
    public var isReduceOnly: Bool
    public var clientTWAPID: InlineText
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    public init(
        id: TWAPID, account: AccountID, instrument: InstrumentID, side: Side, status: TWAPStatus,
        total: Quantity, filled: Quantity, filledValue: Notional, orderCount: Int64,
        intervalSeconds: Int64, isReduceOnly: Bool, clientTWAPID: InlineText,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.instrument = instrument
        self.side = side
        self.status = status
        self.total = total
        self.filled = filled
        self.filledValue = filledValue
        self.orderCount = orderCount
        self.intervalSeconds = intervalSeconds
        self.isReduceOnly = isReduceOnly
        self.clientTWAPID = clientTWAPID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A question about an account. Questions change nothing and are not logged; they are answered by the
/// engine itself, at one place in the order of commands, so that no gateway recomputes a figure.
public enum Query: Hashable, Sendable {
    case balance(AccountID)
    case positions(AccountID)
    /// Stop orders included, newest first. Nil for all contracts.
    case openOrders(AccountID, instrument: InstrumentID?)
    case order(AccountID, OrderReference)
    /// What an account pays for trading.
    case fees(AccountID)
    /// The leverage of an account in every contract.
    case leverages(AccountID)
    /// The sliced orders that are under way, newest first. Nil for all contracts.
    case twaps(AccountID, instrument: InstrumentID?)
    /// What an account traded, newest first; answered from the history beside the engine.
    case trades(AccountID, TradeFilter)
}

/// Which trades are asked for. **Source** `protocol.md` §9.
public struct TradeFilter: Hashable, Sendable {
    public var limit: Int
    public var offset: Int
    public var order: OrderReference?
    /// Both ends included; nil for no bound.
    public var from: Timestamp?
    public var through: Timestamp?
    public init(
        limit: Int = 1_000, offset: Int = 0, order: OrderReference? = nil,
        from: Timestamp? = nil, through: Timestamp? = nil
    ) {
        self.limit = limit
        self.offset = offset
        self.order = order
        self.from = from
        self.through = through
    }
}

/// The answer to a `Query`.
public enum Report: Hashable, Sendable {
    case balance(BalanceReport)
    case positions([PositionReport])
    case openOrders([OrderState])
    /// Nil when the account has no such open order.
    case order(OrderState?)
    /// The order ended; answered from the history beside the engine.
    case closedOrder(ClosedOrder)
    case fees(FeeReport)
    case leverages([LeverageReport])
    case twaps([TWAPState])
    /// The page, and how many there are in all.
    case trades([TimedFill], count: Int)
    /// The account does not exist.
    case unknownAccount
}

/// The money figures of an account, exactly those the engine's checks use.
///
/// `availableBalance = deposits + realisedPnL + unrealisedPnL + netFunding − orderMargin −
/// positionMargin`, where `realisedPnL` is net of `fees` and `deposits` holds withdrawals, transfers
/// and rewards too. **Source** `rules.md` §3, R-015.
public struct BalanceReport: Hashable, Sendable {
    public var account: AccountID
    public var deposits: Money = .zero
    public var realisedPnL: Money = .zero
    public var unrealisedPnL: Money = .zero
    public var orderMargin: Money = .zero
    public var positionMargin: Money = .zero
    public var netFunding: Money = .zero
    public var fees: Money = .zero
    public var availableBalance: Money = .zero
    /// What the account would have if all positions were closed at the mark.
    public var equity: Money = .zero
    /// Liquidation begins when equity falls to this.
    public var maintenanceMargin: Money = .zero
    /// Positions leave the account off the book when equity falls to this.
    public var closeOutMargin: Money = .zero
    public var rewards: Money = .zero
    public var isInLiquidation = false
    public init(account: AccountID) { self.account = account }
}

/// A holding and what hangs on it.
public struct PositionReport: Hashable, Sendable {
    public var instrument: InstrumentID
    public var quantity: SignedQuantity = .zero
    public var cost: Money = .zero
    public var positionMargin: Money = .zero
    public var orderMargin: Money = .zero
    public var maintenanceMargin: Money = .zero
    public var realisedPnL: Money = .zero
    public var unrealisedPnL: Money = .zero
    public var netFunding: Money = .zero
    /// The mark price at which the account's equity would be its maintenance margin, all else equal;
    /// nil when no price does that. **Source** `rules.md` §4.5, R-028.
    public var liquidationPrice: ReferencePrice?
    public var openOrders: Int = 0
    public var openQuantity: Quantity = .zero
    public var leverage: UInt16 = 1
    public init(instrument: InstrumentID) { self.instrument = instrument }
}

/// What an account pays for trading. **Source** `rules.md` §10.
public struct FeeReport: Hashable, Sendable {
    public var account: AccountID
    /// From 1, the best, to 5.
    public var tier: UInt8
    /// Trading of the last 30 whole days, weighted by class, of all accounts of the user.
    public var effectiveVolume: Notional
    public init(account: AccountID, tier: UInt8, effectiveVolume: Notional) {
        self.account = account
        self.tier = tier
        self.effectiveVolume = effectiveVolume
    }
}

/// The leverage of an account in a contract.
public struct LeverageReport: Hashable, Sendable {
    public var instrument: InstrumentID
    public var leverage: UInt16
    public init(instrument: InstrumentID, leverage: UInt16) {
        self.instrument = instrument
        self.leverage = leverage
    }
}

/// An order that ended, as the last event about it said.
public struct ClosedOrder: Hashable, Sendable {
    /// What ended it.
    public enum End: Hashable, Sendable {
        case filled(TradeID, at: ReferencePrice)
        case cancelled(CancelReason)
    }
    public var order: OrderState
    public var end: End
    public var time: Timestamp
    public init(order: OrderState, end: End, time: Timestamp) {
        self.order = order
        self.end = end
        self.time = time
    }
}

/// One side of a trade, and when it happened.
public struct TimedFill: Hashable, Sendable {
    public var fill: Fill
    public var time: Timestamp
    public init(fill: Fill, time: Timestamp) {
        self.fill = fill
        self.time = time
    }
}

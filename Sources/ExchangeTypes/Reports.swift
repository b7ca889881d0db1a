/// A question about an account. Questions change nothing and are not logged; they are answered by the
/// engine itself, at one place in the order of commands, so that no gateway recomputes a figure.
public enum Query: Hashable, Sendable {
    case balance(AccountID)
    case positions(AccountID)
    /// Newest first. Nil for all contracts.
    case openOrders(AccountID, instrument: InstrumentID?)
    case order(AccountID, OrderReference)
}

/// The answer to a `Query`.
public enum Report: Hashable, Sendable {
    case balance(BalanceReport)
    case positions([PositionReport])
    case openOrders([OrderState])
    /// Nil when the account has no such open order.
    case order(OrderState?)
    /// The account does not exist.
    case unknownAccount
}

/// The money figures of an account, exactly those the engine's checks use.
///
/// `availableBalance = deposits + realisedPnL + unrealisedPnL + netFunding − orderMargin −
/// positionMargin`, where `realisedPnL` is net of `fees`. **Source** `rules.md` §3, R-015.
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
    public init(account: AccountID) { self.account = account }
}

/// A holding and what hangs on it.
public struct PositionReport: Hashable, Sendable {
    public var instrument: InstrumentID
    public var quantity: SignedQuantity = .zero
    public var cost: Money = .zero
    public var positionMargin: Money = .zero
    public var realisedPnL: Money = .zero
    public var unrealisedPnL: Money = .zero
    public var netFunding: Money = .zero
    public var openOrders: Int = 0
    public var openQuantity: Quantity = .zero
    public var leverage: UInt16 = 1
    public init(instrument: InstrumentID) { self.instrument = instrument }
}

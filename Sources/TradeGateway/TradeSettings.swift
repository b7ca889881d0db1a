public import ExchangeTypes
public import QFEXWire

/// What an operator can choose about the trade endpoint.
public struct TradeSettings: Sendable {
    /// From the handshake to a successful `auth`. **Source** `protocol.md` §4.1, P-056.
    public var authenticationSeconds: Int64 = 60
    /// Between two pushes of balances and positions. **Source** `protocol.md` §5.
    public var pulseMilliseconds: Int64 = 1_000
    /// Whether the connection that sent a command hears of it without subscribing.
    /// **Source** `protocol.md` §5, `reply_without_subscription`.
    public var repliesWithoutSubscription = true
    /// What the statuses of orders are called.
    public var statusNames = StatusNames.current
    /// How much a user may say.
    public var rateLimits = RateLimits()
    /// What a user gets who is seen for the first time; nil outside a sandbox.
    public var welcomeDeposit: Money?
    /// Messages kept while a session waits for its account to be opened.
    public var maximumHeldMessages = 256
    /// Bytes held for a connection whose answers are delayed; beyond them it is cut off.
    public var maximumHeldBytes = 4 * 1_024 * 1_024
    /// Questions that a connection may have under way.
    public var maximumPendingRequests = 1_000

    public init() {}
}

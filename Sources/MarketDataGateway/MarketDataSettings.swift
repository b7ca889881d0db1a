/// What an operator can choose about the public endpoint.
public struct MarketDataSettings: Sendable {
    /// Between two pulses of depth and best prices. **Source** `protocol.md` §3.3, C-08, C-09.
    public var pulseMilliseconds: Int64 = 500
    /// Subscriptions of one connection: channel, symbol and grouping make one.
    public var maximumSubscriptions = 10_000
    /// Bytes held for a connection whose messages are delayed; beyond them it is cut off.
    public var maximumHeldBytes = 4 * 1_024 * 1_024

    public init() {}

    /// Best prices that did not change are repeated after this many pulses: at least once a second
    /// where pulses are that frequent. **Source** `protocol.md` §3.4.
    var quietPulses: Int64 { max(1, 1_000 / pulseMilliseconds) }
}

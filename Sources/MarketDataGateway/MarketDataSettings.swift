/// What an operator can choose about the public endpoint.
public struct MarketDataSettings: Sendable {
    /// Between two pulses of depth and best prices. **Source** `protocol.md` §3.3, C-08, C-09.
    public var pulseMilliseconds: Int64 = 500
    /// A best price that did not change is repeated after this many pulses.
    public var quietPulses = 2
    /// Subscriptions of one connection: channel, symbol and grouping make one.
    public var maximumSubscriptions = 10_000

    public init() {}
}

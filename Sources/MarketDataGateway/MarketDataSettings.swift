/// What an operator can choose about the public endpoint.
public struct MarketDataSettings: Sendable {
    /// Between two pulses of depth and best prices. Other values have cadences of their own, in seconds.
    /// **Source** `protocol.md` §3.3, C-08, C-09.
    public var pulseMilliseconds: Int64 = 500
    /// Subscriptions of one connection: channel, symbol and filter make one.
    public var maximumSubscriptions = 10_000
    /// Bytes held for a connection whose messages are delayed; beyond them it is cut off.
    public var maximumHeldBytes = 4 * 1_024 * 1_024

    public init() {}

    /// Between two beats of a kind. **Units** milliseconds.
    func milliseconds(of beat: Cadence.Beat) -> Int64 {
        switch beat {
        case .pulse: pulseMilliseconds
        case .second: 1_000
        }
    }
}

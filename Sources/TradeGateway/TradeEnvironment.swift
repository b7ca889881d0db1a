import ExchangeAuth
import ExchangeTypes
import QFEXWire

/// What all sessions of one event loop share.
final class TradeEnvironment {
    let settings: TradeSettings
    let authenticator: Authenticator
    /// Shared by all event loops.
    let limiter: SharedRateLimiter
    /// The wall clock: for signatures' ages.
    let now: () -> Timestamp
    /// A clock that nobody sets: for rates. **Units** nanoseconds.
    let uptime: () -> Int64
    var directory = AccountDirectory()
    /// Reused for every message, so that a connection costs no decoder of its own.
    var decoder = TradeRequestDecoder()

    init(
        settings: TradeSettings, authenticator: Authenticator, limiter: SharedRateLimiter,
        now: @escaping () -> Timestamp, uptime: @escaping () -> Int64
    ) {
        self.settings = settings
        self.authenticator = authenticator
        self.limiter = limiter
        self.now = now
        self.uptime = uptime
    }
}

import ExchangeAuth
import ExchangeTypes
import QFEXWire

/// What all sessions of one event loop share.
final class TradeEnvironment {
    let settings: TradeSettings
    let authenticator: Authenticator
    /// The only clock of the endpoint: for signatures' ages.
    let now: () -> Timestamp
    var directory = AccountDirectory()
    /// Reused for every message, so that a connection costs no decoder of its own.
    var decoder = TradeRequestDecoder()

    init(
        settings: TradeSettings, authenticator: Authenticator, now: @escaping () -> Timestamp
    ) {
        self.settings = settings
        self.authenticator = authenticator
        self.now = now
    }
}

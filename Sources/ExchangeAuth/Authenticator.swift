/// The one entry to authentication, for sessions and requests on any thread.
///
/// Whether a message has exactly one of `hmac` and `jwt` is decided where it is parsed; whether an
/// account belongs to the user, by the gateway.
public struct Authenticator: Sendable {
    private let keys: LiveAPIKeyDirectory
    private let hmac: HMACVerifier
    private let tokens: JWTVerifier?

    /// Puts an authenticator together; without `tokens` none is accepted.
    public init(keys: LiveAPIKeyDirectory, hmac: HMACVerifier, tokens: JWTVerifier? = nil) {
        self.keys = keys
        self.hmac = hmac
        self.tokens = tokens
    }

    /// Decides on a signed request and, when it is good, uses up its nonce.
    ///
    /// - Parameter now: Unix seconds.
    public func authenticate(
        _ credentials: HMACCredentials, now: Int64
    ) -> Result<Principal, AuthenticationFailure> {
        hmac.verify(credentials, in: keys.current, now: now)
    }

    /// Whether a key that was good once still is.
    public func isWorking(_ publicKey: String) -> Bool {
        keys.current.principal(for: publicKey) != nil
    }

    /// Decides on a token.
    ///
    /// - Parameter now: Unix seconds.
    public func authenticate(
        token: Secret, now: Int64
    ) -> Result<Principal, AuthenticationFailure> {
        tokens?.verify(token, now: now) ?? .failure(.tokensNotAccepted)
    }
}

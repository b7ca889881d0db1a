/// Why a request was not authenticated.
///
/// Each case has one fixed message, so that nothing a client sent, least of all a secret, can come
/// back in it (P-063).
public enum AuthenticationFailure: Error, Hashable, Sendable, CaseIterable {
    /// The nonce has fewer than 1 or more than 100 characters, or one that is not hexadecimal.
    case malformedNonce

    /// Unknown key, revoked key or wrong signature: deliberately one case, so that nobody can find
    /// out which public keys exist.
    case wrongCredentials

    /// `unix_ts` is outside the accepted window.
    case staleTimestamp

    /// This key used this nonce already.
    case reusedNonce

    /// The key, or all keys together, authenticated more often than the window can remember.
    case tooManyNonces

    /// The token is malformed, not signed by a configured key, or meant for somebody else.
    case invalidToken

    /// The token was valid once.
    case expiredToken

    /// No key for tokens is configured.
    case tokensNotAccepted

    /// The requested account belongs to another user. Decided by the gateway, which knows accounts.
    case foreignAccount

    /// Which of the protocol's error codes a failure answers with (protocol.md §4.4).
    public enum Code: Hashable, Sendable {
        /// Well-formed, but not an acceptable value; the session may try again.
        case invalidParameter

        /// Refused; the session ends.
        case denied
    }

    /// The error code of this failure.
    public var code: Code {
        switch self {
        case .malformedNonce: .invalidParameter
        case .wrongCredentials, .staleTimestamp, .reusedNonce, .tooManyNonces, .invalidToken,
            .expiredToken, .tokensNotAccepted, .foreignAccount:
            .denied
        }
    }

    /// The text for the client.
    public var message: String {
        switch self {
        case .malformedNonce: "nonce must have 1 to 100 hexadecimal characters"
        case .wrongCredentials: "authentication failed: unknown key or wrong signature"
        case .staleTimestamp: "authentication failed: unix_ts is too far from the server's time"
        case .reusedNonce: "authentication failed: nonce was used before"
        case .tooManyNonces: "authentication failed: too many authentications, try again later"
        case .invalidToken: "authentication failed: invalid token"
        case .expiredToken: "authentication failed: token has expired"
        case .tokensNotAccepted: "authentication failed: tokens are not accepted here"
        case .foreignAccount: "authentication failed: account does not belong to the user"
        }
    }
}

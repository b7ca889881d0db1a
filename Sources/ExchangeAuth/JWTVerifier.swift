import JWTKit

/// Decides on signed tokens (RFC 7519) that name a user.
///
/// Nothing of a token is believed before its signature is verified, except the choice of the key.
/// `none` and the symmetric algorithms cannot occur: there is no key that answers to them.
/// Verification is synchronous, so that a session needs no pause between `auth` and the frames
/// pipelined behind it (P-060).
public struct JWTVerifier: Sendable {
    /// What a token must say beside the user, and what it allows.
    public struct Policy: Sendable, Hashable {
        /// The required `iss`; nil accepts any.
        public let issuer: String?

        /// The value that `aud` must have or contain; nil accepts any.
        public let audience: String?

        /// How far the issuer's clock may be ahead of ours. **Units**: seconds.
        public let notBeforeLeewaySeconds: Int64

        /// What a session with a token may do.
        public let permissions: Permissions

        /// Makes a policy; a login in the browser may do all that its user may.
        public init(
            issuer: String? = nil, audience: String? = nil, notBeforeLeewaySeconds: Int64 = 60,
            permissions: Permissions = [.read, .trade]
        ) {
            precondition(notBeforeLeewaySeconds >= 0)
            self.issuer = issuer
            self.audience = audience
            self.notBeforeLeewaySeconds = notBeforeLeewaySeconds
            self.permissions = permissions
        }
    }

    /// The longest token that is looked at. **Units**: bytes.
    public static let maximumTokenBytes = 8192

    private let keys: [JWTPublicKey]
    private let policy: Policy

    /// Makes a verifier that trusts `keys`.
    public init(keys: [JWTPublicKey], policy: Policy = Policy()) {
        self.keys = keys
        self.policy = policy
    }

    /// Decides on a token.
    ///
    /// - Parameter now: Unix seconds.
    public func verify(
        _ token: Secret, now: Int64
    ) -> Result<Principal, AuthenticationFailure> {
        guard let token = SignedToken(token.reveal(), maximumBytes: Self.maximumTokenBytes),
            isSignedByTrustedKey(token),
            let claims = token.claims(),
            let userID = UserUUID(claims.sub)
        else { return .failure(.invalidToken) }

        guard policy.issuer == nil || policy.issuer == claims.iss else {
            return .failure(.invalidToken)
        }
        if let audience = policy.audience, !claims.audiences.contains(audience) {
            return .failure(.invalidToken)
        }
        let latestStart = Double(now + policy.notBeforeLeewaySeconds)
        guard claims.nbf ?? latestStart <= latestStart else { return .failure(.invalidToken) }
        guard Double(now) < claims.exp else { return .failure(.expiredToken) }
        return .success(
            Principal(userID: userID, permissions: policy.permissions, label: "token"))
    }

    private func isSignedByTrustedKey(_ token: SignedToken) -> Bool {
        keys.contains { key in
            guard key.algorithm.name == token.header.alg,
                key.identifier == nil || token.header.kid == nil
                    || key.identifier == token.header.kid
            else { return false }
            do {
                return try key.algorithm.verify(token.signature, signs: token.signedBytes)
            } catch {
                // Bytes that are not a signature of this algorithm at all.
                return false
            }
        }
    }
}

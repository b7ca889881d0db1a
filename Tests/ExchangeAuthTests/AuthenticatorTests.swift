import ExchangeAuth
import Foundation
import JWTKit
import Testing

/// The one entry must follow the live keys and refuse what is not configured.
@Suite struct AuthenticatorTests {
    static let now: Int64 = 1_790_000_000

    @Test func `P-052 a key works from the reload after its making to the one after its end`()
        throws
    {
        let folder = try TemporaryFolder()
        let store = try APIKeyStore(directory: folder.url)
        let live = try LiveAPIKeyDirectory(store: store)
        let authenticator = Authenticator(keys: live, hmac: HMACVerifier(nonces: NonceWindow()))
        let key = try store.create(label: "bot", userID: user(), permissions: .read, now: 0)

        func attempt(_ nonce: String) -> AuthenticationFailure? {
            let signature = HMACVerifier.signature(
                secret: key.secret, nonce: nonce, unixTimestamp: Self.now)
            return failure(
                authenticator.authenticate(
                    HMACCredentials(
                        publicKey: key.publicKey, nonce: nonce, unixTimestamp: Self.now,
                        signature: Secret(signature)),
                    now: Self.now))
        }
        #expect(attempt("01") == .wrongCredentials)
        try live.reloadIfChanged()
        #expect(attempt("01") == nil)
        #expect(attempt("01") == .reusedNonce)
        try store.revoke(publicKey: key.publicKey, now: Self.now)
        try live.reloadIfChanged()
        #expect(attempt("02") == .wrongCredentials)
    }

    @Test func `P-059 tokens are judged when configured and refused when not`() async throws {
        let folder = try TemporaryFolder()
        let live = try LiveAPIKeyDirectory(store: APIKeyStore(directory: folder.url))
        let hmac = HMACVerifier(nonces: NonceWindow())
        let key = ES256PrivateKey()
        let file = folder.file("token.pem")
        try Data(key.publicKey.pemRepresentation.utf8).write(to: file)
        let token = Secret(
            try await JWTKeyCollection().add(ecdsa: key).sign(TestClaims(sub: userText)))

        let without = Authenticator(keys: live, hmac: hmac)
        #expect(
            failure(without.authenticate(token: token, now: Self.now)) == .tokensNotAccepted)
        let with = Authenticator(
            keys: live, hmac: hmac,
            tokens: JWTVerifier(keys: try await JWTPublicKey.read(pemFile: file)))
        #expect(try with.authenticate(token: token, now: Self.now).get().userID == user())
        #expect(
            failure(with.authenticate(token: token, now: Self.now + 601)) == .expiredToken)
    }
}

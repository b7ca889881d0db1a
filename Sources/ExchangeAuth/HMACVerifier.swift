import Crypto
import Foundation

/// The `hmac` object of an `auth` message, or the same four values from request headers.
public struct HMACCredentials: Sendable {
    /// Names the key.
    public let publicKey: String

    /// 1 to 100 hexadecimal characters, new for each request.
    public let nonce: String

    /// When the client signed. **Units**: Unix seconds.
    public let unixTimestamp: Int64

    /// 64 hexadecimal digits of either case.
    public let signature: Secret

    /// Takes the values as they came; nothing is checked yet.
    public init(publicKey: String, nonce: String, unixTimestamp: Int64, signature: Secret) {
        self.publicKey = publicKey
        self.nonce = nonce
        self.unixTimestamp = unixTimestamp
        self.signature = signature
    }
}

/// Decides on requests signed with an API key (protocol.md §4.2).
public struct HMACVerifier: Sendable {
    /// How far `unix_ts` may be from the server's time.
    public struct TimestampWindow: Sendable, Hashable {
        /// How old a signature may be. **Units**: seconds.
        public let pastSeconds: Int64

        /// How far ahead a client's clock may be. **Units**: seconds.
        public let futureSeconds: Int64

        /// Makes a window; the defaults are those of protocol.md §4.2.
        public init(pastSeconds: Int64 = 900, futureSeconds: Int64 = 60) {
            precondition(pastSeconds >= 0 && futureSeconds >= 0)
            self.pastSeconds = pastSeconds
            self.futureSeconds = futureSeconds
        }
    }

    private let window: TimestampWindow
    private let nonces: NonceWindow
    private let decoy = APIKey.generate().secret

    /// Makes a verifier that shares `nonces` with all others.
    public init(window: TimestampWindow = TimestampWindow(), nonces: NonceWindow) {
        // A request stays acceptable this long; its nonce must not be forgotten earlier.
        precondition(nonces.lifetimeSeconds >= window.pastSeconds + window.futureSeconds)
        self.window = window
        self.nonces = nonces
    }

    /// The signature a client sends, in lower-case hexadecimal.
    ///
    /// HMAC-SHA256 over `<nonce>:<unix_ts>`; the key is the UTF-8 text of the secret with its
    /// prefix.
    public static func signature(secret: Secret, nonce: String, unixTimestamp: Int64) -> String {
        Hexadecimal.encode(
            HMAC<SHA256>.authenticationCode(
                for: signedMessage(nonce, unixTimestamp), using: signingKey(secret)))
    }

    /// Decides on a request and, when it is good, uses up its nonce.
    ///
    /// An unknown key costs the same work as a wrong signature and gives the same answer.
    /// - Parameter now: Unix seconds.
    public func verify(
        _ credentials: HMACCredentials, in directory: APIKeyDirectory, now: Int64
    ) -> Result<Principal, AuthenticationFailure> {
        let nonce = credentials.nonce
        guard (1...100).contains(nonce.utf8.count), nonce.utf8.allSatisfy(Hexadecimal.isDigit)
        else { return .failure(.malformedNonce) }

        let entry = directory[credentials.publicKey]
        let isSigned = isSignature(of: credentials, under: entry?.secret ?? decoy)
        guard let entry, isSigned else { return .failure(.wrongCredentials) }

        let accepted = now - window.pastSeconds...now + window.futureSeconds
        guard accepted.contains(credentials.unixTimestamp) else {
            return .failure(.staleTimestamp)
        }
        switch nonces.accept(publicKey: credentials.publicKey, nonce: nonce, now: now) {
        case .accepted: return .success(entry.principal)
        case .reused: return .failure(.reusedNonce)
        case .full: return .failure(.tooManyNonces)
        }
    }

    private func isSignature(of credentials: HMACCredentials, under secret: Secret) -> Bool {
        let given = Hexadecimal.decode(credentials.signature.reveal())
        // This comparison takes the same time wherever the first difference is.
        let isValid = HMAC<SHA256>.isValidAuthenticationCode(
            given ?? [],
            authenticating: Self.signedMessage(credentials.nonce, credentials.unixTimestamp),
            using: Self.signingKey(secret))
        return given?.count == SHA256.byteCount && isValid
    }

    private static func signedMessage(_ nonce: String, _ unixTimestamp: Int64) -> Data {
        Data("\(nonce):\(unixTimestamp)".utf8)
    }

    private static func signingKey(_ secret: Secret) -> SymmetricKey {
        SymmetricKey(data: Data(secret.reveal().utf8))
    }
}

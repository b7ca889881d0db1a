import Foundation
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

/// A token in compact form (RFC 7515 §3.1), taken apart but not verified.
///
/// The library's own parser turns any integral number in a header into an `Int` and traps on
/// `1e300`, which a stranger could send. Here only the fields that are needed are decoded.
struct SignedToken {
    struct Header: Decodable {
        let alg: String
        let kid: String?

        private enum CodingKeys: CodingKey {
            case alg
            case kid
            case crit
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            alg = try container.decode(String.self, forKey: .alg)
            kid = try container.decodeIfPresent(String.self, forKey: .kid)
            // RFC 7515 §4.1.11: refuse extensions that are not understood, and none is.
            guard !container.contains(.crit) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .crit, in: container, debugDescription: "no extension is understood")
            }
        }
    }

    /// The claims that matter here; `exp` is required.
    struct Claims: Decodable {
        let sub: String
        let exp: Double
        let nbf: Double?
        let iss: String?
        let audiences: [String]

        private enum CodingKeys: CodingKey {
            case sub
            case exp
            case nbf
            case iss
            case aud
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            sub = try container.decode(String.self, forKey: .sub)
            exp = try container.decode(Double.self, forKey: .exp)
            nbf = try container.decodeIfPresent(Double.self, forKey: .nbf)
            iss = try container.decodeIfPresent(String.self, forKey: .iss)
            do {
                audiences = try container.decodeIfPresent([String].self, forKey: .aud) ?? []
            } catch DecodingError.typeMismatch {
                audiences = [try container.decode(String.self, forKey: .aud)]
            }
        }
    }

    let header: Header
    let signedBytes: [UInt8]
    let signature: [UInt8]
    private let payload: Data

    init?(_ text: String, maximumBytes: Int) {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumBytes else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3,
            let headerBytes = Self.decode(parts[0]),
            let payload = Self.decode(parts[1]),
            let signature = Self.decode(parts[2]),
            case .success(let header) = Result(catching: {
                try JSONDecoder().decode(Header.self, from: headerBytes)
            })
        else { return nil }
        self.header = header
        self.payload = payload
        self.signature = Array(signature)
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }

    /// The claims; nil when they are not what this server needs. Only for verified tokens.
    func claims() -> Claims? {
        guard
            case .success(let claims) = Result(catching: {
                try JSONDecoder().decode(Claims.self, from: payload)
            })
        else { return nil }
        return claims
    }

    /// Base64 with the URL alphabet and without padding (RFC 7515 §2).
    private static func decode(_ text: ArraySlice<UInt8>) -> Data? {
        var base64: [UInt8] = []
        base64.reserveCapacity(text.count + 3)
        for character in text {
            switch character {
            case UInt8(ascii: "-"): base64.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): base64.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: base64.append(character)
            }
        }
        while !base64.count.isMultiple(of: 4) { base64.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(base64))
    }
}

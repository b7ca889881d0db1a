import Crypto
import ExchangeAuth
import Foundation
import JWTKit
import Testing

/// A token must be signed by a configured key with that key's own algorithm, and be valid now.
@Suite struct JWTVerifierTests {
    static let now: Int64 = 1_790_000_000

    let folder: TemporaryFolder
    let ecdsa = ES256PrivateKey()
    let eddsa: EdDSA.PrivateKey

    init() throws {
        folder = try TemporaryFolder()
        eddsa = try EdDSA.PrivateKey(curve: .ed25519)
    }

    private func verifier(
        _ pem: String, policy: JWTVerifier.Policy = .init()
    ) async throws -> JWTVerifier {
        let file = folder.file("keys.pem")
        try Data(pem.utf8).write(to: file)
        return JWTVerifier(keys: try await JWTPublicKey.read(pemFile: file), policy: policy)
    }

    /// A token with any header and claims, signed by `sign`.
    private func token(
        header: String = #"{"alg":"ES256"}"#, claims: String,
        sign: (Data) throws -> Data
    ) rethrows -> Secret {
        let signed = base64URL(Data(header.utf8)) + "." + base64URL(Data(claims.utf8))
        return Secret(signed + "." + base64URL(try sign(Data(signed.utf8))))
    }

    private func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private func token(header: String = #"{"alg":"ES256"}"#, claims: String) async throws -> Secret
    {
        let signer = try await JWTKeyCollection().add(ecdsa: ecdsa).getKey()
        return try token(header: header, claims: claims) { Data(try signer.sign($0)) }
    }

    private let goodClaims = #"{"sub":"\#(userText)","exp":1790000600}"#

    @Test func `P-059 tokens of all three algorithms verify against PEM keys in one file`()
        async throws
    {
        let rsa = try Insecure.RSA.PrivateKey(pem: rsaPrivateKeyPEM)
        let pems = [
            ecdsa.publicKey.pemRepresentation, eddsa.publicKey.pemRepresentation,
            rsa.publicKey.pemRepresentation,
        ]
        let verifier = try await verifier(pems.joined(separator: "\n"))
        for collection in [
            await JWTKeyCollection().add(ecdsa: ecdsa), await JWTKeyCollection().add(eddsa: eddsa),
            await JWTKeyCollection().add(rsa: rsa, digestAlgorithm: .sha256),
        ] {
            let token = try await collection.sign(TestClaims(sub: userText.uppercased()))
            let principal = try verifier.verify(Secret(token), now: Self.now).get()
            #expect(
                principal
                    == Principal(userID: try user(), permissions: [.read, .trade], label: "token"))
        }
    }

    @Test func `P-059 a key set chooses by kid and passes over encryption keys`() async throws {
        let parameters = try #require(ecdsa.publicKey.parameters)
        let x = base64URL(eddsa.publicKey.rawRepresentation)
        let file = folder.file("jwks.json")
        try Data(
            """
            {"keys":[
            {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"e","n":"AQAB","e":"AQAB"},
            {"kty":"EC","crv":"P-256","kid":"a","x":"\(parameters.x)","y":"\(parameters.y)"},
            {"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"b","x":"\(x)"}]}
            """.utf8
        ).write(to: file)
        let verifier = JWTVerifier(keys: try await JWTPublicKey.read(jwksFile: file))
        for (kid, isGood) in [("a", true), ("b", false), ("c", false)] {
            let token = try await token(
                header: #"{"alg":"ES256","kid":"\#(kid)"}"#, claims: goodClaims)
            let result = failure(verifier.verify(token, now: Self.now))
            #expect(result == (isGood ? nil : .invalidToken), "kid \(kid)")
        }
        let signed = try await JWTKeyCollection().add(eddsa: eddsa, kid: "b")
            .sign(TestClaims(sub: userText), kid: "b")
        #expect(failure(verifier.verify(Secret(signed), now: Self.now)) == nil)
    }

    @Test(arguments: [
        #"{"keys":[{"kty":"oct","k":"AAAA","alg":"HS256"}]}"#,
        #"{"keys":[{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}]}"#,
        #"{"keys":[{"kty":"RSA","alg":"RS512","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}"#,
        #"{"keys":[]}"#, #"{"keys":[{"kty":"RSA","use":"enc"}]}"#, "{", "",
    ])
    func `a key set with a key that cannot be used is refused`(text: String) async throws {
        let file = folder.file("jwks.json")
        try Data(text.utf8).write(to: file)
        await #expect(throws: JWTKeyError.self) { try await JWTPublicKey.read(jwksFile: file) }
    }

    @Test func `a private key in a key set is refused`() async throws {
        let parameters = try #require(ecdsa.publicKey.parameters)
        let point = #""kty":"EC","crv":"P-256","x":"\#(parameters.x)","y":"\#(parameters.y)""#
        let file = folder.file("jwks.json")
        try Data(#"{"keys":[{\#(point)}]}"#.utf8).write(to: file)
        #expect(try await JWTPublicKey.read(jwksFile: file).count == 1)
        try Data(#"{"keys":[{\#(point),"kid":"mine","d":"AA"}]}"#.utf8).write(to: file)
        await #expect(throws: JWTKeyError.unsupportedKey(path: file.path, key: "mine")) {
            try await JWTPublicKey.read(jwksFile: file)
        }
    }

    @Test func `a PEM file without public keys is refused`() async throws {
        for pem in [
            "", ecdsa.pemRepresentation, P384.Signing.PrivateKey().publicKey.pemRepresentation,
        ] {
            await #expect(throws: JWTKeyError.self) { try await verifier(pem) }
        }
        await #expect(throws: JWTKeyError.self) {
            try await JWTPublicKey.read(pemFile: folder.file("missing.pem"))
        }
    }

    @Test func `P-059 none, symmetric and mismatched algorithms never verify`() async throws {
        let pem = ecdsa.publicKey.pemRepresentation
        let verifier = try await verifier(pem)
        for name in ["none", "None", "", "HS256", "HS384", "HS512", "RS256", "EdDSA", "ES384"] {
            let header = #"{"alg":"\#(name)"}"#
            let unsigned = token(header: header, claims: goodClaims) { _ in Data() }
            #expect(failure(verifier.verify(unsigned, now: Self.now)) == .invalidToken)
            // The classic confusion: the public key's own text as the HMAC key.
            let forged = token(header: header, claims: goodClaims) {
                Data(
                    HMAC<SHA256>.authenticationCode(
                        for: $0, using: SymmetricKey(data: Data(pem.utf8))))
            }
            #expect(failure(verifier.verify(forged, now: Self.now)) == .invalidToken)
            let mislabelled = try await token(header: header, claims: goodClaims)
            #expect(failure(verifier.verify(mislabelled, now: Self.now)) == .invalidToken)
        }
    }

    @Test func `a token of another key or with other claims than signed is refused`() async throws {
        let verifier = try await verifier(ES256PrivateKey().publicKey.pemRepresentation)
        let foreign = try await token(claims: goodClaims)
        #expect(failure(verifier.verify(foreign, now: Self.now)) == .invalidToken)

        let own = try await self.verifier(ecdsa.publicKey.pemRepresentation)
        var parts = foreign.reveal().components(separatedBy: ".")
        #expect(failure(own.verify(foreign, now: Self.now)) == nil)
        let longer = goodClaims.replacingOccurrences(of: "1790000600", with: "1890000600")
        parts[1] = base64URL(Data(longer.utf8))
        let changed = Secret(parts.joined(separator: "."))
        #expect(failure(own.verify(changed, now: Self.now)) == .invalidToken)
    }

    @Test(
        arguments: [
            (#""exp":1790000001"#, nil), (#""exp":1790000000.5"#, nil),
            (#""exp":1790000000"#, .expiredToken), (#""exp":-1"#, .expiredToken),
            (#""exp":1e300"#, nil), (#""iat":1"#, .invalidToken),
            (#""exp":"1790000600""#, .invalidToken),
            (#""exp":null"#, .invalidToken), (#""exp":1790000600,"nbf":1790000060"#, nil),
            (#""exp":1790000600,"nbf":1790000061"#, .invalidToken),
        ] as [(String, AuthenticationFailure?)])
    func `P-059 exp is required and exp and nbf are checked`(
        claims: String, expected: AuthenticationFailure?
    ) async throws {
        let verifier = try await verifier(ecdsa.publicKey.pemRepresentation)
        let token = try await token(claims: #"{"sub":"\#(userText)",\#(claims)}"#)
        #expect(failure(verifier.verify(token, now: Self.now)) == expected)
    }

    @Test(arguments: [
        (#""iss":"us","aud":"here""#, true), (#""iss":"us","aud":["there","here"]"#, true),
        (#""iss":"them","aud":"here""#, false), (#""aud":"here""#, false),
        (#""iss":"us","aud":"there""#, false), (#""iss":"us","aud":[]"#, false),
        (#""iss":"us""#, false), (#""iss":"us","aud":7"#, false),
    ])
    func `issuer and audience are required when configured`(
        claims: String, isGood: Bool
    ) async throws {
        let verifier = try await verifier(
            ecdsa.publicKey.pemRepresentation, policy: .init(issuer: "us", audience: "here"))
        let token = try await token(
            claims: #"{"sub":"\#(userText)","exp":1790000600,\#(claims)}"#)
        #expect(failure(verifier.verify(token, now: Self.now)) == (isGood ? nil : .invalidToken))
    }

    @Test(arguments: [#"{"exp":1790000600}"#, #"{"sub":"alice","exp":1790000600}"#, "[]", "7", ""])
    func `the subject must be the UUID of a user`(claims: String) async throws {
        let verifier = try await verifier(ecdsa.publicKey.pemRepresentation)
        let token = try await token(claims: claims)
        #expect(failure(verifier.verify(token, now: Self.now)) == .invalidToken)
    }

    @Test func `an extension that must be understood is refused`() async throws {
        let verifier = try await verifier(ecdsa.publicKey.pemRepresentation)
        let token = try await token(
            header: #"{"alg":"ES256","crit":["b64"],"b64":false}"#, claims: goodClaims)
        #expect(failure(verifier.verify(token, now: Self.now)) == .invalidToken)
    }

    @Test func `hostile bytes are refused without harm`() async throws {
        let verifier = try await verifier(ecdsa.publicKey.pemRepresentation)
        let deep = String(repeating: "[", count: 3000)
        let headers = [#"{"alg":"ES256","x":1e300}"#, #"{"alg":1e300}"#, deep, #"{"alg":"ES256""#]
        var texts = ["", ".", "..", "...", "a.b.c", "é.é.é", String(repeating: "A", count: 9000)]
        for header in headers {
            texts.append(
                token(header: header, claims: goodClaims) { _ in Data([1, 2, 3]) }.reveal())
        }
        for text in texts {
            #expect(failure(verifier.verify(Secret(text), now: Self.now)) == .invalidToken)
        }
        // A huge number in the header of a good token is somebody else's extension.
        let odd = try await token(header: headers[0], claims: goodClaims)
        #expect(failure(verifier.verify(odd, now: Self.now)) == nil)
    }

    @Test func `a token of 8192 bytes is looked at and a longer one is not`() async throws {
        let verifier = try await verifier(ecdsa.publicKey.pemRepresentation)
        for (target, expected) in [(8192, nil), (8193, .invalidToken)]
            as [(Int, AuthenticationFailure?)]
        {
            var made: Secret?
            for padding in 5800..<6100 where made == nil {
                let pad = String(repeating: "p", count: padding)
                for extra in ["", "k", "kk", "kkk"] {
                    let candidate = try await token(
                        header: #"{"alg":"ES256","x":"\#(extra)"}"#,
                        claims: #"{"sub":"\#(userText)","exp":1790000600,"p":"\#(pad)"}"#)
                    if candidate.reveal().utf8.count == target { made = candidate }
                }
            }
            let token = try #require(made)
            #expect(failure(verifier.verify(token, now: Self.now)) == expected)
        }
    }
}

struct TestClaims: JWTPayload {
    let sub: String
    var exp = ExpirationClaim(value: Date(timeIntervalSince1970: 1_790_000_600))

    func verify(using algorithm: some JWTAlgorithm) throws {}
}

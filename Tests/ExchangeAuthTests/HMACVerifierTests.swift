import ExchangeAuth
import Testing

/// A request must come from the holder of the secret, be fresh, and count once.
@Suite struct HMACVerifierTests {
    static let now: Int64 = 1_790_000_000
    static let nonce = "00112233445566778899aabbccddeeff"

    let folder: TemporaryFolder
    let store: APIKeyStore
    let directory: APIKeyDirectory
    let verifier = HMACVerifier(nonces: NonceWindow())

    init() throws {
        folder = try TemporaryFolder()
        store = try APIKeyStore(directory: folder.url)
        try store.add(demoKey(), label: "demo", userID: user(), permissions: .trade, now: 0)
        directory = try store.load()
    }

    private func credentials(
        publicKey: String = "qfex_pub_demo0001", nonce: String = Self.nonce,
        at unixTimestamp: Int64 = Self.now, signature: String? = nil
    ) throws -> HMACCredentials {
        let right = HMACVerifier.signature(
            secret: try demoKey().secret, nonce: nonce, unixTimestamp: unixTimestamp)
        return HMACCredentials(
            publicKey: publicKey, nonce: nonce, unixTimestamp: unixTimestamp,
            signature: Secret(signature ?? right))
    }

    @Test(
        arguments: [
            (
                "qfex_secret_demo_0001", "00112233445566778899aabbccddeeff", 1_790_000_000,
                "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10929"
            ),
            (
                "qfex_secret_test", "c0ffee", 1_760_545_414,
                "9a892254ce0416371a78a4352130b7825a2f5fb442b12ddfa7c2f5202ef045dc"
            ),
            (
                "qfex_secret_yyyyyy", "c0ffee", 1_760_545_414,
                "222adbb0993646affe345a15f3c5b45e7123d4ff2c38dc4245c81ffb24c66d64"
            ),
        ] as [(String, String, Int64, String)])
    func `P-051 the published test vectors verify`(
        secret: String, nonce: String, unixTimestamp: Int64, signature: String
    ) {
        let computed = HMACVerifier.signature(
            secret: Secret(secret), nonce: nonce, unixTimestamp: unixTimestamp)
        #expect(computed == signature)
    }

    @Test(arguments: [false, true])
    func `P-050 a right signature in either case gives the key's principal`(upper: Bool) throws {
        let signature = "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10929"
        let request = try credentials(signature: upper ? signature.uppercased() : signature)
        let principal = try verifier.verify(request, in: directory, now: Self.now).get()
        #expect(
            principal == Principal(userID: try user(), permissions: .trade, label: "demo"))
    }

    @Test(arguments: [
        "", "zz", "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a1092",
        "095d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10929",
        "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a1092900",
        "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10928",
        "195d5d8e1b9bb6262e63f49a2818c5a0", String(repeating: "0", count: 64),
    ])
    func `P-052 a wrong signature is refused and does not use up the nonce`(
        signature: String
    ) throws {
        let request = try credentials(signature: signature)
        let result = verifier.verify(request, in: directory, now: Self.now)
        #expect(failure(result) == .wrongCredentials)
        let honest = verifier.verify(try credentials(), in: directory, now: Self.now)
        #expect(failure(honest) == nil)
    }

    @Test func `P-052 unknown and revoked keys are answered like a wrong signature`() throws {
        let unknown = try credentials(publicKey: "qfex_pub_demo0002")
        #expect(
            failure(verifier.verify(unknown, in: directory, now: Self.now)) == .wrongCredentials)
        try store.revoke(publicKey: "qfex_pub_demo0001", now: 0)
        let revoked = verifier.verify(try credentials(), in: try store.load(), now: Self.now)
        #expect(failure(revoked) == .wrongCredentials)
    }

    @Test func `P-053 a nonce counts once until no timestamp could let it in again`() throws {
        let request = try credentials(at: Self.now + 60)
        #expect(failure(verifier.verify(request, in: directory, now: Self.now)) == nil)
        for later: Int64 in [0, 1, 899, 900, 959, 960] {
            let result = verifier.verify(request, in: directory, now: Self.now + later)
            #expect(failure(result) == .reusedNonce, "after \(later) s")
        }
        let tooOld = verifier.verify(request, in: directory, now: Self.now + 961)
        #expect(failure(tooOld) == .staleTimestamp)
        let fresh = try credentials(at: Self.now + 961)
        #expect(failure(verifier.verify(fresh, in: directory, now: Self.now + 961)) == nil)
    }

    @Test func `P-053 a nonce is used up for every verifier that shares the window`() throws {
        let nonces = NonceWindow()
        let sockets = HMACVerifier(nonces: nonces)
        let requests = HMACVerifier(window: .init(pastSeconds: 300), nonces: nonces)
        #expect(failure(sockets.verify(try credentials(), in: directory, now: Self.now)) == nil)
        let again = requests.verify(try credentials(), in: directory, now: Self.now)
        #expect(failure(again) == .reusedNonce)
    }

    @Test(arguments: [
        (String(repeating: "a", count: 100), true), (String(repeating: "a", count: 101), false),
        ("0", true), ("", false), ("0g", false), ("0x11", false), ("AbCdEf09", true), ("é", false),
    ])
    func `P-054 a nonce has 1 to 100 hexadecimal characters`(nonce: String, isGood: Bool) throws {
        let request = try credentials(nonce: nonce)
        let result = failure(verifier.verify(request, in: directory, now: Self.now))
        #expect(result == (isGood ? nil : .malformedNonce))
    }

    @Test(
        arguments: [
            (-900, true), (-901, false), (60, true), (61, false), (.min, false), (.max, false),
        ] as [(Int64, Bool)])
    func `P-055 unix_ts may be 900 s old and 60 s ahead`(offset: Int64, isGood: Bool) throws {
        let unixTimestamp = offset.magnitude < 1_000_000 ? Self.now + offset : offset
        let request = try credentials(at: unixTimestamp)
        let result = failure(verifier.verify(request, in: directory, now: Self.now))
        #expect(result == (isGood ? nil : .staleTimestamp))
    }

    @Test func `P-055 the window can be configured`() throws {
        let strict = HMACVerifier(
            window: .init(pastSeconds: 5, futureSeconds: 0), nonces: NonceWindow())
        for (offset, isGood) in [(-5, true), (-6, false), (0, true), (1, false)] as [(Int64, Bool)]
        {
            let request = try credentials(nonce: "0\(offset.magnitude)", at: Self.now + offset)
            let result = failure(strict.verify(request, in: directory, now: Self.now))
            #expect(result == (isGood ? nil : .staleTimestamp), "offset \(offset)")
        }
    }

    @Test func `a full nonce window refuses instead of forgetting`() throws {
        let verifier = HMACVerifier(nonces: NonceWindow(maximumPerKey: 1))
        #expect(failure(verifier.verify(try credentials(), in: directory, now: Self.now)) == nil)
        let second = try credentials(nonce: "01")
        #expect(
            failure(verifier.verify(second, in: directory, now: Self.now)) == .tooManyNonces)
        let first = verifier.verify(try credentials(), in: directory, now: Self.now)
        #expect(failure(first) == .reusedNonce)
    }
}

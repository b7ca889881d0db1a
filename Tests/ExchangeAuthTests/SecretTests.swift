import ExchangeAuth
import Testing

/// Secrets reach logs through a `print` of what surrounds them.
@Suite struct SecretTests {
    @Test func `P-063 a secret cannot be printed, dumped or reflected, alone or inside a key`()
        throws
    {
        let text = "qfex_secret_neverprinted"
        let secret = Secret(text)
        let key = try #require(APIKey(publicKey: "qfex_pub_12345678", secret: secret))
        let credentials = HMACCredentials(
            publicKey: "qfex_pub_12345678", nonce: "00", unixTimestamp: 1, signature: secret)
        let master = try MasterKey(bytes: Array(repeating: 0x41, count: 32))

        var outputs = ["\(secret)", String(reflecting: secret), "\(key)", String(reflecting: key)]
        outputs += ["\(credentials)", String(reflecting: credentials), "\(master)"]
        for value in [secret, key, credentials] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            outputs.append(dumped)
        }
        for output in outputs { #expect(!output.contains("neverprinted"), "\(output)") }
        #expect(Mirror(reflecting: master).children.isEmpty)
        #expect(secret.reveal() == text)
    }

    @Test func `P-063 failures have fixed messages`() {
        for failure in AuthenticationFailure.allCases {
            #expect(!failure.message.isEmpty)
            #expect(
                failure.message.hasPrefix("authentication failed: ") == (failure.code == .denied))
        }
        #expect(AuthenticationFailure.malformedNonce.code == .invalidParameter)
    }
}

@Suite struct APIKeyTests {
    @Test(arguments: [
        ("qfex_pub_12345678", "qfex_secret_12345678", true),
        ("qfex_pub_1234567", "qfex_secret_12345678", false),
        ("qfex_pub_12345678", "qfex_secret_1234567", false),
        ("qfex_pub_aZ09_-aZ09", "qfex_secret_aZ09_-aZ09", true),
        ("qfex_pub_1234567.", "qfex_secret_12345678", false),
        ("qfex_pub_12345678", "qfex_secret_1234567é", false),
        ("qfex_secret_12345678", "qfex_pub_12345678", false),
        ("12345678901234567", "qfex_secret_12345678", false),
    ])
    func `a key has its prefix and 8 to 200 characters of the alphabet`(
        publicKey: String, secret: String, isKey: Bool
    ) {
        #expect((APIKey(publicKey: publicKey, secret: Secret(secret)) != nil) == isKey)
    }

    @Test func `a key part of 200 characters is accepted and 201 are not`() {
        let longest = String(repeating: "a", count: 200)
        let secret = Secret("qfex_secret_" + longest)
        #expect(APIKey(publicKey: "qfex_pub_" + longest, secret: secret) != nil)
        #expect(APIKey(publicKey: "qfex_pub_a" + longest, secret: secret) == nil)
    }

    @Test func `generated keys have the form of a key and differ`() {
        let keys = (0..<100).map { _ in APIKey.generate() }
        for key in keys {
            #expect(APIKey(publicKey: key.publicKey, secret: key.secret) != nil)
            #expect(key.secret.reveal().count == "qfex_secret_".count + 43)
        }
        #expect(Set(keys.map(\.publicKey)).count == 100)
        #expect(Set(keys.map { $0.secret.reveal() }).count == 100)
    }

    @Test func `a user is a UUID in lower case`() {
        #expect(
            UserUUID("AAAAAAAA-bbbb-4CCC-8ddd-EEEEEEEEEEEE")?.text
                == "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
        for text in [
            "", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee", "gaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            "aaaaaaaabbbb-4ccc-8ddd-eeeeeeeeeeeee", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee-",
        ] {
            #expect(UserUUID(text) == nil, "\(text)")
        }
    }
}

import ExchangeTypes
import QFEXWire
import Testing

@Suite struct AuthRequestTests {
    private static let signature =
        "195d5d8e1b9bb6262e63f49a2818c5a0399d7fe76b7021b96210e06036a10929"

    private func auth(_ params: String) throws -> AuthRequest {
        let request = try decodeTrade(#"{"type":"auth","params":{\#(params)}}"#)
        guard case .authenticate(let auth) = request else {
            throw WireError(.serverError, "not auth: \(request)")
        }
        return auth
    }

    private func hmac(nonce: String = "c0ffee", seconds: String = "1790000000") -> String {
        #""hmac":{"public_key":"qfex_pub_demo0001","nonce":"\#(nonce)","unix_ts":\#(seconds),"#
            + #""signature":"\#(Self.signature)"}"#
    }

    @Test("P-050 the documented HMAC message is decoded field by field")
    func hmacSample() throws {
        let account = "11111111-2222-4333-8444-555555555555"
        let nonce = "00112233445566778899aabbccddeeff"
        #expect(
            try auth(hmac(nonce: nonce) + #","account_id":"\#(account)""#)
                == AuthRequest(
                    credential: .hmac(
                        HMACCredential(
                            publicKey: "qfex_pub_demo0001", nonce: nonce,
                            unixSeconds: 1_790_000_000, signature: Self.signature)),
                    accountID: account))
    }

    @Test("P-059 a JWT is the other way, and P-062 builder_code is ignored")
    func jwtSample() throws {
        #expect(
            try auth(#""jwt":"eyJ0","builder_code":"b""#)
                == AuthRequest(credential: .jwt("eyJ0")))
        #expect(try auth(#""jwt":"eyJ0","hmac":null,"account_id":null"#).accountID == nil)
        #expect(try auth(#""jwt":"eyJ0","account_id":"""#).accountID == nil)
    }

    @Test(
        "P-059 both, neither or the retired form is refused",
        arguments: [
            "", #""api_key":"k""#, #""hmac":null,"jwt":null"#, #""hmac":{},"jwt":"x""#,
            #""hmac":{}"#, #""hmac":"x""#, #""jwt":7"#, #""jwt":"x","account_id":7"#,
        ])
    func malformed(params: String) {
        #expect(tradeErrorCode(#"{"type":"auth","params":{\#(params)}}"#) == .invalidJSONFormat)
    }

    @Test("Seconds are whole", arguments: ["\"1\"", "1.5", "null", "1e30"])
    func seconds(value: String) {
        #expect(
            tradeErrorCode(#"{"type":"auth","params":{\#(hmac(seconds: value))}}"#)
                == .invalidJSONFormat)
    }

    @Test("P-054 a nonce has up to 100 hexadecimal digits")
    func nonces() throws {
        let longest = String(repeating: "aF", count: 50)
        #expect(throws: Never.self) { try auth(hmac(nonce: longest)) }
        for nonce in [longest + "0", "", "xyz", "12 4", "é"] {
            #expect(
                tradeErrorCode(#"{"type":"auth","params":{\#(hmac(nonce: nonce))}}"#)
                    == .invalidParameter)
        }
    }

    @Test("P-063 no error message repeats what was sent")
    func messages() {
        let secret = "zzsecretzz"
        for text in [
            #"{"type":"auth","params":{"jwt":["\#(secret)"]}}"#,
            #"{"type":"auth","params":{"hmac":{"public_key":"\#(secret)","nonce":"\#(secret)","#
                + #""unix_ts":1,"signature":"\#(secret)"}}}"#,
            #"{"type":"\#(secret)","params":{}}"#,
            #"{"type":"auth","params":{"jwt":"\#(secret)""#,
        ] {
            do throws(WireError) {
                _ = try decodeTrade(text)
                Issue.record("accepted \(text)")
            } catch {
                #expect(!error.message.contains(secret))
            }
        }
    }

    @Test("P-063 a printed request shows no credentials")
    func descriptions() throws {
        for params in [hmac(), #""jwt":"eyJ0""#] {
            let request = try decodeTrade(#"{"type":"auth","params":{\#(params)}}"#)
            for text in ["\(request)", String(reflecting: request)] {
                #expect(!text.contains("eyJ0") && !text.contains(Self.signature))
            }
        }
    }
}

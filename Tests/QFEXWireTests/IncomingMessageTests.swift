import QFEXWire
import Testing

@Suite struct IncomingMessageTests {
    /// The value of `incoming_message` in an error about this message.
    private func echo(_ message: [UInt8], isAuthenticated: Bool = true) throws -> String {
        var decoder = TradeRequestDecoder()
        do throws(WireError) { _ = try decoder.decode(message) } catch { _ = error }
        let text = encoded {
            TradeResponseEncoder.error(
                WireError(.serverError, "m"),
                decoder.incomingMessage(isAuthenticated: isAuthenticated), to: &$0)
        }
        let head = #"{"err":{"error_code":"ServerError","message":"m","incoming_message":"#
        #expect(text.hasPrefix(head) && text.hasSuffix("}}"))
        return String(text.dropFirst(head.count).dropLast(2))
    }

    private func echo(_ message: String, isAuthenticated: Bool = true) throws -> String {
        try echo(Array(message.utf8), isAuthenticated: isAuthenticated)
    }

    @Test(
        "P-116 P-166 a JSON object comes back byte for byte",
        arguments: [
            #"{ "type" : "add_order", "params":{"price":1.50,"client_order_id":"signature jwt"}}"#,
            #"{"type":"set_user_leverage","params":{"symbol":"NVDA-USD","leverage":7}}"#,
            #"{"params":{},"type":"unknown"}"#, "{}",
        ])
    func verbatim(message: String) throws {
        #expect(try echo(message) == message)
    }

    @Test(
        "P-180 what is no JSON object comes back as a string",
        arguments: [
            ("hello \"you\"", #""hello \"you\"""#), ("[1,2]", #""[1,2]""#), ("", #""""#),
            ("{\"a\":1", #""{\"a\":1""#), ("7\n", #""7\n""#),
        ])
    func asText(message: String, expected: String) throws {
        #expect(try echo(message) == expected)
    }

    @Test("P-180 bytes that are no UTF-8 still give a valid frame")
    func invalidUTF8() throws {
        #expect(try echo([0x61, 0xff, 0x62]) == "\"a\u{fffd}b\"")
    }

    @Test(
        "P-063 auth is never repeated",
        arguments: [
            #"{"type":"auth","params":{"jwt":"eyJ","hmac":{"signature":"s"}}}"#,
            #"{"type":"auth"}"#, #"{"type":"auth","params":7}"#,
            #"{"type":"\u0061uth","params":{}}"#,
        ])
    func redacted(message: String) throws {
        for isAuthenticated in [true, false] {
            #expect(
                try echo(message, isAuthenticated: isAuthenticated)
                    == #"{"type":"auth","params":{}}"#)
        }
    }

    @Test(
        "P-063 signs of credentials withhold a message",
        arguments: [
            #"{"type":"auth","params":{"jwt":"eyJ"}"#, #"{"type":"AUTH","params":{"hmac":{}}}"#,
            #"{"type":"x","params":{"a":[{"signature":"s"}]}}"#, "signature=abc", "eyJhbGciOi",
            "HMAC=1",
            #"{"type":"subscribe","params":{"channels":[],"jwt":"x"}}"#, #"[{"hmac":1}]"#,
            #"{"type":"add_order","params":{"symbol":"qfex_secret_demo"}}"#,
            #"{"type":"get_order","params":{"x":[1,{"hm\u0061c":1}]}}"#,
            "{\"x\":\"\\u0061uth\"",
        ])
    func withheld(message: String) throws {
        #expect(try echo(message) == "null")
    }

    @Test("Before auth only known commands are repeated")
    func beforeAuthentication() throws {
        let order = #"{"type":"add_order","params":{}}"#
        #expect(try echo(order, isAuthenticated: false) == order)
        for message in ["hello", "{}", "[]", #"{"type":"login","params":{"password":"p"}}"#] {
            #expect(try echo(message, isAuthenticated: false) == "null")
        }
    }
}

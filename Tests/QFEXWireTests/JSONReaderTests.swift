import ExchangeTypes
import QFEXWire
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(JSONError) -> JSONReader {
        try read(Array(text.utf8))
    }

    private func read(_ bytes: [UInt8]) throws(JSONError) -> JSONReader {
        var reader = JSONReader()
        try reader.read(bytes)
        return reader
    }

    private func reason(_ bytes: [UInt8]) -> JSONError.Reason? {
        do throws(JSONError) {
            _ = try read(bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        "Malformed messages are refused",
        arguments: [
            ("", .unexpectedEnd), ("  ", .unexpectedEnd), ("{", .unexpectedEnd),
            ("[", .unexpectedEnd),
            ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[1,]", .unexpectedByte),
            ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte),
            ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte), ("{a:1}", .unexpectedByte),
            ("{\"a\":1,}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
            ("{1:1}", .unexpectedByte),
            ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte),
            ("01", .trailingBytes), ("-01", .trailingBytes), ("1.", .unexpectedEnd),
            (".5", .unexpectedByte), ("+1", .unexpectedByte), ("-", .unexpectedEnd),
            ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd), ("1.e5", .unexpectedByte),
            ("0x10", .trailingBytes), ("NaN", .unexpectedByte), ("nan", .unexpectedByte),
            ("Infinity", .unexpectedByte), ("-Infinity", .unexpectedByte),
            ("1_000", .trailingBytes),
            ("True", .unexpectedByte), ("tru", .unexpectedEnd), ("nulL", .unexpectedByte),
            ("truex", .trailingBytes), ("{}{}", .trailingBytes), ("{} x", .trailingBytes),
            ("1 2", .trailingBytes), ("\u{feff}{}", .unexpectedByte), ("// a\n1", .unexpectedByte),
            ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\u12", .unexpectedEnd),
            ("\"\\x\"", .invalidEscape), ("\"\\u12g4\"", .invalidEscape),
            ("\"\\'\"", .invalidEscape),
            ("\"\\ud800\"", .loneSurrogate), ("\"\\udc00\"", .loneSurrogate),
            ("\"\\ud800\\n\"", .loneSurrogate), ("\"\\ud800x\"", .loneSurrogate),
            ("\"\\ud800\\ud800\"", .loneSurrogate), ("\"\\udc00\\ud800\"", .loneSurrogate),
            ("\"a\nb\"", .controlCharacter), ("\"\u{0}\"", .controlCharacter),
            ("\"\u{1f}\"", .controlCharacter), ("[\u{c}1]", .unexpectedByte),
            ("{\"a\":\"\t\"}", .controlCharacter),
        ] as [(String, JSONError.Reason)])
    func malformed(text: String, expected: JSONError.Reason) {
        #expect(reason(Array(text.utf8)) == expected)
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xe0, 0x9f, 0xbf],
            [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x98], [0xff], [0xfe],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(reason([0x22] + bytes + [0x22]) == .invalidUTF8)
    }

    @Test(
        "The edges of every length of UTF-8 are taken",
        arguments: [
            "\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{fff}", "\u{1000}", "\u{d7ff}", "\u{e000}",
            "\u{ffff}", "\u{10000}", "\u{3ffff}", "\u{40000}", "\u{fffff}", "\u{100000}",
            "\u{10ffff}",
        ])
    func validUTF8(text: String) throws {
        let reader = try read("\"\(text)\"")
        #expect(reader.string(try #require(reader.root)) == text)
    }

    @Test func thirtyTwoLevelsAreRead() throws {
        let text = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try read(text).root != nil)
        let objects =
            String(repeating: "{\"a\":", count: 31) + "{}"
            + String(repeating: "}", count: 31)
        #expect(try read(objects).root != nil)
    }

    @Test func thirtyThreeLevelsAreRefused() {
        let text = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(reason(Array(text.utf8)) == .tooDeep)
        let mixed = String(repeating: "{\"a\":[", count: 16) + "{}"
        #expect(reason(Array(mixed.utf8)) == .tooDeep)
        #expect(reason(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == .tooDeep)
    }

    @Test func theNumberOfValuesAndBytesIsBounded() throws {
        func list(_ count: Int) -> [UInt8] {
            Array(("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").utf8)
        }
        #expect(reason(list(JSONReader.maximumTokens - 1)) == nil)
        #expect(reason(list(JSONReader.maximumTokens)) == .tooManyTokens)
        func text(_ count: Int) -> [UInt8] {
            [0x22] + Array(repeating: UInt8(ascii: "a"), count: count - 2) + [0x22]
        }
        #expect(reason(text(JSONReader.maximumBytes)) == nil)
        #expect(reason(text(JSONReader.maximumBytes + 1)) == .tooLong)
    }

    @Test func ofDuplicateKeysTheLastCounts() throws {
        let reader = try read(#"{"a":1,"b":{"a":5},"a":2,"\u0061":3}"#)
        let root = try #require(reader.root)
        #expect(reader.decimal(try #require(reader.member("a", of: root))) == (try .of("3")))
    }

    @Test func membersAreFoundBehindNestedValues() throws {
        let reader = try read(#" { "x" : [ { "k" : [ ] } , 1 ] , "k" : { "z" : null } , "y":true}"#)
        let root = try #require(reader.root)
        let k = try #require(reader.member("k", of: root))
        #expect(reader.kind(of: k) == .object)
        #expect(reader.kind(of: try #require(reader.member("z", of: k))) == .null)
        #expect(reader.kind(of: try #require(reader.member("y", of: root))) == .true)
        #expect(reader.member("absent", of: root) == nil)
        #expect(reader.member("z", of: try #require(reader.member("y", of: root))) == nil)
        var kinds: [JSONKind] = []
        reader.forEachElement(of: try #require(reader.member("x", of: root))) {
            kinds.append(reader.kind(of: $0))
        }
        #expect(kinds == [.object, .number])
    }

    @Test(
        "Escapes are undone",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\uDE00!""#, "😀!"), (#""\u0000""#, "\0"), (#""\ud800\udc00""#, "\u{10000}"),
            (#""\udbff\udfff""#, "\u{10ffff}"), (#""a\\u0041""#, "a\\u0041"), (#""""#, ""),
        ])
    func escapes(json: String, text: String) throws {
        let reader = try read(json)
        #expect(reader.string(try #require(reader.root)) == text)
    }

    @Test(
        "Numbers keep every digit",
        arguments: [
            "0", "-0", "1", "-1.5", "1e3", "1E+3", "1e-3", "123456789.12345678", "0.1", "1.0",
            "0.000000001", "12345678901234567", "1e400", "-1e-400", "0e0", "10.50E2",
        ])
    func numbers(text: String) throws {
        let reader = try read("[\(text) ]")
        var seen: [WireDecimal] = []
        reader.forEachElement(of: try #require(reader.root)) { node in
            #expect(reader.rawBytes(of: node).elementsEqual(text.utf8))
            if let value = reader.decimal(node) { seen.append(value) }
        }
        #expect(seen == [try .of(text)])
    }

    @Test func aFailedReadLeavesNothingBehind() throws {
        var reader = JSONReader()
        try reader.read(Array(#"{"a":1}"#.utf8))
        #expect(throws: JSONError(.unexpectedEnd, at: 6)) {
            try reader.read(Array(#"{"a":2"#.utf8))
        }
        #expect(reader.root == nil)
        try reader.read(Array("[]".utf8))
        #expect(reader.root != nil)
    }

    @Test func foreignMemoryIsCopied() throws {
        var reader = JSONReader()
        var message = Array(#"["abc"]"#.utf8)
        try message.withUnsafeBytes { try reader.read($0) }
        message[2] = UInt8(ascii: "X")
        #expect(reader.bytes.elementsEqual(#"["abc"]"#.utf8))
    }

    @Test func wrongKindsGiveNoValue() throws {
        let reader = try read(#"{"n":1,"s":"1"}"#)
        let root = try #require(reader.root)
        #expect(reader.string(try #require(reader.member("n", of: root))) == nil)
        #expect(reader.decimal(try #require(reader.member("s", of: root))) == nil)
        #expect(reader.decimal(root) == nil)
        #expect(!reader.matches(root, "s"))
    }
}

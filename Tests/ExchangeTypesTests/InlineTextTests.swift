import ExchangeTypes
import Testing

/// Names travel by value; a lost or added byte would be another client's order.
@Suite struct InlineTextTests {
    @Test("Texts of 0 to 64 bytes come back, and 65 are too many")
    func lengths() {
        for count in 0...64 {
            let string = String((0..<count).map { Character(UnicodeScalar(UInt8(33 + $0))) })
            let text = InlineText(string)
            #expect(text?.string == string)
            #expect(text.map { Int($0.count) } == count)
            #expect(text?.isEmpty == (count == 0))
        }
        #expect(InlineText(String(repeating: "a", count: 65)) == nil)
        // Bytes are counted, not characters.
        #expect(InlineText(String(repeating: "é", count: 32))?.count == 64)
        #expect(InlineText(String(repeating: "é", count: 33)) == nil)
    }

    @Test("Equality and hash see every byte and the length")
    func equality() throws {
        let text = try #require(InlineText(String(repeating: "a", count: 40)))
        let same = try #require(InlineText(String(repeating: "a", count: 40)))
        #expect(text == same)
        #expect(text.hashValue == same.hashValue)
        for place in 0..<40 {
            var bytes = [UInt8](repeating: 0x61, count: 40)
            bytes[place] = 0x62
            let other = try #require(InlineText(utf8: bytes))
            #expect(other != text)
            #expect(other[place] == 0x62)
        }
        #expect(InlineText("a") != InlineText("a\u{0}"))
        #expect(InlineText("") == InlineText())
    }

    @Test("Words are the bytes, little-endian, with zeros beyond the end")
    func words() throws {
        let text = try #require(InlineText("abcdefghi"))
        #expect(text.word(0) == 0x6867_6665_6463_6261)
        #expect(text.word(1) == 0x69)
        #expect(text.word(7) == 0)
        var bytes: [UInt8] = [0]
        text.append(to: &bytes)
        #expect(bytes == [0] + Array("abcdefghi".utf8))
    }
}

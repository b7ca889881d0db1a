import ExchangeTypes
import QFEXWire
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) throws -> Void) rethrows -> String {
        var writer = JSONWriter()
        try body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func commasComeBetweenMembersAndElementsOnly() {
        let text = written { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.beginArray()
            writer.endArray()
            writer.number(1)
            writer.beginObject()
            writer.endObject()
            writer.null()
            writer.endArray()
            writer.key("b")
            writer.bool(true)
            writer.key("c")
            writer.raw(Array("{\"x\" : 1}".utf8))
            writer.key("d")
            writer.bool(false)
            writer.endObject()
        }
        #expect(text == #"{"a":[[],1,{},null],"b":true,"c":{"x" : 1},"d":false}"#)
    }

    @Test func textsAreEscapedInEveryForm() throws {
        let nasty = "a\"b\\c/\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}é😀"
        let expected = #""a\"b\\c/\b\t\n\f\r\u0000\u001f"# + "\u{7f}é😀\""
        #expect(written { $0.string(nasty) } == expected)
        #expect(written { $0.quoted(Array(nasty.utf8)) } == expected)
        let short = try InlineText.of(nasty)
        #expect(written { $0.string(short) } == expected)
    }

    @Test func writtenTextsAreReadBack() throws {
        for value in 0..<0x300 {
            let text = String(try #require(Unicode.Scalar(UInt32(value)))) + "x"
            var writer = JSONWriter()
            writer.string(text)
            var reader = JSONReader()
            try reader.read(writer.bytes)
            #expect(reader.string(try #require(reader.root)) == text)
        }
    }

    @Test(
        "Numbers are plain and short",
        arguments: [
            ("200.0", "200"), ("0.10", "0.1"), ("-0.00000001", "-0.00000001"), ("0", "0"),
            ("1e3", "1000"), ("1.5e-7", "0.00000015"), ("-12.5", "-12.5"),
        ])
    func numbers(sent: String, printed: String) throws {
        let decimal = try WireDecimal.of(sent)
        #expect(written { $0.number(decimal) } == printed)
        let money = Money(units: try #require(decimal.exactUnits))
        #expect(written { $0.number(money) } == printed)
        #expect(written { $0.string(money) } == "\"\(printed)\"")
    }

    @Test func instantsAreSecondsOrDates() {
        let time = Timestamp(nanoseconds: 1_790_000_000_125_000_000)
        #expect(written { $0.number(time) } == "1790000000.125")
        #expect(written { $0.number(Timestamp(nanoseconds: 1_000_000_000)) } == "1")
        #expect(written { $0.number(Timestamp(nanoseconds: 1_000_000_001)) } == "1.000000001")
        #expect(written { $0.string(time) } == "\"2026-09-21T14:13:20.125Z\"")
    }

    @Test func whatWasThereStays() {
        var writer = JSONWriter(appendingTo: Array("x".utf8))
        writer.number(Int64.min)
        #expect(writer.bytes.elementsEqual("x-9223372036854775808".utf8))
    }
}

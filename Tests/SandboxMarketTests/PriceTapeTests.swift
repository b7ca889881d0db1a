import ExchangeTypes
import Testing

@testable import SandboxMarket

@Suite struct PriceTapeTests {
    private let symbols: Set<Symbol> = Set(SandboxInstruments.all.map(\.symbol))

    private func tape(_ text: String) throws -> PriceTape {
        try PriceTape(Array(text.utf8), symbols: symbols)
    }

    private func symbol(_ text: String) throws -> Symbol { try #require(Symbol(text)) }

    private func prices(
        _ tape: PriceTape, _ name: String, speed: Decimal8 = Decimal8(1), loops: Bool = false,
        at seconds: ClosedRange<Int64>
    ) throws -> [ReferencePrice] {
        let replay = try PriceReplay(tape, speed: speed, loops: loops)
        var prices = try #require(replay.prices(of: try symbol(name)))
        return seconds.map { number in
            prices.step(UnderlierSecond(number: number, time: .zero))
            return prices.price
        }
    }

    private func whole(_ prices: [Int64]) -> [ReferencePrice] { prices.map { ReferencePrice($0) } }

    private let minute = """
        time,symbol,price
        2026-03-02T14:30:00Z,AAPL-USD,200
        2026-03-02T14:30:01.5Z,AAPL-USD,201
        2026-03-02T09:30:02-05:00,EUR-USD,1.08123456
        1772461804,AAPL-USD,203
        1772461804.000000001,AAPL-USD,204

        """

    @Test func timesOfBothKindsMakeOneOrder() throws {
        let tape = try tape(minute)
        #expect(tape.priceCount == 5 && tape.contractCount == 2)
        let apple = try #require(tape.rows(of: try symbol("AAPL-USD")))
        #expect(apple.map(\.offset) == [0, 1_500_000_000, 4_000_000_000, 4_000_000_001])
        #expect(apple.map(\.price) == whole([200, 201, 203, 204]))
        let euro = try #require(tape.rows(of: try symbol("EUR-USD")))
        #expect(euro.map(\.offset) == [2_000_000_000])
        #expect(euro.map(\.price) == [ReferencePrice(units: 108_123_456)])
        #expect(tape.rows(of: try symbol("NVDA-USD")) == nil)
    }

    @Test func theLastPriceHoldsAndTheFirstOneHeldBefore() throws {
        let tape = try tape(minute)
        #expect(
            try prices(tape, "AAPL-USD", at: 0...7)
                == whole([200, 200, 201, 201, 203, 204, 204, 204]))
        #expect(try prices(tape, "AAPL-USD", at: 1_000_000_000...1_000_000_000) == whole([204]))
        #expect(
            try prices(tape, "EUR-USD", at: 0...3)
                == [ReferencePrice](repeating: ReferencePrice(units: 108_123_456), count: 4))
    }

    @Test(arguments: [
        ("0.5", [200, 200, 200, 201, 201, 201, 201, 201, 203]),
        ("2", [200, 201, 203, 204, 204, 204, 204, 204, 204]),
        ("60", [200, 204, 204, 204, 204, 204, 204, 204, 204]),
        ("0.001", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
        ("1000000", [200, 204, 204, 204, 204, 204, 204, 204, 204]),
    ])
    func anySpeedPlays(speed: String, expected: [Int64]) throws {
        let speed = try #require(Decimal8(speed))
        #expect(
            try prices(tape(minute), "AAPL-USD", speed: speed, at: 0...8) == whole(expected))
    }

    @Test(arguments: ["0", "-1", "0.00099999", "1000000.00000001"])
    func aSpeedOutOfBoundsIsNone(speed: String) throws {
        let speed = try #require(Decimal8(speed))
        #expect(throws: InvalidMarketValue.self) { try PriceReplay(tape(minute), speed: speed) }
    }

    /// Five seconds: four of the tape and one in which its last price holds.
    @Test func aLoopBeginsAnewASecondAfterTheLastRow() throws {
        let tape = try tape(
            "time,symbol,price\n0,AAPL-USD,200\n2,AAPL-USD,202\n4,AAPL-USD,204\n")
        #expect(
            try prices(tape, "AAPL-USD", loops: true, at: 0...11)
                == whole([200, 200, 202, 202, 204, 200, 200, 202, 202, 204, 200, 200]))
        #expect(
            try prices(tape, "AAPL-USD", loops: true, at: 5_000_000_000...5_000_000_000)
                == whole([200]))
    }

    @Test func oneRowIsATape() throws {
        let tape = try tape("time,symbol,price\n5,AAPL-USD,200")
        #expect(
            try prices(tape, "AAPL-USD", loops: true, at: 0...3) == whole([200, 200, 200, 200]))
    }

    @Test func windowsFilesAndEmptyLinesAreFiles() throws {
        let text = minute.split(separator: "\n").joined(separator: "\r\n\r\n")
        let bytes = [0xef, 0xbb, 0xbf] + Array(text.utf8)
        let tape = try PriceTape(bytes, symbols: symbols)
        #expect(tape.priceCount == 5)
    }

    @Test func ofRowsOfTheSameInstantTheLastHolds() throws {
        let tape = try tape("time,symbol,price\n5,AAPL-USD,200\n5,AAPL-USD,201\n")
        #expect(try prices(tape, "AAPL-USD", at: 0...0) == whole([201]))
    }

    /// Wherever a file is cut while it is read, it is the same file.
    @Test(arguments: [1, 2, 3, 7, 64])
    func partsMakeTheSameTape(size: Int) throws {
        var reader = PriceTapeReader(symbols: symbols)
        let bytes = Array(minute.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try reader.read(bytes[start..<min(start + size, bytes.count)])
        }
        let tape = try reader.finish()
        #expect(tape.priceCount == 5)
        #expect(try prices(tape, "AAPL-USD", at: 5...5) == whole([204]))
    }

    @Test(arguments: [
        ("", 1, "the file is empty"),
        ("\n\n", 3, "the file is empty"),
        ("time,symbol,price\n", 2, "the file has no prices"),
        ("5,AAPL-USD,200\n", 1, "the header must be time,symbol,price, not \"5,AAPL-USD,200\""),
        ("time, symbol, price\n", 1, "the header must be"),
        ("Time,Symbol,Price\n", 1, "the header must be"),
        ("time,symbol,price\n5,AAPL-USD\n", 2, "2 fields"),
        ("time,symbol,price\n5,AAPL-USD,200,7\n", 2, "4 fields"),
        ("time,symbol,price\n5,AAPL-USD,200\n\n5,APPL-USD,1\n", 4, "no contract \"APPL-USD\""),
        ("time,symbol,price\n5,\"AAPL-USD\",200\n", 2, "no contract"),
        ("time,symbol,price\n5,,200\n", 2, "no contract \"\""),
        ("time,symbol,price\n5,AAPL-USD,0\n", 2, "price \"0\" is not above 0"),
        ("time,symbol,price\n5,AAPL-USD,-1\n", 2, "price \"-1\" is not above 0"),
        ("time,symbol,price\n5,AAPL-USD,100000001\n", 2, "price \"100000001\" is not above 0"),
        ("time,symbol,price\n5,AAPL-USD,1.000000001\n", 2, "price \"1.000000001\" is no number"),
        ("time,symbol,price\n5,AAPL-USD,nan\n", 2, "price \"nan\" is no number"),
        ("time,symbol,price\n5,AAPL-USD, 200\n", 2, "price \" 200\" is no number"),
        ("time,symbol,price\n5,AAPL-USD,\n", 2, "price \"\" is no number"),
        ("time,symbol,price\n5,AAPL-USD,1\n4.9,AAPL-USD,1\n", 3, "time \"4.9\" is before"),
        ("time,symbol,price\n5,EUR-USD,1\n4,AAPL-USD,1\n", 3, "time \"4\" is before"),
        ("time,symbol,price\nyesterday,AAPL-USD,1\n", 2, "time \"yesterday\" is neither"),
        ("time,symbol,price\n1772461804000,AAPL-USD,1\n", 2, "time \"1772461804000\" is neither"),
    ])
    func aBadFileSaysWhereAndWhy(text: String, line: Int, reason: String) {
        let error = #expect(throws: PriceTapeError.self) { try tape(text) }
        #expect(error?.line == line)
        #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("line \(line): ") == true)
    }

    @Test func bytesThatAreNoTextAreShownSafely() {
        let bytes = Array("time,symbol,price\n5,".utf8) + [0x1b, 0xff, 0x00] + Array(",1\n".utf8)
        let error = #expect(throws: PriceTapeError.self) {
            try PriceTape(bytes, symbols: symbols)
        }
        #expect(error?.reason.utf8.contains(0x1b) == false)
        #expect(error?.reason.utf8.contains(0x00) == false)
    }

    @Test(arguments: [(256, "no contract"), (257, "longer than 256 bytes")])
    func aLineHasAtMost256Bytes(count: Int, reason: String) {
        let name = String(repeating: "A", count: count - "5,,1".utf8.count)
        let error = #expect(throws: PriceTapeError.self) {
            try tape("time,symbol,price\n5,\(name),1\n")
        }
        #expect(error?.line == 2 && error?.reason.hasPrefix(reason) == true)
    }

    /// Memory is bounded by the number of lines; here by three, as four million would last.
    @Test func aFileHasAtMostSoManyLines() throws {
        func read(_ text: String) throws {
            var reader = PriceTapeReader(symbols: symbols, maximumLines: 3)
            try reader.read(Array(text.utf8)[...])
            _ = try reader.finish()
        }
        try read("time,symbol,price\n5,AAPL-USD,1\n6,AAPL-USD,1\n")
        let error = #expect(throws: PriceTapeError.self) {
            try read("time,symbol,price\n5,AAPL-USD,1\n6,AAPL-USD,1\n7,AAPL-USD,1")
        }
        #expect(error == PriceTapeError(line: 4, reason: "more than 3 lines"))
        #expect(PriceTape.maximumLines == 4_000_000)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("0", 0), ("0.000000001", 1),
        ("2000-02-29T23:59:59.999999999Z", 951_868_799_999_999_999),
        ("2026-03-02T14:30:00Z", 1_772_461_800_000_000_000),
        ("2026-03-02t14:30:00z", 1_772_461_800_000_000_000),
        ("2026-03-02 14:30:00.25+00:00", 1_772_461_800_250_000_000),
        ("2026-03-02T23:30:00+09:00", 1_772_461_800_000_000_000),
        ("2026-03-02T09:00:00-05:30", 1_772_461_800_000_000_000),
        ("1772461800.25", 1_772_461_800_250_000_000), ("9000000000", 9_000_000_000_000_000_000),
    ])
    func timesAreRead(text: String, nanoseconds: Int64) {
        #expect(TapeTime.nanoseconds(Array(text.utf8)[...]) == nanoseconds)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e9", "1.0000000001", "9000000001", "99999999999",
        "1969-12-31T23:59:59Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Z ", "2026-1-1T00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01", "2300-01-01T00:00:00Z",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(TapeTime.nanoseconds(Array(text.utf8)[...]) == nil)
    }
}

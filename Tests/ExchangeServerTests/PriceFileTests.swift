import Configuration
import ExchangeTypes
import Foundation
import Logging
import SandboxMarket
import Testing

@testable import ExchangeServer

/// A file of prices, from the flag to the tape.
@Suite struct PriceFileTests {
    private let symbols = Set(SandboxInstruments.all.map(\.symbol))

    private func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "prices-\(UUID().uuidString).csv")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    private func settings(
        _ flags: [String: ConfigValue], environment: [String: String] = [:], file: String? = nil
    ) async throws -> ServerConfiguration {
        try ServerConfiguration(
            await ServerConfiguration.reader(flags: flags, environment: environment, file: file))
    }

    @Test func withoutAFileNothingIsReplayed() async throws {
        let settings = try await settings([:])
        #expect(settings.marketPricesPath == nil && settings.marketPricesSpeed == Decimal8(1))
        let replay = try PriceFile.replay(settings, Logger(label: "test"))
        #expect(replay?.tape.priceCount == nil)
        #expect(settings.summary["market_prices"] == "none")
    }

    @Test(arguments: ["0.5", "1", "60"])
    func fileSpeedAndLoopAreSettings(speed: String) async throws {
        let path = try file("time,symbol,price\n1,AAPL-USD,200\n2,EUR-USD,1.08\n")
        let settings = try await settings(
            ["market.prices.file": ConfigValue(stringLiteral: path), "market.prices.loop": true],
            environment: ["QFEX_MARKET_PRICES_SPEED": speed])
        let replay = try #require(try PriceFile.replay(settings, Logger(label: "test")))
        #expect(replay.speed == Decimal8(speed) && replay.loops)
        #expect(replay.tape.contractCount == 2 && replay.tape.priceCount == 2)
        #expect(settings.summary["market_prices"] == path)
    }

    @Test func aConfigurationFileCanSayTheSpeedAsANumber() async throws {
        let json = try file(#"{"market": {"prices": {"file": "prices.csv", "speed": 2.5}}}"#)
        let renamed = json.replacingOccurrences(of: ".csv", with: ".json")
        try FileManager.default.moveItem(atPath: json, toPath: renamed)
        let found = try await settings([:], file: renamed)
        #expect(found.marketPricesSpeed == Decimal8("2.5"))
        #expect(found.marketPricesPath == "prices.csv")
    }

    @Test(arguments: ["0", "-1", "fast", "1000001", "1/3", ""])
    func anImpossibleSpeedIsRefusedAtStart(speed: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await settings(["market.prices.speed": ConfigValue(stringLiteral: speed)])
        }
        #expect(error?.description.hasPrefix("market.prices.speed must be") == true)
    }

    @Test func aMissingFileAndAFolderAreNamed() throws {
        for path in ["/nowhere/prices.csv", FileManager.default.temporaryDirectory.path] {
            let error = #expect(throws: ConfigurationError.self) {
                try PriceFile.read(path, symbols: symbols)
            }
            #expect(
                error?.description.hasPrefix("market.prices.file \(path) cannot be read: ")
                    == true)
        }
    }

    @Test func aBadLineIsNamedWithItsFile() throws {
        let path = try file("time,symbol,price\n1,AAPL-USD,200\n2,AAPL-USD,-3\n")
        let error = #expect(throws: ConfigurationError.self) {
            try PriceFile.read(path, symbols: symbols)
        }
        #expect(
            error?.description
                == "market.prices.file \(path), line 3: price \"-3\" is not above 0 and at most "
                + "100000000")
    }

    /// More than one part, cut in the middle of a row.
    @Test func aFileOfSomeMegabytesIsReadWhole() throws {
        let rows = (0..<60_000).map { "\(1_772_461_800 + $0),AAPL-USD,\(200 + $0 % 7).25" }
        let path = try file("time,symbol,price\n" + rows.joined(separator: "\n"))
        let tape = try PriceFile.read(path, symbols: symbols)
        #expect(tape.priceCount == 60_000)
    }

    /// A file without an end, and without a line's.
    @Test func whatHasNoEndIsNotReadForEver() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try PriceFile.read("/dev/zero", symbols: symbols)
        }
        #expect(error?.description.hasSuffix("line 1: longer than 256 bytes") == true)
    }
}

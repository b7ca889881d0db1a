import Configuration
import ExchangeSequencer
import ExchangeTypes
import Foundation
import MarketDataGateway
import QFEXWire
import Testing
import TradeGateway

@testable import ExchangeServer

/// One precedence for all settings, and errors that say what to change.
@Suite struct ServerConfigurationTests {
    @Test("A flag wins over the environment, the environment over the file")
    func precedence() async throws {
        let file = try temporaryFile(
            #"{"trade": {"port": 1, "hosts": ["a.example"]}, "mds": {"port": 2}, "log": {"kind": "memory"}}"#
        )
        let reader = try await ServerConfiguration.reader(
            flags: ["trade.port": 30],
            environment: ["QFEX_TRADE_PORT": "20", "QFEX_MDS_PORT": "21", "MDS_PORT": "99"],
            file: file)
        let settings = try ServerConfiguration(reader)
        #expect(settings.tradePort == 30)
        #expect(settings.marketDataPort == 21)
        #expect(settings.log == .memory)
        #expect(settings.tradeHosts == ["a.example"])
    }

    @Test("Snapshots and the log's retention can be chosen; by default nothing is ever removed")
    func snapshots() async throws {
        let usual = try ServerConfiguration(
            try await ServerConfiguration.reader(flags: [:], environment: [:], file: nil))
        #expect(usual.snapshotCommands == 1_000_000 && usual.logRetention == .all)
        let chosen = try ServerConfiguration(
            try await ServerConfiguration.reader(
                flags: ["snapshot.commands": 0], environment: ["QFEX_LOG_RETENTION": "snapshots"],
                file: nil))
        #expect(chosen.snapshotCommands == 0 && chosen.logRetention == .snapshots)
        for (key, value) in [("LOG_RETENTION", "none"), ("SNAPSHOT_COMMANDS", "-1")] {
            let reader = try await ServerConfiguration.reader(
                flags: [:], environment: ["QFEX_" + key: value], file: nil)
            #expect(throws: ConfigurationError.self, "\(key)") { try ServerConfiguration(reader) }
        }
    }

    @Test("Without anything the defaults hold")
    func defaults() async throws {
        let reader = try await ServerConfiguration.reader(flags: [:], environment: [:], file: nil)
        let settings = try ServerConfiguration(reader)
        #expect(settings.tradePort == 7002)
        #expect(settings.authenticationSeconds == 60)
        #expect(settings.welcomeDeposit == Money(100_000))
        #expect(settings.sharedPort == nil)
        #expect(settings.sessions == .alwaysOpen)
        #expect(settings.statusNames == .current)
        #expect(settings.speedBumpMilliseconds == 100)
        #expect(settings.pulseMilliseconds == 500)
        #expect(settings.rateLimits.limit == 12_000)
        #expect(settings.rateLimits.weights == RateLimits.documentedWeights)
    }

    @Test("A scenario is named by a flag; a seed that was not given leaves the scenario's")
    func scenario() async throws {
        func settings(_ flags: [String: ConfigValue]) async throws -> ServerConfiguration {
            try ServerConfiguration(
                try await ServerConfiguration.reader(flags: flags, environment: [:], file: nil))
        }
        let plain = try await settings([:])
        #expect(plain.scenarioPath == nil && plain.marketSeed == nil)
        let named = try await settings(["scenario": "bad-day.yaml", "market.seed": 0])
        #expect(named.scenarioPath == "bad-day.yaml" && named.marketSeed == 0)
        #expect(named.summary["scenario"] == "bad-day.yaml" && named.summary["seed"] == "0")
        await #expect(throws: ConfigurationError.self) {
            try await settings(["market.seed": "seven"])
        }
        await #expect(throws: ConfigurationError.self) {
            try await settings(["market.seed": -1])
        }
    }

    @Test("P-193 the limit and each weight are settings, named after the command")
    func rateLimits() async throws {
        let file = try temporaryFile(
            #"{"rate": {"weights": {"add_order": 2, "get_user_orders": 7.5, "unknown": 3}}}"#)
        let reader = try await ServerConfiguration.reader(
            flags: ["rate.limit": 500], environment: ["QFEX_RATE_WEIGHTS_GET_ORDER": "0.25"],
            file: file)
        let limits = try ServerConfiguration(reader).rateLimits
        #expect(limits.limit == 500)
        #expect(limits.weights[.addOrder] == 2)
        #expect(limits.weights[.getUserOrders] == 7.5)
        #expect(limits.weights[.getOrder] == 0.25)
        #expect(limits.weights[.cancelOrder] == 1)
        #expect(limits.unknownWeight == 3)
    }

    @Test("R-071 the speed bump becomes a parameter of the venue")
    func speedBump() async throws {
        let reader = try await ServerConfiguration.reader(
            flags: ["speed.bump.milliseconds": 250], environment: [:], file: nil)
        let settings = try ServerConfiguration(reader)
        #expect(settings.venue.speedBumpNanoseconds == 250_000_000)
        #expect(settings.venue.isValid)
    }

    @Test(
        "The pulse of market data is a setting with bounds",
        arguments: [("10", 10), ("10000", 10_000), ("9", nil), ("10001", nil), ("fast", nil)]
            as [(String, Int64?)])
    func pulse(given: String, expected: Int64?) async throws {
        let reader = try await ServerConfiguration.reader(
            flags: [:], environment: ["QFEX_MDS_PULSE_MILLISECONDS": given], file: nil)
        if let expected {
            #expect(try ServerConfiguration(reader).marketData.pulseMilliseconds == expected)
        } else {
            #expect(throws: ConfigurationError.self) { try ServerConfiguration(reader) }
        }
    }

    @Test("The names of statuses are a setting like any other")
    func statusNames() async throws {
        let reader = try await ServerConfiguration.reader(
            flags: [:], environment: ["QFEX_STATUS_NAMES": "newer"], file: nil)
        #expect(try ServerConfiguration(reader).statusNames == .newer)
    }

    @Test("R-102: market hours are chosen by one word")
    func sessions() async throws {
        let reader = try await ServerConfiguration.reader(
            flags: [:], environment: ["QFEX_SESSIONS": "calendar"], file: nil)
        let settings = try ServerConfiguration(reader)
        #expect(settings.sessions == .calendar)
        #expect(settings.summary["sessions"] == "calendar")
    }

    @Test(
        "A setting out of range is refused by name",
        arguments: [
            ("trade.port", "70000"), ("log.kind", "paper"), ("market.kind", "wild"),
            ("sessions", "sometimes"), ("welcome.deposit", "-1"), ("welcome.deposit", "much"),
            ("event.loops", "0"),
            ("tls.key", "key.pem"), ("trade.port", "many"), ("shared.port", "x"),
            ("tls.enabled", "perhaps"), ("log.level", "loud"), ("status.names", "old"),
            ("rate.limit", "-1"), ("rate.weights.get_order", "heavy"),
            ("rate.weights.add_order", "-1"), ("speed.bump.milliseconds", "10001"),
        ])
    func refusals(key: String, value: String) async throws {
        let name = "QFEX_" + key.uppercased().replacingOccurrences(of: ".", with: "_")
        let reader = try await ServerConfiguration.reader(
            flags: [:], environment: [name: value], file: nil)
        let error = #expect(throws: ConfigurationError.self) { try ServerConfiguration(reader) }
        #expect(error?.description.contains(key) == true, "\(String(describing: error))")
    }

    @Test("The exchange's name is made once, and missed when it is gone")
    func exchangeName() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let directory = DataDirectory(root.path)
        let id = try directory.exchangeID()
        #expect(try directory.exchangeID() == id)
        _ = try directory.openStorage()
        try Data([1]).write(to: directory.journal.appendingPathComponent("journal-1.log"))
        let file = root.appendingPathComponent("exchange-id")
        try Data("not a name".utf8).write(to: file)
        #expect(throws: ConfigurationError.self) { try directory.exchangeID() }
        try FileManager.default.removeItem(at: file)
        #expect(throws: ConfigurationError.self) { try directory.exchangeID() }
        try FileManager.default.removeItem(at: root)
    }

    private func temporaryFile(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        return url.path
    }
}

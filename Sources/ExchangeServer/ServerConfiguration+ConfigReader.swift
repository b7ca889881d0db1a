public import Configuration
import ExchangeTypes
import Logging
import QFEXWire
import SandboxMarket
import TradeGateway

/// From keys to settings. A key such as `trade.port` is the flag `--trade-port`, the environment
/// variable `QFEX_TRADE_PORT` and `{"trade": {"port": …}}` in the file; the first that says something
/// wins.
extension ServerConfiguration {
    /// Puts the three sources together; the flags are given under the keys' names.
    public static func reader(
        flags: [String: ConfigValue], environment: [String: String], file: String?
    ) async throws -> ConfigReader {
        var flagValues: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in flags { flagValues[AbsoluteConfigKey(ConfigKey(key))] = value }
        var prefixed: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix("QFEX_") {
            prefixed[String(name.dropFirst("QFEX_".count))] = value
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: flagValues),
            EnvironmentVariablesProvider(environmentVariables: prefixed),
        ]
        if let file {
            let path = InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: file)])
            providers.append(
                try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: path)))
        }
        return ConfigReader(providers: providers)
    }

    /// Reads every setting and checks it.
    public init(_ reader: ConfigReader) throws {
        self.init()
        dataDirectory = reader.string(forKey: "data", default: dataDirectory)
        host = reader.string(forKey: "host", default: host)
        try readPorts(reader)
        usesTLS = try Self.flag(reader, "tls.enabled", default: false)
        certificatePath = reader.string(forKey: "tls.certificate")
        privateKeyPath = reader.string(forKey: "tls.key")
        guard (certificatePath == nil) == (privateKeyPath == nil) else {
            throw ConfigurationError(
                description: "tls.certificate and tls.key go together: give both or neither")
        }
        log = try Self.choice(reader, "log.kind", default: log)
        segmentMebibytes = try Self.integer(reader, "log.segment.mib", segmentMebibytes, 1...1_024)
        logRetention = try Self.choice(reader, "log.retention", default: logRetention)
        snapshotCommands = UInt64(
            try Self.integer(reader, "snapshot.commands", Int(snapshotCommands), 0...1_000_000_000))
        try readMarket(reader)
        try readMarketPrices(reader)
        try readSessions(reader)
        try readRates(reader)
        let level = reader.string(forKey: "log.level", default: logLevel)
        guard Logger.Level(rawValue: level) != nil else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(description: "log.level must be one of \(levels)")
        }
        logLevel = level
    }

    private mutating func readPorts(_ reader: ConfigReader) throws {
        marketDataPort = try Self.integer(reader, "mds.port", marketDataPort, 0...65_535)
        tradePort = try Self.integer(reader, "trade.port", tradePort, 0...65_535)
        let shared = try Self.integer(reader, "shared.port", -1, -1...65_535)
        if shared >= 0 { sharedPort = shared }
        marketDataHosts = reader.stringArray(forKey: "mds.hosts", default: marketDataHosts)
        tradeHosts = reader.stringArray(forKey: "trade.hosts", default: tradeHosts)
        pulseMilliseconds = Int64(
            try Self.integer(
                reader, "mds.pulse.milliseconds", Int(pulseMilliseconds), 10...10_000))
        eventLoops = try Self.integer(reader, "event.loops", eventLoops, 1...64)
    }

    private mutating func readMarket(_ reader: ConfigReader) throws {
        market = try Self.choice(reader, "market.kind", default: market)
        speedBumpMilliseconds = Int64(
            try Self.integer(
                reader, "speed.bump.milliseconds", Int(speedBumpMilliseconds), 0...10_000))
        sessions = try Self.choice(reader, "sessions", default: sessions)
        // A text that is no number is refused by `integer`, given or not.
        if reader.string(forKey: "market.seed") != nil || reader.int(forKey: "market.seed") != nil {
            marketSeed = UInt64(try Self.integer(reader, "market.seed", 0, 0...Int.max))
        }
        scenarioPath = reader.string(forKey: "scenario")
        if let text = reader.string(forKey: "welcome.deposit") {
            guard let amount = Money(text), amount >= .zero, amount <= Limits.maximumDeposit else {
                throw ConfigurationError(
                    description: "welcome.deposit \"\(text)\" is no amount of USDC up to "
                        + "\(Limits.maximumDeposit)")
            }
            welcomeDeposit = amount
        }
    }

    private mutating func readMarketPrices(_ reader: ConfigReader) throws {
        marketPricesPath = reader.string(forKey: "market.prices.file")
        marketPricesLoop = try Self.flag(
            reader, "market.prices.loop", default: marketPricesLoop)
        guard let speed = try Self.decimal(reader, "market.prices.speed") else { return }
        guard PriceReplay.speeds.contains(speed) else {
            throw ConfigurationError(
                description: "market.prices.speed must be \(PriceReplay.speeds.lowerBound) to "
                    + "\(PriceReplay.speeds.upperBound), not \(speed)")
        }
        marketPricesSpeed = speed
    }

    /// A decimal number, as text or, in a file, as a number; nil when nothing was given.
    private static func decimal(_ reader: ConfigReader, _ key: ConfigKey) throws -> Decimal8? {
        let text =
            reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init)
            ?? reader.double(forKey: key).map { "\($0)" }
        guard let text else { return nil }
        guard let value = Decimal8(text) else {
            throw ConfigurationError(
                description: "\(key) must be a number of at most eight decimals, not \"\(text)\"")
        }
        return value
    }

    private mutating func readSessions(_ reader: ConfigReader) throws {
        func seconds(_ key: ConfigKey, _ current: Int64) throws -> Int64 {
            Int64(try Self.integer(reader, key, Int(current), 0...86_400))
        }
        authenticationSeconds = try seconds("auth.seconds", authenticationSeconds)
        handshakeSeconds = try seconds("handshake.seconds", handshakeSeconds)
        pingSeconds = max(1, try seconds("ping.seconds", pingSeconds))
        signaturePastSeconds = try seconds("auth.signature.past", signaturePastSeconds)
        signatureFutureSeconds = try seconds("auth.signature.future", signatureFutureSeconds)
        connectionsPerAddress = try Self.integer(
            reader, "connections.per.address", connectionsPerAddress, 1...1_000_000)
        repliesWithoutSubscription = try Self.flag(
            reader, "reply.without.subscription", default: repliesWithoutSubscription)
        statusNames = try Self.choice(reader, "status.names", default: statusNames)
        tokenKeyPaths = reader.stringArray(forKey: "auth.token.keys", default: tokenKeyPaths)
        tokenIssuer = reader.string(forKey: "auth.token.issuer")
        tokenAudience = reader.string(forKey: "auth.token.audience")
    }

    /// A command's weight is `rate.weights.<command>`; a message that is no command weighs
    /// `rate.weights.unknown`.
    private mutating func readRates(_ reader: ConfigReader) throws {
        rateLimits.limit = Double(
            try Self.integer(reader, "rate.limit", Int(rateLimits.limit), 0...1_000_000_000))
        for command in CommandName.allCases {
            let key = ConfigKey("rate.weights.\(command.wireName)")
            rateLimits.weights[command] = try Self.weight(
                reader, key, rateLimits.weights[command, default: 1])
        }
        rateLimits.unknownWeight = try Self.weight(
            reader, "rate.weights.unknown", rateLimits.unknownWeight)
    }

    private static func weight(
        _ reader: ConfigReader, _ key: ConfigKey, _ current: Double
    ) throws -> Double {
        let given = reader.double(forKey: key) ?? reader.int(forKey: key).map(Double.init)
        if given == nil, let text = reader.string(forKey: key) {
            throw ConfigurationError(description: "\(key) must be a number, not \"\(text)\"")
        }
        let value = given ?? current
        guard value >= 0, value <= 1_000_000 else {
            throw ConfigurationError(description: "\(key) must be 0 to 1000000, not \(value)")
        }
        return value
    }

    private static func integer(
        _ reader: ConfigReader, _ key: ConfigKey, _ current: Int, _ range: ClosedRange<Int>
    ) throws -> Int {
        let given = reader.int(forKey: key)
        // A text that is no number would otherwise pass for nothing given.
        if given == nil, let text = reader.string(forKey: key) {
            throw ConfigurationError(description: "\(key) must be a whole number, not \"\(text)\"")
        }
        let value = given ?? current
        guard range.contains(value) else {
            throw ConfigurationError(
                description:
                    "\(key) must be \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }

    private static func flag(
        _ reader: ConfigReader, _ key: ConfigKey, default current: Bool
    ) throws -> Bool {
        if let value = reader.bool(forKey: key) { return value }
        guard let text = reader.string(forKey: key) else { return current }
        throw ConfigurationError(description: "\(key) must be true or false, not \"\(text)\"")
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ reader: ConfigReader, _ key: ConfigKey, default current: Choice
    ) throws -> Choice {
        guard let text = reader.string(forKey: key) else { return current }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(
                description: "\(key) must be one of \(choices), not \"\(text)\"")
        }
        return choice
    }
}

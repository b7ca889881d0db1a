import ArgumentParser
import Configuration
import ExchangeAuth
import ExchangeServer
import ExchangeTypes
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `qfex-server run`: the exchange itself.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the exchange.",
        discussion: """
            Every option can also be given as an environment variable (--trade-port is
            QFEX_TRADE_PORT) or in a JSON file named with --config ({"trade": {"port": 7002}}).
            A flag wins over the environment, the environment over the file.
            """)

    @Option(help: "A JSON file with settings.") var config: String?
    @Option(help: "Folder for the log, keys and certificates (default: data).") var data: String?
    @Option(help: "Address to listen on (default: 127.0.0.1).") var host: String?
    @Option(help: "Port of the market-data endpoint (default: 7001; 0: any).") var mdsPort: Int?
    @Option(help: "Port of the trade endpoint (default: 7002; 0: any).") var tradePort: Int?
    @Option(help: "One more port for both endpoints, told apart by host name or /mds, /trade.")
    var sharedPort: Int?
    @Option(help: "Host names that mean market data on the shared port, comma-separated.")
    var mdsHosts: String?
    @Option(help: "Host names that mean trading on the shared port, comma-separated.")
    var tradeHosts: String?
    @Flag(help: "Speak TLS (wss://), with certificates made on first start unless given.")
    var tls = false
    @Option(help: "Certificate chain, PEM.") var tlsCertificate: String?
    @Option(help: "Private key of the certificate, PEM.") var tlsKey: String?
    @Option(help: "Where commands are kept: disk or memory (default: disk).") var log: String?
    @Option(
        help: "Commands from one snapshot to the next (default: 1000000; 0: only on SIGUSR1).")
    var snapshotCommands: Int?
    @Option(help: "Log to keep: all, or what two snapshots need: snapshots (default: all).")
    var logRetention: String?
    @OptionGroup var marketOptions: MarketOptions
    @Option(help: "Milliseconds between two messages of level2 and bbo (default: 500).")
    var mdsPulseMilliseconds: Int?
    @Option(help: "Weight units a user may send in a minute (default: 12000; 0: no limit).")
    var rateLimit: Int?
    @Option(help: "USDC that a new user starts with (default: 100000).") var welcomeDeposit: String?
    @Option(help: "Threads for connections (default: 1).") var eventLoops: Int?
    @Option(help: "Seconds a client has to authenticate (default: 60).") var authSeconds: Int?
    @Option(
        help: "Names of order statuses: current, or newer ones that tell more (default: current).")
    var statusNames: String?
    @Option(help: "Files with public keys for JWTs: PEM, or JWKS ending in .json.")
    var authTokenKeys: [String] = []
    @Option(help: "trace, debug, info, notice, warning, error (default: info).")
    var logLevel: String?
    @Flag(help: "Make and print no sandbox key.") var noSandboxKey = false

    func run() async throws {
        let reader = try await ServerConfiguration.reader(
            flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        let settings = try ServerConfiguration(reader)
        var logger = Logger(label: "qfex") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .info
        logger.info("starting", metadata: settings.summary.mapValues { .string($0) })

        let store = try APIKeyStore(directory: DataDirectory(settings.dataDirectory).keys)
        let sandboxKey = noSandboxKey ? nil : try SandboxKey.prepare(in: store)
        let keys = try LiveAPIKeyDirectory(store: store)
        let banner = Banner(settings, sandboxKey)
        let assembly = try await ServerAssembly(settings, keys: keys, logger: logger) { ports in
            banner.print(ports)
        }
        let requests = SnapshotRequests(snapshots: assembly.snapshots)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (assembly.services + [requests]).map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            logger.error("stopped by a failure", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
        try await assembly.shutdown()
    }

    /// The options given, under the keys of `ServerConfiguration`.
    private var flags: [String: ConfigValue] {
        var flags = marketOptions.flags
        func set(_ key: String, _ value: String?) {
            if let value { flags[key] = ConfigValue(stringLiteral: value) }
        }
        func set(_ key: String, _ value: Int?) {
            if let value { flags[key] = ConfigValue(integerLiteral: value) }
        }
        func setList(_ key: String, _ values: [String]?) {
            if let values, !values.isEmpty {
                flags[key] = ConfigValue(.stringArray(values), isSecret: false)
            }
        }
        func split(_ text: String?) -> [String]? {
            text?.split(separator: ",").map { String($0).lowercased() }
        }
        set("data", data)
        set("host", host)
        set("mds.port", mdsPort)
        set("trade.port", tradePort)
        set("shared.port", sharedPort)
        setList("mds.hosts", split(mdsHosts))
        setList("trade.hosts", split(tradeHosts))
        if tls { flags["tls.enabled"] = true }
        set("tls.certificate", tlsCertificate)
        set("tls.key", tlsKey)
        set("log.kind", log)
        set("snapshot.commands", snapshotCommands)
        set("log.retention", logRetention)
        set("mds.pulse.milliseconds", mdsPulseMilliseconds)
        set("rate.limit", rateLimit)
        set("welcome.deposit", welcomeDeposit)
        set("event.loops", eventLoops)
        set("auth.seconds", authSeconds)
        set("status.names", statusNames)
        setList("auth.token.keys", authTokenKeys)
        set("log.level", logLevel)
        return flags
    }
}

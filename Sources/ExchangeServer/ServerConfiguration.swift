public import ExchangeSequencer
public import ExchangeTypes
import MarketDataGateway
public import QFEXWire
public import TradeGateway

/// Everything an operator can choose, read once at start. What changes results of the engine is not
/// here: that is commands, and they are in the log.
public struct ServerConfiguration: Sendable {
    /// Where commands are kept.
    public enum LogKind: String, Sendable, CaseIterable {
        /// On disk, synced before every answer.
        case disk
        /// Nowhere: for benchmarks only.
        case memory
    }

    /// What the sandbox market does.
    public enum MarketKind: String, Sendable, CaseIterable {
        /// Listed contracts, moving prices and liquidity bots.
        case full
        /// Listed contracts with their first prices, and nothing else.
        case quiet
    }

    /// When the underliers' markets of the sandbox are open.
    public enum SessionsKind: String, Sendable, CaseIterable {
        /// Around the clock, so that everything fills at any time.
        case alwaysOpen = "always-open"
        /// By the market hours of each, with futures rolled by the month.
        case calendar
    }

    /// Keys, certificates and the log live below this folder.
    public var dataDirectory = "data"
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var marketDataPort = 7001
    public var tradePort = 7002
    /// One more port that serves both endpoints, told apart by host name or path; nil for none.
    public var sharedPort: Int?
    public var marketDataHosts = ["mds.qfex.com", "mds.qfex.io"]
    public var tradeHosts = ["trade.qfex.com", "trade.qfex.io"]

    /// Whether all ports speak TLS.
    public var usesTLS = false
    /// A certificate chain of your own, PEM; both or neither.
    public var certificatePath: String?
    public var privateKeyPath: String?

    public var log = LogKind.disk
    public var segmentMebibytes = 64
    /// Which segments of the log are kept.
    public var logRetention = LogRetention.all
    /// Commands from one snapshot to the next; 0 for none but those that are asked for.
    public var snapshotCommands: UInt64 = 1_000_000
    public var market = MarketKind.full
    /// Nil for the scenario's, or 1.
    public var marketSeed: UInt64?
    /// A file of what happens to the market and to connections; nil for an ordinary day.
    public var scenarioPath: String?
    /// A CSV file of prices that are replayed as underliers; nil for none.
    public var marketPricesPath: String?
    /// Seconds of the file in a second.
    public var marketPricesSpeed = Decimal8(1)
    /// Whether the file begins anew after its end.
    public var marketPricesLoop = false
    public var sessions = SessionsKind.alwaysOpen
    /// What a user gets who is seen for the first time, in USDC; zero for none.
    public var welcomeDeposit = Money(100_000)

    /// Between two pulses of depth and best prices on the market-data endpoint.
    public var pulseMilliseconds: Int64 = 500
    public var eventLoops = 1
    public var authenticationSeconds: Int64 = 60
    public var handshakeSeconds: Int64 = 10
    public var pingSeconds: Int64 = 20
    public var connectionsPerAddress = 1_000
    public var repliesWithoutSubscription = true
    public var statusNames = StatusNames.current
    /// How much a user may say.
    public var rateLimits = RateLimits()
    /// How long limit orders wait before they reach the book; 0 for not at all. **Source** R-071.
    public var speedBumpMilliseconds: Int64 = 100
    /// How old a signature may be, and how far in the future.
    public var signaturePastSeconds: Int64 = 900
    public var signatureFutureSeconds: Int64 = 60
    /// Public keys for tokens: PEM or JWKS (`.json`) files.
    public var tokenKeyPaths: [String] = []
    public var tokenIssuer: String?
    public var tokenAudience: String?
    public var logLevel = "info"

    public init() {}

    /// What holds for the whole venue. It becomes a command, and so part of the log.
    var venue: VenueParameters {
        var venue = VenueParameters()
        venue.speedBumpNanoseconds = speedBumpMilliseconds * 1_000_000
        return venue
    }

    /// What holds for the market-data endpoint.
    var marketData: MarketDataSettings {
        var settings = MarketDataSettings()
        settings.pulseMilliseconds = pulseMilliseconds
        return settings
    }

    /// The settings as an operator may see them in a log. Holds no secrets: those are files.
    public var summary: [String: String] {
        [
            "data": dataDirectory, "host": host, "mds_port": "\(marketDataPort)",
            "trade_port": "\(tradePort)", "shared_port": sharedPort.map(String.init) ?? "none",
            "tls": "\(usesTLS)", "log": log.rawValue, "market": market.rawValue,
            "log_retention": logRetention.rawValue, "snapshot_commands": "\(snapshotCommands)",
            "seed": marketSeed.map { "\($0)" } ?? "default", "scenario": scenarioPath ?? "none",
            "sessions": sessions.rawValue, "event_loops": "\(eventLoops)",
            "status_names": statusNames.rawValue, "rate_limit": "\(Int(rateLimits.limit))",
            "speed_bump_ms": "\(speedBumpMilliseconds)", "pulse_ms": "\(pulseMilliseconds)",
            "market_prices": marketPricesPath ?? "none",
            "market_prices_speed": "\(marketPricesSpeed)",
        ]
    }
}

/// A setting that cannot be used.
public struct ConfigurationError: Error, CustomStringConvertible {
    public let description: String
}

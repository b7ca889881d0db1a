public import ExchangeAuth
import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Foundation
public import Logging
import MarketCalendar
import MarketDataGateway
import MarketDataViews
import NIOCore
import NIOPosix
import SandboxMarket
import ScenarioFiles
public import ServiceLifecycle
import TradeGateway

/// The composition root: makes every part from the configuration and hands each what it needs.
/// No logic lives here.
public struct ServerAssembly {
    public let services: [any Service]
    /// The root that clients must trust, when certificates were made here.
    public let authorityPath: String?
    /// Snapshots of the running exchange; nil when nothing of it is on disk.
    public let snapshots: SnapshotService?
    private let group: MultiThreadedEventLoopGroup

    /// Recovers the exchange and prepares all services; nothing listens yet.
    public init(
        _ configuration: ServerConfiguration, keys: LiveAPIKeyDirectory, logger: Logger,
        whenListening: @escaping @Sendable (ListeningPorts) -> Void
    ) async throws {
        let clock = SystemClock()
        let now = clock.now().nanoseconds / 1_000_000_000
        // First of all: a mistake in the scenario must not start anything.
        let directoryOfKeys = keys.current
        let market = try configuration.sandboxMarket(logger) { key in
            directoryOfKeys.principal(for: key).flatMap { UniqueID($0.userID.text) }
        }
        let directory = DataDirectory(configuration.dataDirectory)
        let security = try TransportSecurity(configuration, directory, now: now)
        authorityPath = security?.authorityPath
        let tokens = try await Self.tokenVerifier(configuration)
        let queue = SubmissionQueue()
        let volumeDay = VolumeDay(zone: try ZoneRules(name: VolumeDay.zoneName))
        let log = try ServerLog(
            configuration, directory, dailyReset: DailyReset(next: volumeDay.end(after:)), logger)
        let progress = DurableProgress()
        var lastSnapshot: UInt64?
        let sequencer = try log.sequencer(clock, progress, startedFrom: &lastSnapshot)
        snapshots = log.snapshots(progress, last: lastSnapshot ?? 0)
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)

        let window = HMACVerifier.TimestampWindow(
            pastSeconds: configuration.signaturePastSeconds,
            futureSeconds: configuration.signatureFutureSeconds)
        // A nonce is remembered at least as long as a signature with it could still be accepted.
        let nonces = NonceWindow(
            lifetimeSeconds: max(
                960, configuration.signaturePastSeconds + configuration.signatureFutureSeconds))
        let authenticator = Authenticator(
            keys: keys, hmac: HMACVerifier(window: window, nonces: nonces), tokens: tokens)
        var settings = TradeSettings()
        settings.authenticationSeconds = configuration.authenticationSeconds
        settings.repliesWithoutSubscription = configuration.repliesWithoutSubscription
        settings.statusNames = configuration.statusNames
        settings.rateLimits = configuration.rateLimits
        settings.welcomeDeposit =
            configuration.welcomeDeposit > .zero ? configuration.welcomeDeposit : nil
        let trade = TradeEndpoint(
            group: group, inbox: queue, authenticator: authenticator, settings: settings,
            now: { clock.now() })
        let marketData = MarketDataEndpoint(
            group: group, inbox: queue, settings: configuration.marketData,
            now: { clock.now() })
        let readiness = MarketReadiness(contracts: SandboxInstruments.table.count)
        let alerts = AlertService(logger: logger)
        let users = try UserStatusService(
            store: directory.userStatusStore(), inbox: queue, logger: logger)
        let calendar = CalendarRunner(
            planner: try configuration.calendarPlanner(), inbox: queue, now: { clock.now() })
        Self.subscribe([readiness, alerts, users, calendar], to: queue)
        // Started in this order, stopped in the other: the exchange itself last, and then who
        // hears of what its last commands did.
        let snapshotServices: [any Service] = snapshots.map { [$0] } ?? []
        services =
            [
                alerts,
                SequencerService(sequencer, queue: queue, logger: logger),
                MarketService(runner: SandboxMarketRunner(market: market, inbox: queue)),
                CalendarService(runner: calendar),
                ListenerService(
                    configuration: configuration, group: group, trade: trade,
                    marketData: marketData,
                    readiness: readiness, tls: security?.context, logger: logger,
                    whenListening: whenListening),
                KeyReloadService(keys: keys, logger: logger),
                users,
            ] + snapshotServices
    }

    /// Frees the event loops once all services have ended.
    public func shutdown() async throws { try await group.shutdownGracefully() }

    private static func subscribe(_ subscribers: [any EventSubscriber], to queue: SubmissionQueue) {
        for subscriber in subscribers {
            let isAccepted = queue.enqueue(Submission(.subscribe(subscriber)))
            precondition(isAccepted, "a new exchange must take its first subscribers")
        }
    }

    private static func tokenVerifier(
        _ configuration: ServerConfiguration
    ) async throws -> JWTVerifier? {
        if configuration.tokenKeyPaths.isEmpty { return nil }
        var keys: [JWTPublicKey] = []
        for path in configuration.tokenKeyPaths {
            let url = URL(fileURLWithPath: path)
            if path.hasSuffix(".json") {
                keys += try await JWTPublicKey.read(jwksFile: url)
            } else {
                keys += try await JWTPublicKey.read(pemFile: url)
            }
        }
        let policy = JWTVerifier.Policy(
            issuer: configuration.tokenIssuer, audience: configuration.tokenAudience)
        return JWTVerifier(keys: keys, policy: policy)
    }
}

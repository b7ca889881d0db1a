import Logging
import MarketDataGateway
import NIOCore
import NIOSSL
import ServiceLifecycle
import TradeGateway
import WebSocketTransport

/// The listening sockets: opened when both endpoints know the state of the exchange, closed with a
/// close frame to everybody on shutdown.
struct ListenerService: Service {
    let configuration: ServerConfiguration
    let group: any EventLoopGroup
    let trade: TradeEndpoint
    let marketData: MarketDataEndpoint
    let readiness: MarketReadiness
    let tls: NIOSSLContext?
    let logger: Logger
    let whenListening: @Sendable (ListeningPorts) -> Void

    func run() async throws {
        try await trade.waitUntilReady()
        try await marketData.waitUntilReady()
        await readiness.wait(atMost: .seconds(5))
        let (trade, marketData) = (trade, marketData)
        var servers: [WebSocketServer] = []
        let marketDataServer = try await listen(
            configuration.marketDataPort, EndpointRouter { _, _ in marketData })
        servers.append(marketDataServer)
        let tradeServer = try await listen(
            configuration.tradePort, EndpointRouter { _, _ in trade })
        servers.append(tradeServer)
        var ports = ListeningPorts(marketData: marketDataServer.port, trade: tradeServer.port)
        if let port = configuration.sharedPort {
            let shared = try await listen(port, sharedRouter)
            servers.append(shared)
            ports.shared = shared.port
        }
        whenListening(ports)
        try await gracefulShutdown()
        for server in servers { await server.stop(grace: .seconds(3)) }
    }

    private func listen(_ port: Int, _ router: EndpointRouter) async throws -> WebSocketServer {
        var limits = TransportLimits()
        limits.connectionsPerAddress = configuration.connectionsPerAddress
        limits.handshakeSeconds = configuration.handshakeSeconds
        limits.pingSeconds = configuration.pingSeconds
        limits.silenceSeconds = configuration.pingSeconds * 3
        do {
            return try await WebSocketServer.start(
                on: .init(host: configuration.host, port: port), router: router, group: group,
                tls: tls, limits: limits, logger: logger)
        } catch {
            throw ConfigurationError(
                description: "cannot listen on \(configuration.host):\(port): \(error)")
        }
    }

    /// Both endpoints on one port: by the host name that the client asks for, or by path.
    private var sharedRouter: EndpointRouter {
        let (trade, marketData) = (trade, marketData)
        let tradeHosts = Set(configuration.tradeHosts)
        let marketDataHosts = Set(configuration.marketDataHosts)
        return EndpointRouter(
            help: "Nothing here: market data is at /mds, trading at /trade (WebSocket)."
        ) { host, path in
            if marketDataHosts.contains(host) { return marketData }
            if tradeHosts.contains(host) { return trade }
            switch path {
            case "/mds": return marketData
            case "/trade": return trade
            case _: return nil
            }
        }
    }
}

/// The ports in use, which differ from the configured ones where those were 0.
public struct ListeningPorts: Sendable {
    public var marketData: Int
    public var trade: Int
    public var shared: Int?
}

public import Logging
public import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import NIOWebSocket
import Synchronization

/// Which endpoint a handshake is for.
public struct EndpointRouter: Sendable {
    /// Chooses by lower-case host name (without port) and path; nil when there is nothing here.
    public let route: @Sendable (_ host: String, _ path: String) -> (any WebSocketEndpoint)?
    /// What somebody is told who asks for something that is not here.
    let help: StaticText
    public init(
        help: StaticText = "There is nothing here.",
        _ route: @escaping @Sendable (_ host: String, _ path: String) -> (any WebSocketEndpoint)?
    ) {
        self.help = help
        self.route = route
    }
}

/// A listening socket that upgrades HTTP/1.1 connections to WebSocket ones.
public final class WebSocketServer: Sendable {
    /// Where to listen.
    public struct Address: Sendable {
        public var host: String
        /// 0 takes any free port.
        public var port: Int
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// The port in use.
    public let port: Int
    private let listener: any Channel
    private let connections: ConnectionRegistry

    private init(port: Int, listener: any Channel, connections: ConnectionRegistry) {
        self.port = port
        self.listener = listener
        self.connections = connections
    }

    /// Starts to listen.
    public static func start(
        on address: Address, router: EndpointRouter, group: any EventLoopGroup,
        tls: NIOSSLContext?, limits: TransportLimits, logger: Logger
    ) async throws -> WebSocketServer {
        let connections = ConnectionRegistry(limits: limits)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: WebSocketConnection.waterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let setup = ConnectionSetup(
                        channel: channel, router: router, limits: limits, connections: connections,
                        logger: logger)
                    try setup.run(tls: tls)
                }
            }
        let listener = try await bootstrap.bind(host: address.host, port: address.port).get()
        return WebSocketServer(
            port: listener.localAddress?.port ?? address.port, listener: listener,
            connections: connections)
    }

    /// Stops to listen, sends every client a close frame, and waits until all are gone or the grace
    /// period is over.
    public func stop(grace: TimeAmount) async {
        do {
            try await listener.close().get()
        } catch ChannelError.alreadyClosed {
            // Somebody else was faster; the aim is reached.
        } catch {
            // A listener that cannot be closed goes with the process.
        }
        await connections.closeAll(on: listener.eventLoop, grace: grace)
    }
}

/// All open connections, so that a shutdown can say goodbye to each.
final class ConnectionRegistry: Sendable {
    let counter: ConnectionCounter
    private let channels = Mutex<[UInt64: any Channel]>([:])
    /// One count for all listeners: an id names a connection wherever it came in.
    private static let nextID = Atomic<UInt64>(1)

    init(limits: TransportLimits) { counter = ConnectionCounter(limits) }

    func add(_ channel: any Channel) -> UInt64 {
        let id = Self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { channels in channels[id] = nil }
        }
        return id
    }

    func closeAll(on eventLoop: any EventLoop, grace: TimeAmount) async {
        let open = channels.withLock { Array($0.values) }
        for channel in open {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(Goodbye()) }
        }
        let allClosed = EventLoopFuture.andAllComplete(open.map(\.closeFuture), on: eventLoop)
        let deadline = eventLoop.scheduleTask(in: grace) {
            for channel in open { channel.close(promise: nil) }
        }
        do {
            try await allClosed.get()
        } catch {
            // `andAllComplete` waits for all and reports no failure.
        }
        deadline.cancel()
    }
}

/// The server is shutting down.
struct Goodbye: Sendable {}

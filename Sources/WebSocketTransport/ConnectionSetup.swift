import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// Puts the handlers of a new connection in place: TLS, HTTP, then WebSocket.
struct ConnectionSetup {
    let channel: any Channel
    let router: EndpointRouter
    let limits: TransportLimits
    let connections: ConnectionRegistry
    let logger: Logger

    func run(tls: NIOSSLContext?) throws {
        let address = channel.remoteAddress?.ipAddress ?? "local"
        let counter = connections.counter
        let admission = counter.enter(address)
        channel.closeFuture.whenComplete { _ in counter.leave(address) }
        if admission == .refused { throw TooManyConnections() }
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let bounds = HandshakeBounds(
            seconds: limits.handshakeSeconds, maximumBytes: limits.maximumMessageBytes)
        try pipeline.addHandler(bounds)
        let answer = PlainRequestHandler(isOverLimit: admission == .overLimit, router: router)
        let upgrader = makeUpgrader(isOverLimit: admission == .overLimit)
        let handshakeHandlers = NIOLoopBound((bounds, answer), eventLoop: channel.eventLoop)
        let upgrade: NIOHTTPServerUpgradeConfiguration = (
            upgraders: [upgrader],
            completionHandler: { context in
                let (bounds, answer) = handshakeHandlers.value
                context.pipeline.syncOperations.removeHandler(bounds, promise: nil)
                context.pipeline.syncOperations.removeHandler(answer, promise: nil)
            }
        )
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withServerUpgrade: upgrade)
        try pipeline.addHandler(answer)
    }

    private func makeUpgrader(isOverLimit: Bool) -> WebSocketUpgrader {
        let (router, limits, connections) = (router, limits, connections)
        return WebSocketUpgrader(
            maximumFrameBytes: limits.maximumMessageBytes,
            isWelcome: { head in
                // RFC 6455 §4.1: a handshake is a GET of HTTP/1.1.
                let isHandshake = head.method == .GET && head.version == .http1_1
                return isHandshake && !isOverLimit && Self.endpoint(for: head, router) != nil
            },
            addHandlers: { channel, head in
                guard let endpoint = Self.endpoint(for: head, router) else {
                    throw NoSuchEndpoint()
                }
                let connection = WebSocketConnection(
                    id: connections.add(channel), channel: channel, limits: limits)
                let session = endpoint.makeSession(connection, request: head)
                try channel.pipeline.syncOperations.addHandler(
                    WebSocketConnectionHandler(
                        connection: connection, session: session, limits: limits))
            })
    }

    static func endpoint(
        for head: HTTPRequestHead, _ router: EndpointRouter
    ) -> (any WebSocketEndpoint)? {
        let authority = head.headers.first(name: "host")?.lowercased() ?? ""
        let host = authority.hasPrefix("[") ? authority : String(authority.prefix { $0 != ":" })
        let path = String(head.uri.prefix { $0 != "?" })
        return router.route(host, path)
    }
}

struct TooManyConnections: Error {}
struct NoSuchEndpoint: Error {}

import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

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
        let timeout = HandshakeTimeout(seconds: limits.handshakeSeconds)
        try pipeline.addHandler(timeout)
        let answer = PlainRequestHandler(isOverLimit: admission == .overLimit)
        let upgrader = makeUpgrader(isOverLimit: admission == .overLimit)
        let handshakeHandlers = NIOLoopBound((timeout, answer), eventLoop: channel.eventLoop)
        let upgrade: NIOHTTPServerUpgradeConfiguration = (
            upgraders: [upgrader],
            completionHandler: { context in
                let (timeout, answer) = handshakeHandlers.value
                context.pipeline.syncOperations.removeHandler(timeout, promise: nil)
                context.pipeline.syncOperations.removeHandler(answer, promise: nil)
            }
        )
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withServerUpgrade: upgrade)
        try pipeline.addHandler(answer)
    }

    private func makeUpgrader(isOverLimit: Bool) -> NIOWebSocketServerUpgrader {
        let (router, limits, connections) = (router, limits, connections)
        return NIOWebSocketServerUpgrader(
            maxFrameSize: limits.maximumMessageBytes, automaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let isWelcome = !isOverLimit && Self.endpoint(for: head, router) != nil
                return channel.eventLoop.makeSucceededFuture(isWelcome ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    guard let endpoint = Self.endpoint(for: head, router) else {
                        throw NoSuchEndpoint()
                    }
                    let connection = WebSocketConnection(
                        id: connections.add(channel), channel: channel, limits: limits)
                    let session = endpoint.makeSession(connection, request: head)
                    try channel.pipeline.syncOperations.addHandler(
                        WebSocketConnectionHandler(
                            connection: connection, session: session, limits: limits))
                }
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

/// Closes a connection that does not finish its handshake in time.
final class HandshakeTimeout: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private let seconds: Int64
    private var deadline: Scheduled<Void>?

    init(seconds: Int64) { self.seconds = seconds }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }
}

/// Answers a request that is no WebSocket handshake, or one too many.
final class PlainRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let isOverLimit: Bool

    init(isOverLimit: Bool) { self.isOverLimit = isOverLimit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let text =
            isOverLimit
            ? "Too many connections from this address.\n"
            : "This is a WebSocket endpoint: connect with a WebSocket client.\n"
        var headers: HTTPHeaders = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.utf8.count)",
            "connection": "close",
        ]
        if !isOverLimit { headers.add(name: "upgrade", value: "websocket") }
        let status: HTTPResponseStatus = isOverLimit ? .tooManyRequests : .upgradeRequired
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        var body = context.channel.allocator.buffer(capacity: text.utf8.count)
        body.writeString(text)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

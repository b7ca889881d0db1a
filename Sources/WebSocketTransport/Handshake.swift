import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Closes a connection that does not finish its handshake in time, or says too much before it does.
final class HandshakeBounds: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let seconds: Int64
    private let maximumBytes: Int
    private var receivedBytes = 0
    private var deadline: Scheduled<Void>?

    init(seconds: Int64, maximumBytes: Int) {
        self.seconds = seconds
        self.maximumBytes = maximumBytes
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if receivedBytes > maximumBytes { return }
        receivedBytes += unwrapInboundIn(data).readableBytes
        if receivedBytes <= maximumBytes { return context.fireChannelRead(data) }
        let answer = context.channel.allocator.buffer(
            string: "HTTP/1.1 431 Request Header Fields Too Large\r\n"
                + "content-length: 0\r\nconnection: close\r\n\r\n")
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }
}

/// Answers a request that is no WebSocket handshake, or one too many, or for nothing that is here.
final class PlainRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Answer {
        case tooManyConnections
        case notFound(StaticText)
        case upgradeRequired

        var status: HTTPResponseStatus {
            switch self {
            case .tooManyConnections: .tooManyRequests
            case .notFound: .notFound
            case .upgradeRequired: .upgradeRequired
            }
        }

        var text: String {
            switch self {
            case .tooManyConnections: "Too many connections from this address.\n"
            case .notFound(let help): help.text + "\n"
            case .upgradeRequired:
                "This is a WebSocket endpoint: connect with a WebSocket client.\n"
            }
        }
    }

    private let isOverLimit: Bool
    private let router: EndpointRouter
    private var answer = Answer.upgradeRequired
    private var hasAnswered = false

    init(isOverLimit: Bool, router: EndpointRouter) {
        self.isOverLimit = isOverLimit
        self.router = router
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasAnswered { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if isOverLimit {
                answer = .tooManyConnections
            } else if ConnectionSetup.endpoint(for: head, router) == nil {
                answer = .notFound(router.help)
            }
        case .body: break
        case .end:
            hasAnswered = true
            respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        let text = answer.text
        var headers: HTTPHeaders = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.utf8.count)",
            "connection": "close",
        ]
        if answer.status == .upgradeRequired {
            headers.add(name: "upgrade", value: "websocket")
            headers.add(name: "sec-websocket-version", value: "13")
        }
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let body = context.channel.allocator.buffer(string: text)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A refused handshake is told here too, before the request comes that is to be answered.
        if error is NIOWebSocketUpgradeError { return }
        context.close(promise: nil)
    }
}

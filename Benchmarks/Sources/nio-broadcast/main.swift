// nio-broadcast PORT: sends every text frame that comes in on /pub to all connections on /sub. The
// yardstick for market data over WebSocket: what swift-nio alone costs, on one event loop, with nothing
// parsed, the payload shared, and one flush of each connection for each batch of reads.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// The connections on /sub, on the only event loop.
final class Subscribers {
    var channels: [any Channel] = []
}

/// Answers pings and closes when asked to; what it reads beside is passed on.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame
    private let subscribers: Subscribers
    private let publishes: Bool
    private var isUnflushed = false

    init(_ subscribers: Subscribers, publishes: Bool) {
        self.subscribers = subscribers
        self.publishes = publishes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text where publishes:
            let copy = WebSocketFrame(fin: true, opcode: .text, data: frame.unmaskedData)
            for channel in subscribers.channels { channel.write(copy, promise: nil) }
            isUnflushed = true
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: context.close(promise: nil)
        default: break  // The opcode is an open set.
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isUnflushed { return }
        isUnflushed = false
        for channel in subscribers.channels { channel.flush() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        subscribers.channels.removeAll { $0 === context.channel }
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 2, let port = Int(arguments[1]) else {
    print("usage: nio-broadcast PORT")
    throw CancellationError()
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let subscribers = NIOLoopBoundBox.makeBoxSendingValue(Subscribers(), eventLoop: group.any())
let server = ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 1024)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let publishes = head.uri == "/pub"
                    if !publishes { subscribers.value.channels.append(channel) }
                    try channel.pipeline.syncOperations.addHandler(
                        FrameHandler(subscribers.value, publishes: publishes))
                }
            })
        return channel.pipeline.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
    }
let channel = try server.bind(host: "127.0.0.1", port: port).wait()
print("nio-broadcast listens on port \(port)")
try channel.closeFuture.wait()

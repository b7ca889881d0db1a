// nio-echo PORT: sends every text frame back. The yardstick for order entry over WebSocket: what
// swift-nio alone costs, on one event loop, with no parsing and one flush for each batch of reads.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Echoes text and binary frames, answers pings and closes when asked to.
final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary: reply(context, frame.opcode, frame.unmaskedData)
        case .ping: reply(context, .pong, frame.unmaskedData)
        case .connectionClose: context.close(promise: nil)
        default: break  // The opcode is an open set.
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    private func reply(
        _ context: ChannelHandlerContext, _ opcode: WebSocketOpcode, _ data: ByteBuffer
    ) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: data)
        context.write(wrapOutboundOut(frame), promise: nil)
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 2, let port = Int(arguments[1]) else {
    print("usage: nio-echo PORT")
    throw CancellationError()
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let server = ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 1024)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            })
        return channel.pipeline.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
    }
let channel = try server.bind(host: "127.0.0.1", port: port).wait()
print("nio-echo listens on port \(port)")
try channel.closeFuture.wait()

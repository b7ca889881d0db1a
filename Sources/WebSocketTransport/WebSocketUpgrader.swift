import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Turns an HTTP connection into a WebSocket one: the handshake is NIO's, and frames come in through its
/// decoder. They go out without its encoder: `OutboundFrames` lays them out itself.
struct WebSocketUpgrader: HTTPServerProtocolUpgrader, Sendable {
    typealias AddHandlers = @Sendable (any Channel, HTTPRequestHead) throws -> Void

    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []
    private let handshake: NIOWebSocketServerUpgrader
    private let maximumFrameBytes: Int
    private let addHandlers: AddHandlers

    /// `isWelcome` decides about a handshake; `addHandlers` adds what takes the frames.
    init(
        maximumFrameBytes: Int, isWelcome: @escaping @Sendable (HTTPRequestHead) -> Bool,
        addHandlers: @escaping AddHandlers
    ) {
        self.maximumFrameBytes = maximumFrameBytes
        self.addHandlers = addHandlers
        handshake = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(isWelcome(head) ? HTTPHeaders() : nil)
            },
            // Only its answer is asked for.
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    }

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest,
            initialResponseHeaders: initialResponseHeaders)
    }

    func upgrade(
        context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead
    ) -> EventLoopFuture<Void> {
        let channel = context.channel
        return channel.eventLoop.makeCompletedFuture {
            let decoder = WebSocketFrameDecoder(maxFrameSize: maximumFrameBytes)
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            try addHandlers(channel, upgradeRequest)
        }
    }
}

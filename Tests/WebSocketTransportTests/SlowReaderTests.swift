import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing

@testable import WebSocketTransport

/// Real sockets: what a client gets that reads late, or not at all.
@Suite struct SlowReaderTests {
    /// Says 200 numbered messages for each one it gets, every tenth of them a long one.
    private final class Talker: WebSocketSession {
        static let small = SharedBody(Array(repeating: 0x73, count: 500))
        static let large = SharedBody(Array(repeating: 0x6C, count: SharedBody.sharedBytes))
        private let connection: WebSocketConnection
        private let whenClosing: EventLoopPromise<Void>
        private var number = 0

        init(_ connection: WebSocketConnection, _ whenClosing: EventLoopPromise<Void>) {
            self.connection = connection
            self.whenClosing = whenClosing
        }

        func receive(_ message: ByteBufferView) {
            for _ in 0..<200 {
                number += 1
                let body = number % 10 == 0 ? Self.large : Self.small
                connection.send(Array("\(number) ".utf8), body)
            }
            if connection.isClosing { whenClosing.succeed() }
        }

        func receivedBatch() { connection.flush() }

        func closed() { whenClosing.fail(ChannelError.eof) }
    }

    private struct Endpoint: WebSocketEndpoint {
        let whenClosing: EventLoopPromise<Void>

        func makeSession(
            _ connection: WebSocketConnection, request: HTTPRequestHead
        ) -> any WebSocketSession {
            Talker(connection, whenClosing)
        }
    }

    /// A client that reads when it is told to, and keeps what it got as labels.
    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let whenClosed: EventLoopPromise<[String]>
        private var labels: [String] = []

        init(_ whenClosed: EventLoopPromise<[String]>) { self.whenClosed = whenClosed }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var frame = unwrapInboundIn(data)
            if frame.opcode == .text {
                // The number and the length say enough.
                let text = String(buffer: frame.data)
                let number = String(text.prefix { $0 != " " })
                frame.data = ByteBuffer(string: "\(number) \(text.utf8.count - number.utf8.count)")
            }
            labels.append(frame.label)
            if frame.opcode == .connectionClose { whenClosed.succeed(labels) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            whenClosed.fail(ChannelError.eof)
        }
    }

    private static func label(_ number: Int) -> String {
        let body = number % 10 == 0 ? SharedBody.sharedBytes : 500
        return "text \(number) \(body + 1)"
    }

    @Test("A client that does not read is closed with 1013, behind whole messages without a gap")
    func toldWhy() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let whenClosing = group.any().makePromise(of: Void.self)
        let whenClosed = group.any().makePromise(of: [String].self)
        var limits = TransportLimits()
        limits.maximumOutboundBytes = 256 * 1_024
        limits.lastReadSeconds = 600
        let endpoint = Endpoint(whenClosing: whenClosing)
        let server = try await WebSocketServer.start(
            on: WebSocketServer.Address(host: "127.0.0.1", port: 0),
            router: EndpointRouter { _, _ in endpoint }, group: group, tls: nil, limits: limits,
            logger: Logger(label: "test"))
        let client = try await Self.connect(to: server.port, whenClosed)
        try await client.setOption(.autoRead, value: false).get()
        // Ten thousand of them ask for more than any system buffers.
        let ask = WebSocketFrame(
            fin: true, opcode: .text, maskKey: [1, 2, 3, 4], data: ByteBuffer())
        for _ in 0..<10_000 { client.write(ask, promise: nil) }
        client.flush()
        try await whenClosing.futureResult.get()
        try await client.setOption(.autoRead, value: true).get()
        client.read()
        let labels = try await whenClosed.futureResult.get()
        #expect(labels.last == "close 1013 reading too slowly")
        #expect(labels.count > 200)
        #expect(labels.dropLast() == (1..<labels.count).map(Self.label)[...])
        try await client.close()
        await server.stop(grace: .seconds(10))
    }

    private static func connect(
        to port: Int, _ whenClosed: EventLoopPromise<[String]>
    ) async throws -> any Channel {
        let upgraded = whenClosed.futureResult.eventLoop.makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: 1 << 20) { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Reader(whenClosed))
                    }
                }
                return channel.pipeline.addHTTPClientHandlers(
                    withClientUpgrade: (
                        upgraders: [upgrader], completionHandler: { _ in upgraded.succeed() }
                    ))
            }
            .connect(host: "127.0.0.1", port: port).get()
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/", headers: ["host": "localhost"])
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        try await channel.writeAndFlush(HTTPClientRequestPart.end(nil))
        try await upgraded.futureResult.get()
        return channel
    }
}

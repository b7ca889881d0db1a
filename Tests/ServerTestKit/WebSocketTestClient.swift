import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
public import NIOWebSocket
import Synchronization

/// A WebSocket client for tests: sends text, receives whole messages in order, sees close codes.
public final class WebSocketTestClient: Sendable {
    /// What came in.
    public enum Incoming: Sendable, Hashable {
        case text(String)
        case closed(code: Int?, reason: String)
    }

    public struct Timeout: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    private let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects and finishes the handshake.
    public static func connect(
        _ url: String, headers: [(String, String)] = [], authorityPath: String? = nil
    ) async throws -> WebSocketTestClient {
        guard let components = URLComponents(string: url), let host = components.host,
            let port = components.port
        else { throw Timeout("bad URL \(url)") }
        let inbox = Inbox()
        let path = components.path.isEmpty ? "/" : components.path
        let uri = components.query.map { "\(path)?\($0)" } ?? path
        let tls: NIOSSLContext? =
            if components.scheme == "wss" {
                try makeTLS(authorityPath)
            } else {
                nil
            }
        let upgraded: EventLoopFuture<any Channel> = try await ClientBootstrap(
            group: MultiThreadedEventLoopGroup.singleton
        ).connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls {
                    let handler = try NIOSSLClientHandler(
                        context: tls, serverHostname: host == "127.0.0.1" ? nil : host)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                let upgrader = NIOTypedWebSocketClientUpgrader(
                    maxFrameSize: 1 << 22,
                    upgradePipelineHandler: { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(ClientHandler(inbox))
                            return channel
                        }
                    })
                var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri)
                head.headers.add(name: "host", value: "\(host):\(port)")
                head.headers.add(name: "content-length", value: "0")
                for (name, value) in headers { head.headers.replaceOrAdd(name: name, value: value) }
                let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
                    upgradeRequestHead: head, upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeFailedFuture(Timeout("not upgraded"))
                    })
                return try channel.pipeline.syncOperations
                    .configureUpgradableHTTPClientPipeline(
                        configuration: .init(upgradeConfiguration: upgrade))
            }
        }
        return WebSocketTestClient(channel: try await upgraded.get(), inbox: inbox)
    }

    private static func makeTLS(_ authorityPath: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorityPath { configuration.trustRoots = .file(authorityPath) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Sends one text message.
    public func send(_ text: String) async throws {
        try await send(frame: .text, Array(text.utf8))
    }

    /// Sends a JSON value as one text message.
    public func send(_ value: JSONValue) async throws {
        try await send(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    }

    /// Sends one frame as it is told, right or wrong.
    public func send(
        frame opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true, masked: Bool = true
    ) async throws {
        let frame = WebSocketFrame(
            fin: fin, opcode: opcode, maskKey: masked ? .random() : nil,
            data: channel.allocator.buffer(bytes: bytes))
        try await channel.writeAndFlush(frame).get()
    }

    /// Sends a ping; its pong comes as the message `{"pong": payload}`.
    public func ping(_ payload: String) async throws {
        try await send(frame: .ping, Array(payload.utf8))
    }

    /// Sends several text messages in one write.
    public func sendBurst(_ texts: [String]) async throws {
        for text in texts {
            let frame = WebSocketFrame(
                fin: true, opcode: .text, maskKey: .random(),
                data: channel.allocator.buffer(string: text))
            channel.write(frame, promise: nil)
        }
        channel.flush()
    }

    /// The next message or the end.
    public func next(within seconds: Double = 60) async throws -> Incoming {
        let deadline = TimeAmount.milliseconds(Int64(seconds * 1_000))
        let inbox = inbox
        return try await withCheckedThrowingContinuation { continuation in
            guard let token = inbox.take(continuation) else { return }
            channel.eventLoop.scheduleTask(in: deadline) {
                inbox.giveUp(token, Timeout("nothing came within \(seconds) s"))
            }
        }
    }

    /// The next message that fits, leaving out others; fails when the connection ends first.
    public func next(
        within seconds: Double = 60, where fits: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var seen: [String] = []
        while true {
            let incoming: Incoming
            do { incoming = try await next(within: seconds) } catch {
                throw Timeout("\(error); seen: \(seen.suffix(10))")
            }
            switch incoming {
            case .text(let text):
                let value = try JSONValue(parsing: text)
                if fits(value) { return value }
                seen.append(text)
            case .closed(let code, let reason):
                throw Timeout(
                    "closed \(code ?? 0) \(reason); seen: \(seen.suffix(10))")
            }
        }
    }

    /// Ends the TCP connection without a close frame.
    public func drop() async { try? await channel.close().get() }

    /// Says goodbye as RFC 6455 asks.
    public func close() async throws {
        var data = channel.allocator.buffer(capacity: 2)
        data.writeInteger(UInt16(1000))
        try await channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
        ).get()
    }
}

/// Messages in order, for one reader at a time.
private final class Inbox: Sendable {
    private struct State {
        var waiting: [WebSocketTestClient.Incoming] = []
        var reader: CheckedContinuation<WebSocketTestClient.Incoming, any Error>?
        var token = 0
    }
    private let state = Mutex(State())

    func put(_ incoming: WebSocketTestClient.Incoming) {
        let reader = state.withLock { state in
            let reader = state.reader
            state.reader = nil
            if reader == nil { state.waiting.append(incoming) }
            return reader
        }
        reader?.resume(returning: incoming)
    }

    /// Resumes a reader with what waits, or keeps it; then the token of its place is returned.
    func take(_ reader: CheckedContinuation<WebSocketTestClient.Incoming, any Error>) -> Int? {
        let (first, token): (WebSocketTestClient.Incoming?, Int) = state.withLock { state in
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), 0) }
            state.reader = reader
            state.token += 1
            return (nil, state.token)
        }
        guard let first else { return token }
        reader.resume(returning: first)
        return nil
    }

    func giveUp(_ token: Int, _ error: any Error) {
        let reader = state.withLock { state in
            guard state.token == token else {
                return nil as CheckedContinuation<WebSocketTestClient.Incoming, any Error>?
            }
            let reader = state.reader
            state.reader = nil
            return reader
        }
        reader?.resume(throwing: error)
    }
}

/// Puts whole messages together and answers pings.
private final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame
    private let inbox: Inbox
    private var hasEnded = false

    init(_ inbox: Inbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        var payload = frame.unmaskedData
        guard frame.fin else {
            return end(.closed(code: nil, reason: "the server sent a message in parts"))
        }
        switch frame.opcode {
        case .text:
            inbox.put(.text(String(buffer: payload)))
        case .binary:
            // P-004: everything is text.
            end(.closed(code: nil, reason: "the server sent a binary message"))
        case .ping:
            let pong = WebSocketFrame(
                fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong:
            inbox.put(.text("{\"pong\":\"\(String(buffer: payload))\"}"))
        case .connectionClose:
            let code = payload.readInteger(as: UInt16.self).map(Int.init)
            end(.closed(code: code, reason: String(buffer: payload)))
            context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed(code: nil, reason: "connection lost"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.closed(code: nil, reason: "\(error)"))
        context.close(promise: nil)
    }

    private func end(_ incoming: WebSocketTestClient.Incoming) {
        if hasEnded { return }
        hasEnded = true
        inbox.put(incoming)
    }
}

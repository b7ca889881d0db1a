public import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A TCP client for tests that says exactly what it is told, right or wrong, and answers nothing by
/// itself: for hostile input.
public final class RawTestClient: Sendable {
    /// One frame of the server's.
    public struct Frame: Sendable, Hashable {
        public let firstByte: UInt8
        public let payload: [UInt8]
        public var opcode: UInt8 { firstByte & 0x0F }
        /// The code of a close frame.
        public var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
    }

    private let channel: any Channel
    private let receiver: NIOLoopBound<Receiver>

    private init(_ channel: any Channel, _ receiver: NIOLoopBound<Receiver>) {
        self.channel = channel
        self.receiver = receiver
    }

    /// Opens a TCP connection to the host and port of a URL.
    ///
    /// A tight one lets the systems on both ends buffer little of what comes, so that a server soon
    /// notices that nobody reads: the sender's buffer grows with the size of segments.
    public static func connect(_ url: String, isTight: Bool = false) async throws -> RawTestClient {
        guard let components = URLComponents(string: url), let host = components.host,
            let port = components.port
        else { throw WebSocketTestClient.Timeout("bad URL \(url)") }
        // Kept from the start: the server may hang up before anybody can ask the pipeline.
        let made = Mutex<NIOLoopBound<Receiver>?>(nil)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if isTight {
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_rcvbuf), value: 32 * 1_024)
                .channelOption(
                    .tcpOption(NIOBSDSocket.Option(rawValue: TCP_MAXSEG)), value: 1_024)
        }
        let channel =
            try await bootstrap
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let receiver = Receiver()
                    try channel.pipeline.syncOperations.addHandler(receiver)
                    let bound = NIOLoopBound(receiver, eventLoop: channel.eventLoop)
                    made.withLock { $0 = bound }
                }
            }
            .connect(host: host, port: port).get()
        guard let receiver = made.withLock({ $0 }) else {
            throw WebSocketTestClient.Timeout("no connection to \(url)")
        }
        return RawTestClient(channel, receiver)
    }

    /// Connects and finishes a WebSocket handshake; `extra` bytes leave together with the request.
    public static func upgraded(
        _ url: String, path: String = "/", extra: [UInt8] = [], isTight: Bool = false
    ) async throws -> RawTestClient {
        let client = try await connect(url, isTight: isTight)
        try await client.send(Array(handshake(path: path).utf8) + extra)
        let head = try await client.receive { $0.firstRange(of: Data("\r\n\r\n".utf8)) != nil }
        guard head.starts(with: Data("HTTP/1.1 101 ".utf8)) else {
            throw WebSocketTestClient.Timeout(String(decoding: head, as: UTF8.self))
        }
        try await client.dropHead()
        return client
    }

    /// The text of a handshake that is in order.
    public static func handshake(path: String = "/", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    }

    /// The bytes of one frame with a mask of zeros; the first byte holds FIN, reserved bits, opcode.
    public static func frame(
        _ firstByte: UInt8, _ payload: [UInt8] = [], masked: Bool = true,
        declaredLength: Int? = nil
    ) -> [UInt8] {
        let length = declaredLength ?? payload.count
        let mask: UInt8 = masked ? 0x80 : 0
        var bytes = [firstByte]
        switch length {
        case 0..<126: bytes.append(mask | UInt8(length))
        case 126..<65_536: bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        case _:
            bytes.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
        if masked { bytes += [0, 0, 0, 0] }
        return bytes + payload
    }

    /// Sends bytes; a server that has hung up is no failure.
    public func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()
        } catch is IOError {
            // The test sees the end of the connection when it reads.
        } catch is ChannelError {
            // The same.
        }
    }

    /// Hands bytes over without waiting until they are sent.
    public func post(_ bytes: [UInt8]) {
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    /// Whether the connection is known to be open still.
    public var isOpen: Bool { channel.isActive }

    /// Sends one text frame.
    public func sendText(_ text: String) async throws {
        try await send(Self.frame(0x81, Array(text.utf8)))
    }

    /// Reads, or leaves what comes where it is.
    public func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
    }

    /// Everything received, as soon as it is enough.
    public func receive(
        within seconds: Double = 60, until isEnough: @escaping @Sendable (Data) -> Bool
    ) async throws -> Data {
        let (channel, receiver) = (channel, receiver)
        return try await channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: Data.self)
            receiver.value.wait(isEnough, promise, milliseconds: Int64(seconds * 1_000))
            return promise.futureResult
        }.get()
    }

    /// The response to an HTTP request: everything until the server hangs up.
    public func response(within seconds: Double = 60) async throws -> String {
        try await ended(within: seconds)
        return String(decoding: try await receive { _ in true }, as: UTF8.self)
    }

    /// Returns when the connection is gone.
    public func ended(within seconds: Double = 60) async throws {
        let channel = channel
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1_000))) {
            promise.fail(WebSocketTestClient.Timeout("still open after \(seconds) s"))
        }
        channel.closeFuture.cascade(to: promise)
        try await promise.futureResult.get()
    }

    /// The server's first frame that fits.
    public func frame(
        within seconds: Double = 60, where fits: @escaping @Sendable (Frame) -> Bool
    ) async throws -> Frame {
        let data = try await receive(within: seconds) { Self.frames($0).contains(where: fits) }
        guard let frame = Self.frames(data).first(where: fits) else {
            throw WebSocketTestClient.Timeout("no such frame")
        }
        return frame
    }

    /// The code the server closes with; the connection must end, too.
    public func closeCode(within seconds: Double = 60) async throws -> Int? {
        let code = try await frame(within: seconds) { $0.opcode == 8 }.closeCode
        try await ended(within: seconds)
        return code
    }

    /// Ends the connection.
    public func drop() async {
        do { try await channel.close().get() } catch {
            // It is gone already.
        }
    }

    private func dropHead() async throws {
        let receiver = receiver
        try await channel.eventLoop.submit { receiver.value.dropHead() }.get()
    }

    /// The whole frames in bytes of the server, which are never masked.
    public static func frames(_ data: Data) -> [Frame] {
        let bytes = [UInt8](data)
        var frames: [Frame] = []
        var index = 0
        while index + 2 <= bytes.count {
            var start = index + 2
            var length = Int(bytes[index + 1] & 0x7F)
            let extra = length == 126 ? 2 : length == 127 ? 8 : 0
            guard start + extra <= bytes.count else { break }
            if extra > 0 {
                length = bytes[start..<start + extra].reduce(0) { $0 << 8 | Int($1) }
                start += extra
            }
            guard start + length <= bytes.count else { break }
            frames.append(
                Frame(firstByte: bytes[index], payload: Array(bytes[start..<start + length])))
            index = start + length
        }
        return frames
    }
}

/// Keeps what comes, for one waiting reader.
private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var data = Data()
    private var isOver = false
    private var waiting: (isEnough: (Data) -> Bool, promise: EventLoopPromise<Data>)?
    private var eventLoop: (any EventLoop)?

    func handlerAdded(context: ChannelHandlerContext) { eventLoop = context.eventLoop }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.data.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) { check() }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        check()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func dropHead() {
        guard let end = data.firstRange(of: Data("\r\n\r\n".utf8)) else { return }
        data = Data(data[end.upperBound...])
    }

    func wait(
        _ isEnough: @escaping (Data) -> Bool, _ promise: EventLoopPromise<Data>,
        milliseconds: Int64
    ) {
        waiting = (isEnough, promise)
        check()
        eventLoop?.scheduleTask(in: .milliseconds(milliseconds)) {
            promise.fail(WebSocketTestClient.Timeout("nothing fitting came in time"))
        }
    }

    private func check() {
        guard let (isEnough, promise) = waiting else { return }
        if isEnough(data) {
            waiting = nil
            promise.succeed(data)
        } else if isOver {
            waiting = nil
            let last = String(decoding: data.suffix(300), as: UTF8.self)
            promise.fail(WebSocketTestClient.Timeout("ended after \(last)"))
        }
    }
}

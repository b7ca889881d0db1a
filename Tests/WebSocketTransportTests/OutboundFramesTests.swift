import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import WebSocketTransport

@Suite struct OutboundFramesTests {
    private static func decoded(_ frames: OutboundFrames) throws -> [WebSocketFrame] {
        let client = EmbeddedChannel(
            handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 24)))
        var result: Result<Void, any Error> = .success(())
        frames.forEachBuffer { buffer in
            result = result.flatMap { _ in Result { _ = try client.writeInbound(buffer) } }
        }
        try result.get()
        var decoded: [WebSocketFrame] = []
        while let frame = try client.readInbound(as: WebSocketFrame.self) { decoded.append(frame) }
        return decoded
    }

    private static func buffers(_ frames: OutboundFrames) -> [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        frames.forEachBuffer { buffers.append($0) }
        return buffers
    }

    private static func append(
        _ bytes: [UInt8], prefix: [UInt8] = [], to frames: inout OutboundFrames
    ) {
        prefix.withUnsafeBytes { prefix in
            bytes.withUnsafeBytes { frames.append(.text, prefix, $0) }
        }
    }

    @Test(
        "A frame of any length is what RFC 6455 says, in the shortest header",
        arguments: [
            (0, 2), (1, 2), (125, 2), (126, 4), (127, 4), (65_535, 4), (65_536, 10), (200_000, 10),
        ])
    func lengths(length: Int, headerBytes: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        var frames = OutboundFrames()
        Self.append(bytes, to: &frames)
        Self.append(
            Array(bytes.dropFirst(length / 3)), prefix: Array(bytes.prefix(length / 3)), to: &frames
        )
        #expect(frames.byteCount == 2 * (headerBytes + length))
        #expect(Self.buffers(frames).reduce(0) { $0 + $1.readableBytes } == frames.byteCount)
        let decoded = try Self.decoded(frames)
        #expect(decoded.count == 2)
        for frame in decoded {
            #expect(frame.fin && frame.opcode == .text && frame.maskKey == nil)
            #expect(Array(buffer: frame.data) == bytes)
        }
    }

    @Test("Small frames lie one behind the other in one buffer")
    func smallFramesShareABuffer() {
        var frames = OutboundFrames()
        for _ in 0..<100 { Self.append([1, 2, 3], to: &frames) }
        #expect(Self.buffers(frames).count == 1)
        #expect(frames.byteCount == 500)
    }

    @Test("A buffer that is full is left, so that growing never copies much; no frame is split")
    func chunks() throws {
        var frames = OutboundFrames()
        for number in 0..<300 {
            Self.append(Array(repeating: UInt8(number % 256), count: 1_000), to: &frames)
        }
        let buffers = Self.buffers(frames)
        #expect(buffers.count == 5)
        #expect(buffers.allSatisfy { $0.readableBytes <= OutboundFrames.chunkBytes })
        #expect(buffers.allSatisfy { $0.readableBytes % 1_004 == 0 })
        #expect(
            try Self.decoded(frames).map { $0.data.readableBytes }
                == Array(repeating: 1_000, count: 300))
    }

    @Test("A shared body is not copied, keeps its place in the order, and is counted in full")
    func sharedBodies() throws {
        let bytes = Array(repeating: UInt8(7), count: SharedBody.sharedBytes)
        guard case .shared(let body) = SharedBody(bytes).storage else {
            Issue.record("a body of \(bytes.count) bytes is copied")
            return
        }
        var frames = OutboundFrames()
        Self.append([1], to: &frames)
        ([2, 3] as [UInt8]).withUnsafeBytes { frames.append($0, shared: body) }
        Self.append([4], to: &frames)
        #expect(
            frames.byteCount == 3 + 4 + 2 + bytes.count + OutboundFrames.sharingOverhead + 3)
        let buffers = Self.buffers(frames)
        #expect(buffers.count == 3)
        let address = body.withUnsafeReadableBytes { $0.baseAddress }
        #expect(buffers[1].withUnsafeReadableBytes { $0.baseAddress } == address)
        #expect(
            try Self.decoded(frames).map { Array(buffer: $0.data) } == [[1], [2, 3] + bytes, [4]])
    }

    @Test("A short body is copied: that is cheaper than keeping track of it")
    func shortBodies() {
        let bytes = Array(repeating: UInt8(7), count: SharedBody.sharedBytes - 1)
        let body = SharedBody(bytes)
        guard case .copied(bytes) = body.storage else {
            Issue.record("a body of \(bytes.count) bytes is shared")
            return
        }
        #expect(body.withUnsafeBytes { Array($0) } == bytes)
    }

    @Test("A small buffer is used again, a large one or one that is in use is let go")
    func reuse() {
        func address(_ frames: OutboundFrames) -> UnsafeRawPointer? {
            var address: UnsafeRawPointer?
            frames.forEachBuffer { address = $0.withUnsafeReadableBytes { $0.baseAddress } }
            return address
        }
        var frames = OutboundFrames()
        Self.append(Array(repeating: 1, count: 1_000), to: &frames)
        let first = address(frames)
        frames.reuse()
        #expect(frames.isEmpty && frames.keptBytes > 0)
        Self.append([2], to: &frames)
        #expect(address(frames) == first)

        let inUse = Self.buffers(frames)
        frames.reuse()
        #expect(frames.keptBytes == 0)
        Self.append([3], to: &frames)
        #expect(inUse.map { Array(buffer: $0) } == [[0x81, 1, 2]])

        Self.append(Array(repeating: 1, count: OutboundFrames.maximumKeptBytes), to: &frames)
        frames.reuse()
        #expect(frames.keptBytes == 0)
    }
}

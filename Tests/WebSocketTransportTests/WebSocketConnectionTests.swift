import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import WebSocketTransport

@Suite struct WebSocketConnectionTests {
    /// Congested beyond 1,000 bytes, closed beyond 4,000.
    private static var tight: TransportLimits {
        var limits = TransportLimits()
        limits.conflationBytes = 1_000
        limits.maximumOutboundBytes = 4_000
        return limits
    }

    private static let large = SharedBody(Array(repeating: 0x61, count: SharedBody.sharedBytes))

    @Test("All messages of a flush are one buffer, and nothing leaves before it")
    func oneWritePerFlush() throws {
        let rig = try Rig()
        for number in 0..<10 { rig.send("\(number)") }
        rig.connection.send(Array("a".utf8), SharedBody(Array("b".utf8)))
        #expect(try rig.takeBuffers().isEmpty)
        rig.connection.flush()
        let buffers = try rig.takeBuffers()
        #expect(buffers.count == 1)
        rig.connection.flush()
        #expect(try rig.takeBuffers().isEmpty, "nothing is sent twice")
        #expect(buffers[0].readableBytes == 10 * 3 + 4)
    }

    @Test("Control frames and answers keep their place among data frames")
    func order() throws {
        var limits = TransportLimits()
        limits.pingSeconds = 1
        let rig = try Rig(limits)
        rig.connection.startHeartbeat()
        rig.send("first")
        rig.connection.send(Array("1".utf8), Self.large)
        rig.connection.pong(ByteBuffer(string: "p"))
        rig.send("second")
        rig.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        rig.send("third")
        rig.connection.close(.goingAway)
        let body = String(repeating: "a", count: SharedBody.sharedBytes)
        #expect(
            try rig.takeLabels() == [
                "text first", "text 1" + body, "pong p", "text second", "ping", "text third",
                "close 1001 server is shutting down",
            ])
        rig.send("too late")
        rig.connection.flush()
        #expect(try rig.takeLabels().isEmpty)
    }

    @Test("A client's goodbye is answered behind all that was queued, and ends the connection")
    func echoClose() throws {
        let rig = try Rig()
        rig.send("first")
        rig.connection.echoClose(ByteBuffer(bytes: [0x03, 0xE8]))
        #expect(try rig.takeLabels() == ["text first", "close 1000 "])
        #expect(!rig.channel.isActive)
    }

    @Test("While the socket is busy nothing is offered to it; then all at once, in order")
    func waitsForTheSocket() throws {
        let rig = try Rig()
        rig.channel.isWritable = false
        for number in 0..<5 {
            rig.send("\(number)")
            rig.connection.flush()
        }
        #expect(try rig.takeBuffers().isEmpty)
        rig.channel.isWritable = true
        rig.connection.becameWritable()
        #expect(try rig.takeLabels() == (0..<5).map { "text \($0)" })
    }

    @Test("Congestion begins beyond its bound and ends when the socket takes what waits")
    func congestion() throws {
        let rig = try Rig(Self.tight)
        rig.channel.isWritable = false
        rig.connection.send(Array(repeating: 0x61, count: 996))
        #expect(!rig.connection.isCongested, "1,000 bytes with the header")
        rig.send("")
        #expect(rig.connection.isCongested)
        rig.connection.flush()
        #expect(rig.connection.isCongested)
        rig.channel.isWritable = true
        rig.connection.flush()
        #expect(!rig.connection.isCongested)
        #expect(try rig.takeFrames().count == 2)
    }

    @Test("A shared body counts in full for everybody that waits for it")
    func sharedBodiesCount() throws {
        var limits = TransportLimits()
        limits.conflationBytes = SharedBody.sharedBytes
        let rig = try Rig(limits)
        rig.connection.send([], Self.large)
        #expect(rig.connection.isCongested)
    }

    @Test("§3.2 beyond the outer bound a slow reader is closed with 1013 and told why, at once")
    func slowConsumer() throws {
        let rig = try Rig(Self.tight)
        rig.channel.isWritable = false
        rig.connection.send(Array(repeating: 0x61, count: 3_996))
        #expect(try rig.takeBuffers().isEmpty, "4,000 bytes with the header are within the bound")
        rig.send("")
        #expect(try rig.takeLabels() == ["close 1013 reading too slowly"])
        rig.send("more")
        rig.channel.isWritable = true
        rig.connection.becameWritable()
        #expect(try rig.takeLabels().isEmpty)
        #expect(rig.channel.isActive)
        rig.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!rig.channel.isActive)
    }

    @Test("Many tiny frames are bounded like few large ones", arguments: [0, 1, 100])
    func tinyFrames(payloadBytes: Int) throws {
        let rig = try Rig(Self.tight)
        rig.channel.isWritable = false
        let payload = ByteBuffer(repeating: 0x70, count: payloadBytes)
        for _ in 0..<(4_000 / (2 + payloadBytes)) {
            rig.connection.pong(payload)
            rig.connection.flush()
        }
        #expect(try rig.takeBuffers().isEmpty)
        rig.connection.pong(payload)
        #expect(try rig.takeLabels() == ["close 1013 reading too slowly"])
    }

    @Test("Shared bodies close a slow reader too, each counted with what keeping it costs")
    func sharedBodiesClose() throws {
        var limits = TransportLimits()
        let cost = 4 + SharedBody.sharedBytes + OutboundFrames.sharingOverhead
        limits.maximumOutboundBytes = 3 * cost
        let rig = try Rig(limits)
        rig.channel.isWritable = false
        for _ in 0..<3 { rig.connection.send([], Self.large) }
        #expect(try rig.takeBuffers().isEmpty)
        rig.connection.send([], SharedBody([]))
        #expect(try rig.takeLabels() == ["close 1013 reading too slowly"])
    }

    @Test("Much at once is no slow reader, as long as the socket takes it")
    func muchAtOnce() throws {
        let rig = try Rig(Self.tight)
        for _ in 0..<100 { rig.connection.send(Array(repeating: 0x61, count: 3_000)) }
        rig.connection.flush()
        #expect(try rig.takeFrames().count == 100)
        #expect(!rig.connection.isCongested)
    }

    @Test("An idle connection keeps no buffer beyond its next ping")
    func idleMemory() throws {
        var limits = TransportLimits()
        limits.pingSeconds = 1
        let rig = try Rig(limits)
        try rig.channel.pipeline.syncOperations.addHandler(QuickSocket())
        rig.connection.startHeartbeat()
        rig.connection.send(Array(repeating: 0x61, count: 2_000))
        rig.connection.flush()
        #expect(rig.connection.keptBytes >= 2_000, "a busy one uses it again")
        rig.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(rig.connection.keptBytes < 64)
    }

    /// Takes everything at once and keeps nothing.
    private final class QuickSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            promise?.succeed()
        }
    }
}

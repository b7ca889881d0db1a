import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Testing

@testable import MarketDataGateway
@testable import WebSocketTransport

@Suite struct EndpointTests {
    @Test("P-004: over a real connection every message is one text frame with one object")
    func sendsTextFrames() throws {
        let channel = EmbeddedChannel()
        let loop = channel.embeddedEventLoop
        let clock = VirtualClock(loop)
        let sequencer = Sequencer(exchange: Exchange(), log: MemoryLog(), clock: clock)
        let queue = SubmissionQueue()
        let listing = Command.configureInstrument(try Samples.instrument(0, "NVDA-USD"))
        #expect(queue.enqueue(Submission(.command(listing))))
        let endpoint = MarketDataEndpoint(
            group: loop, inbox: queue, settings: MarketDataSettings(),
            now: { Timestamp(nanoseconds: 1_000_000_000) })
        var submissions: [Submission] = []
        queue.drain(into: &submissions)
        try sequencer.runBatch(submissions)
        loop.run()

        let connection = WebSocketConnection(id: 1, channel: channel, limits: TransportLimits())
        let session = endpoint.makeSession(
            connection, request: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
        let message = #"{"type":"subscribe","channels":["level2"],"symbols":["*"]}"#
        session.receive(ByteBuffer(string: message).readableBytesView)
        session.receivedBatch()
        loop.advanceTime(by: .milliseconds(500))
        let frames = try Self.takeFrames(channel)
        #expect(frames.allSatisfy { $0.opcode == .text && $0.fin })
        let texts = frames.map { String(buffer: $0.data) }
        let body =
            #""type":"level2","time":"1970-01-01T00:00:01Z","symbol":"NVDA-USD","#
            + #""bid":[],"ask":[],"sig_figs":0}"#
        #expect(
            texts == [
                #"{"type":"subscribed","channels":["level2"],"symbols":["*"],"sig_figs":[0]}"#,
                #"{"sequence":1,"# + body, #"{"sequence":2,"# + body,
            ])
        loop.advanceTime(by: .seconds(20))
        let opcodes = Set(try Self.takeFrames(channel).map { UInt8(webSocketOpcode: $0.opcode) })
        #expect(opcodes == [0x1, 0x9], "pings come without being asked for")
        session.closed()
        connection.ended()
    }

    /// What was sent since the last call, as a client understands it.
    private static func takeFrames(_ channel: EmbeddedChannel) throws -> [WebSocketFrame] {
        let client = EmbeddedChannel(
            handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            try client.writeInbound(bytes)
        }
        var frames: [WebSocketFrame] = []
        while let frame = try client.readInbound(as: WebSocketFrame.self) { frames.append(frame) }
        return frames
    }
}

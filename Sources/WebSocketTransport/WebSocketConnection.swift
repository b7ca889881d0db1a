public import NIOCore
import NIOWebSocket

/// The way out to one client. Belongs to its event loop.
///
/// Messages are queued with `send` and leave together with `flush`, so that one read costs one write.
/// What a slow reader leaves waiting is bounded: pulsed states stop (`isCongested`), then the
/// connection is closed.
public final class WebSocketConnection {
    /// Unique while the process lives.
    public let id: UInt64
    public let eventLoop: any EventLoop
    private let channel: any Channel
    private let limits: TransportLimits
    /// Queued since the last flush.
    private var unflushedBytes = 0
    /// What the socket had not taken when last asked.
    private var bufferedBytes = 0
    private(set) var isClosing = false
    /// Counted for each frame beside its payload, so that many small ones are bounded too.
    private static let frameOverhead = 64
    private var heartbeat: RepeatedTask?
    private var heardSinceLastPing = true
    private var silentPings = 0

    init(id: UInt64, channel: any Channel, limits: TransportLimits) {
        self.id = id
        self.channel = channel
        self.limits = limits
        eventLoop = channel.eventLoop
    }

    /// Whether the client is behind: pulsed states should be skipped until it has caught up.
    public var isCongested: Bool {
        if waitingBytes > limits.conflationBytes { measure() }
        return waitingBytes > limits.conflationBytes
    }

    private var waitingBytes: Int { unflushedBytes + bufferedBytes }

    /// Memory for a message.
    public func buffer(capacity: Int) -> ByteBuffer { channel.allocator.buffer(capacity: capacity) }

    /// Queues one text message.
    public func send(_ message: ByteBuffer) { queue(.text, message) }

    /// Queues one text message from its bytes.
    public func send(_ message: [UInt8]) {
        var buffer = buffer(capacity: message.count)
        buffer.writeBytes(message)
        send(buffer)
    }

    /// Sends what is queued.
    public func flush() {
        guard unflushedBytes > 0 else { return }
        unflushedBytes = 0
        channel.flush()
        measure()
    }

    private func queue(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        eventLoop.assertInEventLoop()
        if isClosing { return }
        unflushedBytes += payload.readableBytes + Self.frameOverhead
        channel.write(WebSocketFrame(fin: true, opcode: opcode, data: payload), promise: nil)
        if waitingBytes <= limits.maximumOutboundBytes { return }
        // A long answer alone is no slow reader: judged by what the socket does not take.
        flush()
        if bufferedBytes > limits.maximumOutboundBytes { close(.slowConsumer) }
    }

    /// Asks what the socket still holds. One that takes everything at once is the rule.
    private func measure() {
        if channel.isWritable {
            bufferedBytes = 0
            return
        }
        do {
            bufferedBytes = try channel.syncOptions?.getOption(.bufferedWritableBytes) ?? 0
        } catch {
            // Only a channel that is gone cannot say, and it holds nothing.
            bufferedBytes = 0
        }
    }

    /// Sends a close frame and ends the connection soon after.
    public func close(_ reason: CloseReason) {
        eventLoop.assertInEventLoop()
        if isClosing { return }
        isClosing = true
        heartbeat?.cancel()
        var data = buffer(capacity: 64)
        data.writeInteger(reason.code)
        data.writeString(reason.text)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        channel.writeAndFlush(frame, promise: nil)
        // The client's own close frame normally ends it; a silent one is not waited for.
        endSoon()
    }

    /// Ends the connection at once and without a word, as a broken line would.
    public func cut() {
        eventLoop.assertInEventLoop()
        isClosing = true
        heartbeat?.cancel()
        channel.close(promise: nil)
    }

    private func endSoon() {
        let channel = channel
        eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    /// Begins to ping, and to close the connection when the client falls silent.
    /// **Source** `protocol.md` §1: every 20 s, closed after 60 s.
    public func startHeartbeat() {
        guard heartbeat == nil, !isClosing else { return }
        let interval = TimeAmount.seconds(limits.pingSeconds)
        // Held by the task until `ended` cancels it.
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        heartbeat = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            connection.value.beat()
        }
    }

    private func beat() {
        silentPings = heardSinceLastPing ? 0 : silentPings + 1
        heardSinceLastPing = false
        if Int64(silentPings) * limits.pingSeconds >= limits.silenceSeconds {
            return close(.silent)
        }
        let ping = WebSocketFrame(fin: true, opcode: .ping, data: buffer(capacity: 0))
        channel.writeAndFlush(ping, promise: nil)
    }

    // MARK: - for the channel handler

    func heard() { heardSinceLastPing = true }

    func becameWritable() { bufferedBytes = 0 }

    func pong(_ payload: ByteBuffer) { queue(.pong, payload) }

    /// Answers the client's close frame with its own code; the channel closes once it is written.
    func echoClose(_ payload: ByteBuffer) {
        let wasClosing = isClosing
        isClosing = true
        heartbeat?.cancel()
        if wasClosing { return channel.close(promise: nil) }
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: payload)
        let channel = channel
        channel.writeAndFlush(frame).whenComplete { _ in channel.close(promise: nil) }
        // A client that does not read must not hold the connection with its goodbye.
        endSoon()
    }

    func ended() {
        isClosing = true
        heartbeat?.cancel()
    }
}

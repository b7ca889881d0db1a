public import NIOCore
import NIOWebSocket

/// The way out to one client. Belongs to its event loop.
///
/// Messages are queued with `send` and leave together with `flush`, in one write. While the socket does
/// not take what it was given before, all that comes stays here, so that what a slow reader leaves
/// waiting is counted and bounded: pulsed states stop (`isCongested`), then the connection is closed.
public final class WebSocketConnection {
    /// Unique while the process lives.
    public let id: UInt64
    public let eventLoop: any EventLoop
    private let channel: any Channel
    private let limits: TransportLimits
    /// What the socket was not yet offered.
    private var frames = OutboundFrames()
    /// What it was offered and had not taken when last asked.
    private var bufferedBytes = 0
    private(set) var isClosing = false
    private var heartbeat: RepeatedTask?
    private var heardSinceLastPing = true
    private var silentPings = 0

    /// What the socket may still hold and be offered more (high), and when it is offered more again (low).
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
        low: 8 * 1_024, high: 16 * 1_024)

    init(id: UInt64, channel: any Channel, limits: TransportLimits) {
        self.id = id
        self.channel = channel
        self.limits = limits
        eventLoop = channel.eventLoop
    }

    // MARK: - sending

    /// Whether the client is behind: pulsed states should be skipped until it has caught up.
    public var isCongested: Bool {
        if waitingBytes > limits.conflationBytes { measure() }
        return waitingBytes > limits.conflationBytes
    }

    /// The memory kept for what is to be sent next.
    var keptBytes: Int { frames.keptBytes }

    private var waitingBytes: Int { frames.byteCount + bufferedBytes }

    /// Queues one text message.
    public func send(_ message: [UInt8]) { message.withUnsafeBytes { queue(.text, $0) } }

    /// Queues one text message: a part of its own, and one that others get too.
    public func send(_ prefix: [UInt8], _ body: SharedBody) {
        eventLoop.assertInEventLoop()
        if isClosing { return }
        prefix.withUnsafeBytes { prefix in
            switch body.storage {
            case .copied(let bytes): bytes.withUnsafeBytes { frames.append(.text, prefix, $0) }
            case .shared(let buffer): frames.append(prefix, shared: buffer)
            }
        }
        checkBound()
    }

    /// Sends what is queued, unless the socket still has enough to do.
    public func flush() {
        if frames.isEmpty || !channel.isWritable { return }
        offerAll()
    }

    private func queue(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        eventLoop.assertInEventLoop()
        if isClosing { return }
        frames.append(opcode, .empty, payload)
        checkBound()
    }

    private func checkBound() {
        if waitingBytes <= limits.maximumOutboundBytes { return }
        // A long answer alone is no slow reader: judged by what the socket does not take.
        flush()
        measure()
        if waitingBytes > limits.maximumOutboundBytes { close(.slowConsumer) }
    }

    private func offerAll() {
        // Taken out first: writing may call back.
        var leaving = OutboundFrames()
        swap(&leaving, &frames)
        leaving.forEachBuffer { channel.write($0, promise: nil) }
        channel.flush()
        leaving.reuse()
        if frames.isEmpty { frames = leaving }
        measure()
    }

    /// Asks what the socket still holds. One that takes everything at once is the rule, and a little is
    /// as good as nothing.
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

    // MARK: - the end

    /// Sends a close frame and ends the connection soon after.
    public func close(_ reason: CloseReason) {
        eventLoop.assertInEventLoop()
        if isClosing { return }
        // The reason is of more use to a client that is far behind than what it has missed anyway.
        if reason == .slowConsumer { frames = OutboundFrames() }
        var payload = [UInt8(reason.code >> 8), UInt8(truncatingIfNeeded: reason.code)]
        payload += reason.text.utf8
        payload.withUnsafeBytes { frames.append(.connectionClose, .empty, $0) }
        isClosing = true
        heartbeat?.cancel()
        offerAll()
        // The client's own close frame normally ends it; a silent one is not waited for. A slow one has
        // something to read before it.
        end(in: .seconds(reason == .slowConsumer ? limits.lastReadSeconds : 1))
    }

    /// Ends the connection at once and without a word, as a broken line would.
    public func cut() {
        eventLoop.assertInEventLoop()
        isClosing = true
        heartbeat?.cancel()
        frames = OutboundFrames()
        channel.close(promise: nil)
    }

    private func end(in delay: TimeAmount) {
        let channel = channel
        eventLoop.scheduleTask(in: delay) { channel.close(promise: nil) }
    }

    // MARK: - the heartbeat

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
        // What an idle connection keeps is nothing.
        if frames.isEmpty { frames = OutboundFrames() }
        queue(.ping, .empty)
        flush()
    }

    // MARK: - for the channel handler

    func heard() { heardSinceLastPing = true }

    /// The socket has taken what it held.
    func becameWritable() {
        bufferedBytes = 0
        flush()
    }

    func pong(_ payload: ByteBuffer) { payload.withUnsafeReadableBytes { queue(.pong, $0) } }

    /// Answers the client's close frame with its own code; the channel closes once it is written.
    func echoClose(_ payload: ByteBuffer) {
        let channel = channel
        if isClosing { return channel.close(promise: nil) }
        isClosing = true
        heartbeat?.cancel()
        offerAll()
        var goodbye = OutboundFrames()
        payload.withUnsafeReadableBytes { goodbye.append(.connectionClose, .empty, $0) }
        goodbye.forEachBuffer {
            channel.writeAndFlush($0).whenComplete { _ in channel.close(promise: nil) }
        }
        // A client that does not read must not hold the connection with its goodbye.
        end(in: .seconds(1))
    }

    func ended() {
        isClosing = true
        heartbeat?.cancel()
    }
}

import WebSocketTransport

/// A connection whose messages leave later for a while: stands in for it, so that all others pay
/// nothing for the possibility.
///
/// What is held is in order and bounded; beyond the bound the connection is closed like one that reads
/// too slowly. Time is passed in, in nanoseconds of a clock that never goes back.
final class DelayedSocket: MarketDataSocket {
    /// How much later, and until when.
    struct Delay {
        let byNanoseconds: Int64
        let endsAt: Int64
    }

    private enum Message {
        case whole([UInt8])
        case parts([UInt8], SharedBody)

        var byteCount: Int {
            switch self {
            case .whole(let bytes): bytes.count
            case .parts(let prefix, let body): prefix.count + body.byteCount
            }
        }
    }

    /// The connection itself.
    let socket: any MarketDataSocket
    /// The last word counts.
    var delay: Delay
    private let now: () -> Int64
    /// Asks for `release` after a time.
    private let wake: (DelayedSocket, Int64) -> Void
    private var line: DelayLine<Message>
    private var isWakeDue = false
    private var isCutOff = false

    /// Bytes that each message counts for beside its own, so that many small ones are bounded too.
    private static let messageOverhead = 64

    init(
        _ socket: any MarketDataSocket, delay: Delay, maximumHeldBytes: Int,
        now: @escaping () -> Int64, wake: @escaping (DelayedSocket, Int64) -> Void
    ) {
        self.socket = socket
        self.delay = delay
        self.now = now
        self.wake = wake
        line = DelayLine(capacity: maximumHeldBytes)
    }

    var isCongested: Bool { socket.isCongested }

    func send(_ message: [UInt8]) { send(.whole(message)) }

    func send(_ prefix: [UInt8], _ body: SharedBody) { send(.parts(prefix, body)) }

    func flush() { socket.flush() }

    func close(_ reason: CloseReason) { socket.close(reason) }

    func cut() { socket.cut() }

    private func send(_ message: Message) {
        if isCutOff { return }
        let now = now()
        let wait = now < delay.endsAt ? delay.byNanoseconds : 0
        if wait == 0 && line.isEmpty { return pass(message) }
        let byteCount = message.byteCount + Self.messageOverhead
        if line.hold(message, byteCount: byteCount, until: now + wait) { return wakeWhenDue(now) }
        isCutOff = true
        line.removeAll()
        socket.close(.slowConsumer)
    }

    private func pass(_ message: Message) {
        switch message {
        case .whole(let bytes): socket.send(bytes)
        case .parts(let prefix, let body): socket.send(prefix, body)
        }
    }

    private func wakeWhenDue(_ now: Int64) {
        guard !isWakeDue, let due = line.nextDue else { return }
        isWakeDue = true
        wake(self, max(0, due - now))
    }

    /// Sends what was held long enough.
    func release() {
        isWakeDue = false
        let now = now()
        while let message = line.takeDue(at: now) { pass(message) }
        socket.flush()
        wakeWhenDue(now)
    }

    /// The connection is gone.
    func forget() {
        isCutOff = true
        line.removeAll()
    }
}

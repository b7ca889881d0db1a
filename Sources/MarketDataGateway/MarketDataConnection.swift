import QFEXWire
import WebSocketTransport

/// What the shard needs of a connection; a test brings its own.
protocol MarketDataSocket: AnyObject {
    /// Whether so much is waiting for the client that states should be skipped.
    var isCongested: Bool { get }
    /// Queues one message.
    func send(_ message: [UInt8])
    /// Queues one message: a part of its own, and one that others get too.
    func send(_ prefix: [UInt8], _ body: SharedBody)
    /// Sends what is queued.
    func flush()
    /// Says why, and ends the connection.
    func close(_ reason: CloseReason)
    /// Ends the connection without a word.
    func cut()
}

/// One connection of a shard, with its session.
final class MarketDataConnection: FlushedConnection {
    /// Its place in the order of the shard's connections.
    let number: UInt64
    /// Where messages go: the connection itself, or what holds them for a while.
    var socket: any MarketDataSocket
    var session = MarketDataSession()
    /// Whether something was queued since the last flush.
    var isTouched = false
    /// The beats since the last of which a state was skipped.
    private(set) var missedBeats: Set<Cadence.Beat> = []
    /// What is to be shown at the end of the read, each once.
    private(set) var snapshots: [Topic] = []
    private var snapshotSet: Set<Topic> = []

    init(_ number: UInt64, _ socket: any MarketDataSocket) {
        self.number = number
        self.socket = socket
    }

    /// Remembers to show a topic's values of now; asked for twice, they are shown once.
    func requestSnapshot(_ topic: Topic) {
        if snapshotSet.insert(topic).inserted { snapshots.append(topic) }
    }

    /// What was asked for and is still subscribed, in that order; forgotten now.
    func takeSnapshots() -> [Topic] {
        if snapshots.isEmpty { return [] }
        defer {
            snapshots = []
            snapshotSet = []
        }
        return snapshots.filter { session.topics.contains($0) }
    }

    /// Makes room for a message where much is queued: what a quick reader takes is no congestion.
    ///
    /// False when the client is behind even so.
    func makeRoom() -> Bool {
        if !socket.isCongested { return true }
        socket.flush()
        return !socket.isCongested
    }

    /// Remembers that a state was skipped; false when one was already since the last such beat.
    func miss(_ beat: Cadence.Beat) -> Bool { missedBeats.insert(beat).inserted }

    /// A new beat makes good what was skipped, or skips it again.
    func caughtUp(_ beat: Cadence.Beat) { missedBeats.remove(beat) }

    func flush() { socket.flush() }

    /// Queues a data message with the connection's next number.
    func send(body: SharedBody) {
        var prefix: [UInt8] = []
        prefix.reserveCapacity(32)
        MarketDataEncoder.appendPrefix(sequence: session.takeSequence(), to: &prefix)
        socket.send(prefix, body)
    }
}

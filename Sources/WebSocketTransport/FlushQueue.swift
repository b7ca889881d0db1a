public import NIOCore

/// A connection whose queued messages leave with `flush`.
public protocol FlushedConnection: AnyObject {
    /// Whether something was queued since the last flush; the queue's to change.
    var isTouched: Bool { get set }
    /// Sends what is queued.
    func flush()
}

/// Those connections of an event loop for which something was queued since the last flush. Belongs to
/// that loop.
public final class FlushQueue<Connection: FlushedConnection> {
    private let eventLoop: any EventLoop
    private var touched: [Connection] = []
    private var willFlush = false

    /// A queue of a loop's connections, none of which has anything queued.
    public init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Notes that something was queued for a connection.
    public func touch(_ connection: Connection) {
        if connection.isTouched { return }
        connection.isTouched = true
        touched.append(connection)
    }

    /// Sends what was queued for anybody since the last flush: one write for each socket.
    public func flush() {
        willFlush = false
        for connection in touched {
            connection.isTouched = false
            connection.flush()
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Sends what is queued once all batches that wait for this loop are applied: where many came
    /// while it was busy, each socket is still written to once.
    public func flushSoon() {
        if willFlush || touched.isEmpty { return }
        willFlush = true
        eventLoop.assumeIsolated().execute { self.flush() }
    }
}

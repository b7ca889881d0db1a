public import ExchangeTypes

/// Something that waits for its place in the order of things.
public enum Request: Sendable {
    /// Changes the state; is logged.
    case command(Command)
    /// Asks about the state as it is between two commands; is not logged.
    case query(Query)
    /// Starts a feed: first a description of the state, then every batch after it.
    case subscribe(any EventSubscriber)
}

/// Whom an answer is for. The sequencer carries it along and never looks inside.
public struct Origin: Hashable, Sendable {
    /// The connection, unique while the process lives.
    public var connection: UInt64
    /// The request, unique within its connection.
    public var request: UInt64
    public init(connection: UInt64, request: UInt64) {
        self.connection = connection
        self.request = request
    }
}

/// A request with the one who made it; nil for requests nobody waits for.
public struct Submission: Sendable {
    public var request: Request
    public var origin: Origin?
    public init(_ request: Request, origin: Origin? = nil) {
        self.request = request
        self.origin = origin
    }

    /// Whether it changes the state, and is logged.
    var isCommand: Bool {
        switch request {
        case .command: true
        case .query, .subscribe: false
        }
    }
}

/// The way in: gateways and feeds see the sequencer only as this.
public protocol CommandInbox: AnyObject, Sendable {
    /// Takes a place in the order, synchronously; **arrival order is decided here**.
    ///
    /// Returns false when the queue is full or closed: the caller answers so at once, and nothing was
    /// taken. Never blocks for long: a lock is held for a few nanoseconds.
    func enqueue(_ submission: Submission) -> Bool
}

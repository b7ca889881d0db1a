import WebSocketTransport

/// What the shard needs of a connection; a test brings its own.
protocol TradeSocket: AnyObject {
    /// Unique while the process lives.
    var id: UInt64 { get }
    /// Whether so much is waiting for the client that pulsed states should be skipped.
    var isCongested: Bool { get }
    /// Queues one message.
    func send(_ message: [UInt8])
    /// Sends what is queued.
    func flush()
    /// Begins to ping.
    func startHeartbeat()
    /// Says why, and ends the connection.
    func close(_ reason: CloseReason)
    /// Ends the connection without a word.
    func cut()
}

extension WebSocketConnection: TradeSocket {}

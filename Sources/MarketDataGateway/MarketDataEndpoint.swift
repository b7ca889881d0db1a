public import ExchangeSequencer
public import ExchangeTypes
public import NIOCore
public import NIOHTTP1
public import WebSocketTransport

/// The public endpoint: market data for everybody, one shard for each event loop.
public final class MarketDataEndpoint: WebSocketEndpoint {
    private let shards: EventLoopShards<MarketDataShard>

    /// An endpoint on every loop of a group, subscribed to the exchange's events.
    ///
    /// `now` is the clock that depth messages are stamped with.
    public init(
        group: any EventLoopGroup, inbox: any CommandInbox, settings: MarketDataSettings,
        now: @escaping @Sendable () -> Timestamp
    ) {
        shards = EventLoopShards(group) { eventLoop, whenReady in
            let shard = MarketDataShard(
                eventLoop: eventLoop, settings: settings, whenReady: whenReady, now: now)
            let isAccepted = inbox.enqueue(Submission(.subscribe(shard)))
            precondition(isAccepted, "a new exchange must take its first subscribers")
            return shard
        }
    }

    /// Returns once every shard knows the state of the market: connections may come.
    public func waitUntilReady() async throws {
        try await shards.waitUntilReady()
    }

    public func makeSession(
        _ connection: WebSocketConnection, request: HTTPRequestHead
    ) -> any WebSocketSession {
        let shard = shards[connection.eventLoop]
        connection.startHeartbeat()
        return SocketSession(shard.connect(connection), shard)
    }
}

/// Hands a connection's messages to its shard.
private final class SocketSession: WebSocketSession {
    private let connection: MarketDataConnection
    private let shard: MarketDataShard

    init(_ connection: MarketDataConnection, _ shard: MarketDataShard) {
        self.connection = connection
        self.shard = shard
    }

    func receive(_ message: ByteBufferView) {
        message.withUnsafeBytes { shard.receive($0, from: connection) }
    }

    func receivedBatch() { shard.receivedBatch(from: connection) }

    func closed() { shard.disconnect(connection) }
}

extension WebSocketConnection: MarketDataSocket {}

public import ExchangeAuth
public import ExchangeSequencer
public import ExchangeTypes
public import NIOCore
public import NIOHTTP1
public import WebSocketTransport

/// The trade endpoint: order entry and private data, one shard for each event loop.
public final class TradeEndpoint: WebSocketEndpoint {
    private let shards: EventLoopShards<TradeShard>

    /// An endpoint on every loop of a group, subscribed to the exchange's events.
    ///
    /// `now` is the clock that signatures are measured against.
    public init(
        group: any EventLoopGroup, inbox: any CommandInbox, authenticator: Authenticator,
        settings: TradeSettings, now: @escaping @Sendable () -> Timestamp
    ) {
        let limiter = SharedRateLimiter(settings.rateLimits)
        shards = EventLoopShards(group) { eventLoop, whenReady in
            let environment = TradeEnvironment(
                settings: settings, authenticator: authenticator, limiter: limiter, now: now,
                uptime: { Int64(clamping: NIODeadline.now().uptimeNanoseconds) })
            let shard = TradeShard(
                eventLoop: eventLoop, inbox: inbox, environment: environment, whenReady: whenReady)
            let isAccepted = inbox.enqueue(Submission(.subscribe(shard)))
            precondition(isAccepted, "a new exchange must take its first subscribers")
            return shard
        }
    }

    /// Returns once every shard knows the state of the exchange: connections may come.
    public func waitUntilReady() async throws {
        try await shards.waitUntilReady()
    }

    public func makeSession(
        _ connection: WebSocketConnection, request: HTTPRequestHead
    ) -> any WebSocketSession {
        shards[connection.eventLoop].connect(connection)
    }
}

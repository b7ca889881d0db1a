public import ExchangeAuth
public import ExchangeSequencer
public import ExchangeTypes
public import NIOCore
public import NIOHTTP1
public import WebSocketTransport

/// The trade endpoint: order entry and private data, one shard for each event loop.
public final class TradeEndpoint: WebSocketEndpoint {
    private let shards: [ObjectIdentifier: TradeShard]
    private let ready: [EventLoopFuture<Void>]

    /// An endpoint on every loop of a group, subscribed to the exchange's events.
    ///
    /// `now` is the clock that signatures are measured against.
    public init(
        group: any EventLoopGroup, inbox: any CommandInbox, authenticator: Authenticator,
        settings: TradeSettings, now: @escaping @Sendable () -> Timestamp
    ) {
        var shards: [ObjectIdentifier: TradeShard] = [:]
        var ready: [EventLoopFuture<Void>] = []
        for eventLoop in group.makeIterator() {
            let promise = eventLoop.makePromise(of: Void.self)
            let environment = TradeEnvironment(
                settings: settings, authenticator: authenticator, now: now)
            let shard = TradeShard(
                eventLoop: eventLoop, inbox: inbox, environment: environment, whenReady: promise)
            shards[ObjectIdentifier(eventLoop)] = shard
            ready.append(promise.futureResult)
            let isAccepted = inbox.enqueue(Submission(.subscribe(shard)))
            precondition(isAccepted, "a new exchange must take its first subscribers")
        }
        self.shards = shards
        self.ready = ready
    }

    /// Returns once every shard knows the state of the exchange: connections may come.
    public func waitUntilReady() async throws {
        for future in ready { try await future.get() }
    }

    public func makeSession(
        _ connection: WebSocketConnection, request: HTTPRequestHead
    ) -> any WebSocketSession {
        guard let shard = shards[ObjectIdentifier(connection.eventLoop)] else {
            preconditionFailure("a connection on an event loop of another group")
        }
        return shard.connect(connection)
    }
}

public import NIOCore

/// An endpoint's parts, one for each event loop of a group: whatever a connection needs is on its own
/// loop, without locks.
public struct EventLoopShards<Shard: AnyObject & Sendable>: Sendable {
    private let shards: [ObjectIdentifier: Shard]
    private let ready: [EventLoopFuture<Void>]

    /// Makes a shard for every loop. Each succeeds its promise once it can take connections.
    public init(
        _ group: any EventLoopGroup,
        makeShard: (any EventLoop, _ whenReady: EventLoopPromise<Void>) -> Shard
    ) {
        var shards: [ObjectIdentifier: Shard] = [:]
        var ready: [EventLoopFuture<Void>] = []
        for eventLoop in group.makeIterator() {
            let promise = eventLoop.makePromise(of: Void.self)
            shards[ObjectIdentifier(eventLoop)] = makeShard(eventLoop, promise)
            ready.append(promise.futureResult)
        }
        self.shards = shards
        self.ready = ready
    }

    /// The shard of a loop, which must belong to the group.
    public subscript(eventLoop: any EventLoop) -> Shard {
        guard let shard = shards[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("a connection on an event loop of another group")
        }
        return shard
    }

    /// Returns once every shard can take connections.
    public func waitUntilReady() async throws {
        for future in ready { try await future.get() }
    }
}

import ExchangeTypes

/// The connections that subscribed to one topic, oldest connection first.
///
/// A sorted array, because it is walked for every message and changed rarely; and because the order
/// in which clients are served must not depend on a hash.
struct Audience {
    /// Each once, ordered by number.
    private(set) var connections: [MarketDataConnection] = []

    /// Adds a connection; it must not be there.
    ///
    /// **Complexity** O(log connections) to find the place, and one move for each newer connection.
    mutating func insert(_ connection: MarketDataConnection) {
        connections.insert(connection, at: place(of: connection))
    }

    /// Takes a connection out, if it is there. **Complexity** that of `insert`.
    mutating func remove(_ connection: MarketDataConnection) {
        let place = place(of: connection)
        guard place < connections.count, connections[place] === connection else { return }
        connections.remove(at: place)
    }

    /// The index of the first connection that is not older.
    private func place(of connection: MarketDataConnection) -> Int {
        connections.partitionPoint(where: { $0.number < connection.number })
    }
}

/// Who subscribed to what, on one event loop.
struct Audiences {
    /// Looked up only, never iterated.
    private var audiences: [Topic: Audience] = [:]

    /// Adds a subscription; it must not be there.
    mutating func insert(_ connection: MarketDataConnection, to topic: Topic) {
        audiences[topic, default: Audience()].insert(connection)
    }

    /// Takes a subscription out, if it is there.
    mutating func remove(_ connection: MarketDataConnection, from topic: Topic) {
        audiences[topic]?.remove(connection)
        if audiences[topic]?.connections.isEmpty == true { audiences[topic] = nil }
    }

    /// Everybody who gets the messages of a topic, by its name or by the wildcard, each once (P-016).
    func forEachSubscriber(of topic: Topic, _ body: (MarketDataConnection) -> Void) {
        for connection in audiences[topic]?.connections ?? [] { body(connection) }
        if topic.instrument == nil || topic.feed.isOverview { return }
        let everywhere = audiences[Topic(feed: topic.feed, instrument: nil)]?.connections ?? []
        for connection in everywhere where !connection.session.topics.contains(topic) {
            body(connection)
        }
    }
}

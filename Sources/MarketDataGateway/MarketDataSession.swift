import ExchangeTypes
import MarketDataViews
import QFEXWire

/// What a session wants done, in order.
enum MarketDataAction: Equatable {
    case send([UInt8])
    case subscribed(Topic)
    case unsubscribed(Topic)
    /// The value of now: soon, and behind all that was asked to be sent.
    case snapshot(Topic)
}

/// One client of the public endpoint: its subscriptions and its place in the count of data
/// messages, without sockets or clocks. **Source** `protocol.md` §3.1, §3.2, §3.14.
struct MarketDataSession {
    private(set) var topics: Set<Topic> = []
    private var nextSequence: UInt64 = 1

    /// The number of the next data message on this connection (P-013).
    mutating func takeSequence() -> UInt64 {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Whether the messages of a topic are subscribed, by its name or by the wildcard.
    func covers(_ topic: Topic) -> Bool {
        topics.contains(topic)
            || !topic.feed.isOverview
                && topics.contains(Topic(feed: topic.feed, instrument: nil))
    }

    /// Takes one message of the client. `decoder` is shared by all sessions of the event loop, so
    /// that its memory is not kept once for each connection.
    mutating func receive(
        _ message: UnsafeRawBufferPointer, _ decoder: inout MarketDataRequestDecoder,
        _ view: MarketView, _ settings: MarketDataSettings
    ) -> [MarketDataAction] {
        let request: MarketDataRequest
        do throws(WireError) {
            request = try decoder.decode(message)
        } catch {
            return [Self.refusal(error, decoder.incomingMessage)]
        }
        let order = SubscriptionOrder(request, view)
        let added = order.topics.count { !topics.contains($0) }
        if request.action == .subscribe, topics.count + added > settings.maximumSubscriptions {
            let limit = settings.maximumSubscriptions
            let error = WireError(.invalidParameter, "more than \(limit) subscriptions")
            return [Self.refusal(error, decoder.incomingMessage)]
        }
        var actions = Self.acknowledgement(of: request, order)
        switch request.action {
        case .subscribe: actions += subscribe(order.topics)
        case .unsubscribe: actions += unsubscribe(order.topics)
        }
        return actions + order.problems.map { Self.refusal($0, decoder.incomingMessage) }
    }

    /// Known subscriptions stay as they are, but their values are shown again (P-018).
    private mutating func subscribe(_ wanted: [Topic]) -> [MarketDataAction] {
        var actions: [MarketDataAction] = []
        for topic in wanted {
            if topics.insert(topic).inserted { actions.append(.subscribed(topic)) }
            if topic.feed.isState { actions.append(.snapshot(topic)) }
        }
        return actions
    }

    private mutating func unsubscribe(_ wanted: [Topic]) -> [MarketDataAction] {
        wanted.filter { topics.remove($0) != nil }.map { .unsubscribed($0) }
    }

    /// Names what the command did; nothing when no channel of it was right.
    private static func acknowledgement(
        of request: MarketDataRequest, _ order: SubscriptionOrder
    ) -> [MarketDataAction] {
        guard !order.channels.isEmpty || request.problems.isEmpty else { return [] }
        var done = request
        done.channels = order.channels
        done.symbols = order.symbols
        var bytes: [UInt8] = []
        MarketDataEncoder.acknowledgement(done, to: &bytes)
        return [.send(bytes)]
    }

    private static func refusal(
        _ error: WireError, _ incoming: IncomingMessage
    ) -> MarketDataAction {
        var bytes: [UInt8] = []
        MarketDataEncoder.error(error, incoming, to: &bytes)
        return .send(bytes)
    }
}

import ExchangeTypes
import MarketDataViews
import QFEXWire

/// What a session wants done, in order.
enum MarketDataAction: Equatable {
    case send([UInt8])
    case subscribed(Topic)
    case unsubscribed(Topic)
    /// The value of now, at once.
    case snapshot(Feed, InstrumentID)
}

/// One client of the public endpoint: its subscriptions and its place in the count of data messages,
/// without sockets or clocks. **Source** `protocol.md` §3.1, §3.2, §3.14.
struct MarketDataSession {
    private(set) var topics: Set<Topic> = []
    private var nextSequence: UInt64 = 1

    /// The number of the next data message on this connection (P-013).
    mutating func takeSequence() -> UInt64 {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Whether a named subscription covers what a wildcard would bring again (P-016).
    func names(_ feed: Feed, _ instrument: InstrumentID) -> Bool {
        topics.contains(Topic(feed: feed, instrument: instrument))
    }

    /// Takes one message of the client. `decoder` is shared by all sessions of the event loop.
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
        return carryOut(request, decoder.incomingMessage, view, settings)
    }

    private mutating func carryOut(
        _ asked: MarketDataRequest, _ incoming: IncomingMessage, _ view: MarketView,
        _ settings: MarketDataSettings
    ) -> [MarketDataAction] {
        var request = asked
        var problems = asked.problems
        let unserved = request.channels.filter { !Self.isServed($0) }
        if !unserved.isEmpty {
            request.channels.removeAll { !Self.isServed($0) }
            let names = unserved.map { "\($0.wireName)" }.joined(separator: ", ")
            problems.append(WireError(.invalidParameter, "not available yet: \(names)"))
        }
        let unknown = request.symbols.filter {
            !$0.isWildcard && view.instrumentID(of: $0.symbol) == nil
        }
        if !unknown.isEmpty {
            request.symbols.removeAll { unknown.contains($0) }
            // A client may have named thousands: the first ones tell enough.
            let names = unknown.prefix(20).map(\.symbol.string).joined(separator: ", ")
            let more = unknown.count > 20 ? " and \(unknown.count - 20) more" : ""
            problems.append(WireError(.invalidParameter, "unknown symbols: \(names)\(more)"))
        }
        let wanted = Self.topics(of: request, view)
        if request.action == .subscribe {
            guard topics.union(wanted).count <= settings.maximumSubscriptions else {
                let limit = settings.maximumSubscriptions
                let error = WireError(.invalidParameter, "more than \(limit) subscriptions")
                return [Self.refusal(error, incoming)]
            }
        }
        var actions: [MarketDataAction] = []
        if !request.channels.isEmpty || asked.channels.isEmpty {
            var bytes: [UInt8] = []
            MarketDataEncoder.acknowledgement(request, to: &bytes)
            actions.append(.send(bytes))
        }
        switch request.action {
        case .subscribe: actions += subscribe(wanted, view)
        case .unsubscribe: actions += unsubscribe(wanted)
        }
        return actions + problems.map { Self.refusal($0, incoming) }
    }

    private mutating func subscribe(_ wanted: [Topic], _ view: MarketView) -> [MarketDataAction] {
        var actions: [MarketDataAction] = []
        var shown: Set<Topic> = []
        for topic in wanted {
            if topics.insert(topic).inserted { actions.append(.subscribed(topic)) }
            // Trades have no history (P-029); everything else shows its value of now (P-027).
            if topic.feed == .trade { continue }
            let instruments = topic.instrument.map { [$0] } ?? view.instruments.map(\.instrument.id)
            for instrument in instruments
            where shown.insert(Topic(feed: topic.feed, instrument: instrument)).inserted {
                actions.append(.snapshot(topic.feed, instrument))
            }
        }
        return actions
    }

    private mutating func unsubscribe(_ wanted: [Topic]) -> [MarketDataAction] {
        wanted.filter { topics.remove($0) != nil }.map { .unsubscribed($0) }
    }

    private static func topics(of request: MarketDataRequest, _ view: MarketView) -> [Topic] {
        var result: [Topic] = []
        for channel in request.channels {
            for selector in request.symbols {
                let instrument = selector.isWildcard ? nil : view.instrumentID(of: selector.symbol)
                for feed in feeds(channel, request.significantFigures) {
                    result.append(Topic(feed: feed, instrument: instrument))
                }
            }
        }
        return result
    }

    private static func isServed(_ channel: MarketDataChannel) -> Bool {
        !feeds(channel, [.tick]).isEmpty
    }

    private static func feeds(
        _ channel: MarketDataChannel, _ figures: [SignificantFigures]
    ) -> [Feed] {
        switch channel {
        case .bestBidOffer: [.bestBidOffer]
        case .level2: figures.map { .level2($0) }
        case .trade: [.trade]
        case .candle, .underlier, .markPrice, .funding, .openInterest, .priceBand,
            .marketStatistics:
            []
        }
    }

    private static func refusal(
        _ error: WireError, _ incoming: IncomingMessage
    ) -> MarketDataAction {
        var bytes: [UInt8] = []
        MarketDataEncoder.error(error, incoming, to: &bytes)
        return .send(bytes)
    }
}

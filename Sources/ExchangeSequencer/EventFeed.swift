public import ExchangeTypes
public import MarketDataViews

/// What one batch of requests led to: immutable, shared by all subscribers, and durable before it
/// exists.
public final class EventBatch: Sendable {
    /// One request and its outcome, in order; or what happened because its time had come.
    public struct Entry: Sendable {
        /// What came out of a request.
        public enum Outcome: Sendable {
            /// The events of a command or of an instant, as a range of the batch's `events`.
            case events(Range<Int>)
            /// A query's answer.
            case report(Report)
            /// The description that starts a feed, as a range of `events`. In that batch only.
            case description(Range<Int>)
        }
        /// Who made the request that this answers.
        public let origin: Origin?
        /// The last command applied when this outcome was made.
        public let sequence: SequenceNumber
        /// When it happened.
        public let timestamp: Timestamp
        public let outcome: Outcome
    }

    public let entries: [Entry]
    public let events: [Event]
    /// What was before the description that starts a feed, and is no part of it. In that batch only.
    public let marketHistory: MarketHistory?

    init(entries: [Entry], events: [Event], marketHistory: MarketHistory? = nil) {
        self.entries = entries
        self.events = events
        self.marketHistory = marketHistory
    }
}

/// Somebody who is told of every batch, in order, without gaps.
public protocol EventSubscriber: AnyObject, Sendable {
    /// Called on the sequencer's thread; must only hand the batch on to its own thread.
    func deliver(_ batch: EventBatch)
}

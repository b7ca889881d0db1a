/// The events of one or more commands, in order; reused, so that a steady state allocates nothing.
public struct EventBuffer: Sendable {
    /// Events that a command did not cause, although it was what let their time come.
    public struct Part: Hashable, Sendable {
        /// Behind its last event; it begins where the part before it ends.
        public var end: Int
        /// When it happened.
        public var time: Timestamp
        /// The command that these events answer, where it had to wait for that time.
        public var request: SequenceNumber?
        public init(end: Int, time: Timestamp, request: SequenceNumber?) {
            self.end = end
            self.time = time
            self.request = request
        }
    }

    /// The events so far.
    public private(set) var events: [Event] = []
    /// Those at the beginning that the last command did not cause; what follows them is its own.
    public private(set) var parts: [Part] = []

    public init() {}

    /// Adds an event after all others.
    public mutating func append(_ event: Event) { events.append(event) }

    /// Notes that what was added since the last part is one of its own.
    public mutating func endPart(at time: Timestamp, request: SequenceNumber? = nil) {
        parts.append(Part(end: events.count, time: time, request: request))
    }

    /// Hands the parts over; all events after them are one.
    public mutating func takeParts() -> [Part] {
        defer { parts.removeAll() }
        return parts
    }

    /// Forgets the events but keeps their space.
    public mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
    }

    /// Hands the events over and starts anew.
    public mutating func take() -> [Event] {
        defer {
            events = []
            parts = []
        }
        return events
    }
}

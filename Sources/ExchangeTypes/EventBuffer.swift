/// The events of one or more commands, in order; reused, so that a steady state allocates nothing.
public struct EventBuffer: Sendable {
    /// The events so far.
    public private(set) var events: [Event] = []

    public init() {}

    /// Adds an event after all others.
    public mutating func append(_ event: Event) { events.append(event) }

    /// Forgets the events but keeps their space.
    public mutating func removeAll() { events.removeAll(keepingCapacity: true) }

    /// Hands the events over and starts anew.
    public mutating func take() -> [Event] {
        defer { events = [] }
        return events
    }
}

public import ExchangeTypes

/// A story for the market: what happens to it, and when.
///
/// Time is that of the market, in ticks: nobody here asks a clock, so that a story is the same in
/// every run.
public struct Scenario: Hashable, Sendable {
    /// What happens.
    public enum Action: Hashable, Sendable {
        case market(MarketStep)
        case disturb(Disturbance)
    }

    /// Something that happens at its time, and the words that name it in the log.
    public struct Step: Hashable, Sendable {
        /// Ticks since the story began.
        public var tick: Int
        public var note: InlineText
        /// Nil where there are only words.
        public var action: Action?

        public init(tick: Int, note: InlineText, action: Action? = nil) {
            self.tick = tick
            self.note = note
            self.action = action
        }
    }

    /// The story told again.
    public struct Repetition: Hashable, Sendable {
        /// From one beginning to the next.
        public var ticks: Int
        /// How often the story is told in all; nil for without an end.
        public var times: Int?

        public init(ticks: Int, times: Int? = nil) {
            self.ticks = ticks
            self.times = times
        }
    }

    public let name: String
    /// In the order of their time.
    public let steps: [Step]
    public let repetition: Repetition?

    /// Steps of the same tick happen in the order given.
    ///
    /// - Precondition: no step comes before the beginning, a repetition is longer than the story, and
    ///   all numbers of the actions are within their bounds.
    public init(name: String, steps: [Step], repetition: Repetition? = nil) {
        // Stable by the places, which `sorted` alone does not promise.
        let inOrder = steps.enumerated().sorted {
            ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset)
        }
        self.name = name
        self.steps = inOrder.map(\.element)
        self.repetition = repetition
        precondition((self.steps.first?.tick ?? 0) >= 0, "a step before the beginning")
        if let repetition {
            precondition(
                repetition.ticks > self.steps.last?.tick ?? 0 && repetition.times ?? 1 > 0,
                "a story begins again before it is over")
        }
    }
}

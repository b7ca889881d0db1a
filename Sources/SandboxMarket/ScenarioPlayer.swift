/// Tells a story: knows at each tick which steps are due.
struct ScenarioPlayer: Sendable {
    private let scenario: Scenario
    /// Ticks since the present telling began.
    private var tick = 0
    /// How many steps of the present telling have happened.
    private var done = 0
    private var tellings = 1

    /// A player at the beginning.
    init(_ scenario: Scenario) { self.scenario = scenario }

    /// The steps of this tick; the next call is about the next one.
    mutating func next() -> ArraySlice<Scenario.Step> {
        let first = done
        while done < scenario.steps.count && scenario.steps[done].tick <= tick { done += 1 }
        let due = scenario.steps[first..<done]
        tick += 1
        if let repetition = scenario.repetition, tick == repetition.ticks,
            tellings < repetition.times ?? .max
        {
            tellings += 1
            tick = 0
            done = 0
        }
        return due
    }
}

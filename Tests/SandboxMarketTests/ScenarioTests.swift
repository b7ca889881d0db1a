import ExchangeTypes
import Testing

@testable import SandboxMarket

/// Stories are told by ticks, so that they are the same in every run. **Source** SCENARIOS.md.
@Suite struct ScenarioTests {
    private let table = SandboxInstruments.table.filter {
        ["NVDA-USD", "EUR-USD"].contains($0.instrument.symbol.string)
    }

    private func step(_ tick: Int, _ text: String) -> Scenario.Step {
        Scenario.Step(tick: tick, note: InlineText(text) ?? InlineText())
    }

    /// The ticks at which a story's steps come, as far as a number of ticks.
    private func told(_ scenario: Scenario, ticks: Int) -> [String] {
        var player = ScenarioPlayer(scenario)
        return (0..<ticks).flatMap { tick in player.next().map { "\(tick) \($0.note)" } }
    }

    @Test("Steps come at their ticks, those of one tick in the order of the file, each once")
    func order() {
        let scenario = Scenario(
            name: "", steps: [step(3, "c"), step(0, "a"), step(3, "d"), step(1, "b")])
        #expect(told(scenario, ticks: 20) == ["0 a", "1 b", "3 c", "3 d"])
        #expect(told(Scenario(name: "", steps: []), ticks: 5) == [])
    }

    @Test("A story is told again so often, or for ever")
    func repetition() {
        let steps = [step(0, "a"), step(3, "b")]
        let twice = Scenario(name: "", steps: steps, repetition: .init(ticks: 5, times: 2))
        #expect(told(twice, ticks: 50) == ["0 a", "3 b", "5 a", "8 b"])
        let once = Scenario(name: "", steps: steps, repetition: .init(ticks: 5, times: 1))
        #expect(told(once, ticks: 50) == ["0 a", "3 b"])
        let forever = Scenario(name: "", steps: steps, repetition: .init(ticks: 4))
        #expect(told(forever, ticks: 4_000).count == 2_000)
    }

    @Test("Each step is its words and then what it does, in the commands of its tick")
    func commands() throws {
        let cut = Disturbance.cutConnections(CutConnections(endpoints: .both))
        let steps = [
            step(8, "quiet"),
            Scenario.Step(
                tick: 8, note: try #require(InlineText("cut")), action: .disturb(cut)),
            Scenario.Step(
                tick: 9, note: try #require(InlineText("halt")), action: .market(.halt(.all))),
        ]
        let scenario = Scenario(name: "", steps: steps)
        var market = Simulation(
            SandboxMarket(seed: 3, instruments: table, scenario: scenario))
        try market.start()
        try market.tick(times: 8)
        #expect(!market.commands.contains { if case .disturb = $0 { true } else { false } })
        var before = market.commands.count
        try market.tick()
        #expect(
            Array(market.commands[before...].prefix(3)) == [
                .disturb(.note(steps[0].note)), .disturb(.note(steps[1].note)), .disturb(cut),
            ])
        before = market.commands.count
        try market.tick()
        let halts = market.commands[before...].prefix(3).dropFirst().map {
            command -> InstrumentStatus? in
            guard case .configureInstrument(let changed) = command else { return nil }
            return changed.status
        }
        #expect(market.commands[before] == .disturb(.note(steps[2].note)))
        #expect(halts == [.inactive, .inactive])
        #expect(market.refusals == [])
    }

    @Test("The story waits until all contracts are listed: no step is lost")
    func beginning() throws {
        let scenario = Scenario(
            name: "",
            steps: [
                Scenario.Step(
                    tick: 0, note: try #require(InlineText("halt")), action: .market(.halt(.all)))
            ])
        var market = Simulation(
            SandboxMarket(seed: 3, instruments: table, scenario: scenario))
        market.delay = 3
        try market.start()
        while !market.commands.contains(.disturb(.note(scenario.steps[0].note))) {
            try market.tick()
            try #require(market.commands.count < 1_000)
        }
        let halted = market.commands.count { command in
            if case .configureInstrument(let changed) = command {
                changed.status == .inactive
            } else {
                false
            }
        }
        #expect(halted == 2)
    }

    @Test("A market without a story and one with an empty story are the same market")
    func nothing() throws {
        var plain = Simulation(SandboxMarket(seed: 3, instruments: table))
        var empty = Simulation(
            SandboxMarket(
                seed: 3, instruments: table, scenario: Scenario(name: "", steps: [])))
        try plain.start()
        try empty.start()
        try plain.tick(times: 100)
        try empty.tick(times: 100)
        #expect(plain.commands == empty.commands)
    }
}

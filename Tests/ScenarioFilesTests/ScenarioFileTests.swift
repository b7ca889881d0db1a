import ExchangeTypes
import Foundation
import SandboxMarket
import Testing

@testable import ScenarioFiles

/// What can be said in a scenario file. **Source** SCENARIOS.md.
@Suite struct ScenarioFileTests {
    private let second = SandboxMarket.ticksPerSecond

    private func read(_ text: String) throws -> ScenarioFile {
        try ScenarioFile(text: text, context)
    }

    /// The one action of a step.
    private func action(_ step: String) throws -> Scenario.Action? {
        let file = try read("name: one\nsteps: [{at: 0s, \(step)}]")
        try #require(file.scenario.steps.count == 1, "\(file.scenario.steps)")
        return file.scenario.steps[0].action
    }

    private func symbols(_ names: String...) -> MarketStep.Scope {
        .symbols(names.compactMap { Symbol($0) })
    }

    @Test("YAML and JSON say the same")
    func bothForms() throws {
        let yaml = try read(
            """
            # A comment.
            name: both
            seed: 7
            steps:
              - at: 1m30s
                do: gap
                symbols: [AAPL-USD]
                by: -5%
            repeat: {every: 2m}
            """)
        let json = try read(
            #"""
            {"name": "both", "seed": 7, "repeat": {"every": "2m"},
            	"steps": [{"at": "1m30s", "do": "gap", "symbols": ["AAPL-USD"], "by": "-5%"}]}
            """#)
        #expect(yaml == json)
        #expect(yaml.seed == 7)
        #expect(
            yaml.scenario
                == Scenario(
                    name: "both",
                    steps: [
                        Scenario.Step(
                            tick: 90 * second,
                            note: try #require(InlineText("step 1: gap -5% AAPL-USD")),
                            action: .market(.gap(symbols("AAPL-USD"), Rate(percent: -5))))
                    ], repetition: .init(ticks: 120 * second)))
    }

    @Test("Every step of the market")
    func marketSteps() throws {
        let apple = symbols("AAPL-USD")
        let only = "symbols: [AAPL-USD]"
        let expected: [(String, MarketStep)] = [
            ("do: gap, by: +0.5%", .gap(.all, Rate(tenthBasisPoints: 500))),
            ("do: drift, by: 2%, for: 1m, \(only)", .drift(apple, Rate(percent: 2), seconds: 60)),
            (
                "do: volatility, times: 2.5, for: 30s",
                .volatility(.all, times: Rate(percent: 250), seconds: 30)
            ),
            (
                "do: widen-spreads, times: 3x, for: 1h",
                .widenSpreads(.all, times: Rate(percent: 300), seconds: 3_600)
            ),
            ("do: halt, \(only)", .halt(apple)), ("do: resume", .resume(.all)),
            ("do: withdraw-makers", .withdrawMakers(.all)),
            ("do: return-makers, \(only)", .returnMakers(apple)),
            ("do: silence-feed", .silenceFeed(.all)), ("do: restore-feed", .restoreFeed(.all)),
        ]
        for (text, step) in expected { #expect(try action(text) == .market(step), "\(text)") }
        #expect(try action("do: note, note: hello") == nil)
    }

    @Test("Every disturbance, and whom it can name; a key stands for its user")
    func disturbances() throws {
        let user = UniqueID(high: 0x1111_1111_1111_4111, low: 0x8111_1111_1111_1111)
        let id = "11111111-1111-4111-8111-111111111111"
        let ten: Int64 = 10_000_000_000
        let expected: [(String, Disturbance)] = [
            ("do: cut-connections", .cutConnections(CutConnections(endpoints: .both))),
            (
                "do: cut-connections, endpoint: market-data",
                .cutConnections(CutConnections(endpoints: .marketData))
            ),
            (
                "do: cut-connections, key: \(knownKey)",
                .cutConnections(CutConnections(endpoints: .trade, user: knownUser))
            ),
            (
                "do: cut-connections, user: \"*\", endpoint: trade",
                .cutConnections(CutConnections(endpoints: .trade))
            ),
            ("do: limit-rate, for: 10s", .limitRate(LimitRate(nanoseconds: ten))),
            (
                "do: limit-rate, for: 10s, key: \"*\"", .limitRate(LimitRate(nanoseconds: ten))
            ),
            (
                "do: limit-rate, for: 10s, user: \(id)",
                .limitRate(LimitRate(user: user, nanoseconds: ten))
            ),
            (
                "do: delay-answers, by: 250ms, for: 10s",
                .delayAnswers(DelayAnswers(byNanoseconds: 250_000_000, nanoseconds: ten))
            ),
            (
                "do: delay-answers, by: 1m, for: 24h, key: \(knownKey)",
                .delayAnswers(
                    DelayAnswers(
                        user: knownUser, byNanoseconds: 60_000_000_000,
                        nanoseconds: 86_400_000_000_000))
            ),
            (
                "do: delay-answers, by: 1s, for: 10s, endpoint: both",
                .delayAnswers(
                    DelayAnswers(
                        endpoints: .both, byNanoseconds: 1_000_000_000, nanoseconds: ten))
            ),
        ]
        for (text, step) in expected { #expect(try action(text) == .disturb(step), "\(text)") }
    }

    @Test(
        "What lasts for a while ends by itself",
        arguments: [
            ("halt", MarketStep.resume(.all)), ("withdraw-makers", .returnMakers(.all)),
            ("silence-feed", .restoreFeed(.all)),
        ])
    func ends(name: String, end: MarketStep) throws {
        let file = try read("name: one\nsteps: [{at: 1s, do: \(name), for: 2s500ms}]")
        let steps = file.scenario.steps
        try #require(steps.map(\.tick) == [second, second + 10])
        #expect(steps[1].action == .market(end))
        #expect(steps[1].note.string == "step 1: end of \(name) 2s500ms")
    }

    @Test("Notes name the step and fit the log; no user and no key is in them")
    func notes() throws {
        let all = SandboxInstruments.all.map(\.symbol.string).joined(separator: ", ")
        let file = try read(
            """
            name: notes
            steps:
              - {at: 0s, do: gap, by: 1%, note: "good news: ä"}
              - {at: 0s, do: halt, symbols: [\(all)]}
              - {at: 0s, do: limit-rate, for: 5s, key: \(knownKey)}
              - {at: 0s, do: limit-rate, for: 5s, user: \(knownUser)}
            """)
        let notes = file.scenario.steps.map(\.note.string)
        #expect(notes[0] == "step 1: good news: ä")
        #expect(notes[1].hasPrefix("step 2: halt NVDA-USD AAPL-USD ") && notes[1].utf8.count == 64)
        #expect(notes[2...] == ["step 3: limit-rate 5s", "step 4: limit-rate 5s"])
    }

    @Test("Models and bots: what is said of a contract, else of all, else nothing")
    func market() throws {
        let file = try read(
            """
            name: market
            underliers:
              "*": {model: random-walk, deviation: 0.02%}
              AAPL-USD: {model: mean-reverting, deviation: 0.01%, half-life: 30m}
              NVDA-USD: {model: jumps, deviation: 0.01%, per-hour: 6, size: 0.5%}
              TSLA-USD: {model: trading-hours, deviation: 0.01%, calm: 10%, gap: 1%}
            bots:
              AAPL-USD: {momentum: false, size: 2}
            """)
        let listed = file.instruments(of: SandboxInstruments.table)
        func find(_ name: String) throws -> SandboxInstrument {
            try #require(listed.first { $0.instrument.symbol.string == name })
        }
        let small = Rate(tenthBasisPoints: 10)
        #expect(try find("META-USD").model == .randomWalk(deviation: Rate(tenthBasisPoints: 20)))
        #expect(
            try find("AAPL-USD").model == .meanReverting(deviation: small, halfLife: 1_800))
        #expect(
            try find("NVDA-USD").model
                == .jumps(deviation: small, perHour: 6, size: Rate(tenthBasisPoints: 500)))
        #expect(
            try find("TSLA-USD").model
                == .tradingHours(
                    deviation: small, calm: Rate(percent: 10), gap: Rate(percent: 1)))
        #expect(
            try find("AAPL-USD").bots == BotMix(hasMomentum: false, size: Rate(percent: 200)))
        #expect(try find("NVDA-USD").bots == BotMix())
        #expect(
            try read("name: plain").instruments(of: SandboxInstruments.table)
                == SandboxInstruments.table)
    }

    @Test("The limits themselves are allowed")
    func atLimits() throws {
        let step = "  - {at: 168h, do: note, note: \(String(repeating: "n", count: 50))}\n"
        let steps = String(repeating: step, count: ScenarioLimits.maximumSteps)
        let name = String(repeating: "x", count: ScenarioLimits.maximumNameBytes)
        let file = try read("name: \(name)\nsteps:\n" + steps)
        #expect(file.scenario.steps.count == 1_000)
        #expect(
            file.scenario.steps[999].note.string
                == "step 1000: " + String(repeating: "n", count: 50))
        let padding = "#" + String(repeating: " ", count: ScenarioLimits.maximumBytes - 13)
        let largest = "name: large\n" + padding
        #expect(largest.utf8.count == ScenarioLimits.maximumBytes)
        #expect(try read(largest).scenario.name == "large")
        #expect(throws: ScenarioError.self) { try read(largest + " ") }
    }
}

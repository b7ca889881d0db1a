import ExchangeTypes
import Foundation
import SandboxMarket
import Testing

@testable import ScenarioFiles

/// A rehearsal is a log like any other. **Source** SCENARIOS.md.
@Suite struct ReplayTests {
    static let examples = [
        "bad-day.yaml", "flash-crash.yaml", "feed-outage.yaml", "busy-exchange.json",
    ]

    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Examples/scenarios")

    private func read(_ name: String) throws -> ScenarioFile {
        try ScenarioFile.read(path: folder.appendingPathComponent(name).path, context)
    }

    @Test("Every scenario in Examples is tested below")
    func examplesAreAllHere() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".yaml") || $0.hasSuffix(".json")
        }
        #expect(files.sorted() == Self.examples.sorted())
    }

    @Test(
        "A shipped scenario runs as written, and its log leads to the same events and state",
        arguments: examples)
    func runsAndReplays(_ name: String) throws {
        let file = try read(name)
        let last = try #require(file.scenario.steps.last).tick / SandboxMarket.ticksPerSecond
        let rehearsal = try Rehearsal.of(file, seconds: last + 5)
        #expect(rehearsal.notes == file.scenario.steps.map(\.note.string))
        let expected = file.scenario.steps.compactMap { step in
            if case .disturb(let disturbance) = step.action { disturbance } else { nil }
        }
        #expect(rehearsal.disturbances == expected)
        for case .commandRefused(let reason) in rehearsal.events { Issue.record("\(reason)") }
        #expect(rehearsal.events.contains { if case .tradeExecuted = $0 { true } else { false } })
        let replayed = try rehearsal.replay()
        #expect(replayed.stateHash == rehearsal.stateHash)
        #expect(replayed.events == rehearsal.events)
    }

    @Test("The same file twice is the same market; another seed is another")
    func isRepeatable() throws {
        let steps = """
            steps:
              - {at: 2s, do: gap, by: -5%}
              - {at: 3s, do: cut-connections}
            """
        func run(_ seed: Int) throws -> Rehearsal {
            let file = try ScenarioFile(text: "name: again\nseed: \(seed)\n" + steps, context)
            return try Rehearsal.of(file, seconds: 8)
        }
        let (first, second, other) = (try run(5), try run(5), try run(6))
        #expect(first.events == second.events && first.stateHash == second.stateHash)
        #expect(first.events != other.events && first.notes == other.notes)
    }

    @Test(
        "A gap reaches the oracle at its time, a halt the contract, and a repetition does both again"
    )
    func happens() throws {
        let file = try ScenarioFile(
            text: """
                name: twice
                underliers: {"*": {model: random-walk, deviation: 0%}}
                steps:
                  - {at: 2s, do: gap, symbols: [AAPL-USD], by: -10%}
                  - {at: 3s, do: halt, symbols: [NVDA-USD], for: 1s}
                repeat: {every: 5s, times: 2}
                """, context)
        let rehearsal = try Rehearsal.of(file, seconds: 12, symbols: ["AAPL-USD", "NVDA-USD"])
        #expect(
            rehearsal.notes.prefix(3) == [
                "step 1: gap -10% AAPL-USD", "step 2: halt 1s NVDA-USD",
                "step 2: end of halt 1s NVDA-USD",
            ])
        #expect(rehearsal.notes.count == 6)
        // By their place in the table: NVDA-USD is the first contract.
        var oracles: [ReferencePrice] = []
        var statuses: [InstrumentStatus] = []
        for event in rehearsal.events {
            switch event {
            case .pricesChanged(let prices) where prices.instrument == InstrumentID(1):
                if oracles.last != prices.oracle { oracles.append(prices.oracle) }
            case .instrumentConfigured(let changed) where changed.id == InstrumentID(0):
                statuses.append(changed.status)
            case _: break
            }
        }
        #expect(oracles.map { "\($0)" } == ["336.19", "302.571", "272.3139"])
        #expect(statuses == [.active, .inactive, .active, .inactive, .active])
    }

    @Test("Prices of a file are what the underlier does, as fast as the scenario says")
    func replaysPrices() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws -> String {
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        _ = try write(
            "prices.csv",
            "time,symbol,price\n100,AAPL-USD,300\n110,AAPL-USD,301\n120,AAPL-USD,302\n")
        let path = try write("day.yaml", "name: day\nprices: {file: prices.csv, speed: 5}\n")
        let rehearsal = try Rehearsal.of(
            try ScenarioFile.read(path: path, context), seconds: 8, symbols: ["AAPL-USD"])
        var oracles: [String] = []
        for case .pricesChanged(let prices) in rehearsal.events
        where oracles.last != "\(prices.oracle)" {
            oracles.append("\(prices.oracle)")
        }
        #expect(oracles == ["300", "301", "302"])

        // What is wrong with the prices names their file.
        let bad = try write("bad.csv", "time,symbol,price\n100,AAPL-USD,zero\n")
        let other = try ScenarioFile.read(
            path: try write("bad.yaml", "name: day\nprices: {file: bad.csv}\n"), context)
        let error = try #require(throws: ScenarioError.self) {
            _ = try other.readPrices(symbols: SandboxInstruments.all.map(\.symbol))
        }
        #expect(
            error.description
                == "\(bad): line 2: price \"zero\" is no number of at most eight decimals")
    }
}

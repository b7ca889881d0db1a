import ExchangeTypes
import SandboxMarket

/// Makes a scenario of a file's values.
struct ScenarioReader {
    let context: ScenarioFile.Context

    /// The whole file.
    func file(_ node: ScenarioNode) throws(ScenarioError) -> ScenarioFile {
        let fields = try node.fields([
            "name", "seed", "underliers", "bots", "prices", "repeat", "steps",
        ])
        let name = try fields.required("name").line(atMost: ScenarioLimits.maximumNameBytes)
        let steps = try steps(fields["steps"])
        var file = ScenarioFile(
            scenario: Scenario(
                name: name, steps: steps, repetition: try repetition(fields["repeat"], of: steps)))
        if let seed = fields["seed"] { file.seed = UInt64(try seed.integer(0...Int64.max)) }
        file.underliers = try perContract(fields["underliers"], ScenarioReader.model)
        file.bots = try perContract(fields["bots"], ScenarioReader.bots)
        if let prices = fields["prices"] { file.prices = try Self.prices(prices) }
        return file
    }

    // MARK: Steps

    private func steps(_ list: ScenarioNode?) throws(ScenarioError) -> [Scenario.Step] {
        guard let list else { return [] }
        let nodes = try list.elements("a list of steps")
        guard nodes.count <= ScenarioLimits.maximumSteps else {
            throw list.error(
                "\(nodes.count) steps are more than \(ScenarioLimits.maximumSteps)")
        }
        var steps: [Scenario.Step] = []
        for (index, node) in nodes.enumerated() {
            steps += try StepReader(context: context, number: index + 1).steps(node)
        }
        return steps
    }

    /// A story that is told again must be over before.
    private func repetition(
        _ node: ScenarioNode?, of steps: [Scenario.Step]
    ) throws(ScenarioError) -> Scenario.Repetition? {
        guard let node else { return nil }
        let fields = try node.fields(["every", "times"])
        let every = try fields.required("every")
        let ticks = try every.ticks()
        let last = steps.map(\.tick).max() ?? 0
        guard ticks > last else { throw every.mustBe("later than the end of the last step") }
        let times = try fields["times"]?.integer(1...ScenarioLimits.maximumTellings)
        return Scenario.Repetition(ticks: ticks, times: times.map(Int.init))
    }

    // MARK: The market

    /// A mapping from symbols, or `*` for all others, to something.
    private func perContract<Value>(
        _ node: ScenarioNode?, _ read: (ScenarioNode) throws(ScenarioError) -> Value
    ) throws(ScenarioError) -> PerContract<Value> {
        var result = PerContract<Value>()
        guard let node else { return result }
        for (key, value) in try node.pairs("a mapping from symbols, or \"*\" for all others") {
            if key == "*" {
                result.others = try read(value)
            } else {
                result.named[try symbol(key, value)] = try read(value)
            }
        }
        return result
    }

    private func symbol(_ text: String, _ node: ScenarioNode) throws(ScenarioError) -> Symbol {
        guard let symbol = Symbol(text), context.symbols.contains(symbol) else {
            throw node.error("unknown symbol \"\(ScenarioNode.shortened(text))\"")
        }
        return symbol
    }

    private enum ModelName: String, CaseIterable {
        case randomWalk = "random-walk"
        case meanReverting = "mean-reverting"
        case jumps
        case tradingHours = "trading-hours"

        /// What a model needs beside its name.
        var fields: [String] {
            switch self {
            case .randomWalk: ["deviation"]
            case .meanReverting: ["deviation", "half-life"]
            case .jumps: ["deviation", "per-hour", "size"]
            case .tradingHours: ["deviation", "calm", "gap"]
            }
        }
    }

    private static func model(_ node: ScenarioNode) throws(ScenarioError) -> UnderlierModel {
        let fields = try node.fields([
            "model", "deviation", "half-life", "per-hour", "size", "calm", "gap",
        ])
        let name: ModelName = try fields.required("model").choice()
        try fields.allow(["model"] + name.fields, for: "model \(name.rawValue)")
        let deviation = try fields.required("deviation").percentage()
        let model: UnderlierModel =
            switch name {
            case .randomWalk: .randomWalk(deviation: deviation)
            case .meanReverting:
                .meanReverting(
                    deviation: deviation, halfLife: try fields.required("half-life").seconds())
            case .jumps:
                .jumps(
                    deviation: deviation,
                    perHour: try fields.required("per-hour").integer(0...Int64.max),
                    size: try fields.required("size").percentage())
            case .tradingHours:
                .tradingHours(
                    deviation: deviation, calm: try fields.required("calm").percentage(),
                    gap: try fields.required("gap").percentage())
            }
        do { try model.validate() } catch { throw node.error(error.description) }
        return model
    }

    private static func bots(_ node: ScenarioNode) throws(ScenarioError) -> BotMix {
        let fields = try node.fields(["maker", "noise", "momentum", "size"])
        var mix = BotMix()
        if let maker = fields["maker"] { mix.hasMaker = try maker.flag() }
        if let noise = fields["noise"] { mix.hasNoise = try noise.flag() }
        if let momentum = fields["momentum"] { mix.hasMomentum = try momentum.flag() }
        if let size = fields["size"] { mix.size = try size.factor() }
        do { try mix.validate() } catch { throw node.error(error.description) }
        return mix
    }

    private static func prices(_ node: ScenarioNode) throws(ScenarioError) -> ScenarioFile.Prices {
        let fields = try node.fields(["file", "speed", "loop"])
        var prices = ScenarioFile.Prices(path: try fields.required("file").line(atMost: 4_096))
        if let speed = fields["speed"] { prices.speed = try speed.decimal(PriceReplay.speeds) }
        if let loops = fields["loop"] { prices.loops = try loops.flag() }
        return prices
    }
}

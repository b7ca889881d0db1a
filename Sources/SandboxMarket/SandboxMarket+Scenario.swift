import ExchangeTypes

extension SandboxMarket {
    /// What the scenario wants in this tick: its words first, so that the log can be read.
    ///
    /// The story begins once all contracts are listed.
    mutating func tellScenario() -> [Command] {
        guard desks.allSatisfy(\.isListed), let steps = player?.next() else { return [] }
        var commands: [Command] = []
        for step in steps {
            commands.append(.disturb(.note(step.note)))
            switch step.action {
            case .market(let step): commands += apply(step)
            case .disturb(let disturbance): commands.append(.disturb(disturbance))
            case nil: break
            }
        }
        return commands
    }
}

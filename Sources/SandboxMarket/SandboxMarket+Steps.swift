public import ExchangeTypes

extension SandboxMarket {
    /// Lets something happen to the market; gives what to send at once. More may follow with the next
    /// ticks.
    ///
    /// - Precondition: the step's numbers are within their bounds (`MarketStep.validate`).
    public mutating func apply(_ step: MarketStep) -> [Command] {
        do { try step.validate() } catch { preconditionFailure("\(error)") }
        return desks(in: step.scope).flatMap { index in
            desks[index].apply(step, maker: participants[index].account)
        }
    }

    /// The places of contracts in the market, in the order of the table and each once.
    private func desks(in scope: MarketStep.Scope) -> [Int] {
        switch scope {
        case .all: Array(desks.indices)
        case .symbols(let symbols): Set(symbols.compactMap { desksBySymbol[$0] }).sorted()
        }
    }
}

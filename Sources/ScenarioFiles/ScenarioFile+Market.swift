public import ExchangeTypes
public import SandboxMarket

/// What the market is made of.
extension ScenarioFile {
    /// Contracts with the models and bots that the file gives them.
    public func instruments(of table: [SandboxInstrument]) -> [SandboxInstrument] {
        table.map { listed in
            var listed = listed
            let symbol = listed.instrument.symbol
            if let model = underliers[symbol] { listed.model = model }
            if let bots = bots[symbol] { listed.bots = bots }
            return listed
        }
    }

    /// Reads the prices that underliers follow; nil where the file names none.
    public func readPrices(symbols: [Symbol]) throws(ScenarioError) -> PriceReplay? {
        guard let prices else { return nil }
        do {
            let tape = try PriceTape(file: prices.path, symbols: Set(symbols))
            return try PriceReplay(tape, speed: prices.speed, loops: prices.loops)
        } catch {
            var failure = ScenarioError("\(error)")
            failure.file = prices.path
            throw failure
        }
    }
}

public import ExchangeTypes
import Foundation
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
            let tape = try Self.readTape(prices.path, symbols: Set(symbols))
            return try PriceReplay(tape, speed: prices.speed, loops: prices.loops)
        } catch {
            var failure = ScenarioError("\(error)")
            failure.file = prices.path
            throw failure
        }
    }

    /// Part by part, so that no more of the file is in memory than its prices.
    private static func readTape(_ path: String, symbols: Set<Symbol>) throws -> PriceTape {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { handle.closeFile() }
        var reader = PriceTapeReader(symbols: symbols)
        while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
            try reader.read(part)
        }
        return try reader.finish()
    }
}

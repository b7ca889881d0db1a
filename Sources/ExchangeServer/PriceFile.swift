import ExchangeTypes
import Foundation
import Logging
import SandboxMarket
import ScenarioFiles

/// The file of recorded prices that an operator gave.
enum PriceFile {
    /// The replay of the configured file; nil when there is none.
    ///
    /// - Throws: a `ConfigurationError` that names the file, and the line where one is wrong.
    static func replay(
        _ configuration: ServerConfiguration, _ logger: Logger
    ) throws -> PriceReplay? {
        guard let path = configuration.marketPricesPath else { return nil }
        let tape = try read(path, symbols: Set(SandboxInstruments.all.map(\.symbol)))
        logger.info(
            "prices read",
            metadata: ["contracts": "\(tape.contractCount)", "prices": "\(tape.priceCount)"])
        return try PriceReplay(
            tape, speed: configuration.marketPricesSpeed, loops: configuration.marketPricesLoop)
    }

    /// Reads a file.
    static func read(_ path: String, symbols: Set<Symbol>) throws -> PriceTape {
        do {
            return try PriceTape(file: path, symbols: symbols)
        } catch let error as PriceTapeError {
            throw ConfigurationError(description: "market.prices.file \(path), \(error)")
        } catch {
            throw ConfigurationError(
                description:
                    "market.prices.file \(path) cannot be read: \(error.localizedDescription)")
        }
    }
}

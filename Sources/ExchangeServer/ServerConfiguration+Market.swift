import ExchangeTypes
import Logging
import MarketCalendar
import SandboxMarket
import ScenarioFiles

/// The sandbox's market as it was chosen: the same for a server and for a dry run.
extension ServerConfiguration {
    /// The bots and the underliers, as the scenario wants them where there is one.
    ///
    /// `user` finds who is behind a public key that a scenario names; nil for an unknown key.
    /// - Throws: when a file that the market needs cannot be read, or is wrong.
    func sandboxMarket(
        _ logger: Logger, user: @escaping (String) -> UniqueID?
    ) throws -> SandboxMarket {
        let mode: SandboxMarket.Mode = market == .full ? .full : .quiet
        let replay = try PriceFile.replay(self, logger)
        guard let scenarioPath else {
            return SandboxMarket(seed: marketSeed ?? 1, mode: mode, venue: venue, replay: replay)
        }
        let symbols = SandboxInstruments.all.map(\.symbol)
        let file = try ScenarioFile.read(
            path: scenarioPath, ScenarioFile.Context(symbols: symbols, user: user))
        let market = SandboxMarket(
            seed: marketSeed ?? file.seed ?? 1,
            instruments: file.instruments(of: SandboxInstruments.table), mode: mode, venue: venue,
            replay: try replay ?? file.readPrices(symbols: symbols), scenario: file.scenario)
        logger.info(
            "scenario read",
            metadata: [
                "name": "\(file.scenario.name)", "steps": "\(file.scenario.steps.count)",
            ])
        return market
    }

    /// The market hours.
    func calendarPlanner() throws -> CalendarPlanner {
        switch sessions {
        case .alwaysOpen: try CalendarPlanner(SandboxInstruments.openCalendars)
        case .calendar: try CalendarPlanner(SandboxInstruments.calendars)
        }
    }
}

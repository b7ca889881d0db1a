import Logging
import MarketCalendar
import SandboxMarket

/// The sandbox's market as it was chosen: the same for a server and for a dry run.
extension ServerConfiguration {
    /// The bots and the underliers, which may follow a file of prices.
    func sandboxMarket(_ logger: Logger) throws -> SandboxMarket {
        SandboxMarket(
            seed: marketSeed, mode: market == .full ? .full : .quiet, venue: venue,
            replay: try PriceFile.replay(self, logger))
    }

    /// The market hours.
    func calendarPlanner() throws -> CalendarPlanner {
        switch sessions {
        case .alwaysOpen: try CalendarPlanner(SandboxInstruments.openCalendars)
        case .calendar: try CalendarPlanner(SandboxInstruments.calendars)
        }
    }
}

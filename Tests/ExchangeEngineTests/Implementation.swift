import ExchangeEngine
import ExchangeTesting

/// The implementations that every scenario is run against.
enum Implementation: CaseIterable {
    case engine
    case naive

    /// A new, empty exchange.
    func make() -> any ExchangeModel {
        switch self {
        case .engine: Exchange()
        case .naive: NaiveExchange()
        }
    }
}

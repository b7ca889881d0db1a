import ExchangeEngine
import ExchangeTesting

/// The implementations that every scenario is run against.
enum Implementation: CaseIterable {
    case engine
    case naive

    /// Those that know stop orders, attached legs, reduce-only orders, sliced orders and the speed bump.
    static let withOrders: [Implementation] = [.engine]

    /// A new, empty exchange.
    func make() -> any ExchangeModel {
        switch self {
        case .engine: Exchange()
        case .naive: NaiveExchange()
        }
    }
}

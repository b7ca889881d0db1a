import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeServer
import ExchangeTypes
import Foundation
import ServerTestKit
import Testing

/// Books and open interest as the engine knows them, told by other ways than market data.
struct EngineState: Equatable {
    /// The levels of one side: size at each price.
    typealias Levels = [Decimal: Decimal]

    struct Contract: Equatable {
        var bids: Levels = [:]
        var asks: Levels = [:]
        var openInterest: Decimal = 0

        /// The best levels as a depth message has them.
        func best(bids isBids: Bool, _ count: Int = 20) -> [[Decimal]] {
            let levels = isBids ? bids : asks
            return levels.keys.sorted { isBids ? $0 > $1 : $0 < $1 }.prefix(count)
                .map { [$0, levels[$0] ?? 0] }
        }
    }

    var contracts: [String: Contract] = [:]

    /// What all dealers' open orders and long positions sum up to, by the private endpoint.
    static func asked(_ dealers: [Dealer]) async throws -> EngineState {
        var state = EngineState()
        for dealer in dealers {
            for order in try await dealer.openOrders() {
                let symbol = try #require(order["symbol"]?.string)
                let price = try #require(order["price"]?.number)
                let quantity = try #require(order["quantity_remaining"]?.number)
                let side: WritableKeyPath<Contract, Levels> =
                    order["side"] == "BUY" ? \.bids : \.asks
                state.contracts[symbol, default: Contract()][keyPath: side][price, default: 0] +=
                    quantity
            }
            for row in try await dealer.positions() {
                let position = try #require(row["position"]?.number)
                let symbol = try #require(row["symbol"]?.string)
                if position > 0 {
                    state.contracts[symbol, default: Contract()].openInterest += position
                }
            }
        }
        return state
    }

    /// What replaying the log of an exchange that has ended leads to.
    static func replayed(data: String) throws -> EngineState {
        let directory = DataDirectory(data)
        let reader = try JournalReader(
            storage: PosixStorage(directory: directory.journal.path),
            exchangeID: try directory.exchangeID())
        let (exchange, _) = try RecoveredExchange.replay(reader)
        var events = EventBuffer()
        exchange.describe(into: &events)
        var state = EngineState()
        var instruments: [InstrumentID: Instrument] = [:]
        for event in events.events {
            switch event {
            case .instrumentConfigured(let instrument): instruments[instrument.id] = instrument
            case .levelChanged(let level):
                let instrument = try #require(instruments[level.instrument])
                let price = try #require(decimal(instrument.decimal(level.price)))
                let side: WritableKeyPath<Contract, Levels> = level.side == .buy ? \.bids : \.asks
                state.contracts["\(instrument.symbol)", default: Contract()][keyPath: side][price] =
                    decimal(instrument.decimal(level.quantity))
            case .openInterestChanged(let change):
                let instrument = try #require(instruments[change.instrument])
                state.contracts["\(instrument.symbol)", default: Contract()].openInterest =
                    decimal(instrument.decimal(change.quantity)) ?? 0
            case _: continue
            }
        }
        return state
    }

    private static func decimal(_ value: Decimal8) -> Decimal? { Decimal(string: "\(value)") }
}

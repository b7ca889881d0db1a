import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Foundation
import Testing

/// The engine and the naive exchange are written apart from the same rules; where they ever differ,
/// one of them is wrong. A failure names the seed and the place, from which it can be run again.
@Suite struct ComparisonTests {
    /// Commands of each seed: few enough for everybody's patience, unless `make compare` says otherwise.
    private static let commandCount =
        ProcessInfo.processInfo.environment["QFEX_COMPARE_COMMANDS"].flatMap(Int.init) ?? 10_000

    @Test("Engine and naive exchange agree event by event", arguments: 1...20)
    func agree(seed: Int) { compare(seed: UInt64(seed), commands: Self.commandCount) }

    /// Deeper books: more orders of one account on one side, longer queues.
    @Test("Engine and naive exchange agree in deep books", arguments: 101...104)
    func agreeInDeepBooks(seed: Int) {
        compare(seed: UInt64(seed), commands: 5_000, targetOrders: 150)
    }

    private func compare(seed: UInt64, commands: Int, targetOrders: Int = 24) {
        var generator = CommandGenerator(seed: seed, targetOrders: targetOrders)
        let exchange = Exchange()
        var naive = NaiveExchange()
        var events = EventBuffer()
        var expected = EventBuffer()
        for index in 1...commands {
            let command = generator.next()
            events.removeAll()
            expected.removeAll()
            exchange.apply(command, into: &events)
            naive.apply(command, into: &expected)
            guard events.events == expected.events else {
                Issue.record(
                    """
                    seed \(seed), command \(index): \(command)
                    engine: \(lines(events))
                    naive: \(lines(expected))
                    """)
                return
            }
            exchange.checkInvariants()
            generator.observe(expected.events)
            if index % 1_000 == 0 || index == commands {
                guard isSame(exchange, naive, seed: seed, index: index) else { return }
            }
        }
    }

    /// Compares all that can be asked.
    private func isSame(
        _ exchange: Exchange, _ naive: NaiveExchange, seed: UInt64, index: Int
    ) -> Bool {
        guard exchange.stateHash() == naive.stateHash() else {
            Issue.record("seed \(seed), command \(index): the state hashes differ")
            return false
        }
        for query in queries {
            let (answer, expected) = (exchange.report(query), naive.report(query))
            guard answer == expected else {
                Issue.record(
                    """
                    seed \(seed), after command \(index): \(query)
                    engine: \(answer)
                    naive: \(expected)
                    """)
                return false
            }
        }
        return true
    }

    private var queries: [Query] {
        (0..<24).flatMap { (place: UInt32) -> [Query] in
            let account = AccountID(place)
            return [
                .balance(account), .positions(account), .fees(account), .leverages(account),
                .openOrders(account, instrument: nil),
                .openOrders(account, instrument: InstrumentID(1)),
                .openOrders(account, instrument: InstrumentID(77)),
                .order(account, .orderID(OrderID(UInt64(place) * 900))),
                .order(account, .clientOrderID(text("order-\(place)"))),
                .order(account, .unrecognised(text("order-\(place)"))),
            ]
        }
    }

    private func lines(_ events: EventBuffer) -> String {
        events.events.map { "\n    \($0)" }.joined()
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeTypes
import Testing

@testable import ExchangeSequencer

/// What accounts traded, kept beside the engine. **Source** `protocol.md` §9, P-160, P-162.
@Suite struct TradeHistoryTests {
    private let alice = AccountID(0)
    private let bob = AccountID(4)

    private func order(
        _ id: UInt64, of account: AccountID, client: String = "c", remaining: Int64 = 0
    ) throws -> OrderState {
        OrderState(
            id: OrderID(id), account: account, instrument: InstrumentID(0), side: .buy,
            type: .limit, timeInForce: .goodTillCancelled, isAmended: false,
            price: Price(ticks: 100), quantity: Quantity(lots: 10),
            remaining: Quantity(lots: remaining), updatedAt: .zero,
            clientOrderID: try #require(ClientOrderID(client)))
    }

    private func fill(_ trade: UInt64, _ order: OrderState) -> Event {
        .orderFilled(
            Fill(
                trade: TradeID(trade), order: order, price: ReferencePrice(1),
                quantity: Quantity(lots: 1), aggressorSide: .buy, fee: .zero, realisedPnL: .zero,
                executionType: .normal))
    }

    private func at(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: nanoseconds) }

    private func trades(
        _ history: TradeHistory, _ account: AccountID, _ filter: TradeFilter = TradeFilter()
    ) -> (ids: [UInt64], count: Int) {
        guard case .trades(let rows, let count) = history.trades(of: account, filter) else {
            return ([], -1)
        }
        return (rows.map(\.fill.trade.value), count)
    }

    @Test("Trades come newest first, of the account alone; unknown accounts have none")
    func newestFirst() throws {
        var history = TradeHistory()
        history.record(
            [fill(1, try order(1, of: alice)), fill(1, try order(2, of: bob))], at: at(1))
        history.record([fill(2, try order(3, of: alice))], at: at(2))
        #expect(trades(history, alice) == ([2, 1], 2))
        #expect(trades(history, bob) == ([1], 1))
        #expect(trades(history, AccountID(1)) == ([], 0))
        #expect(trades(history, AccountID(99)) == ([], 0))
    }

    @Test("P-162 filters count before the page is cut out; both ends of time are included")
    func filters() throws {
        var history = TradeHistory()
        for number in 1...10 {
            let order = try order(
                UInt64(number % 2), of: alice, client: number % 5 == 0 ? "five" : "c")
            history.record([fill(UInt64(number), order)], at: at(Int64(number) * 100))
        }
        func ids(_ filter: TradeFilter) -> [UInt64] { trades(history, alice, filter).ids }
        func count(_ filter: TradeFilter) -> Int { trades(history, alice, filter).count }
        #expect(ids(TradeFilter(limit: 3, offset: 2)) == [8, 7, 6])
        #expect(count(TradeFilter(limit: 3, offset: 2)) == 10)
        #expect(ids(TradeFilter(limit: 3, offset: 9)) == [1])
        #expect(ids(TradeFilter(limit: 3, offset: 10)) == [])
        #expect(count(TradeFilter(limit: 3, offset: .max)) == 10)
        #expect(ids(TradeFilter(from: at(300), through: at(500))) == [5, 4, 3])
        #expect(ids(TradeFilter(from: at(301), through: at(499))) == [4])
        #expect(ids(TradeFilter(from: at(500), through: at(300))) == [])
        #expect(ids(TradeFilter(order: .orderID(OrderID(0)))) == [10, 8, 6, 4, 2])
        let five = TradeFilter(
            limit: 1, order: .clientOrderID(try #require(ClientOrderID("five"))))
        #expect(ids(five) == [10])
        #expect(count(five) == 2)
        #expect(ids(TradeFilter(order: .unrecognised(ClientOrderID()))) == [])
    }

    @Test("The newest 5,000 trades and 1,000 ended orders of an account are kept")
    func bounds() throws {
        var history = TradeHistory()
        for number in 1...5_003 {
            history.record([fill(UInt64(number), try order(UInt64(number), of: alice))], at: .zero)
        }
        let (ids, count) = trades(history, alice, TradeFilter(limit: 10_000))
        #expect(count == 5_000)
        #expect(ids == (4...5_003).reversed().map { UInt64($0) })
        for (id, isKept) in [(4_003, false), (4_004, true), (5_003, true)] as [(UInt64, Bool)] {
            let found = history.closedOrder(.orderID(OrderID(id)), of: alice) != nil
            #expect(found == isKept, "order \(id)")
        }
    }

    @Test("P-160 an order ends when it is filled as a whole or cancelled, and keeps its last state")
    func closedOrders() throws {
        var history = TradeHistory()
        let open = try order(7, of: alice, client: "x", remaining: 3)
        history.record([fill(1, open)], at: at(1))
        let reference = OrderReference.orderID(OrderID(7))
        #expect(history.closedOrder(reference, of: alice) == nil)
        let done = try order(7, of: alice, client: "x")
        history.record([fill(2, done)], at: at(2))
        #expect(
            history.closedOrder(reference, of: alice)
                == ClosedOrder(
                    order: done, end: .filled(TradeID(2), at: ReferencePrice(1)), time: at(2)))
        #expect(history.closedOrder(reference, of: bob) == nil)

        // The client's id may have been used again: the last order with it counts.
        let later = try order(9, of: alice, client: "x", remaining: 10)
        history.record([.orderCancelled(later, .requested)], at: at(3))
        let name = OrderReference.clientOrderID(try #require(ClientOrderID("x")))
        #expect(
            history.closedOrder(name, of: alice)
                == ClosedOrder(order: later, end: .cancelled(.requested), time: at(3)))
        #expect(history.closedOrder(.unrecognised(ClientOrderID()), of: alice) == nil)
    }
}

import ExchangeEngine
import ExchangeTypes

/// An account with many open orders and a position that half of its sells would close: what does it
/// cost to check and place one more order, and to cancel it?
///
/// Every order has a price of its own, two units from 111 upwards or from 99 downwards; the position is
/// one unit long for each sell. The measured orders lie behind all others.
struct CheckBenchmark {
    private let venue = Venue()
    private let account: AccountID
    private let orders: Int

    /// `orders` stay open throughout; one less than the exchange allows at most.
    init(orders: Int) {
        precondition(orders >= 1 && orders < Limits.maximumOpenOrdersPerAccount)
        self.orders = orders
        account = venue.open(with: Money(10_000_000))
        let other = venue.open(with: Money(10_000_000))
        let sells = (orders + 1) / 2
        venue.place(other, .sell, Int64(sells), at: Money(100))
        venue.place(account, .buy, Int64(sells), at: Money(100))
        for order in 0..<orders {
            let distance = Int64(order / 2) * 1_000_000
            if order.isMultiple(of: 2) {
                venue.place(account, .sell, 2, at: Money(units: 11_100_000_000 + distance))
            } else {
                venue.place(account, .buy, 2, at: Money(units: 9_900_000_000 - distance))
            }
        }
    }

    /// Measures pairs of an order and its cancellation, and returns one line.
    func run(pairs: Int) -> BenchmarkResult {
        let closing = measure(.sell, at: Money(200), pairs)
        let opening = measure(.buy, at: Money(50), pairs)
        venue.exchange.checkInvariants()
        return BenchmarkResult(
            name: "checks", size: orders, count: pairs,
            figures: [("closing_ns", closing), ("opening_ns", opening)],
            stateHash: venue.exchange.stateHash())
    }

    private func measure(_ side: Side, at price: Money, _ pairs: Int) -> Int {
        guard let name = ClientOrderID("measured") else { preconditionFailure("eight bytes fit") }
        let cancel = CancelOrder(
            account: account, instrument: .known(venue.instrument.id),
            order: .clientOrderID(name))
        var wrong = 0
        let time = nanoseconds(each: pairs) {
            for _ in 0..<pairs {
                guard case .orderAccepted = venue.place(account, side, 2, at: price, named: name)[0]
                else {
                    wrong += 1
                    continue
                }
                venue.send(.cancelOrder(cancel))
            }
        }
        precondition(wrong == 0, "\(wrong) orders were refused")
        return time
    }
}

import ExchangeEngine
import ExchangeTypes

/// What one order costs while many rest in the books.
///
/// Buys lie from 89.99 downwards and sells from 110.01 upwards, on a thousand prices each. Which of the
/// newest thousand is looked at next is drawn: what is traded is mostly what was sent of late, and the
/// question is what the others in the books cost it.
struct RestingOrders {
    static let figures = [
        "add", "cancel_by_id", "cancel_by_name", "modify_price", "modify_quantity", "get_order",
        "twap_add", "twap_cancel",
    ]
    private static let prices = 1_000

    private let market: Market
    private var orders: [LiveOrder] = []
    private var slices: [TWAPState] = []

    init(_ market: Market, count: Int) {
        self.market = market
        orders.reserveCapacity(count)
        for number in 0..<count {
            let account = AccountID(UInt32(number % Market.accountCount))
            let name = market.newName()
            market.send(.placeOrder(request(account, name)))
            orders.append(market.saidOrder(named: name))
        }
        for number in 0..<Market.slicingCount {
            let account = AccountID(UInt32(Market.accountCount + number))
            market.send(.placeTWAP(sliced(account)))
            slices.append(market.saidSlices)
        }
    }

    /// One round; nanoseconds of each step, as named by `figures`.
    mutating func round(steps: Int, clock: Int) -> [Int] {
        var watches = [Stopwatch](repeating: Stopwatch(), count: Self.figures.count)
        for _ in 0..<steps {
            replace(&watches, byName: false)
            replace(&watches, byName: true)
            changePrice(&watches[3])
            changeQuantity(&watches[4])
            ask(&watches[5])
            slice(&watches)
        }
        return watches.map { $0.result(without: clock) }
    }

    /// Cancels an order and places another one of the same account.
    private mutating func replace(_ watches: inout [Stopwatch], byName: Bool) {
        let place = market.drawRecent(of: orders.count)
        let old = orders[place]
        let cancel = Command.cancelOrder(
            CancelOrder(
                account: old.account, instrument: .known(old.instrument),
                order: byName ? .clientOrderID(market.text(old.name)) : .orderID(old.id)))
        watches[byName ? 2 : 1].time { market.send(cancel) }
        market.expectCancelled()
        let name = market.newName()
        let add = Command.placeOrder(request(old.account, name))
        watches[0].time { market.send(add) }
        orders[place] = market.saidOrder(named: name)
    }

    private mutating func changePrice(_ watch: inout Stopwatch) {
        let place = market.drawRecent(of: orders.count)
        let old = orders[place]
        let price = drawPrice(old.side)
        let change = Command.modifyOrder(
            ModifyOrder(
                account: old.account, instrument: .known(old.instrument), order: .orderID(old.id),
                side: old.side, type: old.type, quantity: nil, price: price))
        watch.time { market.send(change) }
        orders[place] = market.saidOrder(named: old.name)
    }

    private mutating func changeQuantity(_ watch: inout Stopwatch) {
        let place = market.drawRecent(of: orders.count)
        let old = orders[place]
        let lots = WireDecimal(significand: Int64(old.lots) - 1, exponent: -3)
        let change = Command.modifyOrder(
            ModifyOrder(
                account: old.account, instrument: .known(old.instrument), order: .orderID(old.id),
                side: old.side, type: old.type, quantity: lots, price: nil))
        watch.time { market.send(change) }
        orders[place] = market.saidOrder(named: old.name)
    }

    private func ask(_ watch: inout Stopwatch) {
        let order = orders[market.drawRecent(of: orders.count)]
        let query = Query.order(order.account, .orderID(order.id))
        let report = watch.time { market.exchange.report(query) }
        guard case .order(let found?) = report, found.id == order.id else {
            preconditionFailure("order \(order.id.value) is not found")
        }
    }

    /// Ends one of the few sliced orders, none of which has begun, and begins another one.
    private mutating func slice(_ watches: inout [Stopwatch]) {
        let place = market.draw(below: slices.count)
        let old = slices[place]
        let cancel = Command.cancelTWAP(
            CancelTWAP(
                account: old.account, instrument: .known(old.instrument), twap: .twapID(old.id)))
        watches[7].time { market.send(cancel) }
        precondition(market.saidSlices.status == .cancelled, "not cancelled: \(old)")
        let add = Command.placeTWAP(sliced(old.account))
        watches[6].time { market.send(add) }
        slices[place] = market.saidSlices
    }

    private func sliced(_ account: AccountID) -> PlaceTWAP {
        PlaceTWAP(
            account: account, instrument: .known(InstrumentID(0)), side: .buy,
            totalQuantity: WireDecimal(Money(2)), orderCount: 2, intervalSeconds: 60,
            startsAt: market.later)
    }

    private func request(_ account: AccountID, _ name: UInt32) -> PlaceOrder {
        let side: Side = market.draw(below: 2) == 0 ? .buy : .sell
        return PlaceOrder(
            account: account,
            instrument: .known(InstrumentID(UInt32(market.draw(below: Market.instrumentCount)))),
            side: side, type: .limit, timeInForce: .goodTillCancelled,
            quantity: WireDecimal(Money(1)), price: drawPrice(side),
            clientOrderID: market.text(name))
    }

    private func drawPrice(_ side: Side) -> WireDecimal {
        let distance = Int64(market.draw(below: Self.prices))
        return WireDecimal(
            significand: side == .buy ? 8_999 - distance : 11_001 + distance, exponent: -2)
    }
}

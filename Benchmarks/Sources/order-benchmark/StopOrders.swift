import ExchangeEngine
import ExchangeTypes

/// What one stop order costs while many wait for the mark.
///
/// Every account holds one unit of each contract from 100; even ones are long and odd ones short. Stop
/// orders wait at a thousand prices on each side of the mark.
struct StopOrders {
    static let figures = ["stop_add", "stop_cancel", "stop_modify", "stop_get_order"]
    private static let prices = 1_000

    private let market: Market
    private var orders: [LiveOrder] = []

    init(_ market: Market, count: Int) {
        self.market = market
        for number in 0..<Market.accountCount { open(AccountID(UInt32(number))) }
        orders.reserveCapacity(count)
        for number in 0..<count {
            let account = AccountID(UInt32(number % Market.accountCount))
            let name = market.newName()
            market.send(.placeOrder(request(account, name)))
            orders.append(market.saidOrder(named: name))
        }
    }

    /// One round; nanoseconds of each step, as named by `figures`.
    mutating func round(steps: Int, clock: Int) -> [Int] {
        var watches = [Stopwatch](repeating: Stopwatch(), count: Self.figures.count)
        for _ in 0..<steps {
            replace(&watches)
            change(&watches[2])
            ask(&watches[3])
        }
        return watches.map { $0.result(without: clock) }
    }

    /// Cancels a stop order and places another one of the same account.
    private mutating func replace(_ watches: inout [Stopwatch]) {
        let place = market.drawRecent(of: orders.count)
        let old = orders[place]
        let cancel = Command.cancelStopOrder(
            CancelStopOrder(account: old.account, order: .orderID(old.id)))
        watches[1].time { market.send(cancel) }
        market.expectCancelled()
        let name = market.newName()
        let add = Command.placeOrder(request(old.account, name))
        watches[0].time { market.send(add) }
        orders[place] = market.saidOrder(named: name)
    }

    private mutating func change(_ watch: inout Stopwatch) {
        let place = market.drawRecent(of: orders.count)
        let old = orders[place]
        let change = Command.modifyStopOrder(
            ModifyStopOrder(
                account: old.account, instrument: .known(old.instrument), order: .orderID(old.id),
                price: drawPrice(old.side, old.type), quantity: WireDecimal(Money(1))))
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

    /// One unit of each contract: an odd account sells to the even one before it.
    private func open(_ account: AccountID) {
        for number in 0..<Market.instrumentCount {
            market.send(
                .placeOrder(
                    PlaceOrder(
                        account: account, instrument: .known(InstrumentID(UInt32(number))),
                        side: account.index.isMultiple(of: 2) ? .buy : .sell, type: .limit,
                        timeInForce: .goodTillCancelled, quantity: WireDecimal(Money(1)),
                        price: WireDecimal(Money(100)))))
        }
    }

    private func request(_ account: AccountID, _ name: UInt32) -> PlaceOrder {
        let side: Side = account.index.isMultiple(of: 2) ? .sell : .buy
        let type: OrderType = market.draw(below: 2) == 0 ? .takeProfit : .stopLoss
        return PlaceOrder(
            account: account,
            instrument: .known(InstrumentID(UInt32(market.draw(below: Market.instrumentCount)))),
            side: side, type: type, timeInForce: .goodTillCancelled,
            quantity: WireDecimal(Money(1)), price: drawPrice(side, type),
            clientOrderID: market.text(name))
    }

    private func drawPrice(_ side: Side, _ type: OrderType) -> WireDecimal {
        let distance = Int64(market.draw(below: Self.prices))
        let isAbove = (type == .takeProfit) == (side == .sell)
        return WireDecimal(
            significand: isAbove ? 10_001 + distance : 9_999 - distance, exponent: -2)
    }
}

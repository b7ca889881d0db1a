import ExchangeTesting
import ExchangeTypes
import Testing

/// Which take-profit and stop-loss prices an order may carry, and how they change. **Source**
/// `rules.md` §6.8, ORDERS.md §2, §5.
@Suite struct AttachedLegCheckScenarios {
    /// An entry while the mark is 100, and the answer.
    struct Entry: Sendable {
        var side = Side.buy
        var type = OrderType.limit
        var price = "99"
        var takeProfit = "0"
        var stopLoss = "0"
        let answer: RejectReason?
    }

    static let entries: [Entry] = [
        Entry(takeProfit: "99", answer: .invalidTakeProfitPrice),
        Entry(takeProfit: "99.01", answer: nil),
        Entry(stopLoss: "99", answer: .invalidStopLossPrice),
        Entry(stopLoss: "98.99", answer: nil),
        Entry(side: .sell, price: "101", takeProfit: "101", answer: .invalidTakeProfitPrice),
        Entry(side: .sell, price: "101", takeProfit: "100.99", answer: nil),
        Entry(side: .sell, price: "101", stopLoss: "101", answer: .invalidStopLossPrice),
        Entry(side: .sell, price: "101", stopLoss: "101.01", answer: nil),
        // A post-only order has a limit too; a market order is measured by the mark.
        Entry(type: .addLiquidityOnly, takeProfit: "99", answer: .invalidTakeProfitPrice),
        Entry(type: .addLiquidityOnly, takeProfit: "99.01", answer: nil),
        Entry(type: .market, price: "0", takeProfit: "100", answer: .invalidTakeProfitPrice),
        Entry(type: .market, price: "0", takeProfit: "100.01", answer: nil),
        Entry(type: .market, price: "0", stopLoss: "100", answer: .invalidStopLossPrice),
        Entry(type: .market, price: "0", stopLoss: "99.99", answer: nil),
        Entry(
            side: .sell, type: .market, price: "0", takeProfit: "100",
            answer: .invalidTakeProfitPrice),
        Entry(
            side: .sell, type: .market, price: "0", takeProfit: "99.99", stopLoss: "100.01",
            answer: nil),
        Entry(
            side: .sell, type: .market, price: "0", stopLoss: "100",
            answer: .invalidStopLossPrice),
        // The grid, and what a book can hold; not the band.
        Entry(takeProfit: "105.005", answer: .invalidTakeProfitPrice),
        Entry(stopLoss: "95.005", answer: .invalidStopLossPrice),
        Entry(takeProfit: "-1", answer: .invalidTakeProfitPrice),
        Entry(stopLoss: "-1", answer: .invalidStopLossPrice),
        Entry(takeProfit: "1342177.28", stopLoss: "0.01", answer: nil),
        Entry(takeProfit: "1342177.29", answer: .invalidTakeProfitPrice),
        Entry(takeProfit: "1e30", answer: .invalidTakeProfitPrice),
        // Take profit is looked at first.
        Entry(takeProfit: "99", stopLoss: "99", answer: .invalidTakeProfitPrice),
    ]

    @Test(
        "R-064, P-146: a price on the wrong side of the limit, or of the mark, is refused",
        arguments: Implementation.withOrders)
    func sides(_ implementation: Implementation) {
        for entry in Self.entries {
            let market = Market(implementation)
            let alice = market.trader()
            alice.enter(
                entry.side, "1", at: entry.price, takeProfit: entry.takeProfit,
                stopLoss: entry.stopLoss, entry.type)
            #expect(market.refusal == entry.answer, "\(entry)")
        }
    }

    @Test(
        "R-064: it is told after size and value, before the name and all limits",
        arguments: Implementation.withOrders)
    func order(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("1")
        alice.buy("0.1", at: "100", name: "a")
        alice.enter(.buy, "0.05", at: "99", takeProfit: "90")
        #expect(market.refusal == .belowMinimumNotional)
        alice.enter(.buy, "1", at: "99", takeProfit: "90", isReduceOnly: true)
        #expect(market.refusal == .nothingToReduce)
        alice.enter(.buy, "1000", at: "99", takeProfit: "90", name: "a")
        #expect(market.refusal == .invalidTakeProfitPrice)
        alice.enter(.buy, "1000", at: "99", takeProfit: "101", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.enter(.buy, "1000", at: "99", takeProfit: "101")
        #expect(market.refusal == .insufficientMargin)
    }

    // MARK: Changing

    @Test(
        "R-063: legs change, go and come without the order losing its place",
        arguments: Implementation.withOrders)
    func changes(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        let id = alice.enter(.buy, "10", at: "99", takeProfit: "105")
        carol.buy("10", at: "99")
        alice.change(id, .buy, stopLoss: "95")
        #expect(market.story == ["amend #\(id.value) buy limit 10 @ 99"])
        #expect(!market.hasMovedBook)
        #expect(market.amended.first?.takeProfit == Price(ticks: 10_500))
        #expect(market.amended.first?.stopLoss == Price(ticks: 9_500))
        alice.change(id, .buy, takeProfit: "0", stopLoss: "96")
        #expect(market.amended.first?.takeProfit == .zero)
        #expect(market.amended.first?.stopLoss == Price(ticks: 9_600))
        #expect(alice.orders == market.amended)
        alice.change(id, .buy, quantity: "8", takeProfit: "104")
        #expect(alice.orders == market.amended)
        let first = bob.sell("2", at: "99")
        #expect(
            market.story.suffix(3) == [
                "trade 2 @ 99", "accept #\(first.value + 1) sell takeProfit 2 @ 104",
                "accept #\(first.value + 2) sell stopLoss 2 @ 96",
            ])
        #expect(alice.holding == "2")
    }

    @Test(
        "R-064: what results is measured by the new price, and changes all or nothing",
        arguments: Implementation.withOrders)
    func changesPrice(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let id = alice.enter(.buy, "10", at: "98", takeProfit: "99", stopLoss: "97")
        let before = alice.orders
        alice.change(id, .buy, price: "99")
        #expect(market.refusal == .invalidTakeProfitPrice)
        alice.change(id, .buy, price: "97")
        #expect(market.refusal == .invalidStopLossPrice)
        alice.change(id, .buy, takeProfit: "98.005")
        #expect(market.refusal == .invalidTakeProfitPrice)
        alice.change(id, .buy, stopLoss: "98")
        #expect(market.refusal == .invalidStopLossPrice)
        // Before the limits.
        alice.change(id, .buy, quantity: "1000000", price: "99")
        #expect(market.refusal == .invalidTakeProfitPrice)
        #expect(alice.orders == before)
        alice.change(id, .buy, price: "99", takeProfit: "0")
        #expect(market.refusal == nil)
        alice.change(id, .buy, price: "97", takeProfit: "97.01", stopLoss: "96.99")
        #expect(market.refusal == nil)
        #expect(alice.orders == market.amended)
        // A higher price moves the order, its legs with it.
        alice.change(id, .buy, price: "97.005")
        #expect(market.refusal == .pricePrecision)
        alice.change(id, .buy, price: "97.5", takeProfit: "98")
        #expect(alice.orders.first?.takeProfit == Price(ticks: 9_800))
        #expect(alice.orders.first?.stopLoss == Price(ticks: 9_699))
    }
}

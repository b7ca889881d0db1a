import ExchangeTesting
import ExchangeTypes
import Testing

/// Orders that may only reduce a position. **Source** `rules.md` §6.11, ORDERS.md §3.
@Suite struct ReduceOnlyScenarios {
    /// Alice is long 10 at 100 from Bob.
    private func market(
        _ implementation: Implementation, deposit: String = "1000000"
    ) -> (Market, alice: Trader, bob: Trader, carol: Trader) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(deposit), market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        return (market, alice, bob, carol)
    }

    // MARK: Coming in

    @Test(
        "R-068: it is cut to what closes the position, less what others are there for",
        arguments: Implementation.withOrders)
    func clips(_ implementation: Implementation) {
        let (market, alice, bob, carol) = market(implementation)
        let first = alice.reduce(.sell, "15", at: "101")
        #expect(market.story == ["accept #\(first.value) sell limit 10 @ 101"])
        #expect(market.accepted.first?.isReduceOnly == true)
        #expect(alice.orders == market.accepted)
        alice.reduce(.sell, "1", at: "101")
        #expect(market.refusal == .nothingToReduce)
        alice.change(first, .sell, quantity: "4")
        let second = alice.reduce(.sell, "15", at: "101")
        #expect(market.story == ["accept #\(second.value) sell limit 6 @ 101"])
        // Orders of the usual kind take nothing away.
        alice.cancelAll()
        alice.sell("10", at: "102")
        alice.reduce(.sell, "15", at: "101")
        #expect(market.accepted.first?.quantity == Quantity(lots: 10_000))
        // The wrong side, and nobody's position.
        alice.reduce(.buy, "1", at: "99")
        #expect(market.refusal == .nothingToReduce)
        carol.reduce(.sell, "1", at: "101")
        #expect(market.refusal == .nothingToReduce)
        // A short is closed by buying.
        bob.reduce(.buy, "11", at: "99")
        #expect(market.accepted.first?.quantity == Quantity(lots: 10_000))
    }

    @Test(
        "R-068, P-130: whatever the kind, it ends flat at most",
        arguments: Implementation.withOrders,
        [
            (OrderType.limit, TimeInForce.immediateOrCancel), (.limit, .fillOrKill),
            (.limit, .goodTillCancelled), (.market, .immediateOrCancel),
        ])
    func endsFlat(_ implementation: Implementation, kind: (OrderType, TimeInForce)) {
        let (market, alice, _, carol) = market(implementation)
        carol.buy("20", at: "100")
        let id = alice.reduce(.sell, "15", at: "100", kind.1, kind.0)
        #expect(market.story.suffix(1) == ["trade 10 @ 100"])
        #expect(market.accepted.first?.quantity == Quantity(lots: 10_000))
        #expect(alice.holding == "0")
        #expect(alice.remaining(id) == nil)
    }

    @Test("R-068: what a part leaves rests, cut", arguments: Implementation.withOrders)
    func restsClipped(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        carol.buy("4", at: "100")
        let id = alice.reduce(.sell, "15", at: "100")
        #expect(market.trades == ["4 @ 100"])
        #expect(alice.remaining(id) == "6")
        #expect(alice.orders.first?.quantity == Quantity(lots: 10_000))
    }

    @Test(
        "R-068: size and price are checked as sent; the cut order may be smaller than the smallest",
        arguments: Implementation.withOrders)
    func checks(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.minimumQuantity = Quantity(lots: 1_000)
        instrument.maximumQuantity = Quantity(lots: 5_000)
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "5", from: bob)
        alice.reduce(.sell, "0.5", at: "101")
        #expect(market.refusal == .quantityTooSmall)
        alice.reduce(.sell, "5.001", at: "101")
        #expect(market.refusal == .quantityTooLarge)
        bob.reduce(.sell, "1", at: "100.005")
        #expect(market.refusal == .pricePrecision)
        alice.reduce(.sell, "4.995", at: "101", name: "a")
        alice.reduce(.sell, "5", at: "101", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        bob.buy("1", at: "99", name: "b")
        bob.reduce(.sell, "1", at: "101", name: "b")
        #expect(market.refusal == .nothingToReduce)
        // Worth 0.505, where an order must be worth 10.
        let id = alice.reduce(.sell, "5", at: "101")
        #expect(market.story == ["accept #\(id.value) sell limit 0.005 @ 101"])
    }

    @Test(
        "R-023: it holds no margin and does not make other orders dearer",
        arguments: Implementation.withOrders)
    func margin(_ implementation: Implementation) {
        let (market, alice, _, _) = market(implementation, deposit: "100")
        #expect(alice.available == "0")
        alice.reduce(.sell, "10", at: "104")
        #expect(alice.available == "0")
        #expect(alice.position().orderMargin == .zero)
        // It closes the position as well, so it is free; one lot more is not.
        alice.sell("10", at: "104")
        #expect(market.refusal == nil)
        alice.sell("0.1", at: "104")
        #expect(market.refusal == .insufficientMargin)
        #expect(alice.available == "0")
        // Nor do other orders make it dearer.
        alice.cancel(.orderID(alice.orders[1].id))
        alice.reduce(.sell, "10", at: "104")
        #expect(market.refusal == nil)
        // Not even what is missing stands in its way: 70 less 97 are free.
        alice.cancelAll()
        market.index("97")
        #expect(alice.available == "-27")
        alice.reduce(.sell, "10", at: "104")
        #expect(market.refusal == nil)
    }

    @Test("R-068: it can be post-only", arguments: Implementation.withOrders)
    func postOnly(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        carol.buy("1", at: "100")
        alice.reduce(.sell, "15", at: "100", .goodTillCancelled, .addLiquidityOnly)
        #expect(market.refusal == .postOnlyWouldCross)
        let id = alice.reduce(.sell, "15", at: "100.01", .goodTillCancelled, .addLiquidityOnly)
        #expect(
            market.story == ["accept #\(id.value) sell addLiquidityOnly 10 @ 100.01"])
    }

    // MARK: Changing

    @Test(
        "R-068: a change is cut like a new order, the order itself not counted",
        arguments: Implementation.withOrders)
    func modify(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        let first = alice.reduce(.sell, "6", at: "101")
        alice.reduce(.sell, "4", at: "102")
        alice.change(first, .sell, quantity: "3")
        #expect(market.story == ["amend #\(first.value) sell limit 3 @ 101"])
        alice.change(first, .sell, quantity: "9", isReduceOnly: true)
        #expect(market.story == ["amend #\(first.value) sell limit 6 @ 101"])
        alice.change(first, .sell, quantity: "2", isReduceOnly: false)
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        let usual = alice.buy("1", at: "99")
        alice.change(usual, .buy, quantity: "2", isReduceOnly: true)
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        alice.change(usual, .buy, quantity: "2", isReduceOnly: false)
        #expect(market.refusal == nil)
        carol.buy("20", at: "100")
        alice.change(first, .sell, quantity: "20", price: "100")
        #expect(market.story.suffix(1) == ["trade 6 @ 100"])
        #expect(alice.holding == "4")
        #expect(alice.remaining(first) == nil)
    }

    // MARK: Following the position

    @Test(
        "R-068: when the position shrinks the newest orders give way first",
        arguments: Implementation.withOrders)
    func newestFirst(_ implementation: Implementation) {
        let (market, alice, bob, _) = market(implementation)
        let first = alice.reduce(.sell, "3", at: "101")
        let second = alice.reduce(.sell, "4", at: "102")
        let third = alice.reduce(.sell, "3", at: "103")
        // A change makes it the last of its price, not a newer order.
        alice.modify(first, .sell, price: "102")
        alice.take(.sell, "5", from: bob)
        #expect(
            market.story.suffix(3) == [
                "trade 5 @ 100", "cancel #\(third.value) 3 nothingToReduce",
                "amend #\(second.value) sell limit 2 @ 102",
            ])
        #expect(market.amended.map(\.isAmended) == [false])
        // Each is followed by what its level holds now.
        let levels = market.events.compactMap { event -> LevelChanged? in
            guard case .levelChanged(let level) = event else { return nil }
            return level
        }
        #expect(levels.suffix(2).map(\.price) == [Price(ticks: 10_300), Price(ticks: 10_200)])
        #expect(levels.suffix(2).map(\.quantity) == [.zero, Quantity(lots: 5_000)])
        #expect(alice.remaining(first) == "3")
    }

    @Test(
        "R-068: one that has traded is lowered by what is left of it, and keeps its place",
        arguments: Implementation.withOrders)
    func lowersRest(_ implementation: Implementation) {
        let (market, alice, bob, carol) = market(implementation)
        let id = alice.reduce(.sell, "10", at: "101")
        carol.sell("5", at: "101")
        bob.buy("4", at: "101")
        #expect(alice.remaining(id) == "6")
        alice.take(.sell, "2", from: bob)
        #expect(market.story.suffix(1) == ["amend #\(id.value) sell limit 4/8 @ 101"])
        bob.buy("4", at: "101")
        #expect(alice.holding == "0")
        #expect(carol.holding == "0")
    }

    @Test(
        "R-068: a position that flips takes its reduce-only orders with it",
        arguments: Implementation.withOrders)
    func flips(_ implementation: Implementation) {
        let (market, alice, bob, _) = market(implementation)
        let id = alice.reduce(.sell, "10", at: "104")
        alice.take(.sell, "15", from: bob)
        #expect(market.story.suffix(1) == ["cancel #\(id.value) 10 nothingToReduce"])
        let other = alice.reduce(.buy, "8", at: "96")
        #expect(market.story == ["accept #\(other.value) buy limit 5 @ 96"])
    }

    @Test(
        "R-068: accounts follow by id, of each reduce-only orders before stop orders",
        arguments: Implementation.withOrders)
    func order(_ implementation: Implementation) {
        let (market, alice, bob, _) = market(implementation)
        let bobStop = bob.stop(.buy, .stopLoss, "10", at: "104")
        let bobOrder = bob.reduce(.buy, "10", at: "96")
        let aliceStop = alice.stop(.sell, .stopLoss, "10", at: "95")
        let aliceOrder = alice.reduce(.sell, "10", at: "104")
        alice.take(.sell, "4", from: bob)
        #expect(
            market.story.suffix(4) == [
                "amend #\(aliceOrder.value) sell limit 6 @ 104",
                "amend #\(aliceStop.value) sell stopLoss 6 @ 95",
                "amend #\(bobOrder.value) buy limit 6 @ 96",
                "amend #\(bobStop.value) buy stopLoss 6 @ 104",
            ])
    }

    @Test(
        "R-068: what a stop order sold is not offered a second time",
        arguments: Implementation.withOrders)
    func afterStop(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        let id = alice.reduce(.sell, "10", at: "104")
        let stop = alice.stop(.sell, .takeProfit, "10", at: "105")
        alice.stop(.sell, .stopLoss, "4", at: "98")
        carol.buy("20", at: "97")
        market.index("98")
        #expect(
            market.story == [
                "trade 4 @ 97", "amend #\(id.value) sell limit 6 @ 104",
                "amend #\(stop.value) sell takeProfit 6 @ 105",
            ])
    }

    @Test(
        "R-068: so do those whose positions are closed off the book",
        arguments: Implementation.withOrders)
    func afterDeleveraging(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("100"))
        bob.take(.buy, "10", from: alice)
        let order = alice.reduce(.buy, "10", at: "76")
        let stop = alice.stop(.buy, .stopLoss, "10", at: "110")
        // Bob owes 100 that nobody covers: alice buys back at 90.
        market.index("80")
        #expect(
            market.story == [
                "liquidation true", "trade 10 @ 90", "liquidation false",
                "cancel #\(order.value) 10 nothingToReduce",
                "cancel #\(stop.value) 10 nothingToReduce",
            ])
    }
}

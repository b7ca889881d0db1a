import ExchangeTesting
import ExchangeTypes
import Testing

/// Resting reduce-only orders while an aggressor changes the position that they reduce. **Source**
/// ORDERS.md §3.
@Suite struct ReduceOnlyMatchScenarios {
    /// Alice is long 10. She offers 8 at 101, and to close 10 at 102.
    private func market(
        _ implementation: Implementation
    ) -> (Market, alice: Trader, closing: OrderID, others: [Trader]) {
        let market = Market(implementation)
        let alice = market.trader()
        let others = [market.trader(), market.trader(), market.trader()]
        alice.take(.buy, "10", from: others[0])
        alice.sell("8", at: "101")
        let closing = alice.reduce(.sell, "10", at: "102")
        return (market, alice, closing, others)
    }

    @Test(
        "R-068: it trades what is left to close, and then goes like an order of the same user",
        arguments: Implementation.withOrders)
    func goes(_ implementation: Implementation) {
        let (market, alice, closing, others) = market(implementation)
        others[1].sell("5", at: "102")
        let id = others[2].buy("20", at: "102")
        #expect(
            market.story == [
                "accept #\(id.value) buy limit 20 @ 102", "trade 8 @ 101", "trade 2 @ 102",
                "cancel #\(closing.value) 8 nothingToReduce", "trade 5 @ 102",
            ])
        #expect(alice.holding == "0")
        #expect(others[1].holding == "-5")
        #expect(others[2].remaining(id) == "5")
        let levels = market.events.compactMap { event -> Quantity? in
            guard case .levelChanged(let level) = event else { return nil }
            return level.quantity
        }
        #expect(levels == [.zero, .zero, Quantity(lots: 5_000)])
    }

    @Test(
        "R-068: with nothing to close from the start it goes without a trade",
        arguments: Implementation.withOrders)
    func goesAtOnce(_ implementation: Implementation) {
        let (market, alice, closing, others) = market(implementation)
        alice.sell("4", at: "101")
        let id = others[2].buy("20", at: "102")
        #expect(
            market.story == [
                "accept #\(id.value) buy limit 20 @ 102", "trade 8 @ 101", "trade 4 @ 101",
                "cancel #\(closing.value) 10 nothingToReduce",
            ])
        #expect(alice.holding == "-2")
    }

    @Test(
        "R-068: an aggressor that is done leaves the rest to be lowered after the command",
        arguments: Implementation.withOrders)
    func lowered(_ implementation: Implementation) {
        let (market, alice, closing, others) = market(implementation)
        others[2].buy("9", at: "102")
        #expect(
            market.story.suffix(3) == [
                "trade 8 @ 101", "trade 1 @ 102",
                "amend #\(closing.value) sell limit 1/2 @ 102",
            ])
        #expect(alice.holding == "1")
        others[2].buy("1", at: "102")
        #expect(alice.holding == "0")
        #expect(alice.orders.isEmpty)
    }

    @Test(
        "R-068: an aggressor that takes exactly what closes leaves an order that is cancelled",
        arguments: Implementation.withOrders)
    func exactly(_ implementation: Implementation) {
        let (market, alice, closing, others) = market(implementation)
        others[2].buy("10", at: "102")
        #expect(
            market.story.suffix(3) == [
                "trade 8 @ 101", "trade 2 @ 102",
                "cancel #\(closing.value) 8 nothingToReduce",
            ])
        #expect(alice.holding == "0")
    }

    @Test(
        "R-050: all-or-nothing counts it for what it could trade at that point",
        arguments: Implementation.withOrders)
    func fillOrKill(_ implementation: Implementation) {
        for (quantity, isFilled) in [("10", true), ("10.001", false)] {
            let (market, _, _, others) = market(implementation)
            others[2].buy(quantity, at: "102", .fillOrKill)
            #expect(market.trades.isEmpty != isFilled)
        }
        // One more lot behind it is reached; another account's is counted for itself.
        for (quantity, isFilled) in [("14", true), ("14.001", false)] {
            let (market, _, _, others) = market(implementation)
            others[1].take(.buy, "3", from: others[0])
            others[1].reduce(.sell, "3", at: "102")
            others[0].sell("1", at: "102")
            others[2].buy(quantity, at: "102", .fillOrKill)
            #expect(market.trades.isEmpty != isFilled)
            if isFilled { #expect(market.trades == ["8 @ 101", "2 @ 102", "3 @ 102", "1 @ 102"]) }
        }
    }

    @Test(
        "R-073: an order of the same user goes for that reason, reduce-only or not",
        arguments: Implementation.withOrders)
    func sameUser(_ implementation: Implementation) {
        let (market, alice, closing, _) = market(implementation)
        let second = market.trader(of: alice)
        second.buy("20", at: "102")
        #expect(market.trades.isEmpty)
        #expect(market.cancelled[closing] == .selfTradePrevention)
    }

    @Test(
        "R-068: a triggered stop order respects it as any order does",
        arguments: Implementation.withOrders)
    func stopOrder(_ implementation: Implementation) {
        let (market, alice, closing, others) = market(implementation)
        others[1].take(.sell, "20", from: others[2])
        others[1].stop(.buy, .stopLoss, "20", at: "100.50")
        market.index("100.50")
        let stop = closing.value + 3
        #expect(
            market.story == [
                "trade 8 @ 101", "trade 2 @ 102", "cancel #\(closing.value) 8 nothingToReduce",
                "cancel #\(stop) 10 unfilledRemainder",
            ])
        #expect(alice.holding == "0")
        #expect(others[1].holding == "-10")
    }
}

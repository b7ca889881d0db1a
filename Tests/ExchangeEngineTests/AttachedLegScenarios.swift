import ExchangeTesting
import ExchangeTypes
import Testing

/// Take-profit and stop-loss prices on an entry. **Source** `rules.md` §6.8, ORDERS.md §5.
@Suite struct AttachedLegScenarios {
    @Test(
        "R-063, P-146: what an order fills is protected at once, take profit before stop loss",
        arguments: Implementation.withOrders, [OrderType.limit, .market])
    func stages(_ implementation: Implementation, _ type: OrderType) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        bob.sell("10", at: "100")
        let price = type == .market ? "0" : "100"
        let id = alice.enter(.buy, "4", at: price, takeProfit: "105", stopLoss: "95", type)
        #expect(
            market.story == [
                "accept #\(id.value) buy \(type) 4 @ \(price)", "trade 4 @ 100",
                "accept #\(id.value + 1) sell takeProfit 4 @ 105",
                "accept #\(id.value + 2) sell stopLoss 4 @ 95",
            ])
        #expect(alice.orders == market.accepted.dropFirst().reversed())
        for leg in alice.stops {
            #expect(leg.timeInForce == .goodTillCancelled)
            #expect(leg.isReduceOnly)
            #expect(!leg.isAmended)
            #expect(!leg.clientOrderID.isEmpty)
            #expect(leg.takeProfit == .zero && leg.stopLoss == .zero)
            #expect(leg.updatedAt == Timestamp(nanoseconds: market.time))
        }
    }

    @Test(
        "R-063: the legs of a resting order grow with its fills",
        arguments: Implementation.withOrders, [OrderType.limit, .addLiquidityOnly])
    func grows(_ implementation: Implementation, _ type: OrderType) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let parent = alice.enter(.sell, "10", at: "101", takeProfit: "95", stopLoss: "105", type)
        #expect(market.accepted.first?.takeProfit == Price(ticks: 9_500))
        #expect(market.accepted.first?.stopLoss == Price(ticks: 10_500))
        #expect(alice.stops.isEmpty)
        let first = bob.buy("4", at: "101")
        let legs = (first.value + 1, first.value + 2)
        #expect(
            market.story.suffix(3) == [
                "trade 4 @ 101", "accept #\(legs.0) buy takeProfit 4 @ 95",
                "accept #\(legs.1) buy stopLoss 4 @ 105",
            ])
        bob.buy("3", at: "101")
        #expect(
            market.story.suffix(3) == [
                "trade 3 @ 101", "amend #\(legs.0) buy takeProfit 7 @ 95",
                "amend #\(legs.1) buy stopLoss 7 @ 105",
            ])
        #expect(market.amended.allSatisfy { !$0.isAmended && $0.remaining == $0.quantity })
        // Without a fill there is nothing to protect; with one it stays protected.
        alice.cancel(parent)
        #expect(market.story == ["cancel #\(parent.value) 3 requested"])
        #expect(alice.stops.count == 2)
    }

    @Test(
        "R-063: an order that was never filled takes its legs with it",
        arguments: Implementation.withOrders)
    func unfilled(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let parent = alice.enter(.buy, "10", at: "99", takeProfit: "105", stopLoss: "95")
        alice.cancel(parent)
        #expect(market.story == ["cancel #\(parent.value) 10 requested"])
        bob.sell("10", at: "99")
        alice.buy("10", at: "99")
        #expect(alice.holding == "10")
        #expect(alice.stops.isEmpty)
    }

    @Test(
        "R-063: the fills of one command are taken together, orders in the order of their fills",
        arguments: Implementation.withOrders)
    func together(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        bob.enter(.sell, "3", at: "100", takeProfit: "94")
        carol.enter(.sell, "4", at: "100.50", takeProfit: "95")
        let id = alice.enter(.buy, "10", at: "101", takeProfit: "105")
        #expect(
            market.story == [
                "accept #\(id.value) buy limit 10 @ 101", "trade 3 @ 100", "trade 4 @ 100.5",
                "accept #\(id.value + 1) buy takeProfit 3 @ 94",
                "accept #\(id.value + 2) sell takeProfit 7 @ 105",
                "accept #\(id.value + 3) buy takeProfit 4 @ 95",
            ])
        bob.sell("3", at: "101")
        #expect(
            market.story.suffix(2) == [
                "trade 3 @ 101", "amend #\(id.value + 2) sell takeProfit 10 @ 105",
            ])
    }

    @Test(
        "R-063: one leg that is triggered cancels the other",
        arguments: Implementation.withOrders, [true, false])
    func oneCancelsOther(_ implementation: Implementation, isGain: Bool) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        bob.sell("4", at: "100")
        let id = alice.enter(.buy, "4", at: "100", takeProfit: "103", stopLoss: "97")
        carol.buy("20", at: "98")
        market.index(isGain ? "103" : "97")
        let other = isGain ? id.value + 2 : id.value + 1
        #expect(market.story == ["cancel #\(other) 4 oneCancelsOther", "trade 4 @ 98"])
        #expect(alice.holding == "0")
        #expect(alice.orders.isEmpty)
    }

    @Test(
        "R-063: a leg that its owner cancels leaves the other alone",
        arguments: Implementation.withOrders)
    func cancelOne(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        let id = alice.enter(.buy, "6", at: "100", takeProfit: "103", stopLoss: "97")
        bob.sell("4", at: "100")
        let gain = alice.stops[0].id
        let loss = alice.stops[1].id
        alice.cancelStop(.orderID(gain))
        #expect(alice.stops.map(\.id) == [loss])
        // The next fill makes a new one of what it filled, and enlarges the one that was left.
        let second = bob.sell("2", at: "100")
        #expect(
            market.story.suffix(2) == [
                "accept #\(second.value + 1) sell takeProfit 2 @ 103",
                "amend #\(loss.value) sell stopLoss 6 @ 97",
            ])
        #expect(alice.remaining(id) == nil)
        // The two are a pair again.
        carol.buy("20", at: "96")
        market.index("97")
        #expect(
            market.story == [
                "cancel #\(second.value + 1) 2 oneCancelsOther", "trade 6 @ 96",
            ])
    }

    @Test(
        "R-063: fills after a leg was carried out are protected by new legs",
        arguments: Implementation.withOrders)
    func newLegs(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.enter(.buy, "10", at: "99", takeProfit: "103", stopLoss: "97")
        bob.sell("4", at: "99")
        carol.buy("4", at: "102")
        market.index("103")
        #expect(market.trades == ["4 @ 102"])
        market.index("100")
        let id = bob.sell("3", at: "99")
        #expect(
            market.story.suffix(2) == [
                "accept #\(id.value + 1) sell takeProfit 3 @ 103",
                "accept #\(id.value + 2) sell stopLoss 3 @ 97",
            ])
    }

    @Test(
        "R-063: what only closes is not protected, what flips is for what it opened",
        arguments: Implementation.withOrders)
    func closing(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.sell, "5", from: bob)
        bob.sell("20", at: "100")
        alice.enter(.buy, "3", at: "100", takeProfit: "105", stopLoss: "95")
        #expect(market.trades == ["3 @ 100"])
        #expect(alice.stops.isEmpty)
        let id = alice.enter(.buy, "8", at: "100", takeProfit: "105", stopLoss: "95")
        #expect(
            market.story.suffix(3) == [
                "trade 8 @ 100", "accept #\(id.value + 1) sell takeProfit 6 @ 105",
                "accept #\(id.value + 2) sell stopLoss 6 @ 95",
            ])
        alice.enter(.sell, "2", at: "100", .market, isReduceOnly: true)
        #expect(alice.stops.map(\.quantity.lots) == [6_000, 6_000])
    }

    @Test(
        "R-063: both legs die when the position is flat, and live on in what a later fill makes",
        arguments: Implementation.withOrders)
    func flat(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.enter(.buy, "10", at: "99", takeProfit: "105", stopLoss: "95")
        let first = bob.sell("4", at: "99")
        alice.take(.sell, "3", at: "99.50", from: bob)
        #expect(
            market.story.suffix(2) == [
                "amend #\(first.value + 1) sell takeProfit 1 @ 105",
                "amend #\(first.value + 2) sell stopLoss 1 @ 95",
            ])
        bob.sell("2", at: "99")
        #expect(
            market.story.suffix(2) == [
                "amend #\(first.value + 1) sell takeProfit 3 @ 105",
                "amend #\(first.value + 2) sell stopLoss 3 @ 95",
            ])
        alice.take(.sell, "3", at: "99.50", from: bob)
        #expect(
            market.story.suffix(2) == [
                "cancel #\(first.value + 1) 3 nothingToReduce",
                "cancel #\(first.value + 2) 3 nothingToReduce",
            ])
        let last = bob.sell("4", at: "99")
        #expect(
            market.story.suffix(2) == [
                "accept #\(last.value + 1) sell takeProfit 4 @ 105",
                "accept #\(last.value + 2) sell stopLoss 4 @ 95",
            ])
    }

    @Test(
        "R-063: the legs of several orders are held to the position one by one",
        arguments: Implementation.withOrders)
    func severalParents(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        bob.sell("7", at: "100")
        let first = alice.enter(.buy, "4", at: "100", takeProfit: "105", stopLoss: "95")
        let second = alice.enter(.buy, "3", at: "100", takeProfit: "104", stopLoss: "96")
        alice.take(.sell, "5", from: bob)
        #expect(
            market.story.suffix(4) == [
                "amend #\(first.value + 1) sell takeProfit 2 @ 105",
                "amend #\(first.value + 2) sell stopLoss 2 @ 95",
                "amend #\(second.value + 1) sell takeProfit 2 @ 104",
                "amend #\(second.value + 2) sell stopLoss 2 @ 96",
            ])
        // The one that is triggered leaves nothing to the legs of the other order.
        carol.buy("20", at: "95.50")
        market.index("96")
        #expect(
            market.story == [
                "cancel #\(second.value + 1) 2 oneCancelsOther", "trade 2 @ 95.5",
                "cancel #\(first.value + 1) 2 nothingToReduce",
                "cancel #\(first.value + 2) 2 nothingToReduce",
            ])
    }

    @Test(
        "R-063: a leg that its owner changed grows from what it is",
        arguments: Implementation.withOrders)
    func changedLeg(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.enter(.buy, "10", at: "99", takeProfit: "105")
        let first = bob.sell("4", at: "99")
        alice.modifyStop(.orderID(OrderID(first.value + 1)), "2", at: "104")
        bob.sell("3", at: "99")
        #expect(
            market.story.suffix(1) == ["amend #\(first.value + 1) sell takeProfit 5 @ 104"])
        #expect(market.amended.map(\.isAmended) == [true])
    }

    @Test(
        "R-083: legs are made whatever the cap on open orders, and count against it",
        arguments: Implementation.withOrders)
    func cap(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.maximumOpenOrders = 3 }
        let (alice, bob) = (market.trader(), market.trader())
        for _ in 1...3 { alice.enter(.buy, "4", at: "99", takeProfit: "105", stopLoss: "95") }
        bob.sell("2", at: "99")
        #expect(alice.orders.count == 5)
        bob.sell("2", at: "99")
        #expect(alice.orders.count == 4)
        alice.buy("1", at: "99")
        #expect(market.refusal == .tooManyOpenOrders)
    }

    @Test(
        "R-063: legs are made before what closed the old position goes",
        arguments: Implementation.withOrders)
    func beforeTheOthers(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.sell, "5", from: bob)
        let closing = alice.reduce(.buy, "5", at: "96").value
        let stop = alice.stop(.buy, .stopLoss, "5", at: "104").value
        bob.sell("8", at: "100")
        let id = alice.enter(.buy, "8", at: "100", takeProfit: "105").value
        #expect(
            market.story == [
                "accept #\(id) buy limit 8 @ 100", "trade 8 @ 100",
                "accept #\(id + 1) sell takeProfit 3 @ 105",
                "cancel #\(closing) 5 nothingToReduce", "cancel #\(stop) 5 nothingToReduce",
            ])
    }

    @Test(
        "R-063: a price that the mark has passed already is acted on when the mark changes",
        arguments: Implementation.withOrders)
    func passed(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.enter(.buy, "4", at: "98", takeProfit: "99")
        let first = bob.sell("4", at: "98")
        #expect(
            market.story.suffix(2) == [
                "trade 4 @ 98", "accept #\(first.value + 1) sell takeProfit 4 @ 99",
            ])
        market.index("100")
        #expect(market.story.isEmpty)
        carol.buy("20", at: "97")
        market.index("100.01")
        #expect(market.story == ["trade 4 @ 97"])
        // A loss that is one from the start.
        bob.sell("5", at: "101")
        let id = alice.enter(.buy, "5", at: "103", stopLoss: "102")
        #expect(
            market.story.suffix(2) == [
                "trade 5 @ 101", "accept #\(id.value + 1) sell stopLoss 5 @ 102",
            ])
        market.index("100")
        #expect(market.story == ["trade 5 @ 97"])
    }

    @Test(
        "R-053: a leg is not made under a name that its owner already gave to another order",
        arguments: Implementation.withOrders)
    func foreseenName(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        // Orders 4 and 5 would be the legs; alice has worked out their made names.
        let names = [4, 5].map { (id: UInt64) in
            OrderIdentifierPermutation.uniqueID(of: OrderID(id)).description
        }
        alice.enter(.buy, "4", at: "99", takeProfit: "105")
        alice.sell("1", at: "104", name: names[0])
        bob.sell("4", at: "99")
        #expect(alice.stops.map(\.id) == [OrderID(5)])
        alice.cancel(.clientOrderID(text(names[0])))
        #expect(market.story == ["cancel #2 1 requested"])
        alice.cancel(.clientOrderID(text(names[1])))
        #expect(market.story == ["cancel #5 4 requested"])
        #expect(alice.orders.isEmpty)
    }
}

import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// Changes wait like new orders, and what waits can be cancelled. **Source** `rules.md` §7, ORDERS.md §2.
@Suite struct SpeedBumpChangeScenarios {
    /// What a request waits, in nanoseconds.
    static let bump: Int64 = 100_000_000

    /// Alice is long 2 and bids for 5 at 99; from then on limit orders wait. The bid is the last order.
    private func market(
        _ implementation: Implementation
    ) -> (Market, alice: Trader, bob: Trader, bid: OrderID) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "2", from: bob)
        let bid = alice.buy("5", at: "99", name: "bid")
        market.configureVenue { $0.speedBumpNanoseconds = Self.bump }
        return (market, alice, bob, bid)
    }

    // MARK: Changes

    @Test(
        "R-071, P-201: a change takes effect after exactly 100 ms, the order stands until then",
        arguments: Implementation.withOrders)
    func waits(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        alice.modify(bid, .buy, quantity: "4", price: "99.50")
        let due = market.time + Self.bump
        #expect(market.events.isEmpty)
        market.advance(to: due - 1)
        #expect(market.story.isEmpty)
        #expect(alice.orders.first?.price == Price(ticks: 9_900))
        #expect(alice.remaining(bid) == "5")
        market.jump(to: Timestamp(nanoseconds: due + 30_000_000))
        bob.sellAtMarket("4")
        #expect(
            market.story.prefix(1) == ["amend #\(bid.value) buy limit 4 @ 99.5"])
        #expect(market.amended.first?.updatedAt == Timestamp(nanoseconds: due))
        #expect(market.trades == ["4 @ 99.5"])
    }

    @Test("P-125: it may trade when it takes effect", arguments: Implementation.withOrders)
    func trades(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        alice.modify(bid, .buy, price: "101")
        bob.sell("5", at: "101")
        market.wait(milliseconds: 100)
        // The offer came later, and finds the bid.
        #expect(
            market.story == [
                "amend #\(bid.value) buy limit 5 @ 101",
                "accept #\(bid.value + 1) sell limit 5 @ 101", "trade 5 @ 101",
            ])
    }

    @Test(
        "P-201: what cannot be is refused at once, also of an order that waits itself",
        arguments: Implementation.withOrders)
    func refusedAtOnce(_ implementation: Implementation) {
        let (market, alice, _, bid) = market(implementation)
        alice.modify(bid, .sell, price: "99.50")
        #expect(market.story == ["modify refused cannotModifyNoSuchOrder"])
        alice.modify(bid, .buy, price: "99.505")
        #expect(market.story == ["modify refused pricePrecision"])
        alice.modify(bid, .buy, price: "99.50", type: .addLiquidityOnly)
        #expect(market.story == ["modify refused cannotModifyNoSuchOrder"])
        alice.buy("1", at: "98")
        alice.modify(OrderID(bid.value + 1), .buy, price: "98.50")
        #expect(market.story == ["modify refused cannotModifyNoSuchOrder"])
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(bid.value + 1) buy limit 1 @ 98"])
    }

    @Test(
        "P-123, P-201: an order that traded meanwhile is not changed",
        arguments: Implementation.withOrders)
    func tradedMeanwhile(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        alice.modify(bid, .buy, price: "99.50")
        bob.sellAtMarket("1")
        market.wait(milliseconds: 100)
        #expect(market.story == ["modify refused cannotModifyPartialFill"])
        guard case .modifyRejected(let rejected)? = market.events.first else { return }
        #expect(rejected.order == alice.orders.first)
        #expect(alice.remaining(bid) == "4")
    }

    @Test(
        "P-122, P-201: an order that is gone by then is not found",
        arguments: Implementation.withOrders)
    func goneMeanwhile(_ implementation: Implementation) {
        for isFilled in [true, false] {
            let (market, alice, bob, bid) = market(implementation)
            alice.modify(bid, .buy, price: "99.50")
            if isFilled { bob.sellAtMarket("5") } else { alice.cancelAll() }
            #expect(alice.orders.isEmpty)
            market.wait(milliseconds: 100)
            #expect(market.story == ["modify refused cannotModifyNoSuchOrder"])
        }
    }

    @Test(
        "P-201: several changes of one order take effect one after the other",
        arguments: Implementation.withOrders)
    func several(_ implementation: Implementation) {
        let (market, alice, _, bid) = market(implementation)
        alice.modify(bid, .buy, price: "99.50")
        alice.modify(bid, .buy, quantity: "3")
        market.wait(milliseconds: 100)
        #expect(
            market.story == [
                "amend #\(bid.value) buy limit 5 @ 99.5", "amend #\(bid.value) buy limit 3 @ 99.5",
            ])
    }

    @Test(
        "P-201: changes are checked anew, like new orders",
        arguments: Implementation.withOrders)
    func checkedAnew(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        alice.modify(bid, .buy, price: "104.99")
        market.index("99.98")
        market.wait(milliseconds: 100)
        #expect(market.story == ["modify refused priceTooHigh"])
        alice.modify(bid, .buy, price: "100")
        alice.setStatus(isIdentityCheckMissing: true)
        market.wait(milliseconds: 100)
        #expect(market.story == ["modify refused identityCheckRequired"])
        alice.setStatus()
        market.configureVenue { $0.speedBumpNanoseconds = 0 }
        let post = alice.offer(.buy, "1", at: "98")
        market.configureVenue { $0.speedBumpNanoseconds = Self.bump }
        bob.sell("5", at: "99.50")
        alice.modify(post, .buy, price: "99.50", type: .addLiquidityOnly)
        #expect(market.events.isEmpty)
        market.wait(milliseconds: 100)
        #expect(market.story.suffix(1) == ["modify refused cannotModifyWouldCross"])
    }

    // MARK: Cancels

    @Test(
        "R-072, P-202: a waiting order is cancelled by either id, and nothing comes of it",
        arguments: Implementation.withOrders)
    func cancels(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        let first = bid.value + 1
        alice.buy("3", at: "98", name: "a")
        alice.buy("4", at: "98", name: "b")
        bob.cancel(.orderID(OrderID(first)))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.clientOrderID(text("a")), in: 7)
        #expect(market.refusal == .unknownSymbol)
        alice.cancelStop(.orderID(OrderID(first)))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.orderID(OrderID(first)))
        #expect(market.story == ["cancel #\(first) 3 requested"])
        #expect(!market.hasMovedBook)
        guard case .orderCancelled(let order, _)? = market.events.first else { return }
        #expect(order.price == Price(ticks: 9_800))
        #expect(order.clientOrderID == text("a"))
        #expect(order.updatedAt == Timestamp(nanoseconds: market.time))
        alice.cancel(.orderID(OrderID(first)))
        #expect(market.refusal == .noSuchOrder)
        // The name is free at once.
        alice.buy("5", at: "98", name: "a")
        #expect(market.refusal == nil)
        alice.cancel(.clientOrderID(text("b")))
        #expect(market.story == ["cancel #\(first + 1) 4 requested"])
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(first + 2) buy limit 5 @ 98"])
    }

    @Test(
        "P-126, P-202: cancelling all takes what waits after what rests, of its contract only",
        arguments: Implementation.withOrders)
    func cancelAll(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        let last = bid.value
        alice.buy("3", at: "98")
        let stop = alice.stop(.sell, .stopLoss, "1", at: "98")
        alice.buy("4", at: "98", in: 1)
        alice.buy("6", at: "98")
        bob.buy("7", at: "98")
        let twap = alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000).value
        alice.cancelAll(in: 0)
        #expect(
            market.story == [
                "cancel #\(last) 5 requested", "cancel #\(stop.value) 1 requested",
                "cancel #\(last + 1) 3 requested", "cancel #\(last + 4) 6 requested",
                "twap \(twap) cancelled 0",
            ])
        alice.cancelAll()
        #expect(market.story == ["cancel #\(last + 3) 4 requested"])
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(last + 5) buy limit 7 @ 98"])
    }

    @Test("R-090: liquidation cancels what waits", arguments: Implementation.withOrders)
    func liquidation(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("101"), market.trader())
        alice.take(.buy, "10", from: bob)
        market.configureVenue { $0.speedBumpNanoseconds = Self.bump }
        let last = alice.stop(.sell, .stopLoss, "1", at: "95").value
        alice.sell("1", at: "104")
        market.index("96")
        #expect(
            market.story.prefix(3) == [
                "liquidation true", "cancel #\(last) 1 liquidation",
                "cancel #\(last + 1) 1 liquidation",
            ])
        market.wait(milliseconds: 100)
        #expect(market.story.isEmpty)
    }

    @Test(
        "R-103: so does the end of a contract, whosever they are",
        arguments: Implementation.withOrders)
    func delisting(_ implementation: Implementation) {
        let (market, alice, bob, bid) = market(implementation)
        bob.sell("1", at: "104")
        alice.buy("3", at: "98")
        alice.modify(bid, .buy, price: "99.50")
        market.reconfigure { $0.status = .delisted }
        #expect(
            market.story == [
                "cancel #\(bid.value) 5 corporateAction",
                "cancel #\(bid.value + 1) 1 corporateAction",
                "cancel #\(bid.value + 2) 3 corporateAction",
            ])
        market.wait(milliseconds: 100)
        #expect(market.story == ["modify refused cannotModifyNoSuchOrder"])
    }

    // MARK: Places in the queue

    @Test(
        "R-071: an order that was cancelled holds up none that come later",
        arguments: Implementation.withOrders, [true, false])
    func leavesTheQueue(_ implementation: Implementation, isFirst: Bool) {
        let (market, alice, bob, bid) = market(implementation)
        // Also where it stands behind another that waits.
        if !isFirst { bob.buy("1", at: "97") }
        let bobsDue = market.time + Self.bump
        alice.buy("1", at: "98", name: "a")
        alice.cancel(.clientOrderID(text("a")))
        market.configureVenue { $0.speedBumpNanoseconds = 10_000_000 }
        alice.buy("2", at: "98", name: "b")
        let due = isFirst ? market.time + 10_000_000 : bobsDue
        let id = bid.value + (isFirst ? 2 : 3)
        market.advance(to: due - 1)
        #expect(market.story.isEmpty)
        market.advance(to: due)
        #expect(market.story.suffix(1) == ["accept #\(id) buy limit 2 @ 98"])
    }

    @Test(
        "The instant at which a cancelled order would have come in is none",
        arguments: Implementation.withOrders)
    func leavesNoInstant(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, carol) = (market.trader(), market.trader())
        let bid = carol.buy("1", at: "101.90")
        let offer = carol.sell("1", at: "102.10")
        // 100 and twice 102.
        market.wait(untilSecond: 1)
        #expect(market.prices()?.mark == decimal("102"))
        market.configureVenue { $0.speedBumpNanoseconds = Self.bump }
        market.jump(to: Timestamp(nanoseconds: 1_050_000_000))
        alice.buy("1", at: "98", name: "a")
        alice.cancel(.clientOrderID(text("a")))
        // Without the offer the book says 101.90, without the bid it says nothing.
        carol.cancel(offer)
        market.jump(to: Timestamp(nanoseconds: 1_200_000_000))
        carol.cancel(bid)
        #expect(market.prices() == nil)
    }

    @Test("The engine waits for nothing that was cancelled")
    func deadline() {
        let (market, alice, bob, _) = market(.engine)
        func next() -> Int64? { (market.exchange as? Exchange)?.nextDeadline?.nanoseconds }
        alice.buy("1", at: "98")
        bob.buy("1", at: "98")
        let bobsDue = market.time + Self.bump
        alice.cancelAll()
        #expect(next() == bobsDue)
        bob.cancelAll()
        #expect(next() == 1_000_000_000)
    }
}

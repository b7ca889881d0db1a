import ExchangeTesting
import ExchangeTypes
import Testing

/// What carries stop orders out, and what becomes of them. **Source** `rules.md` §6.9, ORDERS.md §4, §7.
@Suite struct StopTriggerScenarios {
    /// Alice holds 10 at 100, long or short, and Carol waits with 20 on the other side.
    private func market(
        _ implementation: Implementation, long: Bool = true, carolAt price: String
    ) -> (Market, alice: Trader, bob: Trader, carol: Trader) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.take(long ? .buy : .sell, "10", from: bob)
        if long { carol.buy("20", at: price) } else { carol.sell("20", at: price) }
        return (market, alice, bob, carol)
    }

    @Test(
        "R-060, P-142: the mark triggers in four directions, at exactly the trigger",
        arguments: Implementation.withOrders)
    func directions(_ implementation: Implementation) {
        let cases: [(side: Side, type: OrderType, at: String, before: String, carol: String)] = [
            (.sell, .stopLoss, "98", "98.01", "97"),
            (.sell, .takeProfit, "102", "101.99", "97"),
            (.buy, .stopLoss, "102", "101.99", "103"),
            (.buy, .takeProfit, "98", "98.01", "102.5"),
        ]
        for (side, type, trigger, before, price) in cases {
            let (market, alice, _, _) = market(
                implementation, long: side == .sell, carolAt: price)
            let id = alice.stop(side, type, "5", at: trigger, name: "stop")
            market.index(before)
            #expect(market.story.isEmpty)
            #expect(alice.remaining(id) == "5")
            market.index(trigger)
            #expect(market.story == ["trade 5 @ \(price)"], "\(side) \(type)")
            #expect(alice.holding == (side == .sell ? "5" : "-5"))
            #expect(alice.stops.isEmpty)
            let order = market.fills.last?.order
            #expect(order?.id == id)
            #expect(order?.clientOrderID == text("stop"))
            #expect(order?.type == .stopMarket)
            #expect(order?.timeInForce == .immediateOrCancel)
            #expect(order?.isReduceOnly == true)
            #expect(order?.price == .zero)
        }
    }

    @Test("R-060: a last trade beyond the trigger does not", arguments: Implementation.withOrders)
    func notTheLastTrade(_ implementation: Implementation) {
        let (market, alice, bob, _) = market(implementation, carolAt: "96")
        alice.stop(.sell, .stopLoss, "5", at: "97")
        bob.sell("1", at: "96")
        #expect(market.trades == ["1 @ 96"])
        market.wait(milliseconds: 200)
        #expect(market.story.isEmpty)
        market.index("97")
        #expect(market.trades == ["5 @ 96"])
    }

    @Test("R-060: an oracle beyond the trigger does not", arguments: Implementation.withOrders)
    func notTheOracle(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation, carolAt: "101.90")
        carol.sell("20", at: "102.10")
        // The middle is 2 above the oracle; 100, 102 and the book's 101.90 make a mark of 101.90.
        market.wait(untilSecond: 1)
        #expect(market.prices()?.mark == decimal("101.9"))
        alice.stop(.sell, .stopLoss, "5", at: "99")
        // 98, 100 and 101.90.
        market.index("98")
        #expect(market.prices()?.mark == decimal("100"))
        #expect(market.story.isEmpty)
        // 97, 99 and 101.90.
        market.index("97")
        #expect(market.prices()?.mark == decimal("99"))
        #expect(market.story == ["trade 5 @ 101.9"])
    }

    @Test(
        "R-061: it is a market order: within the band, at once, what is left is cancelled",
        arguments: Implementation.withOrders)
    func isMarketOrder(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        // 5 % below 98 is 93.10.
        carol.buy("2", at: "97")
        carol.buy("2", at: "93.10")
        carol.buy("9", at: "93.09")
        let id = alice.stop(.sell, .stopLoss, "5", at: "98")
        market.index("98")
        #expect(
            market.story == [
                "trade 2 @ 97", "trade 2 @ 93.1", "cancel #\(id.value) 1 unfilledRemainder",
            ])
        #expect(alice.holding == "6")
        // Nothing within the band at all.
        let other = alice.stop(.sell, .stopLoss, "5", at: "97.99")
        market.index("97.99")
        #expect(market.story == ["cancel #\(other.value) 5 unfilledRemainder"])
        #expect(alice.stops.isEmpty)
    }

    @Test(
        "R-061, R-062: of several that one mark reaches the oldest goes first, none beyond flat",
        arguments: Implementation.withOrders)
    func several(_ implementation: Implementation) {
        let (market, alice, _, _) = market(implementation, carolAt: "96")
        alice.stop(.sell, .stopLoss, "6", at: "98")
        let second = alice.stop(.sell, .stopLoss, "6", at: "99")
        let third = alice.stop(.sell, .stopLoss, "10", at: "99.50")
        market.index("97")
        #expect(
            market.story == [
                "trade 6 @ 96", "amend #\(second.value) sell stopLoss 4 @ 99",
                "amend #\(third.value) sell stopLoss 4 @ 99.5", "trade 4 @ 96",
                "cancel #\(third.value) 4 nothingToReduce",
            ])
        #expect(alice.holding == "0")
    }

    @Test(
        "R-062: a triggered stop order lowers the stop orders of those it trades with",
        arguments: Implementation.withOrders)
    func othersFollow(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let bobs = bob.stop(.buy, .stopLoss, "10", at: "104")
        bob.buy("5", at: "97")
        alice.stop(.sell, .stopLoss, "5", at: "98")
        market.index("98")
        #expect(
            market.story == ["trade 5 @ 97", "amend #\(bobs.value) buy stopLoss 5 @ 104"])
    }

    @Test(
        "In a halted contract it waits for the first change of the mark after the halt",
        arguments: Implementation.withOrders)
    func halted(_ implementation: Implementation) {
        let (market, alice, _, _) = market(implementation, carolAt: "95")
        let id = alice.stop(.sell, .stopLoss, "5", at: "98")
        market.reconfigure { $0.status = .inactive }
        market.index("97")
        #expect(market.story.isEmpty)
        market.reconfigure { $0.status = .active }
        #expect(market.story.isEmpty)
        market.index("97")
        #expect(market.story.isEmpty)
        #expect(alice.remaining(id) == "5")
        market.index("96.99")
        #expect(market.story == ["trade 5 @ 95"])
    }

    @Test(
        "A mark that came back during the halt triggers nothing",
        arguments: Implementation.withOrders)
    func cameBack(_ implementation: Implementation) {
        let (market, alice, _, _) = market(implementation, carolAt: "95")
        alice.stop(.sell, .stopLoss, "5", at: "98")
        market.reconfigure { $0.status = .inactive }
        market.index("97")
        market.index("99")
        market.reconfigure { $0.status = .active }
        market.index("98.01")
        #expect(market.story.isEmpty)
        // A halted contract takes changes and cancels of stop orders as of others.
        market.reconfigure { $0.status = .inactive }
        alice.modifyStop(.orderID(alice.stops[0].id), "4", at: "97")
        #expect(market.refusal == nil)
        alice.cancelStop(.orderID(alice.stops[0].id))
        #expect(market.refusal == nil)
    }

    // MARK: When

    @Test(
        "R-060: the mark of a second triggers at that second",
        arguments: Implementation.withOrders)
    func atSeconds(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation, carolAt: "96.90")
        carol.sell("20", at: "97.10")
        alice.stop(.sell, .stopLoss, "5", at: "97.10")
        // 100, 97 and the median of 96.90, 97.10 and the last trade's 100.
        market.wait(seconds: 1, milliseconds: 400)
        #expect(market.story == ["trade 5 @ 96.9"])
        #expect(market.fills.last?.order.updatedAt == Timestamp(nanoseconds: 1_000_000_000))
    }

    @Test(
        "R-060: a book that moves triggers 100 ms after the last mark",
        arguments: Implementation.withOrders)
    func afterBookMoves(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation, carolAt: "101.90")
        carol.sell("20", at: "102.10")
        market.wait(untilSecond: 1)
        alice.stop(.sell, .stopLoss, "5", at: "101")
        carol.cancelAll()
        carol.buy("20", at: "100.90")
        carol.sell("20", at: "101.10")
        #expect(market.trades.isEmpty)
        market.advance(to: 1_099_999_999)
        #expect(market.story.isEmpty)
        // 100, 102 and 100.90.
        market.advance(to: 1_100_000_000)
        #expect(market.prices()?.mark == decimal("100.9"))
        #expect(market.story == ["trade 5 @ 100.9"])
    }

    // MARK: Ends

    @Test(
        "R-090: liquidation cancels resting orders, then stop orders, then sliced orders",
        arguments: Implementation.withOrders)
    func liquidation(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("101"), market.trader())
        alice.take(.buy, "10", from: bob)
        let first = alice.stop(.sell, .stopLoss, "5", at: "95")
        let resting = alice.sell("1", at: "104")
        let second = alice.stop(.sell, .takeProfit, "10", at: "105")
        let twap = alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000)
        // 61 is left, 64 are needed.
        market.index("96")
        #expect(
            market.story.prefix(5) == [
                "liquidation true", "cancel #\(resting.value) 1 liquidation",
                "cancel #\(first.value) 5 liquidation", "cancel #\(second.value) 10 liquidation",
                "twap \(twap.value) cancelled 0",
            ])
        #expect(alice.orders.isEmpty)
        #expect(alice.twaps.isEmpty)
        market.index("95")
        #expect(market.trades.isEmpty)
    }

    @Test(
        "R-060: the mark that would liquidate an account carries its stop orders out first",
        arguments: Implementation.withOrders)
    func beforeLiquidation(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader("101"), market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        carol.buy("20", at: "96")
        alice.stop(.sell, .stopLoss, "5", at: "96")
        // 61 is left, and half the position needs 32 only.
        market.index("96")
        #expect(market.story == ["trade 5 @ 96"])
        #expect(!alice.balance.isInLiquidation)
    }

    @Test(
        "R-103: delisting and splits cancel the stop orders of all, by id",
        arguments: Implementation.withOrders, [InstrumentStatus.delisted, .inactive])
    func corporateActions(_ implementation: Implementation, _ status: InstrumentStatus) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let bobs = bob.stop(.buy, .stopLoss, "4", at: "102")
        let resting = alice.sell("1", at: "104")
        let alices = alice.stop(.sell, .stopLoss, "5", at: "95")
        let twap = bob.twap(.buy, "2", in: 2, startsAt: 50_000_000_000)
        market.reconfigure { $0.status = status }
        if status == .inactive {
            #expect(market.story.isEmpty)
            market.send(
                .splitInstrument(
                    SplitInstrument(
                        instrument: InstrumentID(0), numerator: 2, denominator: 1)))
        }
        #expect(
            market.story == [
                "cancel #\(resting.value) 1 corporateAction",
                "cancel #\(bobs.value) 4 corporateAction",
                "cancel #\(alices.value) 5 corporateAction", "twap \(twap.value) cancelled 0",
            ])
    }
}

import ExchangeTesting
import ExchangeTypes
import Testing

/// Quantities traded in slices over time. **Source** `rules.md` §6.10, `protocol.md` §8, ORDERS.md §6.
@Suite struct TWAPScenarios {
    /// Alice trades; Carol offers 100 at 100 where she is to. Outside prices never go stale.
    private func market(
        _ implementation: Implementation, _ instrument: Instrument = Market.plain,
        deposit: String = "1000000", offered: Bool = true
    ) -> (Market, alice: Trader, carol: Trader) {
        let market = Market(implementation, instrument)
        market.configureVenue { $0.staleSeconds = 0 }
        let (alice, carol) = (market.trader(deposit), market.trader())
        if offered { carol.sell("100", at: "100") }
        return (market, alice, carol)
    }

    // MARK: Children

    @Test(
        "R-066, P-152, X-35: children come at once and after each interval, and sum to the total",
        arguments: Implementation.withOrders)
    func children(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        let id = alice.twap(.buy, "10", in: 3, every: 30, name: "reb-1").value
        let start = market.time
        let first = market.accepted.first?.id.value ?? 0
        #expect(
            market.story == [
                "twap \(id) active 0", "accept #\(first) buy market 3.333 @ 0",
                "trade 3.333 @ 100", "twap \(id) active 3.333",
            ])
        #expect(alice.twaps == [market.twaps[1]])
        #expect(market.accepted.first?.clientOrderID.isEmpty == false)
        #expect(market.accepted.first?.timeInForce == .immediateOrCancel)
        market.advance(to: start + 29_999_999_999)
        #expect(market.story.isEmpty)
        market.advance(to: start + 30_000_000_000)
        #expect(
            market.story == [
                "accept #\(first + 1) buy market 3.333 @ 0", "trade 3.333 @ 100",
                "twap \(id) active 6.666",
            ])
        // The child is sent when it is due, however late the next command comes.
        market.advance(to: start + 61_000_000_000)
        #expect(
            market.story == [
                "accept #\(first + 2) buy market 3.334 @ 0", "trade 3.334 @ 100",
                "twap \(id) completed 10",
            ])
        #expect(
            market.accepted.first?.updatedAt == Timestamp(nanoseconds: start + 60_000_000_000))
        #expect(alice.holding == "10")
        #expect(alice.twaps.isEmpty)
    }

    @Test(
        "P-150, P-151: it is listed with what it was asked for and what it has done",
        arguments: Implementation.withOrders)
    func state(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        carol.sell("1", at: "100")
        carol.sell("5", at: "101")
        alice.twap(.buy, "4.0009", in: 2, every: 40, isReduceOnly: false, name: "reb-1")
        let start = Timestamp(nanoseconds: market.time)
        let second = alice.twap(.sell, "2", in: 2, isReduceOnly: true, startsAt: 20_000_000_000)
        market.advance(to: start.nanoseconds + 40_000_000_000)
        let state = market.twaps.last
        #expect(state?.side == .buy)
        #expect(state?.total == Quantity(lots: 4_000))
        #expect(state?.filled == Quantity(lots: 4_000))
        // 1 at 100 and 3 at 101.
        #expect(state?.filledValue == Notional(Money(403)))
        #expect(state?.orderCount == 2)
        #expect(state?.intervalSeconds == 40)
        #expect(state?.isReduceOnly == false)
        #expect(state?.clientTWAPID == text("reb-1"))
        #expect(state?.createdAt == start)
        #expect(state?.updatedAt == start.advanced(byNanoseconds: 40_000_000_000))
        // The first child of the other found no taker, its second is not due yet.
        #expect(alice.twaps.map(\.id) == [second])
        let third = alice.twap(.buy, "2", in: 2, startsAt: 90_000_000_000)
        #expect(alice.twaps.map(\.id) == [third, second])
        let elsewhere = Query.twaps(alice.account, instrument: InstrumentID(1))
        #expect(market.exchange.report(elsewhere) == .twaps([]))
        #expect(carol.twaps.isEmpty)
    }

    @Test(
        "P-152: what a child could not trade makes the next ones larger, three times at most",
        arguments: Implementation.withOrders)
    func carry(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        let id = alice.twap(.buy, "10", in: 5).value
        let first = market.accepted.first?.id.value ?? 0
        #expect(
            market.story == [
                "twap \(id) active 0", "accept #\(first) buy market 2 @ 0",
                "cancel #\(first) 2 unfilledRemainder",
            ])
        market.wait(seconds: 30)
        #expect(
            market.story == [
                "accept #\(first + 1) buy market 4 @ 0",
                "cancel #\(first + 1) 4 unfilledRemainder",
            ])
        market.wait(seconds: 30)
        #expect(
            market.story == [
                "accept #\(first + 2) buy market 6 @ 0",
                "cancel #\(first + 2) 6 unfilledRemainder",
            ])
        carol.sell("100", at: "100")
        market.wait(seconds: 30)
        // 2 and 6 are due, 6 are sent; 2 and 2 remain.
        #expect(market.trades == ["6 @ 100"])
        market.wait(seconds: 30)
        #expect(market.trades == ["4 @ 100"])
        #expect(market.story.suffix(1) == ["twap \(id) completed 10"])
    }

    @Test(
        "R-066: the last child takes all that is left, however much",
        arguments: Implementation.withOrders)
    func lastChild(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        let id = alice.twap(.buy, "10", in: 5).value
        for _ in 1...3 { market.wait(seconds: 30) }
        carol.sell("9", at: "100")
        market.wait(seconds: 30)
        #expect(market.accepted.map(\.quantity) == [Quantity(lots: 10_000)])
        #expect(market.trades == ["9 @ 100"])
        #expect(market.story.suffix(1) == ["twap \(id) completed 9"])
    }

    @Test("P-152: a part that was traded counts", arguments: Implementation.withOrders)
    func partialChild(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        carol.sell("1.5", at: "100")
        let id = alice.twap(.buy, "4", in: 2).value
        #expect(market.story.suffix(1) == ["twap \(id) active 1.5"])
        carol.sell("10", at: "100")
        market.wait(seconds: 30)
        #expect(market.trades == ["2.5 @ 100"])
    }

    @Test(
        "It trades no further than its worst price, and not at all where nothing is so near",
        arguments: Implementation.withOrders)
    func worstPrice(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        carol.sell("1", at: "100")
        carol.sell("5", at: "101")
        let id = alice.twap(.buy, "8", in: 4, worstPrice: "100.50").value
        #expect(market.story.suffix(1) == ["twap \(id) active 1"])
        #expect(market.trades == ["1 @ 100"])
        market.wait(seconds: 30)
        #expect(market.story.isEmpty)
        carol.sell("1", at: "100.50")
        market.wait(seconds: 30)
        // 2 planned, 3 left over: 5 asked for.
        #expect(market.accepted.map(\.quantity) == [Quantity(lots: 5_000)])
        #expect(market.trades == ["1 @ 100.5"])
    }

    @Test(
        "A worst price beyond the band is no reason to leave the band",
        arguments: Implementation.withOrders)
    func worstPriceBeyondBand(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, offered: false)
        carol.sell("5", at: "105.01")
        alice.twap(.buy, "4", in: 2, worstPrice: "110")
        // The band ends at 105, so there is nothing to trade with.
        #expect(market.accepted.isEmpty)
        carol.sell("5", at: "105")
        market.wait(seconds: 30)
        #expect(market.trades == ["4 @ 105"])
        // A sale does not go below its worst price.
        carol.buy("3", at: "99")
        carol.buy("3", at: "98")
        alice.twap(.sell, "4", in: 2, worstPrice: "98.50")
        #expect(market.trades == ["2 @ 99"])
        market.wait(seconds: 30)
        #expect(market.trades == ["1 @ 99"])
    }

    @Test(
        "P-152: a child that would be refused is passed over in silence, and taken up later",
        arguments: Implementation.withOrders)
    func refusedChildren(_ implementation: Implementation) {
        // A child of 2 needs 21 at the most it could pay.
        let (market, alice, carol) = market(implementation, deposit: "20")
        let id = alice.twap(.buy, "10", in: 5).value
        #expect(market.story == ["twap \(id) active 0"])
        market.reconfigure { $0.status = .inactive }
        alice.deposit("1000")
        market.wait(seconds: 30)
        #expect(market.story.isEmpty)
        market.reconfigure { $0.status = .active }
        alice.setStatus(areTermsMissing: true)
        market.wait(seconds: 30)
        #expect(market.story.isEmpty)
        alice.setStatus()
        market.reconfigure { $0.maximumNotional = Money(500) }
        market.wait(seconds: 30)
        #expect(market.story.isEmpty)
        let order = carol.buy("1", at: "99")
        // No order id was given to what nobody was told of: carol offered, then bid.
        #expect(order.value == 2)
        market.reconfigure { $0.maximumNotional = Money(2_500_000) }
        market.wait(seconds: 30)
        #expect(market.trades == ["10 @ 100"])
        #expect(market.story.suffix(1) == ["twap \(id) completed 10"])
    }

    @Test(
        "A sliced order of which no child could trade ends all the same",
        arguments: Implementation.withOrders)
    func endsUnfilled(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation, deposit: "0")
        let id = alice.twap(.buy, "10", in: 2).value
        market.wait(seconds: 30)
        #expect(market.story == ["twap \(id) completed 0"])
    }

    @Test(
        "A child may be larger than the contract's orders, and worth less",
        arguments: Implementation.withOrders)
    func childSizes(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        market.reconfigure {
            $0.minimumQuantity = Quantity(lots: 1_000)
            $0.maximumQuantity = Quantity(lots: 1_000)
            $0.minimumNotional = Money(400)
        }
        alice.buyAtMarket("2")
        #expect(market.refusal == .quantityTooLarge)
        alice.buyAtMarket("1")
        #expect(market.refusal == .belowMinimumNotional)
        alice.twap(.buy, "4", in: 2)
        #expect(market.trades == ["2 @ 100"])
    }

    @Test(
        "R-068: a sliced order that may only reduce never does more",
        arguments: Implementation.withOrders)
    func reduceOnly(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation)
        alice.buy("5", at: "100")
        carol.buy("100", at: "99.50")
        alice.reduce(.sell, "2", at: "104")
        let id = alice.twap(.sell, "15", in: 3, isReduceOnly: true).value
        // 5 wanted; 5 are held, 2 of them offered already.
        #expect(market.accepted.map(\.quantity) == [Quantity(lots: 3_000)])
        #expect(market.accepted.map(\.isReduceOnly) == [true])
        #expect(market.trades == ["3 @ 99.5"])
        market.wait(seconds: 30)
        #expect(market.story.isEmpty)
        alice.cancel(.orderID(alice.orders[0].id))
        market.wait(seconds: 30)
        #expect(market.trades == ["2 @ 99.5"])
        #expect(market.story.suffix(1) == ["twap \(id) completed 5"])
        #expect(alice.holding == "0")
    }
}

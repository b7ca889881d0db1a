import ExchangeTesting
import ExchangeTypes
import Testing

/// One command that closes a whole position. **Source** `protocol.md` §6.5, `rules.md` §6.12, ORDERS.md §2.
@Suite struct ClosePositionScenarios {
    /// Alice holds 10 at 100, long or short.
    private func market(
        _ implementation: Implementation, long: Bool = true, deposit: String = "1000000"
    ) -> (Market, alice: Trader, bob: Trader, carol: Trader) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(deposit), market.trader(), market.trader())
        alice.take(long ? .buy : .sell, "10", from: bob)
        return (market, alice, bob, carol)
    }

    @Test(
        "P-128: a limit order of the other side, at once, for all, that may only reduce",
        arguments: Implementation.withOrders)
    func closes(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        let last = carol.buy("20", at: "99").value
        let stop = alice.stop(.sell, .stopLoss, "10", at: "95").value
        alice.closePosition(name: "close")
        // A hundredth below the mark.
        #expect(
            market.story == [
                "accept #\(stop + 1) sell limit 10 @ 99", "trade 10 @ 99",
                "cancel #\(stop) 10 nothingToReduce",
            ])
        #expect(stop == last + 1)
        let order = market.accepted.first
        #expect(order?.timeInForce == .immediateOrCancel)
        #expect(order?.isReduceOnly == true)
        #expect(order?.clientOrderID == text("close"))
        #expect(alice.holding == "0")
        // The name is free again, and there is nothing left to close.
        alice.closePosition(name: "close")
        #expect(market.story == ["refused noPosition"])
    }

    @Test(
        "P-128: the price is rounded to the inside of the spread and held within the band",
        arguments: Implementation.withOrders)
    func price(_ implementation: Implementation) {
        // The mark, half the band, and the limits of a sale and of a purchase.
        let cases: [(mark: String, band: Int64, sell: Int64, buy: Int64)] = [
            ("100", 5_000, 9_900, 10_100),
            // 99.00495 and 101.00505.
            ("100.005", 5_000, 9_901, 10_100),
            // 99.5 and 100.5.
            ("100", 500, 9_950, 10_050),
            // 99.504975 and 100.505025.
            ("100.005", 500, 9_951, 10_050),
        ]
        for (mark, band, sell, buy) in cases {
            for isLong in [true, false] {
                let (market, alice, _, _) = market(implementation, long: isLong)
                market.reconfigure { $0.bandWidth = Rate(tenthBasisPoints: band) }
                market.index(mark)
                alice.closePosition()
                let limit = isLong ? sell : buy
                #expect(market.accepted.map(\.price) == [Price(ticks: limit)], "\(mark) \(band)")
                #expect(market.accepted.first?.clientOrderID.isEmpty == false)
            }
        }
    }

    @Test(
        "P-128: a mark outside the band is no reason to leave it, at either edge",
        arguments: Implementation.withOrders)
    func markOutsideBand(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        market.reconfigure { $0.bandWidth = Rate(percent: 1) }
        alice.take(.buy, "10", from: bob)
        carol.buy("5", at: "100.90")
        carol.sell("5", at: "101")
        // The book stands 2.95 above the oracle, which the average of the first second takes as it is:
        // 98, 100.95 and 100.90, the median of the book's prices.
        market.index("98")
        market.wait(untilSecond: 1)
        #expect(market.prices()?.mark == decimal("100.9"))
        // The band ends at 98.98, a hundredth below the mark is 99.891.
        alice.closePosition()
        #expect(market.accepted.map(\.price) == [Price(ticks: 9_898)])
        #expect(market.trades == ["5 @ 100.9"])
        bob.closePosition()
        #expect(market.accepted.map(\.price) == [Price(ticks: 9_898)])
    }

    @Test(
        "P-128: the operator chooses how far from the mark it may trade",
        arguments: Implementation.withOrders)
    func spread(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        market.configureVenue { $0.closePositionSpread = .zero }
        carol.buy("4", at: "100")
        carol.buy("20", at: "99.99")
        alice.closePosition()
        let id = market.accepted[0].id.value
        #expect(
            market.story == [
                "accept #\(id) sell limit 10 @ 100", "trade 4 @ 100",
                "cancel #\(id) 6 unfilledRemainder",
            ])
        #expect(alice.holding == "6")
    }

    @Test(
        "R-069: it flattens exactly, whatever the smallest and the largest order",
        arguments: Implementation.withOrders)
    func ignoresMinimum(_ implementation: Implementation) {
        let (market, alice, bob, carol) = market(implementation)
        alice.take(.sell, "9.998", from: bob)
        carol.buy("20", at: "100")
        market.reconfigure { $0.minimumQuantity = Quantity(lots: 1_000) }
        alice.sell("0.002", at: "100")
        #expect(market.refusal == .quantityTooSmall)
        alice.closePosition()
        #expect(market.trades == ["0.002 @ 100"])
        #expect(alice.holding == "0")
        alice.take(.buy, "10", from: carol)
        market.reconfigure { $0.maximumQuantity = Quantity(lots: 1_000) }
        carol.buy("1", at: "100")
        alice.closePosition()
        #expect(market.accepted.map(\.quantity) == [Quantity(lots: 10_000)])
    }

    @Test(
        "R-026: it needs no free money, and orders that reduce already do not lessen it",
        arguments: Implementation.withOrders)
    func needsNothing(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation, deposit: "101")
        carol.buy("20", at: "97")
        market.configureVenue { $0.maximumOpenOrders = 1 }
        let resting = alice.reduce(.sell, "10", at: "104").value
        market.index("97")
        #expect(alice.available == "-26")
        alice.closePosition()
        #expect(
            market.story == [
                "accept #\(resting + 1) sell limit 10 @ 96.03", "trade 10 @ 97",
                "cancel #\(resting) 10 nothingToReduce",
            ])
    }

    @Test(
        "P-129: without a position there is no order; other reasons are told first",
        arguments: Implementation.withOrders)
    func refusals(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation, deposit: "101")
        carol.closePosition(in: 7)
        #expect(market.story == ["refused unknownSymbol"])
        carol.closePosition()
        #expect(market.story == ["refused noPosition"])
        carol.setStatus(isIdentityCheckMissing: true, areTermsMissing: true)
        carol.closePosition()
        #expect(market.story == ["refused identityCheckRequired"])
        carol.setStatus(areTermsMissing: true)
        carol.closePosition()
        #expect(market.story == ["refused termsRequired"])
        // 61 is left, 64 are needed.
        market.index("96")
        alice.setStatus(areTermsMissing: true)
        alice.closePosition()
        #expect(market.story == ["refused inLiquidation"])
        market.reconfigure { $0.status = .inactive }
        alice.closePosition()
        #expect(market.story == ["refused marketClosed"])
        let nobody = Trader(market: market, account: AccountID(99))
        nobody.closePosition(in: 7)
        #expect(market.story == ["refused failedToProcess"])
    }

    @Test(
        "R-053: a name that is taken is told of as an order's would be",
        arguments: Implementation.withOrders)
    func duplicate(_ implementation: Implementation) {
        let (market, alice, _, carol) = market(implementation)
        let last = alice.buy("1", at: "96", name: "a").value
        alice.closePosition(name: "a")
        let order = PlaceOrder(
            account: alice.account, instrument: .known(InstrumentID(0)), side: .sell, type: .limit,
            timeInForce: .immediateOrCancel, quantity: WireDecimal(Decimal8(10)), price: .zero,
            clientOrderID: text("a"), isReduceOnly: true)
        #expect(
            market.events == [
                .orderRejected(OrderRejected(order: order, reason: .duplicateClientOrderID))
            ])
        // It took an id; one without a position takes none.
        #expect(carol.buy("1", at: "96").value == last + 2)
        carol.closePosition()
        #expect(market.refusal == .noPosition)
        #expect(carol.buy("1", at: "96").value == last + 3)
    }
}

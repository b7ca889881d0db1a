import ExchangeTesting
import ExchangeTypes
import Testing

/// Sliced orders as requests: taken, refused, begun later, ended early, and what a pause of the exchange
/// does to them. **Source** `rules.md` §6.10, `protocol.md` §8, ORDERS.md §1, §6.
@Suite struct TWAPRequestScenarios {
    /// Carol offers 100 at 100. Outside prices never go stale.
    private func market(
        _ implementation: Implementation, deposit: String = "1000000"
    ) -> (Market, alice: Trader, carol: Trader) {
        let market = Market(implementation)
        market.configureVenue { $0.staleSeconds = 0 }
        let (alice, carol) = (market.trader(deposit), market.trader())
        carol.sell("100", at: "100")
        return (market, alice, carol)
    }

    /// A request, and the answer. The smallest order is 1.
    struct Request: Sendable {
        var total = "10"
        var count: Int64 = 2
        var seconds: Int64 = 30
        var worstPrice = "0"
        let answer: RejectReason?
    }

    static let requests: [Request] = [
        Request(seconds: 30, answer: nil),
        Request(seconds: 29, answer: .twapInterval),
        Request(seconds: 86_400, answer: nil),
        Request(seconds: 86_401, answer: .twapInterval),
        Request(seconds: .min, answer: .twapInterval),
        Request(count: 1, answer: .twapOrderCount),
        Request(count: -1, answer: .twapOrderCount),
        Request(total: "10000", count: 10_000, answer: nil),
        Request(total: "20000", count: 10_001, answer: .twapOrderCount),
        Request(count: .max, answer: .twapOrderCount),
        Request(total: "2", answer: nil),
        Request(total: "1.999", answer: .quantityTooSmall),
        Request(total: "6", count: 3, answer: nil),
        Request(total: "2.999", count: 3, answer: .quantityTooSmall),
        // What is finer than a lot is cut off, not refused.
        Request(total: "2.0009", answer: nil),
        Request(total: "1.9999", answer: .quantityTooSmall),
        Request(total: "0", answer: .quantityTooSmall),
        Request(total: "-10", answer: .quantityTooSmall),
        Request(total: "-1e30", answer: .quantityTooSmall),
        Request(total: "1000000000", answer: nil),
        Request(total: "1000000000.001", answer: .quantityTooLarge),
        Request(total: "1e30", answer: .quantityTooLarge),
        Request(worstPrice: "100.005", answer: .pricePrecision),
        Request(worstPrice: "-1", answer: .priceTooLow),
        Request(worstPrice: "0.01", answer: nil),
        Request(worstPrice: "1342177.28", answer: nil),
        Request(worstPrice: "1342177.29", answer: .priceTooHigh),
        // The first fault in the order of checks is told.
        Request(total: "0", count: 1, seconds: 29, answer: .twapInterval),
        Request(total: "0", count: 1, answer: .twapOrderCount),
        Request(total: "0", worstPrice: "100.005", answer: .quantityTooSmall),
    ]

    @Test(
        "P-150, R-065: interval, count, size and worst price are checked, in this order",
        arguments: Implementation.withOrders)
    func checks(_ implementation: Implementation) {
        for request in Self.requests {
            let (market, alice, _) = market(implementation)
            market.reconfigure { $0.minimumQuantity = Quantity(lots: 1_000) }
            let id = alice.twap(
                .buy, request.total, in: request.count, every: request.seconds,
                worstPrice: request.worstPrice)
            #expect(market.refusal == request.answer, "\(request)")
            if let answer = request.answer {
                #expect(market.story == ["refused \(answer)"])
            } else {
                #expect(market.story.first == "twap \(id.value) active 0")
            }
        }
    }

    @Test(
        "P-150: symbol, market, account and user are looked at first, name and number last",
        arguments: Implementation.withOrders)
    func otherChecks(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation, deposit: "101")
        market.configureVenue { $0.maximumOpenOrders = 1 }
        alice.twap(.buy, "10", in: 2, every: 1, of: 7)
        #expect(market.refusal == .unknownSymbol)
        let id = alice.twap(.buy, "10", in: 2, name: "a", startsAt: 50_000_000_000)
        alice.twap(.buy, "10", in: 2, name: "a", worstPrice: "100.005")
        #expect(market.refusal == .pricePrecision)
        alice.twap(.buy, "10", in: 2, name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.twap(.buy, "10", in: 2, name: "b")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.twap(.buy, "10", in: 2)
        #expect(market.refusal == .tooManyOpenOrders)
        // Somebody else's name, one that is free again, and one of an order are no hindrance.
        let bob = market.trader()
        bob.twap(.buy, "10", in: 2, name: "a", startsAt: 50_000_000_000)
        #expect(market.refusal == nil)
        alice.cancel(twap: .twapID(id))
        market.configureVenue { $0.maximumOpenOrders = 10 }
        alice.buy("1", at: "96", name: "a")
        alice.twap(.buy, "10", in: 2, name: "a", startsAt: 50_000_000_000)
        #expect(market.refusal == nil)
        for _ in 1...2 { alice.twap(.buy, "10", in: 2, startsAt: 50_000_000_000) }
        #expect(market.refusal == nil)
        alice.cancelAll()
        alice.setStatus(isIdentityCheckMissing: true, areTermsMissing: true)
        alice.twap(.buy, "0", in: 0, every: 1)
        #expect(market.refusal == .identityCheckRequired)
        alice.setStatus(areTermsMissing: true)
        alice.twap(.buy, "0", in: 0, every: 1)
        #expect(market.refusal == .termsRequired)
        alice.setStatus()
        alice.take(.buy, "10", from: carol)
        alice.setStatus(areTermsMissing: true)
        // 61 is left, 64 are needed.
        market.index("96")
        alice.twap(.buy, "0", in: 0, every: 1)
        #expect(market.refusal == .inLiquidation)
        market.reconfigure { $0.status = .inactive }
        alice.twap(.buy, "0", in: 0, every: 1)
        #expect(market.refusal == .marketClosed)
    }

    @Test(
        "It begins when it is to, or at once if that is over",
        arguments: Implementation.withOrders)
    func startsAt(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        let id = alice.twap(.buy, "4", in: 2, startsAt: 10_500_000_000).value
        #expect(market.story == ["twap \(id) active 0"])
        market.advance(to: 10_499_999_999)
        #expect(market.story.isEmpty)
        market.advance(to: 10_500_000_000)
        #expect(market.trades == ["2 @ 100"])
        market.advance(to: 40_499_999_999)
        #expect(market.story.isEmpty)
        market.advance(to: 40_500_000_000)
        #expect(market.story.suffix(1) == ["twap \(id) completed 4"])
        market.jump(to: Timestamp(nanoseconds: 50_000_000_000))
        alice.twap(.buy, "4", in: 2, startsAt: 50_000_000_000)
        #expect(market.trades == ["2 @ 100"])
        // From a start that is over the interval is counted from when it came.
        market.jump(to: Timestamp(nanoseconds: 51_000_000_000))
        alice.twap(.buy, "6", in: 2, startsAt: 1)
        #expect(market.trades == ["3 @ 100"])
        market.advance(to: 80_999_999_999)
        #expect(market.trades == ["2 @ 100"])
        market.advance(to: 81_000_000_000)
        #expect(market.trades == ["3 @ 100"])
    }

    @Test(
        "R-067: it is cancelled by either id, once, by its owner, in its contract",
        arguments: Implementation.withOrders)
    func cancel(_ implementation: Implementation) {
        let (market, alice, carol) = market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        let first = alice.twap(.buy, "4", in: 2, name: "a")
        let second = alice.twap(.buy, "6", in: 2, name: "b")
        let unnamed = alice.twap(.buy, "6", in: 2, startsAt: 90_000_000_000)
        func expectRefusal(_ reason: RejectReason = .noSuchOrder, _ line: Int = #line) {
            #expect(market.story == ["cancel refused \(reason)"], "line \(line)")
        }
        carol.cancel(twap: .twapID(first))
        expectRefusal()
        carol.cancel(twap: .clientTWAPID(text("a")))
        expectRefusal()
        alice.cancel(twap: .twapID(first), in: 1)
        expectRefusal()
        alice.cancel(twap: .clientTWAPID(text("a")), in: 1)
        expectRefusal()
        alice.cancel(twap: .twapID(first), in: 7)
        expectRefusal(.unknownSymbol)
        alice.cancel(twap: .unrecognised(text("a")))
        expectRefusal()
        alice.cancel(twap: .clientTWAPID(text("")))
        expectRefusal()
        alice.cancel(twap: .clientTWAPID(text("c")))
        expectRefusal()
        alice.cancel(twap: .twapID(first))
        #expect(market.story == ["twap \(first.value) cancelled 2"])
        #expect(market.twaps[0].updatedAt == Timestamp(nanoseconds: market.time))
        alice.cancel(twap: .twapID(first))
        expectRefusal()
        alice.cancel(twap: .clientTWAPID(text("b")))
        #expect(market.story == ["twap \(second.value) cancelled 3"])
        #expect(alice.twaps.map(\.id) == [unnamed])
        market.wait(seconds: 60)
        #expect(market.story.isEmpty)
        market.wait(seconds: 60)
        market.wait(seconds: 60)
        #expect(alice.holding == "11")
        alice.cancel(twap: .twapID(unnamed))
        expectRefusal()
    }

    @Test(
        "R-067: liquidation ends it in the middle of its run",
        arguments: Implementation.withOrders)
    func liquidation(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation, deposit: "101")
        let id = alice.twap(.buy, "10", in: 2).value
        #expect(alice.holding == "5")
        // 5 × 80 needs 26.67 for maintenance; 101 less 100 is 1.
        market.index("80")
        #expect(
            market.story.prefix(2) == ["liquidation true", "twap \(id) cancelled 5"])
        market.wait(seconds: 30)
        #expect(market.twaps.isEmpty)
    }

    @Test(
        "R-020: leverage is locked in a contract in which a sliced order is under way",
        arguments: Implementation.withOrders)
    func leverage(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000, of: 1)
        alice.setLeverage("5")
        #expect(market.refusal == nil)
        let id = alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000)
        alice.setLeverage("4")
        #expect(market.refusal == .leverageLocked)
        alice.cancel(twap: .twapID(id))
        alice.setLeverage("4")
        #expect(market.refusal == nil)
    }

    // MARK: Pauses

    @Test(
        "After a pause in which the exchange was down the next child comes when it is back, alone",
        arguments: Implementation.withOrders)
    func pause(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        let id = alice.twap(.buy, "10", in: 5).value
        market.advance(to: 200_500_000_000)
        #expect(market.trades == ["2 @ 100"])
        #expect(market.story.suffix(1) == ["twap \(id) active 4"])
        #expect(
            market.fills.last?.order.updatedAt == Timestamp(nanoseconds: 200_500_000_000))
        market.advance(to: 230_499_999_999)
        #expect(market.story.isEmpty)
        market.advance(to: 230_500_000_000)
        #expect(market.trades == ["2 @ 100"])
    }

    @Test(
        "A minute without commands is no such pause; a second more is",
        arguments: Implementation.withOrders)
    func shortPause(_ implementation: Implementation) {
        let cases: [(Int64, children: Int)] = [(60_999_999_999, 2), (61_000_000_000, 1)]
        for (nanoseconds, children) in cases {
            let (market, alice, _) = market(implementation)
            alice.twap(.buy, "10", in: 5)
            market.advance(to: nanoseconds)
            #expect(market.trades.count == children)
        }
    }

    @Test(
        "What was put off comes by id; what was not due yet is left alone",
        arguments: Implementation.withOrders)
    func severalAfterPause(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        let first = alice.twap(.buy, "4", in: 2, startsAt: 40_000_000_000).value
        let second = alice.twap(.buy, "6", in: 2, startsAt: 35_000_000_000).value
        let third = alice.twap(.buy, "8", in: 2, startsAt: 101_000_000_000).value
        market.jump(to: Timestamp(nanoseconds: 100_000_000_000))
        let order = alice.buy("1", at: "96")
        #expect(
            market.story == [
                "accept #\(order.value) buy market 2 @ 0", "trade 2 @ 100",
                "twap \(first) active 2",
                "accept #\(order.value + 1) buy market 3 @ 0", "trade 3 @ 100",
                "twap \(second) active 3",
                "accept #\(order.value + 2) buy limit 1 @ 96",
            ])
        market.advance(to: 101_000_000_000)
        #expect(market.story.suffix(1) == ["twap \(third) active 4"])
    }

    @Test("Children that are due together come by id", arguments: Implementation.withOrders)
    func together(_ implementation: Implementation) {
        let (market, alice, _) = market(implementation)
        let first = alice.twap(.buy, "4", in: 2, startsAt: 60_000_000_000).value
        let second = alice.twap(.buy, "4", in: 3, startsAt: 30_000_000_000).value
        market.wait(untilSecond: 59)
        #expect(market.twaps.map(\.id.value) == [second])
        market.wait(untilSecond: 60)
        #expect(market.twaps.map(\.id.value) == [first, second])
        market.wait(untilSecond: 90)
        #expect(market.twaps.map(\.id.value) == [first, second])
        #expect(alice.twaps.isEmpty)
    }
}

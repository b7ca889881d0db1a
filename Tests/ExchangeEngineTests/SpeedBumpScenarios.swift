import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// Limit orders and their changes reach the book a little later. **Source** `rules.md` §7, ORDERS.md §1, §2.
@Suite struct SpeedBumpScenarios {
    /// What a request waits, in nanoseconds.
    static let bump: Int64 = 100_000_000

    /// Carol offers 5 at 101 and Alice is long 2; from then on limit orders wait. The last order had the
    /// given id.
    private func market(
        _ implementation: Implementation, deposit: String = "1000000",
        _ change: (inout VenueParameters) -> Void = { _ in }
    ) -> (Market, alice: Trader, bob: Trader, carol: Trader, last: UInt64) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(deposit), market.trader(), market.trader())
        alice.take(.buy, "2", from: bob)
        let last = carol.sell("5", at: "101").value
        market.configureVenue {
            $0.speedBumpNanoseconds = Self.bump
            change(&$0)
        }
        return (market, alice, bob, carol, last)
    }

    // MARK: New orders

    @Test(
        "R-071, P-200: a limit order reaches the book after exactly 100 ms, and says nothing before",
        arguments: Implementation.withOrders,
        [TimeInForce.goodTillCancelled, .immediateOrCancel, .fillOrKill])
    func waits(_ implementation: Implementation, _ timeInForce: TimeInForce) {
        let (market, alice, _, _, last) = market(implementation)
        alice.buy("5", at: "101", timeInForce, name: "a")
        let sent = market.time
        #expect(market.events.isEmpty)
        #expect(alice.orders.isEmpty)
        #expect(alice.position().openOrders == 0)
        let query = Query.order(alice.account, .clientOrderID(text("a")))
        #expect(market.exchange.report(query) == .order(nil))
        market.advance(to: sent + Self.bump - 1)
        #expect(market.story.isEmpty)
        market.advance(to: sent + Self.bump)
        #expect(
            market.story == ["accept #\(last + 1) buy limit 5 @ 101", "trade 5 @ 101"])
    }

    @Test(
        "R-071: however late the next command, the order came in when it was due",
        arguments: Implementation.withOrders)
    func isDated(_ implementation: Implementation) {
        let (market, alice, bob, _, last) = market(implementation)
        alice.buy("1", at: "99")
        let due = market.time + Self.bump
        market.jump(to: Timestamp(nanoseconds: due + 700_000_000))
        bob.buyAtMarket("1")
        // Its id is older than that of the order which did not wait.
        #expect(market.accepted.map(\.id.value) == [last + 1, last + 2])
        #expect(market.accepted[0].updatedAt == Timestamp(nanoseconds: due))
    }

    @Test(
        "R-071: in the order in which they came, whoever sent them",
        arguments: Implementation.withOrders)
    func inOrder(_ implementation: Implementation) {
        let (market, alice, bob, carol, last) = market(implementation)
        carol.buy("1", at: "99")
        alice.buy("1", at: "99")
        let alicesDue = market.time + Self.bump
        carol.buy("1", at: "99.50")
        market.advance(to: alicesDue)
        #expect(market.accepted.map(\.id.value) == [last + 1, last + 2])
        market.wait(milliseconds: 1)
        #expect(market.accepted.map(\.id.value) == [last + 3])
        bob.sellAtMarket("2")
        #expect(carol.holding == "2")
        #expect(alice.holding == "2")
    }

    @Test(
        "R-072: a cancel that is sent 50 ms later arrives first",
        arguments: Implementation.withOrders)
    func cancelsPass(_ implementation: Implementation) {
        let (market, alice, _, carol, last) = market(implementation)
        alice.buy("5", at: "101")
        let sent = market.time
        market.jump(to: Timestamp(nanoseconds: sent + 50_000_000))
        carol.cancel(OrderID(last))
        #expect(market.story == ["cancel #\(last) 5 requested"])
        market.advance(to: sent + Self.bump)
        #expect(market.story == ["accept #\(last + 1) buy limit 5 @ 101"])
        #expect(alice.remaining(OrderID(last + 1)) == "5")
    }

    @Test(
        "R-072: so do market orders, stop orders, children and orders that close a position",
        arguments: Implementation.withOrders)
    func othersPass(_ implementation: Implementation) {
        let (market, alice, bob, carol, last) = market(implementation)
        carol.buy("9", at: "99.50")
        market.wait(seconds: 0, milliseconds: 100)
        alice.buy("5", at: "101")
        bob.buyAtMarket("1")
        #expect(market.trades == ["1 @ 101"])
        bob.twap(.buy, "2", in: 2)
        #expect(market.trades == ["1 @ 101"])
        alice.stop(.sell, .stopLoss, "1", at: "99.75")
        #expect(market.accepted.count == 1)
        market.index("99.75")
        #expect(market.trades == ["1 @ 99.5"])
        alice.closePosition()
        #expect(market.trades == ["1 @ 99.5"])
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(last + 2) buy limit 5 @ 101", "trade 3 @ 101"])
    }

    @Test(
        "R-071: what is wrong already is refused at once",
        arguments: Implementation.withOrders)
    func refusedAtOnce(_ implementation: Implementation) {
        let (market, alice, _, _, _) = market(implementation)
        alice.buy("1", at: "99.005")
        #expect(market.story == ["reject pricePrecision"])
        alice.buy("1000000", at: "99")
        #expect(market.story == ["reject maximumNotional"])
        alice.offer(.buy, "1", at: "101")
        #expect(market.story == ["reject postOnlyWouldCross"])
        alice.reduce(.buy, "1", at: "99")
        #expect(market.story == ["reject nothingToReduce"])
        market.wait(seconds: 1)
        #expect(market.story.isEmpty)
    }

    // MARK: Checked anew

    @Test(
        "R-071: margin is not held while an order waits, and must be there when it comes in",
        arguments: Implementation.withOrders)
    func marginGone(_ implementation: Implementation) {
        let (market, alice, _, _, last) = market(implementation, deposit: "120")
        // 2 held at 100 need 20; 10 at 99 would need 99, and one more at 105 10.5.
        #expect(alice.available == "100")
        alice.buy("10", at: "99", name: "a")
        #expect(alice.available == "100")
        alice.buyAtMarket("1")
        #expect(market.trades == ["1 @ 101"])
        market.wait(milliseconds: 100)
        #expect(market.story == ["reject insufficientMargin"])
        // The name is free again.
        alice.buy("1", at: "99", name: "a")
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(last + 3) buy limit 1 @ 99"])
    }

    @Test(
        "R-071: band, market, user and what is to be reduced are looked at again",
        arguments: Implementation.withOrders)
    func checkedAnew(_ implementation: Implementation) {
        let (market, alice, _, carol, last) = market(implementation)
        alice.buy("1", at: "105", .immediateOrCancel)
        market.index("99.99")
        market.wait(milliseconds: 100)
        #expect(market.story == ["reject priceTooHigh"])
        alice.buy("1", at: "99")
        market.reconfigure { $0.status = .inactive }
        market.wait(milliseconds: 100)
        #expect(market.story == ["reject marketClosed"])
        market.reconfigure { $0.status = .active }
        alice.buy("1", at: "99")
        alice.setStatus(areTermsMissing: true)
        market.wait(milliseconds: 100)
        #expect(market.story == ["reject termsRequired"])
        alice.setStatus()
        for quantity in ["1.5", "0.5"] { carol.buy(quantity, at: "99") }
        market.wait(milliseconds: 100)
        alice.reduce(.sell, "2", at: "103")
        alice.sellAtMarket("1.5")
        market.wait(milliseconds: 100)
        #expect(market.story == ["accept #\(last + 6) sell limit 0.5 @ 103"])
        alice.cancelAll()
        alice.reduce(.sell, "2", at: "103")
        alice.sellAtMarket("0.5")
        market.wait(milliseconds: 100)
        #expect(market.story == ["reject nothingToReduce"])
    }

    @Test(
        "R-071: a post-only order that would trade by then is refused",
        arguments: Implementation.withOrders)
    func crossesNow(_ implementation: Implementation) {
        let (market, alice, _, carol, last) = market(implementation)
        carol.sell("1", at: "100.50")
        alice.offer(.buy, "1", at: "100.50")
        #expect(market.story.isEmpty)
        market.wait(milliseconds: 100)
        #expect(
            market.story == [
                "accept #\(last + 1) sell limit 1 @ 100.5", "reject postOnlyWouldCross",
            ])
    }

    @Test(
        "R-050: all-or-nothing is decided when the order comes in",
        arguments: Implementation.withOrders)
    func fillOrKill(_ implementation: Implementation) {
        let (market, alice, _, carol, last) = market(implementation)
        carol.sell("3", at: "101")
        alice.buy("8", at: "101", .fillOrKill)
        market.wait(milliseconds: 100)
        #expect(
            market.story == [
                "accept #\(last + 1) sell limit 3 @ 101", "accept #\(last + 2) buy limit 8 @ 101",
                "trade 5 @ 101", "trade 3 @ 101",
            ])
    }

    @Test(
        "R-063: what follows from an order that came in follows at once",
        arguments: Implementation.withOrders)
    func legs(_ implementation: Implementation) {
        let (market, alice, bob, _, last) = market(implementation)
        alice.enter(.buy, "5", at: "101", takeProfit: "105")
        bob.buy("1", at: "99")
        market.wait(milliseconds: 100)
        #expect(
            market.story == [
                "accept #\(last + 1) buy limit 5 @ 101", "trade 5 @ 101",
                "accept #\(last + 3) sell takeProfit 5 @ 105",
                "accept #\(last + 2) buy limit 1 @ 99",
            ])
    }

    // MARK: Names and numbers

    @Test(
        "R-053: the name of a waiting order is taken",
        arguments: Implementation.withOrders)
    func names(_ implementation: Implementation) {
        let (market, alice, bob, _, _) = market(implementation)
        alice.buy("1", at: "99", name: "a")
        alice.buy("1", at: "98", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.stop(.sell, .stopLoss, "1", at: "98", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.closePosition(name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        bob.buy("1", at: "99", name: "a")
        #expect(market.refusal == nil)
        market.wait(milliseconds: 100)
        #expect(market.accepted.count == 2)
        alice.buy("1", at: "98", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
    }

    @Test(
        "R-083: a waiting order counts against the cap, but not against itself",
        arguments: Implementation.withOrders)
    func cap(_ implementation: Implementation) {
        let (market, alice, _, _, last) = market(implementation) { $0.maximumOpenOrders = 2 }
        alice.buy("1", at: "99")
        alice.buy("1", at: "98", .immediateOrCancel)
        alice.buy("1", at: "97")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.stop(.sell, .stopLoss, "1", at: "98")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.twap(.buy, "2", in: 2)
        #expect(market.refusal == .tooManyOpenOrders)
        market.wait(milliseconds: 100)
        #expect(market.accepted.map(\.id.value) == [last + 1, last + 2])
        alice.buy("1", at: "97")
        #expect(market.refusal == nil)
        // The other one that waits is counted when an order comes in.
        market.configureVenue { $0.maximumOpenOrders = 1 }
        alice.cancel(OrderID(last + 1))
        market.configureVenue { $0.maximumOpenOrders = 2 }
        alice.buy("1", at: "96")
        market.configureVenue { $0.maximumOpenOrders = 1 }
        market.wait(milliseconds: 100)
        #expect(
            market.story == [
                "reject tooManyOpenOrders", "accept #\(last + 6) buy limit 1 @ 96",
            ])
    }

    @Test(
        "R-020: leverage is locked while an order waits",
        arguments: Implementation.withOrders)
    func leverage(_ implementation: Implementation) {
        let (market, _, _, _, last) = market(implementation)
        let dave = market.trader()
        dave.buy("1", at: "99")
        dave.setLeverage("5")
        #expect(market.refusal == .leverageLocked)
        dave.cancel(OrderID(last + 1))
        dave.setLeverage("5")
        #expect(market.refusal == nil)
    }

    // MARK: Kinds and times

    @Test(
        "R-071: the operator chooses which kinds wait",
        arguments: Implementation.withOrders)
    func kinds(_ implementation: Implementation) {
        let (market, alice, _, _, _) = market(implementation) { $0.isPostOnlyBumped = false }
        alice.offer(.buy, "1", at: "99")
        #expect(market.accepted.count == 1)
        alice.buy("1", at: "99")
        #expect(market.accepted.isEmpty)
        market.configureVenue {
            $0.isPostOnlyBumped = true
            $0.isLimitBumped = false
        }
        let id = alice.buy("1", at: "98")
        #expect(market.accepted.count == 1)
        alice.offer(.buy, "1", at: "99")
        #expect(market.accepted.isEmpty)
        alice.modify(id, .buy, price: "98.50")
        #expect(market.amended.count == 1)
        market.configureVenue { $0.speedBumpNanoseconds = 0 }
        alice.offer(.buy, "1", at: "99")
        #expect(market.accepted.count == 1)
    }

    @Test(
        "R-071: with a shorter bump a later request still does not pass an earlier one",
        arguments: Implementation.withOrders)
    func shortened(_ implementation: Implementation) {
        let (market, alice, bob, _, last) = market(implementation)
        alice.buy("1", at: "99")
        let due = market.time + Self.bump
        market.configureVenue { $0.speedBumpNanoseconds = 10_000_000 }
        bob.buy("1", at: "99")
        market.advance(to: due - 1)
        #expect(market.story.isEmpty)
        market.advance(to: due)
        #expect(market.accepted.map(\.id.value) == [last + 1, last + 2])
        #expect(
            market.accepted.allSatisfy { $0.updatedAt == Timestamp(nanoseconds: due) })
        bob.buy("1", at: "98")
        market.wait(milliseconds: 10)
        #expect(market.accepted.count == 1)
    }

    @Test(
        "At one instant the second comes first, then what waited, then children of sliced orders",
        arguments: Implementation.withOrders)
    func oneInstant(_ implementation: Implementation) {
        let (market, alice, _, carol, last) = market(implementation)
        carol.cancelAll()
        market.send(
            .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(0), session: .preMarket,
                    startsAt: Timestamp(nanoseconds: 2_000_000_000))))
        let twap = alice.twap(.buy, "2", in: 2, startsAt: 2_000_000_000).value
        market.jump(to: Timestamp(nanoseconds: 1_900_000_000))
        carol.sell("5", at: "101")
        market.advance(to: 2_000_000_000)
        #expect(
            market.story == [
                "accept #\(last + 1) sell limit 5 @ 101",
                "accept #\(last + 2) buy market 1 @ 0", "trade 1 @ 101", "twap \(twap) active 1",
            ])
        guard case .sessionChanged? = market.events.first else {
            Issue.record("the session does not begin first: \(market.events)")
            return
        }
    }

    @Test("The engine says when the next thing is due")
    func deadline() {
        let (market, alice, bob, _, last) = market(.engine)
        func next() -> Int64? { (market.exchange as? Exchange)?.nextDeadline?.nanoseconds }
        #expect(next() == 1_000_000_000)
        alice.buy("1", at: "99")
        let due = market.time + Self.bump
        #expect(next() == due)
        bob.twap(.buy, "2", in: 2, startsAt: due - 1)
        #expect(next() == due - 1)
        bob.cancelAll()
        #expect(next() == due)
        market.advance(to: due)
        #expect(market.accepted.map(\.id.value) == [last + 1])
        #expect(next() == 1_000_000_000)
        market.jump(to: Timestamp(nanoseconds: 950_000_000))
        alice.buy("1", at: "98")
        #expect(next() == 1_000_000_000)
    }
}

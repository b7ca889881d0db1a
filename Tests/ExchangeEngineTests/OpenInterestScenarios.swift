import ExchangeTesting
import ExchangeTypes
import Testing

/// How much may be open in a contract, at the venue and by an account. **Source** `rules.md` §9, R-082.
@Suite struct OpenInterestScenarios {
    /// At 100, ten of it may be open.
    private var capped: Instrument {
        var instrument = Market.plain
        instrument.risk.openInterestCap = Money(1_000)
        return instrument
    }

    /// The open interest that the last command said, and what was said right before each.
    private func said(_ market: Market) -> [String] {
        var lines: [String] = []
        var previous: Event?
        for event in market.events {
            if case .openInterestChanged(let change) = event {
                let size = market.instrument(change.instrument).decimal(change.quantity)
                var isAfterTrade = false
                if case .tradeExecuted = previous { isAfterTrade = true }
                lines.append("\(size)" + (isAfterTrade ? " after a trade" : ""))
            }
            previous = event
        }
        return lines
    }

    @Test(
        "R-082: an order may open up to the cap, and not a lot more",
        arguments: Implementation.allCases, Side.allCases)
    func cap(_ implementation: Implementation, _ side: Side) {
        let market = Market(implementation, capped)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        func open(_ trader: Trader, _ quantity: String, _ side: Side) {
            if side == .buy {
                trader.buy(quantity, at: "100")
            } else {
                trader.sell(quantity, at: "100")
            }
        }
        open(alice, "10.001", side)
        #expect(market.refusal == .openInterestLimit)
        open(alice, "10", side)
        #expect(market.refusal == nil)
        open(bob, "6", side.opposite)
        #expect(said(market) == ["6 after a trade"])
        open(carol, "4.001", side.opposite)
        #expect(market.refusal == .openInterestLimit)
        open(carol, "4", side.opposite)
        #expect(said(market) == ["10 after a trade"])
        for trader in [alice, bob, carol] {
            open(trader, "0.1", trader.account == alice.account ? side : side.opposite)
            #expect(market.refusal == .openInterestLimit)
        }
        market.audit()
    }

    @Test(
        "R-082: at the cap reducing passes, whoever does it, and makes room",
        arguments: Implementation.allCases)
    func reducing(_ implementation: Implementation) {
        let market = Market(implementation, capped)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // Only what could open counts: 10 of 10.001 close.
        bob.sell("10.001", at: "101")
        #expect(market.refusal == .openInterestLimit)
        bob.sell("10", at: "101")
        #expect(market.refusal == nil)
        bob.sell("0.1", at: "101")
        #expect(market.refusal == .openInterestLimit)
        bob.cancelAll()
        // Carol would only take over what bob gives up, but an order cannot know that.
        bob.sell("5", at: "100")
        carol.buy("5", at: "100")
        #expect(market.refusal == .openInterestLimit)
        alice.buy("4", at: "100")
        #expect(market.trades == ["4 @ 100"])
        #expect(said(market) == ["6 after a trade"])
        // Now there is room for four: what changes hands does not change what is open.
        carol.buy("1", at: "100")
        #expect(market.trades == ["1 @ 100"])
        #expect(said(market).isEmpty)
        alice.sell("4.001", at: "100")
        #expect(market.refusal == .openInterestLimit)
        alice.sell("4", at: "100")
        carol.buy("4", at: "100")
        #expect(said(market) == ["10 after a trade"])
        market.audit()
    }

    @Test(
        "R-082: a flip counts with what it opens, and each trade says what is open",
        arguments: Implementation.allCases)
    func flips(_ implementation: Implementation) {
        let market = Market(implementation, capped)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.sell("4", at: "100")
        bob.buy("4", at: "100")
        // 4 close and 6 open; open interest 4 + 6.
        carol.buy("3", at: "100")
        carol.buy("6", at: "99")
        bob.sell("10.001", at: "99")
        #expect(market.refusal == .openInterestLimit)
        bob.sell("10", at: "99", .immediateOrCancel)
        // Three from bob to carol, one more, and five that bob sells short.
        #expect(market.trades == ["3 @ 100", "6 @ 99"])
        #expect(said(market) == ["9 after a trade"])
        #expect(bob.holding == "-5")
        // Both close: open interest falls with both trades.
        bob.buy("2", at: "99")
        bob.buy("3", at: "98")
        carol.sell("5", at: "98")
        #expect(said(market) == ["7 after a trade", "4 after a trade"])
        market.audit()
    }

    @Test(
        "R-082: a modification counts without its old self, the cap follows the mark",
        arguments: Implementation.allCases)
    func modify(_ implementation: Implementation) {
        let market = Market(implementation, capped)
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.buy("10", at: "95")
        alice.modify(order, .buy, quantity: "10.001")
        #expect(market.refusal == .openInterestLimit)
        alice.modify(order, .buy, quantity: "9", price: "96")
        #expect(market.refusal == nil)
        // Each order is looked at alone: together they could open 19.
        bob.buy("10", at: "95")
        #expect(market.refusal == nil)
        market.index("125")
        #expect(alice.remaining(order) == "9")
        // Nine are 1,125 now. What makes the order smaller passes, in quantity and in value.
        alice.modify(order, .buy, price: "96.01")
        #expect(market.refusal == .openInterestLimit)
        alice.modify(order, .buy, quantity: "8.001", price: "110")
        #expect(market.refusal == .openInterestLimit)
        alice.modify(order, .buy, quantity: "8.999")
        #expect(market.refusal == nil)
        alice.modify(order, .buy, price: "95.99")
        #expect(market.refusal == nil)
        // 880 are more than 863.8, but eight are no more than the cap.
        alice.modify(order, .buy, quantity: "8", price: "110")
        #expect(market.refusal == nil)
        market.index("100")
        bob.modify(bob.orders[0].id, .buy, price: "95.01")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-082, rules.md §9: while the underlier is closed, a share of the cap holds",
        arguments: Implementation.allCases,
        [
            (MarketSession.preMarket, "10"), (.postMarket, "10"), (.overnight, "5"),
            (.closed, "5"), (.weekend, "1"),
        ])
    func sessions(_ implementation: Implementation, _ sample: (MarketSession, String)) {
        let market = Market(implementation, capped)
        let (alice, bob) = (market.trader(), market.trader())
        market.send(
            .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(0), session: sample.0, startsAt: .zero)))
        alice.sell(sample.1 + ".001", at: "100")
        #expect(market.refusal == .openInterestLimit)
        alice.sell(sample.1, at: "100")
        bob.buy(sample.1, at: "100")
        #expect(said(market) == ["\(sample.1) after a trade"])
        alice.sell("0.1", at: "100")
        #expect(market.refusal == .openInterestLimit)
        bob.sell("0.1", at: "100")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-082: when the session begins with more open than it allows, nothing is closed",
        arguments: Implementation.allCases)
    func shrunkCap(_ implementation: Implementation) {
        let market = Market(implementation, capped)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.send(
            .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(0), session: .weekend, startsAt: .zero)))
        #expect(market.trades.isEmpty)
        #expect(bob.holding == "10")
        bob.buy("0.1", at: "100")
        #expect(market.refusal == .openInterestLimit)
        bob.sell("9.5", at: "100")
        alice.buy("9.5", at: "100")
        #expect(said(market) == ["0.5 after a trade"])
        bob.buy("0.5", at: "100")
        #expect(market.refusal == nil)
        market.reconfigure { $0.risk.openInterestCap = Money(900) }
        alice.sell("0.401", at: "101")
        #expect(market.refusal == .openInterestLimit)
    }

    @Test(
        "The venue's cap is on all contracts together, at their marks",
        arguments: Implementation.allCases)
    func venueCap(_ implementation: Implementation) {
        let market = Market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        other.risk.openInterestCap = Money(600)
        market.list(other, index: "50")
        market.configureVenue { $0.totalOpenInterestCap = Money(1_500) }
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("15.001", at: "100")
        #expect(market.refusal == .totalOpenInterestLimit)
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        alice.sell("10.001", at: "50", in: 1)
        #expect(market.refusal == .totalOpenInterestLimit)
        // The contract's own cap is looked at first.
        alice.sell("12.001", at: "50", in: 1)
        #expect(market.refusal == .openInterestLimit)
        alice.sell("10", at: "50", in: 1)
        #expect(market.refusal == nil)
        // 1,100 are left of the first contract's 1,000; in the second 400 may be opened.
        market.index("110")
        bob.buy("8.001", at: "50", in: 1)
        #expect(market.refusal == .totalOpenInterestLimit)
        bob.buy("8", at: "50", in: 1)
        #expect(market.trades == ["8 @ 50"])
        alice.sell("0.1", at: "110")
        #expect(market.refusal == .totalOpenInterestLimit)
        // Closing in one contract makes room in the other.
        bob.sell("1", at: "110")
        #expect(market.refusal == nil)
        alice.buy("1", at: "110")
        alice.cancelAll()
        alice.sell("2.201", at: "50", in: 1)
        #expect(market.refusal == .totalOpenInterestLimit)
        alice.sell("2.2", at: "50", in: 1)
        #expect(market.refusal == nil)
        // What a delisted contract had open no longer counts.
        market.reconfigure { $0.status = .delisted }
        #expect(said(market) == ["0"])
        alice.sell("4.001", at: "50", in: 1)
        #expect(market.refusal == .openInterestLimit)
        alice.sell("4", at: "50", in: 1)
        #expect(market.refusal == nil)
        market.configureVenue { $0.totalOpenInterestCap = Money(400) }
        alice.sell("0.2", at: "50", in: 1)
        #expect(market.refusal == .totalOpenInterestLimit)
        market.audit()
    }

    // MARK: What one account may have

    /// Contracts of the largest possible position, eleven of them with their index at 100.
    private func wideMarket(_ implementation: Implementation) -> Market {
        var wide = Market.plain
        wide.maximumNotional = Limits.maximumPositionNotional
        wide.maximumLeverage = 50
        wide.risk.openInterestCap = Limits.maximumOpenInterest
        let market = Market(implementation, wide)
        for place in 1...10 {
            wide.symbol = text("W\(place)-USD")
            market.list(wide, index: "100")
        }
        return market
    }

    @Test(
        "Limits.maximumAccountNotional: positions, orders and the new order together",
        arguments: Implementation.allCases)
    func accountLimit(_ implementation: Implementation) {
        let market = wideMarket(implementation)
        let (alice, bob) = (market.trader("1000000000"), market.trader("1000000000"))
        for place in 0..<4 as Range<UInt32> {
            alice.buy("1000000", at: "100", in: place)
            bob.sell("1000000", at: "100", in: place)
            #expect(market.refusal == nil)
        }
        // Orders count at their own prices: 400 million, and 100,009,999.89999 in the ninth contract.
        for place in 4..<8 as Range<UInt32> { alice.buy("1000000", at: "100", in: place) }
        alice.sell("999999.999", at: "100.01", in: 8)
        #expect(market.refusal == nil)
        // 99,990,000.10001 of 1,000 million are left.
        alice.buy("999900.002", at: "100", in: 9)
        #expect(market.refusal == .maximumNotional)
        alice.buy("999900.001", at: "100", in: 9)
        #expect(market.refusal == nil)
        alice.buy("0.1", at: "100", in: 10)
        #expect(market.refusal == .maximumNotional)
        alice.buy("0.1", at: "100", .immediateOrCancel, in: 10)
        #expect(market.refusal == .maximumNotional)
        // Reducing passes; only what could open is refused.
        alice.sell("1000000", at: "100")
        #expect(market.refusal == nil)
        alice.sell("0.1", at: "100")
        #expect(market.refusal == .maximumNotional)
        // Others are not concerned, and a cancelled order makes room.
        bob.buy("0.2", at: "90", in: 10)
        #expect(market.refusal == nil)
        alice.cancelAll(in: 0)
        alice.cancelAll(in: 9)
        alice.buy("999900.001", at: "100", in: 10)
        #expect(market.refusal == nil)
        market.audit()
    }

    @Test(
        "Limits.maximumAccountNotional: positions count at the mark, a replaced order still",
        arguments: Implementation.allCases)
    func accountLimitAtTheMark(_ implementation: Implementation) {
        let market = wideMarket(implementation)
        let (alice, bob) = (market.trader("1000000000"), market.trader("1000000000"))
        for place in 0..<9 as Range<UInt32> {
            alice.buy("1000000", at: "100", in: place)
            bob.sell("1000000", at: "100", in: place)
        }
        let order = alice.buy("500000", at: "100", in: 9)
        #expect(market.refusal == nil)
        // 900 and 50 million; replaced by another 50 million they are 1,000.
        market.send(
            .modifyOrder(
                ModifyOrder(
                    account: alice.account, instrument: .known(InstrumentID(9)),
                    order: .orderID(order), side: .buy, type: .limit,
                    quantity: wire("500000.001"), price: nil)))
        #expect(market.refusal == .maximumNotional)
        market.send(
            .modifyOrder(
                ModifyOrder(
                    account: alice.account, instrument: .known(InstrumentID(9)),
                    order: .orderID(order), side: .buy, type: .limit,
                    quantity: nil, price: wire("99.99"))))
        #expect(market.refusal == nil)
        // 400 million of positions have become 440, and the order counts at the mark, not at 99.99.
        for place in 0..<4 as Range<UInt32> { market.index("110", of: InstrumentID(place)) }
        alice.buy("100000.001", at: "100", in: 10)
        #expect(market.refusal == .maximumNotional)
        alice.buy("100000", at: "100", in: 10)
        #expect(market.refusal == nil)
        // Nothing is left, but an order may become smaller.
        func modify(_ quantity: String?, _ price: String?) -> RejectReason? {
            market.send(
                .modifyOrder(
                    ModifyOrder(
                        account: alice.account, instrument: .known(InstrumentID(9)),
                        order: .orderID(order), side: .buy, type: .limit,
                        quantity: quantity.map(wire), price: price.map(wire))))
            return market.refusal
        }
        #expect(modify(nil, "100") == .maximumNotional)
        #expect(modify("499999.999", "100") == .maximumNotional)
        #expect(modify("499999.999", nil) == nil)
        #expect(modify(nil, "99.98") == nil)
    }

    @Test(
        "Limits.maximumCash: with more cash than that an account opens nothing",
        arguments: Implementation.allCases)
    func cashLimit(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("1000000000"), market.trader())
        for _ in 1..<10 { alice.deposit("1000000000") }
        alice.buy("1", at: "100")
        bob.sell("1", at: "100")
        bob.buy("0.5", at: "100.01")
        alice.sell("0.5", at: "100.01")
        #expect(alice.cash == decimal("10000000000.005"))
        alice.buy("1", at: "100")
        #expect(market.refusal == .maximumNotional)
        alice.sell("0.501", at: "100")
        #expect(market.refusal == .maximumNotional)
        alice.sell("0.5", at: "100")
        #expect(market.refusal == nil)
        alice.cancelAll()
        alice.withdraw("0.005")
        alice.buy("1", at: "100")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-083: the venue may allow fewer open orders than the engine could hold",
        arguments: Implementation.allCases)
    func openOrders(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.maximumOpenOrders = 3 }
        let alice = market.trader()
        let desk = market.trader(of: alice)
        for _ in 0..<3 { alice.buy("1", at: "99") }
        #expect(market.refusal == nil)
        for _ in 0..<2 {
            alice.sell("1", at: "101")
            #expect(market.refusal == .tooManyOpenOrders)
        }
        alice.offer(.buy, "1", at: "98")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.buy("1", at: "99", .immediateOrCancel)
        #expect(market.refusal == nil)
        alice.buyAtMarket("1")
        #expect(market.refusal == nil)
        desk.buy("1", at: "99")
        #expect(market.refusal == nil)
        // Fewer are allowed now than there are: they stay and may change.
        market.configureVenue { $0.maximumOpenOrders = 2 }
        #expect(alice.orders.count == 3)
        alice.cancelAll()
        let orders = (0..<2).map { _ in alice.buy("1", at: "99") }
        market.configureVenue { $0.maximumOpenOrders = 1 }
        #expect(alice.orders.count == 2)
        alice.modify(orders[0], .buy, price: "98")
        #expect(market.refusal == nil)
        alice.cancel(orders[0])
        alice.buy("1", at: "99")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.cancel(orders[1])
        alice.buy("1", at: "99")
        #expect(market.refusal == nil)
        market.configureVenue { $0.maximumOpenOrders = 0 }
        market.trader().buy("1", at: "99")
        #expect(market.refusal == .tooManyOpenOrders)
    }
}

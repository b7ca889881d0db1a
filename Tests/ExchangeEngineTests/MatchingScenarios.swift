import ExchangeTesting
import ExchangeTypes
import Testing

/// Who meets whom, and what becomes of the rest. **Source** `rules.md` §6.3 to §7.
@Suite struct MatchingScenarios {
    @Test(
        "R-045: what a market order cannot fill is cancelled",
        arguments: Implementation.allCases)
    func marketNeverRests(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let lost = bob.buyAtMarket("1")
        #expect(market.cancelled == [lost: .unfilledRemainder])
        alice.sell("1", at: "100")
        let partial = bob.buyAtMarket("3")
        #expect(market.trades == ["1 @ 100"])
        #expect(market.cancelled == [partial: .unfilledRemainder])
        #expect(bob.orders.isEmpty)
        guard case .orderFilled(let fill)? = market.events.dropFirst(2).first else {
            Issue.record("no taker fill")
            return
        }
        #expect(fill.order.price == .zero)
    }

    @Test(
        "R-047, R-052: a limit order trades what it can and rests the remainder at its price",
        arguments: Implementation.allCases)
    func restsRemainder(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        let order = bob.buy("3", at: "101")
        #expect(market.fills.last?.order.remaining == Quantity(lots: 2_000))
        #expect(bob.remaining(order) == "2")
        let instrument = InstrumentID(0)
        let levels = market.events.filter { if case .levelChanged = $0 { true } else { false } }
        #expect(
            levels == [
                .levelChanged(
                    LevelChanged(
                        instrument: instrument, side: .sell, price: Price(ticks: 10_000),
                        quantity: .zero, best: nil)),
                .levelChanged(
                    LevelChanged(
                        instrument: instrument, side: .buy, price: Price(ticks: 10_100),
                        quantity: Quantity(lots: 2_000),
                        best: DepthRow(
                            price: Price(ticks: 10_100), quantity: Quantity(lots: 2_000)))),
            ])
        alice.sell("2", at: "101")
        #expect(market.trades == ["2 @ 101"])
        #expect(bob.orders.isEmpty)
    }

    @Test("The events of a match come in their order", arguments: Implementation.allCases)
    func eventOrder(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        bob.buy("1", at: "100")
        let kinds = market.events.map { event in
            switch event {
            case .orderAccepted: "accepted"
            case .orderFilled(let fill): "filled \(fill.order.account.index)"
            case .tradeExecuted: "trade"
            case .openInterestChanged: "open interest"
            case .positionChanged(let change): "position \(change.account.index)"
            case .balanceChanged(let change): "balance \(change.account.index)"
            case .levelChanged: "level"
            case _: "other"
            }
        }
        #expect(
            kinds == [
                "accepted", "filled 0", "filled 1", "trade", "open interest", "position 0",
                "balance 0", "position 1", "balance 1", "level",
            ])
    }

    @Test(
        "R-049: a post-only order that would trade is refused, at the very price too",
        arguments: Implementation.allCases)
    func postOnly(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        bob.offer(.buy, "1", at: "100")
        #expect(market.refusal == .postOnlyWouldCross)
        bob.offer(.buy, "1", at: "101")
        #expect(market.refusal == .postOnlyWouldCross)
        #expect(market.trades.isEmpty)
        let order = bob.offer(.buy, "1", at: "99.99")
        #expect(market.refusal == nil)
        // Own orders count as well.
        alice.offer(.buy, "1", at: "100")
        #expect(market.refusal == .postOnlyWouldCross)
        bob.modify(order, .buy, price: "100", type: .addLiquidityOnly)
        #expect(market.refusal == .cannotModifyWouldCross)
        #expect(bob.remaining(order) == "1")
    }

    @Test(
        "R-050: all or nothing, with one lot too little and with exactly enough",
        arguments: Implementation.allCases)
    func fillOrKill(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        alice.sell("1", at: "100.5")
        alice.sell("1", at: "101.01")
        let killed = bob.buy("2.001", at: "101", .fillOrKill)
        #expect(market.trades.isEmpty)
        #expect(market.cancelled == [killed: .unfilledRemainder])
        bob.buy("2", at: "101", .fillOrKill)
        #expect(market.trades == ["1 @ 100", "1 @ 100.5"])
        #expect(market.cancelled.isEmpty)
    }

    @Test(
        "R-051: what an immediate order cannot fill is cancelled",
        arguments: Implementation.allCases)
    func immediate(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        let order = bob.buy("3", at: "100", .immediateOrCancel)
        #expect(market.fills.last?.order.remaining == Quantity(lots: 2_000))
        #expect(market.cancelled == [order: .unfilledRemainder])
        let unmatched = bob.buy("3", at: "100", .immediateOrCancel)
        #expect(market.trades.isEmpty)
        #expect(market.cancelled == [unmatched: .unfilledRemainder])
    }

    @Test("R-070: best price first, then the oldest", arguments: Implementation.allCases)
    func priority(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        let late = alice.sell("1", at: "101")
        let first = alice.sell("1", at: "100")
        let second = bob.sell("1", at: "100")
        let best = bob.sell("1", at: "99.99")
        carol.buy("3.5", at: "101")
        let makers = market.fills.filter { $0.order.side == .sell }.map(\.order.id)
        #expect(makers == [best, first, second, late])
        #expect(market.trades == ["1 @ 99.99", "1 @ 100", "1 @ 100", "0.5 @ 101"])
    }

    @Test(
        "R-073: the own resting order is cancelled and the aggressor goes on",
        arguments: Implementation.allCases)
    func selfTrade(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let own = alice.sell("1", at: "100")
        bob.sell("1", at: "100")
        let deeper = alice.sell("1", at: "101")
        alice.buy("1", at: "101")
        #expect(market.cancelled == [own: .selfTradePrevention])
        #expect(market.trades == ["1 @ 100"])
        #expect(alice.remaining(deeper) == "1")
    }

    @Test(
        "R-074: subaccounts of one user do not trade with each other",
        arguments: Implementation.allCases)
    func subaccounts(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let (desk, fund) = (market.trader(of: alice), market.trader(of: alice))
        let order = desk.sell("1", at: "100")
        let incoming = fund.buy("1", at: "100")
        #expect(market.cancelled == [order: .selfTradePrevention])
        let master = alice.sell("1", at: "99.5")
        #expect(market.cancelled == [incoming: .selfTradePrevention])
        #expect(alice.remaining(master) == "1")
    }

    @Test("R-075: all-or-nothing does not count own orders", arguments: Implementation.allCases)
    func fillOrKillOwn(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let desk = market.trader(of: bob)
        alice.sell("1", at: "100")
        let own = desk.sell("1", at: "99.5")
        bob.buy("1.001", at: "100", .fillOrKill)
        #expect(market.trades.isEmpty)
        // A killed order takes nothing out of the book.
        #expect(desk.remaining(own) == "1")
        bob.buy("1", at: "100", .fillOrKill)
        #expect(market.trades == ["1 @ 100"])
        #expect(desk.remaining(own) == nil)
    }
}

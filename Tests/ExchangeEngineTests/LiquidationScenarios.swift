import ExchangeTesting
import ExchangeTypes
import Testing

/// From the first margin call to a flat account. **Source** `rules.md` §11, R-089 to R-100.
@Suite struct LiquidationScenarios {
    /// NVDA-USD with the numbers of rules.md: leverage 10, spread 1 %, limit 250,000, provider fee 1 %.
    private func market(
        _ implementation: Implementation, index: String,
        _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var instrument = Market.plain
        change(&instrument)
        return Market(implementation, instrument, index: index)
    }

    @Test(
        "R-089, X-25: the stages begin at exactly the maintenance and the close-out margin",
        arguments: Implementation.allCases)
    func stages(_ implementation: Implementation) {
        let market = market(implementation, index: "336.19")
        let (alice, bob) = (market.trader(), market.trader("336.19"))
        alice.sell("10", at: "336.19")
        bob.buy("10", at: "336.19")
        market.index("330")
        #expect(bob.balance.equity == decimal("274.29"))
        #expect(bob.balance.maintenanceMargin == Money(220))
        #expect(bob.balance.closeOutMargin == Money(110))
        #expect(!bob.balance.isInLiquidation)
        market.index("324")
        #expect(bob.balance.equity == decimal("214.29"))
        #expect(bob.balance.maintenanceMargin == Money(216))
        #expect(bob.balance.closeOutMargin == Money(108))
        #expect(bob.balance.isInLiquidation)
        #expect(bob.holding == "10")
        market.index("313")
        // 104.29 is not above 104.33: off the book, and alice is the only other side.
        #expect(bob.holding == "0")
        #expect(bob.balance.equity == .zero)
        #expect(market.reserve == decimal("104.29"))
    }

    @Test(
        "R-089: equity equal to a margin begins its stage, one unit more does not",
        arguments: Implementation.allCases)
    func boundaries(_ implementation: Implementation) {
        // 10 × 300 needs 200 for maintenance and 100 to stay on the book.
        for (deposit, isInLiquidation, holding) in [
            ("560.00000001", false, "10"), ("560", true, "10"), ("460.00000001", true, "10"),
            ("460", false, "0"),
        ] {
            let market = market(implementation, index: "336")
            let (alice, bob) = (market.trader(), market.trader(deposit))
            // The order margin of a reducing order is none, so a second account lends the entry.
            alice.sell("10", at: "336")
            bob.deposit("1000")
            bob.buy("10", at: "336")
            market.send(.withdraw(Withdraw(account: bob.account, amount: .zero)))
            market.index("436")
            market.send(.withdraw(Withdraw(account: bob.account, amount: Money(1000))))
            #expect(market.refusal == nil)
            market.index("300")
            #expect(bob.balance.isInLiquidation == isInLiquidation, "\(deposit)")
            #expect(bob.holding == holding, "\(deposit)")
        }
    }

    @Test(
        "R-090: entering liquidation cancels all orders, and new ones are refused until it is over",
        arguments: Implementation.allCases)
    func entering(_ implementation: Implementation) {
        let market = market(implementation, index: "100")
        let (alice, bob) = (market.trader(), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        let first = bob.sell("1", at: "120")
        let second = bob.sell("2", at: "119")
        market.index("94")
        #expect(
            market.cancelled.filter { $0.value == .liquidation }.keys.sorted() == [first, second])
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: true)
            ])
        bob.sell("1", at: "95")
        #expect(market.refusal == .inLiquidation)
        bob.deposit("20")
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: false)
            ])
        bob.sell("1", at: "95")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-091, R-093: forced orders trade at the mark less the spread at worst, and stop when sound",
        arguments: Implementation.allCases)
    func forcedOrders(_ implementation: Implementation) {
        let market = market(implementation, index: "100") {
            $0.risk.liquidationLimit = Money(300)
            $0.takerFee = Rate(tenthBasisPoints: 100)
        }
        let (alice, bob) = (market.trader(), market.trader("121"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // 94 less a hundredth is 93.06; the bid below it is out of reach.
        alice.buy("2", at: "93.06")
        alice.buy("10", at: "93.05")
        market.index("94")
        #expect(market.trades == ["2 @ 93.06"])
        #expect(market.fills.map(\.executionType) == [.liquidation, .liquidation])
        // Slice of 3: 300 / 94, down to lots; what found no taker was cancelled.
        for case .orderAccepted(let order) in market.events where order.account == bob.account {
            #expect(order.quantity == Quantity(lots: 3_191))
            #expect(order.type == .limit && order.timeInForce == .immediateOrCancel)
        }
        #expect(market.fills.last?.fee == decimal("0.18612"))
        #expect(bob.holding == "8")
        alice.buy("10", at: "93.50")
        market.wait(seconds: 1)
        // The book moved the mark no further than the oracle; the room has grown by what decayed.
        #expect(bob.balance.isInLiquidation == false || bob.holding != "8")
    }

    @Test(
        "R-094, X-27: equity goes to the reserve, providers take what its fees can pay",
        arguments: Implementation.allCases)
    func providerTransfer(_ implementation: Implementation) {
        let market = market(implementation, index: "256")
        let (alice, bob, desk) = (market.trader(), market.trader("12990"), market.trader())
        market.send(.fundReserve(Money(1_000)))
        desk.provide(upTo: 1_000_000)
        alice.sell("500", at: "256")
        bob.buy("500", at: "256")
        market.index("230.32")
        #expect(market.trades == ["499.305 @ 230.32", "0.695 @ 230.32"])
        #expect(
            market.fills.map(\.executionType) == [
                .providerTransfer, .providerTransfer, .autoDeleveraging, .autoDeleveraging,
            ])
        #expect(market.reserve == decimal("0.000724"))
        #expect(market.fills.first?.fee == decimal("-1149.999276"))
        #expect(desk.holding == "499.305")
        #expect(desk.balance.fees == decimal("-1149.999276"))
        #expect(bob.holding == "0")
        #expect(bob.balance.equity == .zero)
        #expect(!bob.balance.isInLiquidation)
        #expect(alice.holding == "-499.305")
        #expect(market.alerts == [.reserveExhausted(InstrumentID(0))])
    }

    @Test(
        "R-094, X-28: the reserve covers a debt that it can pay", arguments: Implementation.allCases
    )
    func coveredDebt(_ implementation: Implementation) {
        // 20 short from 1,499.5 at 1,649 lose 2,990; with 2,590 in cash the equity is −400... and the
        // entry needs 2,999, so the account is lent what it withdraws again when the price favours it.
        let market = market(implementation, index: "1499.5")
        let (alice, bob, desk) = (market.trader(), market.trader("3090"), market.trader())
        market.send(.fundReserve(Money(900)))
        desk.provide(upTo: 1_000_000)
        alice.buy("20", at: "1499.5")
        bob.sell("20", at: "1499.5")
        market.index("1400")
        market.send(.withdraw(Withdraw(account: bob.account, amount: Money(500))))
        #expect(market.refusal == nil)
        market.index("1649")
        #expect(market.trades == ["20 @ 1649"])
        #expect(market.fills.first?.fee == decimal("-329.8"))
        #expect(market.reserve == decimal("170.2"))
        #expect(desk.holding == "-20")
        #expect(bob.balance.equity == .zero)
    }

    @Test(
        "R-099, X-29: the most leveraged of the other side give way, the account ends with nothing",
        arguments: Implementation.allCases)
    func autoDeleveraging(_ implementation: Implementation) {
        let market = market(implementation, index: "56")
        // 100 long from 56 lose 600 at 50; with 570 in cash the equity is −30.
        let bob = market.trader("570")
        let (a, b, c) = (market.trader("540"), market.trader("500"), market.trader("2000"))
        for (seller, quantity) in [(a, "60"), (b, "80"), (c, "40")] {
            seller.sell(quantity, at: "56")
        }
        let other = market.trader()
        bob.buy("100", at: "56")
        other.buy("80", at: "56")
        market.index("50")
        // At 50: a has 540 + 360 over 200, b 500 + 480 over 266.67, c 2,000 + 240 over 133.33.
        #expect(market.trades == ["80 @ 50.3", "20 @ 50.3"])
        #expect(b.holding == "0")
        #expect(a.holding == "-40")
        #expect(c.holding == "-40")
        #expect(bob.balance.equity == .zero)
        #expect(bob.balance.availableBalance == .zero)
        // b sold 80 at 56 and bought them at 50.3.
        #expect(b.balance.realisedPnL == Money(456))
        #expect(market.fills.allSatisfy { $0.fee == .zero })
    }

    @Test(
        "R-098: without debt and with takers nothing is deleveraged",
        arguments: Implementation.allCases)
    func noDeleveraging(_ implementation: Implementation) {
        let market = market(implementation, index: "100")
        let (alice, bob, desk) = (market.trader(), market.trader("100"), market.trader())
        market.send(.fundReserve(Money(1_000)))
        desk.provide(upTo: 1_000_000)
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("92")
        #expect(market.trades == ["10 @ 92"])
        #expect(alice.holding == "-10")
        #expect(market.alerts.isEmpty)
        // 20 of equity came in, a hundredth of 920 went out.
        #expect(market.reserve == decimal("1010.8"))
    }

    @Test(
        "R-096: a provider whose position shrinks is paid nothing",
        arguments: Implementation.allCases)
    func freeTransfer(_ implementation: Implementation) {
        let market = market(implementation, index: "100")
        let (alice, bob, desk) = (market.trader(), market.trader("100"), market.trader())
        market.send(.fundReserve(Money(1_000)))
        desk.provide(upTo: 1_000_000)
        alice.buy("4", at: "100")
        desk.sell("4", at: "100")
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("92")
        // 4 close the desk's short for nothing, 6 are paid for.
        #expect(market.trades == ["4 @ 92", "6 @ 92"])
        #expect(market.fills.map(\.fee) == [.zero, .zero, decimal("-5.52"), .zero])
        #expect(desk.holding == "6")
        #expect(market.reserve == decimal("1014.48"))
    }

    @Test(
        "R-097: providers share in proportion to what they have free, within their limits",
        arguments: Implementation.allCases)
    func shares(_ implementation: Implementation) {
        let market = market(implementation, index: "100")
        let (alice, bob) = (market.trader(), market.trader("100"))
        let desks = [market.trader("3000"), market.trader("1000"), market.trader("1000")]
        market.send(.fundReserve(Money(1_000)))
        for (desk, limit) in zip(desks, [1_000_000, 1_000_000, 46] as [Int64]) {
            desk.provide(upTo: limit)
        }
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("92")
        // 6, 2 and 2 by what they have; the last may hold half a unit only, the first takes the rest.
        #expect(desks.map(\.holding) == ["7.5", "2", "0.5"])
    }

    @Test(
        "R-100: a debt the reserve cannot pay in full is not paid in part",
        arguments: Implementation.allCases)
    func emptyReserve(_ implementation: Implementation) {
        let market = market(implementation, index: "100")
        let (alice, bob) = (market.trader(), market.trader("100"))
        market.send(.fundReserve(decimal("99.99999999")))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("80")
        // The debt is 100: it is alice who gives up her gain beyond 90.
        #expect(market.trades == ["10 @ 90"])
        #expect(market.reserve == nil)
        #expect(alice.balance.realisedPnL == Money(100))
        #expect(bob.balance.equity == .zero)
    }

    @Test(
        "A flat account's debt is paid as soon as the reserve can",
        arguments: Implementation.allCases)
    func flatDebt(_ implementation: Implementation) {
        let market = market(implementation, index: "100") { $0.maximumLeverage = 50 }
        let (alice, bob) = (market.trader(), market.trader("20"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        alice.buy("10", at: "95")
        // Selling five below the mark loses more than there is.
        bob.sellAtMarket("10")
        #expect(bob.holding == "0")
        #expect(bob.balance.equity == Money(-30))
        #expect(bob.balance.isInLiquidation)
        market.send(.fundReserve(Money(29)))
        #expect(bob.balance.isInLiquidation)
        market.send(.fundReserve(Money(1)))
        #expect(!bob.balance.isInLiquidation)
        #expect(bob.balance.equity == .zero)
        #expect(market.reserve == .zero)
    }

    @Test(
        "No forced order is sent while the mark is far from its last minute",
        arguments: Implementation.allCases)
    func fairValue(_ implementation: Implementation) {
        let market = market(implementation, index: "100") {
            $0.bandWidth = Rate(percent: 3)
            $0.maximumLeverage = 10
        }
        market.configureVenue { $0.staleSeconds = 0 }
        let (alice, bob) = (market.trader(), market.trader("104"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.wait(seconds: 1)
        market.index("96")
        #expect(bob.balance.isInLiquidation)
        // The mark moved with the oracle, so it is near fair value and a slice is sent.
        var sent = 0
        for case .orderAccepted in market.events { sent += 1 }
        #expect(sent == 1)
    }
}

extension Trader {
    /// Becomes a liquidity provider of the first contract, up to a value.
    fileprivate func provide(upTo notional: Int64) {
        market.send(
            .setProvider(
                SetProvider(
                    account: account, instrument: InstrumentID(0),
                    maximumNotional: Money(notional))))
    }
}

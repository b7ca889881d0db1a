import ExchangeTesting
import ExchangeTypes
import Testing

/// What orders and positions hold back. **Source** `rules.md` §4, R-022 to R-026.
@Suite struct MarginScenarios {
    @Test(
        "R-022, X-04: closing lots nearest the market are free, the dearer side counts",
        arguments: Implementation.allCases)
    func orderMargin(_ implementation: Implementation) {
        let market = Market(implementation, index: "230")
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("5", at: "230")
        bob.buy("5", at: "230")
        bob.buy("3", at: "228.00")
        bob.buy("10", at: "227.50")
        bob.sell("6", at: "233.00")
        bob.sell("4", at: "232.00")
        #expect(bob.balance.orderMargin == decimal("295.9"))
        #expect(bob.balance.positionMargin == Money(115))
        #expect(bob.balance.availableBalance == decimal("999589.1"))
        #expect(bob.position().openOrders == 4)
        #expect(bob.position().openQuantity == Quantity(lots: 23_000))
    }

    @Test(
        "X-01 to X-03: position margin is the mark value over the leverage",
        arguments: Implementation.allCases,
        [
            (UInt16(10), "336.19", "10", "336.19"), (30, "30919", "0.5", "515.31666667"),
            (4, "230.32", "25", "1439.5"),
        ])
    func positionMargin(
        _ implementation: Implementation, _ sample: (UInt16, String, String, String)
    ) {
        var instrument = Market.plain
        instrument.maximumLeverage = sample.0
        let market = Market(implementation, instrument, index: sample.1)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell(sample.2, at: sample.1)
        bob.buy(sample.2, at: sample.1)
        #expect(bob.balance.positionMargin == decimal(sample.3))
        #expect(alice.balance.positionMargin == decimal(sample.3))
        #expect(bob.position().leverage == sample.0)
    }

    @Test(
        "R-024, X-06: the largest affordable lot passes and one lot more does not",
        arguments: Implementation.allCases)
    func boundary(_ implementation: Implementation) {
        let market = Market(implementation, index: "336.19")
        let alice = market.trader("100")
        alice.buy("2.975", at: "336.15")
        #expect(market.refusal == .insufficientMargin)
        alice.buy("2.974", at: "336.15")
        #expect(market.refusal == nil)
        #expect(alice.available == "0.02899")
    }

    @Test(
        "An increase of exactly the available balance passes, one unit less does not",
        arguments: Implementation.allCases)
    func exactBalance(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("9.99999999")
        alice.buy("1", at: "100")
        #expect(market.refusal == .insufficientMargin)
        alice.deposit("0.00000001")
        alice.buy("1", at: "100")
        #expect(market.refusal == nil)
        #expect(alice.available == "0")
        // The side that is not dearer costs nothing more.
        alice.sell("1", at: "100.01")
        #expect(market.refusal == .insufficientMargin)
        alice.sell("0.9", at: "100.01")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-025: unrealised profit can be used and unrealised loss is missing",
        arguments: Implementation.allCases)
    func unrealised(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("100"))
        alice.sell("5", at: "100")
        bob.buy("5", at: "100")
        #expect(bob.available == "50")
        market.index("110")
        // 100 + 50 profit - 55 position margin.
        #expect(bob.available == "95")
        bob.buy("9", at: "100")
        #expect(market.refusal == nil)
        market.index("90")
        // 100 - 50 - 45 - 90.
        #expect(bob.available == "-85")
        bob.buy("1", at: "80")
        #expect(market.refusal == .insufficientMargin)
    }

    @Test(
        "R-026: an order that only reduces passes with negative available balance",
        arguments: Implementation.allCases)
    func reducing(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("60"))
        alice.sell("5", at: "100")
        bob.buy("5", at: "100")
        market.index("95")
        #expect(bob.available == "-12.5")
        bob.sell("3", at: "96")
        #expect(market.refusal == nil)
        // Five is all that can be reduced, and three are on their way.
        bob.sell("2.001", at: "96")
        #expect(market.refusal == .insufficientMargin)
        bob.sell("2", at: "96")
        #expect(market.refusal == nil)
        alice.buy("5", at: "95")
        bob.sellAtMarket("0.001")
        #expect(market.refusal == .insufficientMargin)
    }

    @Test(
        "A market buy is counted at the band's edge and a market sell at the mark",
        arguments: Implementation.allCases)
    func marketOrders(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("10")
        alice.buyAtMarket("1")
        #expect(market.refusal == .insufficientMargin)
        alice.sellAtMarket("1.001")
        #expect(market.refusal == .insufficientMargin)
        alice.sellAtMarket("1")
        #expect(market.refusal == nil)
        alice.deposit("0.5")
        alice.buyAtMarket("1")
        #expect(market.refusal == nil)
    }

    @Test(
        "Margin is across all contracts of an account, and each account's own (R-105)",
        arguments: Implementation.allCases)
    func crossMargin(_ implementation: Implementation) {
        let market = Market(implementation)
        market.list(SampleInstruments.foreignExchange.instrument, index: "1.085")
        let alice = market.trader("20")
        let desk = market.trader("0", of: alice)
        alice.buy("1", at: "100")
        alice.buy("500", at: "1", in: 1)
        #expect(market.refusal == nil)
        #expect(alice.available == "0")
        alice.buy("10", at: "1", in: 1)
        #expect(market.refusal == .insufficientMargin)
        desk.buy("10", at: "1", in: 1)
        #expect(market.refusal == .insufficientMargin)
    }

    @Test("A modify is charged the difference only", arguments: Implementation.allCases)
    func modify(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("10")
        let order = alice.buy("1", at: "100")
        alice.modify(order, .buy, quantity: "1.001")
        #expect(market.refusal == .insufficientMargin)
        #expect(alice.remaining(order) == "1")
        alice.modify(order, .buy, quantity: "2", price: "50")
        #expect(market.refusal == nil)
        #expect(alice.available == "0")
        market.index("70")
        alice.modify(order, .buy, quantity: "1.999")
        #expect(market.refusal == nil)
    }

    @Test(
        "An order that would at once lose more than the account has is refused",
        arguments: Implementation.allCases, Side.allCases)
    func ruin(_ implementation: Implementation, _ side: Side) {
        var instrument = Market.plain
        instrument.maximumLeverage = 50
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader("50"), market.trader())
        func order(_ quantity: String, at price: String) -> RejectReason? {
            if side == .buy {
                alice.buy(quantity, at: price)
            } else {
                alice.sell(quantity, at: price)
            }
            return market.refusal
        }
        let (worst, better) = side == .buy ? ("105", "104") : ("95", "96")
        // Five lost on each of ten are all that there is; the margin would be 21 or 19.
        #expect(order("10.001", at: worst) == .insufficientMargin)
        #expect(order("10", at: worst) == nil)
        alice.cancelAll()
        #expect(order("12.501", at: better) == .insufficientMargin)
        #expect(order("12.5", at: better) == nil)
        alice.cancelAll()
        // At the mark, margin alone decides.
        #expect(order("25", at: "100") == nil)
        #expect(alice.available == "0")
        alice.cancelAll()
        // A market order may pay as much as the band allows.
        if side == .buy { alice.buyAtMarket("10.001") } else { alice.sellAtMarket("10.001") }
        #expect(market.refusal == .insufficientMargin)
        if side == .buy { alice.buyAtMarket("10") } else { alice.sellAtMarket("10") }
        #expect(market.refusal == nil)
        // What closes is not asked; only what would open counts.
        #expect(order("10", at: "100") == nil)
        if side == .buy { bob.sell("10", at: "100") } else { bob.buy("10", at: "100") }
        let (other, edge) = side == .buy ? (Side.sell, "95") : (.buy, "105")
        func close(_ quantity: String) -> RejectReason? {
            if other == .buy {
                alice.buy(quantity, at: edge)
            } else {
                alice.sell(quantity, at: edge)
            }
            return market.refusal
        }
        #expect(close("20.001") == .insufficientMargin)
        #expect(close("20") == nil)
    }

    @Test(
        "A modification must not ruin either, and unrealised profit protects",
        arguments: Implementation.allCases)
    func ruinByModification(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.maximumLeverage = 50
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader("50"), market.trader())
        let order = alice.buy("12", at: "104")
        alice.modify(order, .buy, price: "104.17")
        #expect(market.refusal == .insufficientMargin)
        alice.modify(order, .buy, price: "104.16")
        #expect(market.refusal == nil)
        alice.modify(order, .buy, quantity: "12.02")
        #expect(market.refusal == .insufficientMargin)
        alice.modify(order, .buy, quantity: "12.019")
        #expect(market.refusal == nil)
        alice.cancelAll()
        alice.buy("10", at: "100")
        bob.sell("10", at: "100")
        market.index("101")
        // 60 of equity: five and five hundredths above the mark, up to 11.881 of it.
        alice.buy("11.882", at: "106.05")
        #expect(market.refusal == .insufficientMargin)
        alice.buy("11.881", at: "106.05")
        #expect(market.refusal == nil)
    }
}

import ExchangeTesting
import ExchangeTypes
import Testing

/// The price at which an account would have to be liquidated. **Source** `rules.md` §4.5, R-028.
@Suite struct LiquidationPriceScenarios {
    private func price(of trader: Trader, in id: UInt32 = 0) -> ReferencePrice? {
        trader.position(in: id).liquidationPrice
    }

    @Test(
        "X-23: where a long's equity would be its maintenance margin",
        arguments: Implementation.allCases)
    func long(_ implementation: Implementation) {
        let market = Market(implementation, index: "336.19")
        let (alice, bob) = (market.trader(), market.trader("500"))
        alice.sell("10", at: "336.19")
        bob.buy("10", at: "336.19")
        #expect(price(of: bob) == decimal("306.63214286"))
        // 306.63214286: equity 204.4214286, maintenance 204.42142857; one unit less: 204.4214285.
        market.index("306.63214286")
        #expect(bob.balance.equity == decimal("204.4214286"))
        #expect(bob.balance.maintenanceMargin == decimal("204.42142857"))
        #expect(!bob.balance.isInLiquidation)
        market.index("306.63214285")
        #expect(bob.balance.equity == decimal("204.4214285"))
        #expect(bob.balance.isInLiquidation)
    }

    @Test(
        "X-24: a short's, with what other positions need, and theirs",
        arguments: Implementation.allCases)
    func shortBesideLong(_ implementation: Implementation) {
        var contract = Market.plain
        contract.maximumLeverage = 30
        let market = Market(implementation, contract, index: "30919")
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        let (alice, bob) = (market.trader(), market.trader("1200"))
        alice.buy("0.5", at: "30919")
        bob.sell("0.5", at: "30919")
        alice.sell("22.5", at: "100", in: 1)
        bob.buy("22.5", at: "100", in: 1)
        #expect(bob.position(in: 1).maintenanceMargin == Money(150))
        #expect(price(of: bob) == decimal("32301.19565217"))
        // (2,250 − 1,200 + 343.54444444) × 30 / (22.5 × 28).
        #expect(price(of: bob, in: 1) == decimal("66.35925926"))
        market.index("32301.19565217")
        #expect(bob.balance.equity == decimal("508.90217392"))
        #expect(bob.balance.maintenanceMargin == decimal("508.90217391"))
        #expect(!bob.balance.isInLiquidation)
        market.index("32301.19565218")
        #expect(bob.balance.equity == decimal("508.90217391"))
        #expect(bob.balance.maintenanceMargin == decimal("508.90217391"))
        #expect(bob.balance.isInLiquidation)
    }

    @Test(
        "R-028: there equity is the maintenance margin, and a unit before it is not",
        arguments: Implementation.allCases,
        [
            // Side, leverage, deposit, price, a unit nearer, equity there.
            (Side.buy, "10", "160", "90", "90.00000001", "60"),
            (.sell, "10", "120", "105", "104.99999999", "70"),
            (.buy, "4", "300", "84", "84.00000001", "140"),
            (.sell, "4", "260", "108", "107.99999999", "180"),
        ])
    func equality(
        _ implementation: Implementation,
        _ sample: (Side, String, String, String, String, String)
    ) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader(sample.2))
        bob.choose(leverage: sample.1)
        if sample.0 == .buy {
            alice.sell("10", at: "100")
            bob.buy("10", at: "100")
        } else {
            alice.buy("10", at: "100")
            bob.sell("10", at: "100")
        }
        #expect(price(of: bob) == decimal(sample.3))
        market.index(sample.4)
        #expect(!bob.balance.isInLiquidation)
        market.index(sample.3)
        #expect(bob.balance.equity == decimal(sample.5))
        #expect(bob.balance.maintenanceMargin == decimal(sample.5))
        #expect(bob.balance.isInLiquidation)
    }

    @Test(
        "R-028: none without a position, below zero, beyond all prices or behind the mark",
        arguments: Implementation.allCases)
    func none(_ implementation: Implementation) {
        var contract = Market.plain
        contract.minimumNotional = .zero
        let market = Market(implementation, contract)
        let alice = market.trader("1000000000")
        // What the position cost, a unit less, and ten less: (1,000 − equity) × 30 / 280.
        for (deposit, expected) in [
            ("1000", nil), ("999.99999999", nil), ("999.9999999", "0.00000001"),
        ] as [(String, String?)] {
            let bob = market.trader(deposit)
            bob.buy("10", at: "100")
            #expect(bob.position().openOrders == 1)
            #expect(price(of: bob) == nil)
            alice.sell("10", at: "100")
            #expect(price(of: bob) == expected.map { decimal($0) }, "\(deposit)")
        }
        let (carol, dave) = (market.trader("1000000000"), market.trader("1000000000"))
        alice.buy("0.101", at: "100")
        carol.sell("0.1", at: "100")
        dave.sell("0.001", at: "100")
        // (1,000,000,000 + 10) × 30 / (0.1 × 32); a hundred times as much is more than 64 bits hold.
        #expect(price(of: carol) == decimal("9375000093.75"))
        #expect(price(of: dave) == nil)
        carol.buy("0.1", at: "100")
        alice.sell("0.1", at: "100")
        #expect(carol.position().quantity == .zero)
        #expect(price(of: carol) == nil)
    }

    @Test(
        "R-028: the mark itself is a liquidation price, one behind it is none",
        arguments: Implementation.allCases)
    func behindTheMark(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader("160"), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("90")
        #expect(price(of: bob) == decimal("90"))
        market.index("89.99999999")
        #expect(price(of: bob) == nil)
        market.index("100")
        alice.buy("10", at: "100")
        carol.sell("10", at: "100")
        market.index("105")
        #expect(price(of: carol) == decimal("105"))
        market.index("105.00000001")
        #expect(price(of: carol) == nil)
    }
}

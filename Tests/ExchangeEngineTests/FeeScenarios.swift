import ExchangeTesting
import ExchangeTypes
import Testing

/// What trading costs. **Source** `rules.md` §10, R-084, R-085.
@Suite struct FeeScenarios {
    @Test(
        "R-084, X-09 to X-11: maker and taker fees of each class",
        arguments: Implementation.allCases,
        [
            // Tenths of basis points, price, quantity, and what the two sides pay.
            ("336.15", "10", Int64(50), Int64(100), "1.68075", "3.3615"),
            ("90.79", "100", 20, 50, "1.8158", "4.5395"),
            ("1763.30", "3", 0, 15, "0", "0.793485"),
            ("100", "1", -10, 20, "-0.01", "0.02"),
        ])
    func fees(
        _ implementation: Implementation,
        _ sample: (String, String, Int64, Int64, String, String)
    ) {
        var instrument = Market.plain
        instrument.makerFee = Rate(tenthBasisPoints: sample.2)
        instrument.takerFee = Rate(tenthBasisPoints: sample.3)
        let market = Market(implementation, instrument, index: sample.0)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell(sample.1, at: sample.0)
        bob.buy(sample.1, at: sample.0)

        let (maker, taker): (Money, Money) = (decimal(sample.4), decimal(sample.5))
        #expect(market.fills.map(\.fee) == [maker, taker])
        #expect(alice.balance.fees == maker)
        #expect(bob.balance.fees == taker)
        #expect(bob.balance.realisedPnL == -taker)
        #expect(bob.balance.deposits == Money(1_000_000))
    }

    @Test(
        "R-085: the part that takes pays taker, the part that rests pays maker",
        arguments: Implementation.allCases)
    func bothRoles(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.makerFee = Rate(tenthBasisPoints: 50)
        instrument.takerFee = Rate(tenthBasisPoints: 100)
        let market = Market(implementation, instrument)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "100")
        bob.buy("3", at: "100")
        #expect(bob.balance.fees == decimal("0.1"))
        alice.sell("2", at: "100")
        #expect(bob.balance.fees == decimal("0.2"))
        #expect(alice.balance.fees == decimal("0.25"))
    }
}

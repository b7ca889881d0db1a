import ExchangeTesting
import ExchangeTypes
import Testing

/// What trades do to holdings and money. **Source** `rules.md` §3, R-002, R-017, R-018.
@Suite struct PositionScenarios {
    @Test(
        "R-002: opposite fills reduce, close, then flip the one position",
        arguments: Implementation.allCases)
    func onePosition(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("10", at: "100")
        bob.buy("2", at: "100")
        #expect(bob.holding == "2")
        alice.buy("5", at: "99")
        bob.sell("1", at: "99")
        #expect(bob.holding == "1")
        bob.sell("1", at: "99")
        #expect(bob.holding == "0")
        bob.sell("1", at: "99")
        #expect(bob.holding == "-1")
        #expect(alice.holding == "1")
    }

    @Test(
        "R-017, X-07: a partial close leaves the average price unchanged",
        arguments: Implementation.allCases)
    func partialClose(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("2", at: "100")
        bob.buy("2", at: "100")
        alice.sell("1", at: "103")
        bob.buy("1", at: "103")
        #expect(bob.position().cost == Money(303))
        alice.buy("2", at: "105")
        bob.sell("2", at: "105")
        market.index("104")

        let position = bob.position()
        #expect(bob.holding == "1")
        #expect(position.cost == Money(101))
        #expect(position.realisedPnL == Money(8))
        #expect(position.unrealisedPnL == Money(3))
        #expect(bob.balance.realisedPnL == Money(8))
    }

    @Test(
        "R-018, X-08: a flip realises what it closes and opens the rest at its price",
        arguments: Implementation.allCases)
    func flip(_ implementation: Implementation) {
        let market = Market(implementation, index: "4200")
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("3", at: "4200.5")
        bob.sell("3", at: "4200.5")
        #expect(bob.position().cost == -decimal("12601.5"))
        alice.sell("5", at: "4150")
        bob.buy("5", at: "4150")
        market.index("4160")

        let position = bob.position()
        #expect(bob.holding == "2")
        #expect(position.cost == Money(8_300))
        #expect(position.realisedPnL == decimal("151.5"))
        #expect(position.unrealisedPnL == Money(20))
    }

    @Test(
        "A third of an uneven cost is rounded half-even and nothing is lost at the end",
        arguments: Implementation.allCases)
    func unevenCost(_ implementation: Implementation) {
        var tiny = SampleInstruments.koreanEquity.instrument
        (tiny.makerFee, tiny.takerFee) = (Rate(units: 0), Rate(units: 0))
        tiny.minimumNotional = .zero
        tiny.bandWidth = Rate(tenthBasisPoints: 5_000)
        tiny.minimumQuantity = Quantity(lots: 1)
        tiny.tickSize = Decimal8(units: 1_000_000)
        let market = Market(implementation, tiny, index: "0.5")
        let (alice, bob) = (market.trader(), market.trader())
        // One lot of 0.000001 at 0.50 and two at 0.51: 0.00000152 for three lots.
        alice.sell("0.000001", at: "0.50")
        alice.sell("0.000002", at: "0.51")
        bob.buy("0.000003", at: "0.51")
        #expect(bob.position().cost == Money(units: 152))
        alice.buy("0.000003", at: "0.50")
        bob.sell("0.000001", at: "0.50")
        // 152 / 3 = 50.67, so 51 is the first lot's cost, and it loses 1.
        #expect(bob.position().cost == Money(units: 101))
        #expect(bob.position().realisedPnL == Money(units: -1))
        bob.sell("0.000001", at: "0.50")
        // 101 / 2 = 50.5 is a tie, which goes to the even 50.
        #expect(bob.position().cost == Money(units: 51))
        bob.sell("0.000001", at: "0.50")
        #expect(bob.position().cost == .zero)
        #expect(bob.position().realisedPnL == Money(units: -2))
    }

    @Test(
        "R-048: fills happen at the resting price, for both sides",
        arguments: Implementation.allCases)
    func restingPrice(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "99.50")
        bob.buy("1", at: "101")
        #expect(market.trades == ["1 @ 99.5"])
        #expect(market.fills.map(\.price.description) == ["99.5", "99.5"])
        alice.buy("1", at: "100.25")
        bob.sell("1", at: "98")
        #expect(market.trades == ["1 @ 100.25"])
    }
}

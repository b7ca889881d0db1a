import ExchangeTesting
import ExchangeTypes
import Testing

/// How much an account may hold and how much it may have open. **Source** `rules.md` §9.
@Suite struct PositionLimitScenarios {
    private var limited: Instrument {
        var instrument = Market.plain
        instrument.maximumNotional = Money(1_000)
        return instrument
    }

    @Test(
        "R-080, X-34: position, resting orders and the order together stay within the limit",
        arguments: Implementation.allCases)
    func limit(_ implementation: Implementation) {
        let market = Market(implementation, limited)
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("4", at: "100")
        bob.sell("4", at: "100")
        alice.buy("5", at: "99")
        alice.buy("1.001", at: "99")
        #expect(market.refusal == .maximumNotional)
        alice.buy("1", at: "50")
        #expect(market.refusal == nil)
        // Selling, the account could come to 14 short at most; 10 is the limit.
        alice.sell("14.001", at: "101")
        #expect(market.refusal == .maximumNotional)
        alice.sell("14", at: "101")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-081, X-33: over the limit only reducing orders pass",
        arguments: Implementation.allCases)
    func overLimit(_ implementation: Implementation) {
        let market = Market(implementation, limited)
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("10", at: "100")
        bob.sell("10", at: "100")
        market.index("150")
        alice.buy("0.1", at: "150")
        #expect(market.refusal == .maximumNotional)
        alice.sell("1", at: "150")
        #expect(market.refusal == nil)
        // To the same size on the other side is no more than is held.
        alice.sell("19", at: "150")
        #expect(market.refusal == nil)
        alice.sell("0.1", at: "150")
        #expect(market.refusal == .maximumNotional)
    }

    @Test(
        "A modify may not pass the limit, its old self not counted",
        arguments: Implementation.allCases)
    func modify(_ implementation: Implementation) {
        let market = Market(implementation, limited)
        let alice = market.trader()
        let order = alice.buy("6", at: "100")
        alice.modify(order, .buy, quantity: "10")
        #expect(market.refusal == nil)
        alice.modify(order, .buy, quantity: "10.001")
        #expect(market.refusal == .maximumNotional)
    }

    @Test(
        "R-083: one order more than an account may have open",
        arguments: Implementation.allCases)
    func openOrders(_ implementation: Implementation) {
        let market = Market(implementation)
        let other = market.list(SampleInstruments.commodity.instrument, index: "4200")
        let (alice, bob) = (market.trader(), market.trader())
        for place in 0..<Limits.maximumOpenOrdersPerAccount {
            // Over two contracts: the number is the account's.
            if place % 2 == 0 {
                alice.buy("0.2", at: "99")
            } else {
                alice.buy("0.0030", at: "4000", in: other.index)
            }
            #expect(market.refusal == nil)
        }
        alice.buy("0.2", at: "99")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.buy("0.2", at: "99", .immediateOrCancel)
        #expect(market.refusal == nil)
        bob.buy("0.2", at: "99")
        #expect(market.refusal == nil)
        bob.sell("0.2", at: "99")
        alice.buy("0.2", at: "99")
        #expect(market.refusal == nil)
        alice.cancelAll()
        #expect(market.cancelled.count == Limits.maximumOpenOrdersPerAccount)
        #expect(alice.orders.isEmpty)
    }
}

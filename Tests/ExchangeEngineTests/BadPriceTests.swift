import ExchangeTesting
import ExchangeTypes
import Testing

/// Outside prices that cannot be believed, and oracles that cannot be composed: refused, and nothing has
/// changed. **Source** `rules.md` §2.1, R-003, R-004; RISK.md §2.1.
@Suite struct BadPriceTests {
    private let contract = InstrumentID(0)

    private func update(
        _ price: ReferencePrice, _ leg: UpdateIndexPrice.Leg = .front, at time: Int64? = nil
    ) -> Command {
        .updateIndexPrice(
            UpdateIndexPrice(
                instrument: contract, price: price, leg: leg,
                observedAt: time.map(Timestamp.init)))
    }

    /// A trader with a position and an order, for whom a wrong price would matter.
    private func market(_ implementation: Implementation, index: String? = "100") -> Market {
        let market = Market(implementation, index: index)
        guard index != nil else { return market }
        let (alice, bob) = (market.trader(), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        bob.sell("1", at: "104")
        market.wait(seconds: 1)
        return market
    }

    @Test(
        "Prices that are none: zero, negative, beyond the limit; of either leg, first or not",
        arguments: Implementation.allCases, [UpdateIndexPrice.Leg.front, .next])
    func impossible(_ implementation: Implementation, _ leg: UpdateIndexPrice.Leg) {
        for index in [nil, "100"] {
            let market = market(implementation, index: index)
            for units in [
                0, -1, -10_000_000_000, .min, .max, Limits.maximumIndexPrice.units + 1,
            ] as [Int64] {
                market.expectRefusal(
                    update(ReferencePrice(units: units), leg), .unbelievablePrice)
            }
        }
    }

    @Test(
        "R-003, R-004, X-21: a jump is refused, counted, and changes nothing else",
        arguments: Implementation.allCases)
    func distant(_ implementation: Implementation) {
        let market = market(implementation)
        let bob = Trader(market: market, account: AccountID(1))
        let before = market.exchange.report(.balance(bob.account))
        for price in ["151", "150.00000001", "49.99999999", "1", "0.00000001", "100000000"] {
            market.index(price)
            #expect(market.events == [.commandRefused(.unbelievablePrice)], "\(price)")
        }
        #expect(market.exchange.report(.balance(bob.account)) == before)
        #expect(bob.orders.count == 1)
        // One that is believed ends the count: ten more may be refused.
        market.index("100")
        for _ in 0..<10 {
            market.index("151")
            #expect(market.events == [.commandRefused(.unbelievablePrice)])
        }
        market.index("151")
        #expect(market.alerts == [.distantPriceTaken(contract)])
        #expect(market.prices()?.oracle == decimal("151"))
    }

    @Test(
        "R-004: exactly half and exactly half as much again are believed",
        arguments: Implementation.allCases,
        [("100", "50", "150"), ("33.33333333", "16.66666667", "49.99999999")])
    func edges(_ implementation: Implementation, _ sample: (String, String, String)) {
        for price in [sample.1, sample.2] {
            let market = Market(implementation, index: sample.0)
            market.index(price)
            #expect(market.prices()?.oracle == decimal(price))
        }
    }

    @Test(
        "Prices out of order: older than the last of the leg, or from the future",
        arguments: Implementation.allCases)
    func outOfOrder(_ implementation: Implementation) {
        let market = market(implementation)
        let now = market.time
        market.send(update(decimal("101"), at: 500_000))
        #expect(market.refusal == nil)
        for time in [499_999, 0, -1, .min] as [Int64] {
            market.expectRefusal(update(decimal("102"), at: time), .unbelievablePrice)
        }
        market.expectRefusal(update(decimal("102"), at: .max), .unbelievablePrice)
        // Sent a microsecond after each other: the next command's now is 7,000 ns on.
        let minute = now + 60_000_000_000 + 7_000
        market.expectRefusal(update(decimal("102"), at: minute + 1), .unbelievablePrice)
        market.send(update(decimal("102"), at: 500_000))
        #expect(market.prices()?.oracle == decimal("102"))
        // Each leg has its own time; one without a time is taken, and the last known stays.
        market.send(update(decimal("100"), .next, at: 3))
        #expect(market.refusal == nil)
        market.send(update(decimal("103")))
        #expect(market.prices()?.oracle == decimal("103"))
        market.expectRefusal(update(decimal("104"), at: 499_999), .unbelievablePrice)
        market.send(update(decimal("104"), at: market.time + 1_000 + 60_000_000_000))
        #expect(market.prices()?.oracle == decimal("104"))
        market.expectRefusal(update(decimal("104"), at: market.time), .unbelievablePrice)
    }

    @Test(
        "An old price that is also distant is not counted, nor one that is impossible",
        arguments: Implementation.allCases)
    func notCounted(_ implementation: Implementation) {
        let market = market(implementation)
        market.send(update(decimal("100"), at: 500_000))
        for _ in 0..<20 {
            market.expectRefusal(update(decimal("151"), at: 499_999), .unbelievablePrice)
            market.expectRefusal(update(.zero), .unbelievablePrice)
        }
        for _ in 0..<10 {
            market.index("151")
            #expect(market.refusal == .unbelievablePrice)
        }
        market.index("151")
        #expect(market.refusal == nil)
    }

    @Test(
        "Limits.indexCorridor: a price outside it is not taken however often it comes",
        arguments: Implementation.allCases)
    func corridor(_ implementation: Implementation) {
        let market = Market(implementation, index: "100")
        for step in ["150", "225", "337.5", "506.25", "759.375"] { market.index(step) }
        for _ in 0..<12 {
            market.expectRefusal(update(decimal("900.00000001")), .unbelievablePrice)
        }
        // Distant as well: counted ten times, and still not taken.
        for _ in 0..<12 {
            market.index("11.11111111")
            #expect(market.events == [.commandRefused(.unbelievablePrice)])
        }
        market.index("900")
        #expect(market.prices()?.oracle == decimal("900"))
    }

    @Test(
        "R-006, R-008: weights and ratios out of range, and what they would make",
        arguments: Implementation.allCases)
    func composition(_ implementation: Implementation) {
        let market = market(implementation)
        func compose(_ weight: Int64, _ ratio: Int64) -> Command {
            .composeOracle(
                ComposeOracle(
                    instrument: contract, frontWeight: Rate(units: weight),
                    ratio: Rate(units: ratio)))
        }
        let one = Rate.unitsPerOne
        for (weight, ratio) in [
            (-1, one), (one + 1, one), (.min, one), (.max, one), (one, 0), (one, -1),
            (one, 10 * one + 1), (one, .max), (one, .min), (0, 0), (.max, .max),
            // 100 becomes more than 900, or less than 100 / 9, or nothing.
            (one, 9 * one + 1_000), (one, 10 * one), (one, one / 9), (one, 1), (0, 1),
        ] as [(Int64, Int64)] {
            market.expectRefusal(compose(weight, ratio), .failedToProcess)
        }
        market.send(compose(one, 9 * one))
        #expect(market.prices()?.oracle == decimal("900"))
        // A leg that is believable by itself, but not in what follows from it.
        market.expectRefusal(update(decimal("100.00000001")), .unbelievablePrice)
        market.send(update(decimal("99.99999999")))
        #expect(market.prices()?.oracle == decimal("899.99999991"))
        // Before there is a price, any ratio will do, and the first price must be possible.
        let fresh = Market(implementation, index: nil)
        fresh.send(compose(one, 10 * one))
        #expect(fresh.refusal == nil)
        fresh.expectRefusal(update(decimal("10000000.00000001")), .unbelievablePrice)
        fresh.send(update(decimal("10000000")))
        #expect(fresh.prices()?.oracle == Limits.maximumIndexPrice)
        let tiny = Market(implementation, index: nil)
        tiny.send(compose(one, 1))
        tiny.expectRefusal(update(decimal("5000")), .unbelievablePrice)
        tiny.send(update(decimal("5000.00000001")))
        #expect(tiny.prices()?.oracle == ReferencePrice(units: 1))
    }
}

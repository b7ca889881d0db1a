import ExchangeTesting
import ExchangeTypes
import Testing

/// From a book to the rate of funding. **Source** `rules.md` §5, R-032 to.
@Suite struct FundingScenarios {
    // MARK: The premium

    @Test(
        "R-032, X-13, X-14: the premium is that of the average price of the impact notional",
        arguments: Implementation.allCases)
    func premium(_ implementation: Implementation) {
        // 10.22199843 bps, less 5, divided by 100; and −10.69351347 bps, plus 5, divided by 100.
        for (index, bids, asks, expected) in [
            (
                "336.19", [("336.60", "10"), ("336.50", "40")],
                [("336.80", "20"), ("336.95", "40")], 5_221_998
            ),
            ("230", [("229.50", "100")], [("229.70", "20"), ("229.80", "100")], -5_693_513),
        ] as [(String, [(String, String)], [(String, String)], Int64)] {
            let market = Market.steady(implementation, index: index)
            let dealer = market.trader()
            for (price, quantity) in bids { dealer.buy(quantity, at: price) }
            for (price, quantity) in asks { dealer.sell(quantity, at: price) }
            market.wait(untilSecond: 4)
            #expect(market.fundingRates.isEmpty)
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == [fundingRate(expected)])
            // The next sample is the same, so nothing is said.
            market.wait(untilSecond: 10)
            #expect(market.fundingRates.isEmpty)
        }
    }

    @Test(
        "R-033: a side that cannot absorb the impact notional counts nothing",
        arguments: Implementation.allCases)
    func depth(_ implementation: Implementation) {
        let samples: [(index: String, side: Side, levels: [(String, String)], rate: Int64?)] = [
            // 9,999.909 and 10,000.01 of a bid a hundredth above the oracle: 100 bps, less 5.
            ("100", .buy, [("101", "99.009")], nil),
            ("100", .buy, [("101", "99.010")], 95_000_000),
            // Two levels of 5,050 and 4,950 are 10,000 exactly, at 100 on average: 1/99, less 5 bps.
            ("99", .buy, [("101", "50"), ("99", "50")], 96_010_101),
            ("99", .buy, [("101", "50"), ("99", "49.999")], nil),
            ("99", .buy, [("101", "50"), ("99", "49.999"), ("98", "0.001")], nil),
            // What is behind does not matter.
            ("99", .buy, [("101", "50"), ("99", "50"), ("98", "50")], 96_010_101),
            // 9,999.99 and 10,000.089 of an offer a hundredth below it.
            ("100", .sell, [("99", "101.010")], nil),
            ("100", .sell, [("99", "101.011")], -95_000_000),
            // A bid below and an offer above the oracle are no premium.
            ("100", .buy, [("99.99", "1000")], nil), ("100", .sell, [("100.01", "1000")], nil),
        ]
        for (index, side, levels, expected) in samples {
            let market = Market.steady(implementation, index: index)
            let dealer = market.trader()
            for (price, quantity) in levels {
                if side == .buy {
                    dealer.buy(quantity, at: price)
                } else {
                    dealer.sell(quantity, at: price)
                }
            }
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == (expected.map { [fundingRate($0)] } ?? []), "\(levels)")
        }
    }

    @Test(
        "R-032: the impact notional is the contract's own, 100,000 for currencies",
        arguments: Implementation.allCases)
    func impactNotional(_ implementation: Implementation) {
        // 99,999.87 and 100,000.96 of a bid 0.005 above 1.085.
        for (notional, quantity, expected) in [
            (Money(100_000), "91743", nil), (Money(100_000), "91744", 41_082_949),
            (Money(10_000), "9175", 41_082_949), (Money(10_000), "9174", nil),
        ] as [(Money, String, Int64?)] {
            var instrument = SampleInstruments.foreignExchange.instrument
            instrument.maximumQuantity = Quantity(lots: 1_000_000)
            instrument.maximumNotional = Money(1_000_000)
            instrument.bandWidth = Rate(percent: 2)
            instrument.risk.impactNotional = notional
            let market = Market(implementation, instrument, index: "1.085")
            market.trader().buy(quantity, at: "1.09")
            #expect(market.refusal == nil)
            market.wait(untilSecond: 5)
            #expect(
                market.fundingRates == (expected.map { [fundingRate($0)] } ?? []), "\(quantity)")
        }
    }

    // MARK: The rate

    @Test(
        "R-034, R-036, R-038: each sample weighs as much as its place; the rate is as if it ended now",
        arguments: Implementation.allCases)
    func weights(_ implementation: Implementation) {
        let market = Market.steady(implementation)
        let dealer = market.trader()
        dealer.buy("100", at: "100.10")
        market.wait(untilSecond: 5)
        // 10 bps, less 5.
        #expect(market.fundingRates == [fundingRate(5_000_000)])
        let better = dealer.buy("100", at: "100.40")
        market.wait(untilSecond: 9)
        #expect(market.fundingRates.isEmpty)
        market.wait(untilSecond: 10)
        // (10 + 2 × 40) / 3, less 5.
        #expect(market.fundingRates == [fundingRate(25_000_000)])
        dealer.cancel(better)
        market.wait(untilSecond: 15)
        // (10 + 2 × 40 + 3 × 10) / 6, less 5.
        #expect(market.fundingRates == [fundingRate(15_000_000)])
        dealer.cancelAll()
        market.wait(untilSecond: 30)
        // 120 / 10 and 120 / 15, less 5, then 120 / 21, less 5: 12, 8, 5.714285714286.
        #expect(
            market.fundingRates == [
                fundingRate(7_000_000), fundingRate(3_000_000), fundingRate(714_286),
            ])
        market.wait(untilSecond: 35)
        // 120 / 28 is within the 5 bps for which nobody is charged.
        #expect(market.fundingRates == [fundingRate(0)])
    }

    @Test(
        "R-036: the rate before the division is held within the cap, either way",
        arguments: Implementation.allCases)
    func cap(_ implementation: Implementation) {
        for (side, price, capPercent, expected) in [
            (.buy, "120", 10, 1_000_000_000), (.sell, "80", 10, -1_000_000_000),
            (.buy, "109", 10, 895_000_000), (.buy, "102", 1, 100_000_000),
        ] as [(Side, String, Int64, Int64)] {
            let market = Market.steady(implementation) { $0.bandWidth = Rate(percent: 50) }
            market.configureVenue { $0.fundingCap = Rate(percent: capPercent) }
            let dealer = market.trader()
            if side == .buy {
                dealer.buy("1000", at: price)
            } else {
                dealer.sell("1000", at: price)
            }
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == [fundingRate(expected)], "\(price)")
        }
    }

    @Test(
        "R-032: samples come at the whole multiples of their interval",
        arguments: Implementation.allCases)
    func interval(_ implementation: Implementation) {
        for (interval, seconds) in [(1, [8, 9, 10]), (3, [9]), (5, [10]), (20, [])]
            as [(UInt32, [Int64])]
        {
            let market = Market.steady(implementation)
            market.configureVenue { $0.premiumIntervalSeconds = interval }
            market.wait(untilSecond: 7)
            let dealer = market.trader()
            var sampled: [Int64] = []
            for (second, price) in [(8, "101"), (9, "101.10"), (10, "101.20")]
                as [(Int64, String)]
            {
                dealer.buy("100", at: price)
                market.wait(untilSecond: second)
                if !market.fundingRates.isEmpty { sampled.append(second) }
            }
            #expect(sampled == seconds, "every \(interval) s")
        }
    }
}

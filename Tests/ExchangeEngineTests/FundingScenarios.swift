import ExchangeTesting
import ExchangeTypes
import Testing

/// What longs and shorts pay each other every hour. **Source** `rules.md` §5, R-029 to R-037.
@Suite struct FundingScenarios {
    private let contract = InstrumentID(0)

    /// A contract whose prices never become stale.
    private func market(
        _ implementation: Implementation, index: String = "100",
        _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        change(&instrument)
        let market = Market(implementation, instrument, index: index)
        market.configureVenue { $0.staleSeconds = 0 }
        return market
    }

    /// What is said of the first contract's rate, in units of 1e-12, for an hour from 1.
    private func rate(_ units: Int64, hour: Int64 = 1) -> FundingRateChanged {
        FundingRateChanged(
            instrument: contract, rate: Rate(units: units), settlesAt: second(hour * 3_600))
    }

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
            let market = market(implementation, index: index)
            let dealer = market.trader()
            for (price, quantity) in bids { dealer.buy(quantity, at: price) }
            for (price, quantity) in asks { dealer.sell(quantity, at: price) }
            market.wait(untilSecond: 4)
            #expect(market.fundingRates.isEmpty)
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == [rate(expected)])
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
            let market = market(implementation, index: index)
            let dealer = market.trader()
            for (price, quantity) in levels {
                if side == .buy {
                    dealer.buy(quantity, at: price)
                } else {
                    dealer.sell(quantity, at: price)
                }
            }
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == (expected.map { [rate($0)] } ?? []), "\(levels)")
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
            #expect(market.fundingRates == (expected.map { [rate($0)] } ?? []), "\(quantity)")
        }
    }

    // MARK: The rate

    @Test(
        "R-034, R-036, R-038: each sample weighs as much as its place; the rate is as if it ended now",
        arguments: Implementation.allCases)
    func weights(_ implementation: Implementation) {
        let market = market(implementation)
        let dealer = market.trader()
        dealer.buy("100", at: "100.10")
        market.wait(untilSecond: 5)
        // 10 bps, less 5.
        #expect(market.fundingRates == [rate(5_000_000)])
        let better = dealer.buy("100", at: "100.40")
        market.wait(untilSecond: 9)
        #expect(market.fundingRates.isEmpty)
        market.wait(untilSecond: 10)
        // (10 + 2 × 40) / 3, less 5.
        #expect(market.fundingRates == [rate(25_000_000)])
        dealer.cancel(better)
        market.wait(untilSecond: 15)
        // (10 + 2 × 40 + 3 × 10) / 6, less 5.
        #expect(market.fundingRates == [rate(15_000_000)])
        dealer.cancelAll()
        market.wait(untilSecond: 30)
        // 120 / 10 and 120 / 15, less 5, then 120 / 21, less 5: 12, 8, 5.714285714286.
        #expect(
            market.fundingRates == [rate(7_000_000), rate(3_000_000), rate(714_286)])
        market.wait(untilSecond: 35)
        // 120 / 28 is within the 5 bps for which nobody is charged.
        #expect(market.fundingRates == [rate(0)])
    }

    @Test(
        "R-036: the rate before the division is held within the cap, either way",
        arguments: Implementation.allCases)
    func cap(_ implementation: Implementation) {
        for (side, price, capPercent, expected) in [
            (.buy, "120", 10, 1_000_000_000), (.sell, "80", 10, -1_000_000_000),
            (.buy, "109", 10, 895_000_000), (.buy, "102", 1, 100_000_000),
        ] as [(Side, String, Int64, Int64)] {
            let market = market(implementation) { $0.bandWidth = Rate(percent: 50) }
            market.configureVenue { $0.fundingCap = Rate(percent: capPercent) }
            let dealer = market.trader()
            if side == .buy {
                dealer.buy("1000", at: price)
            } else {
                dealer.sell("1000", at: price)
            }
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == [rate(expected)], "\(price)")
        }
    }

    @Test(
        "R-032: samples come at the whole multiples of their interval",
        arguments: Implementation.allCases)
    func interval(_ implementation: Implementation) {
        for (interval, seconds) in [(1, [8, 9, 10]), (3, [9]), (5, [10]), (20, [])]
            as [(UInt32, [Int64])]
        {
            let market = market(implementation)
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

    // MARK: The hour

    @Test(
        "R-029, R-037, X-16, X-17: at the hour longs pay size × mark × rate to shorts",
        arguments: Implementation.allCases)
    func payment(_ implementation: Implementation) {
        // Premiums of 10 and −12.5 bps: fractions of the oracle that a fine tick can express.
        for (index, tick, side, price, size, leverage, units, amount) in [
            ("336.19", "0.00001", .buy, "336.52619", "100", 10, 5_000_000, "0.168095"),
            ("30919", "0.00025", .sell, "30880.35125", "2", 30, -7_500_000, "-0.463785"),
        ] as [(String, String, Side, String, String, UInt16, Int64, String)] {
            let market = market(implementation, index: index) {
                $0.tickSize = decimal(tick)
                $0.maximumLeverage = leverage
            }
            let (short, long, dealer) = (market.trader(), market.trader(), market.trader())
            short.sell(size, at: index)
            long.buy(size, at: index)
            if side == .buy { dealer.buy("1000", at: price) } else { dealer.sell("50", at: price) }
            market.wait(untilSecond: 3_599)
            #expect(market.fundingPaid.isEmpty)
            #expect(market.mark == index)
            market.wait(untilSecond: 3_600)
            let value: Money = decimal(amount)
            #expect(
                market.events == [
                    .fundingPaid(
                        FundingPaid(
                            account: short.account, instrument: contract, amount: value,
                            rate: Rate(units: units), mark: decimal(index))),
                    .balanceChanged(
                        BalanceChanged(account: short.account, cash: Money(1_000_000) + value)),
                    .fundingPaid(
                        FundingPaid(
                            account: long.account, instrument: contract, amount: -value,
                            rate: Rate(units: units), mark: decimal(index))),
                    .balanceChanged(
                        BalanceChanged(account: long.account, cash: Money(1_000_000) - value)),
                    .fundingRateChanged(rate(0, hour: 2)),
                ])
            #expect(short.balance.netFunding == value)
            #expect(short.balance.equity == Money(1_000_000) + value)
            #expect(long.position().netFunding == -value)
            market.checkInvariants()
        }
    }

    @Test(
        "R-037: it is the mark that counts, and what rounding leaves goes to the house",
        arguments: Implementation.allCases)
    func rounding(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        let traders = [market.trader(), market.trader(), market.trader()]
        traders[0].sell("0.005", at: "100.20")
        traders[1].sell("0.005", at: "100.20")
        traders[2].buy("0.010", at: "100.20")
        market.wait(untilSecond: 3_600)
        // 0.01 × 100.20 × 0.000005 is 501 units; half of it is 250.5, rounded to the even 250.
        #expect(market.fundingPaid.map(\.amount.units) == [250, 250, -501])
        #expect(market.fundingPaid.allSatisfy { $0.mark == decimal("100.2") })
        market.checkInvariants()
    }

    @Test(
        "R-037: an amount too small to be counted is said all the same",
        arguments: Implementation.allCases)
    func nothing(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        // The premium is 0.000001 bps above this, which makes a rate of one unit.
        market.configureVenue { $0.fundingClamp = Rate(units: 999_999_900) }
        let (short, long) = (market.trader(), market.trader())
        short.sell("0.001", at: "100.20")
        long.buy("0.001", at: "100.20")
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.account) == [short.account, long.account])
        #expect(market.fundingPaid.map(\.amount) == [.zero, .zero])
        #expect(market.fundingPaid.map(\.rate) == [Rate(units: 1), Rate(units: 1)])
        let balances = market.events.filter { event in
            guard case .balanceChanged = event else { return false }
            return true
        }
        #expect(balances.count == 2)
    }

    @Test(
        "A position pays in full however short it was held, and nothing once it is closed",
        arguments: Implementation.allCases)
    func justBefore(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        let (early, late, other) = (market.trader(), market.trader(), market.trader())
        other.sell("10", at: "100.20")
        early.buy("10", at: "100.20")
        market.jump(to: second(3_599, plus: 999_000_000))
        early.sell("10", at: "100.20")
        late.buy("10", at: "100.20")
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.account) == [late.account, other.account])
        #expect(market.fundingPaid.map(\.amount) == [decimal("-0.00501"), decimal("0.00501")])
        #expect(early.balance.netFunding == .zero)
    }

    @Test(
        "R-029: each hour has its own samples", arguments: Implementation.allCases)
    func nextHour(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        let (short, long) = (market.trader(), market.trader())
        short.sell("10", at: "100.20")
        long.buy("10", at: "100.20")
        market.wait(untilSecond: 3_599)
        market.wait(untilSecond: 3_600)
        #expect(market.fundingRates == [rate(0, hour: 2)])
        market.wait(untilSecond: 3_605)
        #expect(market.fundingRates == [rate(5_000_000, hour: 2)])
        market.wait(untilSecond: 7_200)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.00501"), decimal("-0.00501")])
        #expect(long.balance.netFunding == decimal("-0.01002"))
    }

    @Test(
        "R-038: the sample at the hour belongs to the hour that ends, all else to the next",
        arguments: Implementation.allCases)
    func wholeHour(_ implementation: Implementation) {
        let market = market(implementation)
        let (short, long) = (market.trader(), market.trader())
        short.sell("10", at: "100")
        long.buy("10", at: "100")
        market.configureVenue { $0.premiumIntervalSeconds = 3_600 }
        market.trader().buy("100", at: "100.10")
        market.wait(untilSecond: 3_600)
        #expect(market.fundingRates == [rate(5_000_000), rate(0, hour: 2)])
        // No offer, no basis: the mark is the oracle.
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.005"), decimal("-0.005")])
    }

    @Test(
        "The hour is settled for each contract in turn, even where nothing is to be paid",
        arguments: Implementation.allCases)
    func contracts(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        market.list(SampleInstruments.commodity.instrument, index: nil)
        let other = market.list(SampleInstruments.growthMode.instrument, index: "1763.31")
        let (short, long) = (market.trader(), market.trader())
        short.sell("1", at: "100.20")
        long.buy("1", at: "100.20")
        // A halt of the contract does not stop its funding.
        market.reconfigure { $0.status = .inactive }
        market.wait(untilSecond: 3_599)
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.count == 2)
        #expect(
            market.fundingRates == [
                rate(0, hour: 2),
                FundingRateChanged(instrument: other, rate: .zero, settlesAt: second(7_200)),
            ])
        guard case .fundingPaid = market.events.first else {
            Issue.record("the first contract's payments come first")
            return
        }
    }

    @Test(
        "Whom the payment leaves with too little is in liquidation at once",
        arguments: Implementation.allCases)
    func liquidation(_ implementation: Implementation) {
        // A bid 20 % above the oracle costs a tenth of a percent an hour.
        let market = market(implementation) { $0.bandWidth = Rate(percent: 50) }
        let (short, long, dealer) = (market.trader(), market.trader("100"), market.trader())
        short.sell("10", at: "100")
        long.buy("10", at: "100")
        dealer.buy("1000", at: "120")
        market.index("96.5")
        // 65 of equity, 64.33333333 of maintenance.
        market.wait(untilSecond: 3_599)
        #expect(!long.balance.isInLiquidation)
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.965"), decimal("-0.965")])
        #expect(
            market.liquidations.first
                == LiquidationChanged(account: long.account, isInLiquidation: true))
    }

    /// Oracle 100, a dealer's bid of 100.10 that is deep enough and a small offer of 100.30: a premium
    /// of 10 bps, a rate of 0.000005, and a mark of 100.20 with a last trade there.
    private func hourMarket(_ implementation: Implementation) -> Market {
        let market = market(implementation)
        let dealer = market.trader()
        dealer.buy("100", at: "100.10")
        dealer.sell("1", at: "100.30")
        return market
    }

    // MARK: Sessions

    @Test(
        "R-030, R-031: outside of active sessions the rate is zero and nothing is exchanged",
        arguments: Implementation.allCases)
    func inactive(_ implementation: Implementation) {
        for (session, isOvernightActive, isPaid) in [
            (.preMarket, false, true), (.postMarket, false, true), (.overnight, true, true),
            (.overnight, false, false), (.closed, true, false), (.weekend, true, false),
        ] as [(MarketSession, Bool, Bool)] {
            let market = hourMarket(implementation)
            market.reconfigure { $0.risk.isActiveOvernight = isOvernightActive }
            market.configureVenue { $0.internalOracleGain = .zero }
            let (short, long) = (market.trader(), market.trader())
            short.sell("10", at: "100.20")
            long.buy("10", at: "100.20")
            market.wait(untilSecond: 5)
            #expect(market.fundingRates == [rate(5_000_000)])
            market.session(session)
            #expect(market.fundingRates == (isPaid ? [] : [rate(0)]), "\(session)")
            market.wait(untilSecond: 3_599)
            #expect(market.fundingRates.isEmpty, "\(session)")
            market.wait(untilSecond: 3_600)
            #expect(market.fundingPaid.count == (isPaid ? 2 : 0), "\(session)")
            #expect(market.fundingRates == [rate(0, hour: 2)], "\(session)")
            #expect(long.balance.netFunding == (isPaid ? decimal("-0.00501") : .zero))
        }
    }

    @Test(
        "R-030: of an hour that was active in part the samples count that there are",
        arguments: Implementation.allCases)
    func partlyActive(_ implementation: Implementation) {
        let market = market(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        let (short, long, dealer) = (market.trader(), market.trader(), market.trader())
        short.sell("10", at: "100")
        long.buy("10", at: "100")
        dealer.buy("100", at: "100.10")
        market.session(.closed)
        market.session(.open, at: second(3_590))
        market.wait(untilSecond: 3_589)
        #expect(market.fundingRates.isEmpty)
        market.wait(untilSecond: 3_590)
        // It has begun before the second's sample.
        #expect(market.fundingRates == [rate(5_000_000)])
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.005"), decimal("-0.005")])
    }

    @Test(
        "R-038: a break in the hour keeps the samples from before it",
        arguments: Implementation.allCases)
    func breakInTheHour(_ implementation: Implementation) {
        let market = market(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        let dealer = market.trader()
        dealer.buy("100", at: "100.10")
        market.wait(untilSecond: 5)
        market.session(.closed)
        #expect(market.fundingRates == [rate(0)])
        dealer.buy("100", at: "100.40")
        market.wait(untilSecond: 1_000)
        market.session(.open)
        #expect(market.fundingRates == [rate(5_000_000)])
        market.wait(untilSecond: 1_005)
        // The second sample: (10 + 2 × 40) / 3, less 5.
        #expect(market.fundingRates == [rate(25_000_000)])
    }

    @Test(
        "R-030: a market that closes with the hour exchanges nothing, one that opens does",
        arguments: Implementation.allCases)
    func changeAtTheHour(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        let (short, long) = (market.trader(), market.trader())
        short.sell("10", at: "100.20")
        long.buy("10", at: "100.20")
        market.session(.closed, at: second(3_600))
        market.session(.open, at: second(7_200))
        market.wait(untilSecond: 3_599)
        market.wait(untilSecond: 3_600)
        #expect(market.sessions == [.closed])
        #expect(market.fundingPaid.isEmpty)
        // Once because it closed, once because an hour begins.
        #expect(market.fundingRates == [rate(0, hour: 2), rate(0, hour: 2)])
        market.wait(untilSecond: 7_200)
        #expect(market.sessions == [.open])
        #expect(market.fundingRates == [rate(5_000_000, hour: 2), rate(0, hour: 3)])
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.00501"), decimal("-0.00501")])
    }
}

import ExchangeTesting
import ExchangeTypes
import Testing

/// What longs and shorts pay each other every hour. **Source** `rules.md` §5, R-029 to.
@Suite struct FundingHourScenarios {
    private let contract = InstrumentID(0)

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
            let market = Market.steady(implementation, index: index) {
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
                    .fundingRateChanged(fundingRate(0, hour: 2)),
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
        #expect(market.fundingRates == [fundingRate(0, hour: 2)])
        market.wait(untilSecond: 3_605)
        #expect(market.fundingRates == [fundingRate(5_000_000, hour: 2)])
        market.wait(untilSecond: 7_200)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.00501"), decimal("-0.00501")])
        #expect(long.balance.netFunding == decimal("-0.01002"))
    }

    @Test(
        "R-038: the sample at the hour belongs to the hour that ends, all else to the next",
        arguments: Implementation.allCases)
    func wholeHour(_ implementation: Implementation) {
        let market = Market.steady(implementation)
        let (short, long) = (market.trader(), market.trader())
        short.sell("10", at: "100")
        long.buy("10", at: "100")
        market.configureVenue { $0.premiumIntervalSeconds = 3_600 }
        market.trader().buy("100", at: "100.10")
        market.wait(untilSecond: 3_600)
        #expect(market.fundingRates == [fundingRate(5_000_000), fundingRate(0, hour: 2)])
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
                fundingRate(0, hour: 2),
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
        let market = Market.steady(implementation) { $0.bandWidth = Rate(percent: 50) }
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
        let market = Market.steady(implementation)
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
            #expect(market.fundingRates == [fundingRate(5_000_000)])
            market.session(session)
            #expect(market.fundingRates == (isPaid ? [] : [fundingRate(0)]), "\(session)")
            market.wait(untilSecond: 3_599)
            #expect(market.fundingRates.isEmpty, "\(session)")
            market.wait(untilSecond: 3_600)
            #expect(market.fundingPaid.count == (isPaid ? 2 : 0), "\(session)")
            #expect(market.fundingRates == [fundingRate(0, hour: 2)], "\(session)")
            #expect(long.balance.netFunding == (isPaid ? decimal("-0.00501") : .zero))
        }
    }

    @Test(
        "R-030: of an hour that was active in part the samples count that there are",
        arguments: Implementation.allCases)
    func partlyActive(_ implementation: Implementation) {
        let market = Market.steady(implementation)
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
        #expect(market.fundingRates == [fundingRate(5_000_000)])
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.005"), decimal("-0.005")])
    }

    @Test(
        "R-038: a break in the hour keeps the samples from before it",
        arguments: Implementation.allCases)
    func breakInTheHour(_ implementation: Implementation) {
        let market = Market.steady(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        let dealer = market.trader()
        dealer.buy("100", at: "100.10")
        market.wait(untilSecond: 5)
        market.session(.closed)
        #expect(market.fundingRates == [fundingRate(0)])
        dealer.buy("100", at: "100.40")
        market.wait(untilSecond: 1_000)
        market.session(.open)
        #expect(market.fundingRates == [fundingRate(5_000_000)])
        market.wait(untilSecond: 1_005)
        // The second sample: (10 + 2 × 40) / 3, less 5.
        #expect(market.fundingRates == [fundingRate(25_000_000)])
    }

    @Test(
        "R-029, R-030: an hour that ends counts as what it was, though a session begins with the next",
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
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.00501"), decimal("-0.00501")])
        #expect(market.fundingPaid.map(\.rate) == [Rate(units: 5_000_000), Rate(units: 5_000_000)])
        // Once because it closed, once because an hour begins.
        #expect(market.fundingRates == [fundingRate(0, hour: 2), fundingRate(0, hour: 2)])
        market.wait(untilSecond: 7_200)
        #expect(market.sessions == [.open])
        #expect(market.fundingPaid.isEmpty)
        #expect(market.fundingRates == [fundingRate(0, hour: 3)])
        market.wait(untilSecond: 7_205)
        #expect(market.fundingRates == [fundingRate(5_000_000, hour: 3)])
    }

    @Test(
        "R-029: the sample at the hour is that of the hour that ends, even when the market closes",
        arguments: Implementation.allCases)
    func lastSample(_ implementation: Implementation) {
        let market = Market.steady(implementation)
        market.configureVenue {
            $0.premiumIntervalSeconds = 3_600
            $0.internalOracleGain = .zero
        }
        let (short, long) = (market.trader(), market.trader())
        short.sell("10", at: "100")
        long.buy("10", at: "100")
        market.trader().buy("100", at: "100.10")
        market.session(.closed, at: second(3_600))
        market.wait(untilSecond: 3_600)
        #expect(market.fundingPaid.map(\.amount) == [decimal("0.005"), decimal("-0.005")])
        // A closed market publishes no rate, so only the next hour's is said.
        #expect(market.fundingRates == [fundingRate(0, hour: 2)])
    }

    @Test(
        "R-031: whether a contract is active overnight decides its published rate at once",
        arguments: Implementation.allCases)
    func configuredOvernight(_ implementation: Implementation) {
        let market = hourMarket(implementation)
        market.wait(untilSecond: 5)
        market.session(.overnight)
        #expect(market.fundingRates.isEmpty)
        market.reconfigure { $0.risk.isActiveOvernight = false }
        #expect(market.fundingRates == [fundingRate(0)])
        market.reconfigure { $0.risk.isActiveOvernight = true }
        #expect(market.fundingRates == [fundingRate(5_000_000)])
        market.reconfigure { $0.maximumLeverage = 5 }
        #expect(market.fundingRates.isEmpty)
    }

    // MARK: Pauses

    @Test(
        "Nobody is charged for samples of before a pause of more than an hour",
        arguments: Implementation.allCases)
    func longPause(_ implementation: Implementation) {
        for (end, isDropped) in [(7_195, true), (3_615, false), (3_616, true)] as [(Int64, Bool)] {
            let market = Market.steady(implementation)
            let (short, long, dealer) = (market.trader(), market.trader(), market.trader())
            short.sell("10", at: "100")
            long.buy("10", at: "100")
            dealer.buy("100", at: "100.10")
            let better = dealer.buy("100", at: "100.40")
            // Three samples of 40 bps, less 5.
            market.wait(untilSecond: 15)
            #expect(!market.fundingRates.isEmpty)
            dealer.cancel(better)
            market.wait(untilSecond: end)
            #expect(market.fundingPaid.count == 2)
            let rates = Set(market.fundingPaid.map(\.rate))
            // 10 bps, less 5.
            #expect(rates.contains(Rate(units: 5_000_000)) == isDropped, "until \(end)")
        }
    }
}

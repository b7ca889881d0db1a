import ExchangeTesting
import ExchangeTypes
import Testing

/// What an account is worth, and that nothing is made or lost. **Source** `rules.md` §3, R-015, R-016,
///
@Suite struct MoneyScenarios {
    @Test(
        "R-015, R-016, X-05: cash, equity and available balance from trades, funding and rewards",
        arguments: Implementation.allCases)
    func figures(_ implementation: Implementation) {
        var contract = Market.plain
        contract.makerFee = Rate(tenthBasisPoints: 50)
        contract.takerFee = Rate(tenthBasisPoints: 100)
        contract.bandWidth = Rate(percent: 10)
        let market = Market(implementation, contract)
        market.configureVenue { $0.staleSeconds = 0 }
        let (alice, bob, carol) = (market.trader("10000"), market.trader(), market.trader())
        // 250 long as a maker: 12.50 of fees.
        alice.buy("250", at: "100")
        carol.sell("250", at: "100")
        // A premium of 505 bps less 5, over 100, is a rate of 0.0005 for the hour: 12.50 of 25,000.
        let bid = bob.buy("100", at: "105.05")
        market.wait(untilSecond: 3_600)
        #expect(
            market.events.suffix(5) == [
                .fundingPaid(
                    FundingPaid(
                        account: alice.account, instrument: InstrumentID(0),
                        amount: decimal("-12.5"), rate: Rate(units: 500_000_000),
                        mark: decimal("100"))),
                .balanceChanged(
                    BalanceChanged(account: alice.account, cash: Money(9_975))),
                .fundingPaid(
                    FundingPaid(
                        account: carol.account, instrument: InstrumentID(0),
                        amount: decimal("12.5"), rate: Rate(units: 500_000_000),
                        mark: decimal("100"))),
                .balanceChanged(
                    BalanceChanged(account: carol.account, cash: decimal("999987.5"))),
                .fundingRateChanged(
                    FundingRateChanged(
                        instrument: InstrumentID(0), rate: .zero,
                        settlesAt: Timestamp(nanoseconds: 7_200_000_000_000))),
            ])
        bob.cancel(bid)
        // Realises 10 and pays 5.01 as a taker, then 240 and 10.12 as a maker.
        bob.buy("50", at: "100.20")
        alice.sell("50", at: "100.20")
        alice.sell("200", at: "101.20")
        carol.buy("200", at: "101.20")
        #expect(alice.holding == "0")
        alice.withdraw("500")
        alice.reward("3.25")
        // 100 long for 14,120 as a taker: 14.12 of fees, and 120 lost at the mark.
        market.index("140")
        carol.sell("100", at: "141.20")
        alice.buy("100", at: "141.20")
        alice.buy("25", at: "120")

        var expected = BalanceReport(account: alice.account)
        expected.deposits = decimal("9503.25")
        expected.rewards = decimal("3.25")
        expected.netFunding = decimal("-12.5")
        expected.fees = decimal("41.75")
        expected.realisedPnL = decimal("208.25")
        expected.unrealisedPnL = Money(-120)
        expected.positionMargin = Money(1_400)
        expected.orderMargin = Money(300)
        expected.equity = Money(9_579)
        expected.availableBalance = Money(7_879)
        expected.maintenanceMargin = decimal("933.33333333")
        expected.closeOutMargin = decimal("466.66666667")
        #expect(alice.balance == expected)
        // The 9,449 of X-05 and the 250 that were realised.
        #expect(alice.cash == Money(9_699))
        for trader in [alice, bob, carol] { trader.expectIdentities() }
        market.audit()
    }

    /// Several traders in several contracts, and what the house has.
    private struct Story {
        let market: Market
        let traders: [Trader]
        /// The reserve fund, brought in and as it was last said.
        var funded = Money.zero
        var reserve = Money.zero
        /// Fees of providers come from the reserve fund, those of trades from the house.
        var providerFees = Money.zero

        /// Does a step, and checks that there is as much money as was brought in.
        mutating func step(
            _ location: SourceLocation = #_sourceLocation, _ body: (Market) -> Void
        ) {
            body(market)
            reserve = market.reserve ?? reserve
            for fill in market.fills where fill.executionType == .providerTransfer {
                providerFees -= fill.fee
            }
            let sums = traders.map(\.balance)
            let equity = sums.reduce(Money.zero) { $0 + $1.equity }
            let deposits = sums.reduce(Money.zero) { $0 + $1.deposits - $1.rewards }
            let houseFees =
                sums.reduce(Money.zero) { $0 + $1.fees - $1.rewards } + providerFees
            #expect(
                equity + reserve + houseFees == deposits + funded, sourceLocation: location)
            for trader in traders { trader.expectIdentities(location) }
            market.audit()
        }
    }

    @Test(
        "R-027: accounts, reserve fund and fees hold what came in, through a long story",
        arguments: Implementation.allCases)
    func conservation(_ implementation: Implementation) {
        var contract = Market.plain
        contract.makerFee = Rate(tenthBasisPoints: -10)
        contract.takerFee = Rate(tenthBasisPoints: 50)
        let market = Market(implementation, contract)
        market.configureVenue {
            $0.staleSeconds = 0
            $0.fundingClamp = .zero
        }
        var other = contract
        other.symbol = text("AAPL-USD")
        other.maximumLeverage = 4
        market.list(other, index: "50")
        let alice = market.trader("100000")
        let desk = market.trader("5000", of: alice)
        let (bob, carol) = (market.trader("1000"), market.trader("100000"))
        let provider = market.trader("20000")
        var story = Story(market: market, traders: [alice, desk, bob, carol, provider])
        story.funded = Money(100)
        story.step { $0.send(.fundReserve(Money(100))) }
        // Everybody trades, in both contracts, with rebates and fees.
        story.step { _ in carol.sell("80", at: "100") }
        story.step { _ in bob.buy("60", at: "100") }
        story.step { _ in desk.buy("20", at: "100") }
        story.step { _ in carol.buy("33.333", at: "50.01", in: 1) }
        story.step { _ in desk.sell("20.001", at: "50.01", in: 1) }
        story.step { _ in alice.sell("13.332", at: "50.01", in: 1) }
        // An hour with a premium: longs pay, and what they pay the shorts receive.
        story.step { _ in provider.buy("150", at: "101") }
        story.step { $0.wait(untilSecond: 3_600) }
        #expect(desk.balance.netFunding == decimal("-0.2"))
        #expect(carol.position().netFunding == decimal("0.8"))
        // Money moves, and comes and goes.
        story.step { _ in desk.transfer("1234.56789012", to: alice) }
        story.step { _ in alice.withdraw("99.00000001") }
        story.step { _ in alice.reward("0.12345678") }
        story.step { _ in provider.cancelAll() }
        // Bob's 60 long fall: first into the book, then to the provider and to carol.
        story.step {
            $0.send(
                .setProvider(
                    SetProvider(
                        account: provider.account, instrument: InstrumentID(0),
                        maximumNotional: Money(1_500))))
        }
        story.step { _ in provider.buy("3.217", at: "87.50") }
        story.step { $0.index("88") }
        #expect(bob.balance.isInLiquidation)
        #expect(bob.holding == "56.783")
        story.step { $0.index("84.5") }
        #expect(bob.holding == "0")
        #expect(bob.balance.equity == .zero)
        #expect(!market.alerts.isEmpty)
        // A split with fractions of lots, another contract's end, and the rest is closed.
        story.step { $0.reconfigure { $0.status = .inactive } }
        story.step {
            $0.send(
                .splitInstrument(
                    SplitInstrument(
                        instrument: InstrumentID(0), numerator: 3, denominator: 7)))
        }
        story.step { $0.reconfigure { $0.status = .active } }
        story.step { $0.reconfigure(1) { $0.status = .delisted } }
        story.step { $0.wait(untilSecond: 90_000) }
        #expect(desk.balance.equity > .zero)
    }
}

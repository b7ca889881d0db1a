import ExchangeTesting
import ExchangeTypes
import Testing

/// The end of a contract. **Source** `rules.md` §12, RISK.md §4.
@Suite struct DelistingScenarios {
    private let contract = InstrumentID(0)

    private func delist(_ market: Market) {
        market.reconfigure { $0.status = .delisted }
        #expect(market.refusal == nil)
        market.audit()
    }

    private func settled(_ trader: Trader, realised: String, cash: String) -> [Event] {
        [
            .positionChanged(
                PositionChanged(
                    account: trader.account, instrument: contract, quantity: .zero, cost: .zero,
                    realisedPnL: decimal(realised))),
            .balanceChanged(BalanceChanged(account: trader.account, cash: decimal(cash))),
        ]
    }

    @Test(
        "Orders are cancelled, then positions settled at the last mark, by account",
        arguments: Implementation.allCases)
    func events(_ implementation: Implementation) {
        var fees = Market.plain
        fees.makerFee = Rate(tenthBasisPoints: 50)
        fees.takerFee = Rate(tenthBasisPoints: 100)
        let market = Market(implementation, fees)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        bob.buy("10", at: "100")
        alice.sell("10", at: "100")
        let ask = carol.sell("2", at: "111")
        let bid = carol.buy("3", at: "99")
        let second = bob.sell("1", at: "111")
        market.index("110")
        delist(market)
        // Alice paid a fee of 1, bob of 0.50; settling costs nothing.
        let expected = [
            settled(alice, realised: "-100", cash: "999899"),
            settled(bob, realised: "100", cash: "1000099.5"),
            [
                .openInterestChanged(
                    OpenInterestChanged(instrument: contract, quantity: .zero))
            ],
        ].flatMap { $0 }
        #expect(Array(market.events.suffix(5)) == expected)
        #expect(market.events.count == 12)
        var before: [String] = []
        for event in market.events.prefix(7) {
            switch event {
            case .instrumentConfigured(let instrument): before.append("\(instrument.status)")
            case .orderCancelled(let order, .corporateAction): before.append("\(order.id.value)")
            case .levelChanged(let level):
                before.append("\(level.price.ticks): \(level.quantity.lots)")
            case _: before.append("\(event)")
            }
        }
        #expect(
            before == [
                "delisted", "\(ask.value)", "11100: 1000", "\(bid.value)", "9900: 0",
                "\(second.value)", "11100: 0",
            ])
        #expect(bob.available == "1000099.5")
        #expect(bob.balance.fees == decimal("0.5"))
        #expect(carol.available == "1000000")
    }

    @Test(
        "What rounding leaves goes to the house, to the last unit",
        arguments: Implementation.allCases)
    func rounding(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        let market = Market(implementation, instrument, index: "33.33333333")
        let (alice, bob, carol) = (market.trader("1"), market.trader("1"), market.trader("1"))
        alice.sell("0.002", at: "33.33")
        bob.buy("0.001", at: "33.33")
        carol.buy("0.001", at: "33.33")
        delist(market)
        #expect(alice.cash == decimal("0.99999333"))
        #expect(bob.cash == decimal("1.00000333"))
        #expect(carol.cash == decimal("1.00000333"))
    }

    @Test(
        "The mark counts, not the oracle or the last trade, and it says nothing more",
        arguments: Implementation.allCases)
    func mark(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // The middle of the book is 4 above the oracle, for the first second of its average.
        alice.buy("1", at: "103")
        bob.sell("1", at: "105")
        market.wait(seconds: 1)
        #expect(market.prices()?.mark == decimal("103"))
        alice.cancelAll()
        bob.cancelAll()
        alice.buy("1", at: "101")
        bob.sell("1", at: "101.02")
        market.wait(seconds: 1)
        #expect(market.prices()?.mark == decimal("101"))
        market.wait(milliseconds: 500)
        delist(market)
        #expect(bob.balance.realisedPnL == Money(10))
        // Without its orders the mark would be that of the last trade; a contract that is gone has none.
        #expect(market.prices() == nil)
        market.wait(milliseconds: 200)
        #expect(market.events.isEmpty)
        market.wait(untilSecond: 3_600)
        #expect(market.events.isEmpty)
        #expect(bob.balance.netFunding == .zero)
    }

    @Test(
        "Whoever held it is free: of liquidation, of margin, of the venue's cap",
        arguments: Implementation.allCases)
    func freedom(_ implementation: Implementation) {
        let market = Market(implementation)
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        let (alice, bob) = (market.trader("500"), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        alice.buy("1", at: "90")
        market.index("94")
        #expect(bob.balance.isInLiquidation)
        market.reconfigure { $0.status = .inactive }
        #expect(bob.holding == "10")
        delist(market)
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: false)
            ])
        #expect(bob.available == "60")
        #expect(alice.available == "560")
        alice.buy("56", at: "100", in: 1)
        #expect(market.refusal == nil)
        bob.withdraw("60")
        #expect(market.refusal == nil)
        #expect(bob.balance.equity == .zero)
    }

    @Test("A contract without prices ends too", arguments: Implementation.allCases)
    func withoutPrices(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        delist(market)
        #expect(market.events.count == 1)
        market.wait(seconds: 10)
        #expect(market.events.isEmpty)
    }

    @Test(
        "Nothing is accepted any more, and it cannot come back",
        arguments: Implementation.allCases)
    func forEver(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.sell("10", at: "100")
        bob.buy("5", at: "100")
        let waiting = ScheduleSession(
            instrument: contract, session: .weekend,
            startsAt: Timestamp(nanoseconds: 5_000_000_000))
        market.send(.scheduleSession(waiting))
        delist(market)
        for status in InstrumentStatus.allCases {
            var instrument = Market.plain
            instrument.status = status
            market.expectRefusal(.configureInstrument(instrument), .failedToProcess)
        }
        let commands: [Command] = [
            .updateIndexPrice(UpdateIndexPrice(instrument: contract, price: decimal("100"))),
            .composeOracle(ComposeOracle(instrument: contract)),
            .scheduleSession(
                ScheduleSession(instrument: contract, session: .weekend, startsAt: .zero)),
            .scheduleSession(waiting),
            .splitInstrument(
                SplitInstrument(instrument: contract, numerator: 2, denominator: 1)),
            .setProvider(
                SetProvider(
                    account: alice.account, instrument: contract, maximumNotional: Money(1))),
            .setProvider(
                SetProvider(
                    account: alice.account, instrument: contract, maximumNotional: .zero)),
        ]
        for command in commands { market.expectRefusal(command, .failedToProcess) }
        alice.buy("1", at: "100")
        #expect(market.refusal == .marketClosed)
        alice.buyAtMarket("1")
        #expect(market.refusal == .marketClosed)
        alice.modify(order, .sell, price: "101")
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        alice.cancel(order)
        #expect(market.refusal == .noSuchOrder)
        alice.cancelAll(in: 0)
        #expect(market.events.isEmpty)
        // The session that waited never begins.
        market.wait(seconds: 10)
        #expect(market.events.isEmpty)
    }
}

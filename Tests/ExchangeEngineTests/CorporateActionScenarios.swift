import ExchangeTesting
import ExchangeTypes
import Testing

/// Splits, reverse splits and dividends. **Source** `rules.md` §13, R-103, R-104.
@Suite struct CorporateActionScenarios {
    private let contract = InstrumentID(0)

    private func split(_ numerator: UInt32, _ denominator: UInt32, of id: UInt32 = 0) -> Command {
        .splitInstrument(
            SplitInstrument(
                instrument: InstrumentID(id), numerator: numerator, denominator: denominator))
    }

    private func said(_ numerator: UInt32, for denominator: UInt32) -> Event {
        .instrumentSplit(
            SplitInstrument(
                instrument: contract, numerator: numerator, denominator: denominator))
    }

    /// Halts the first contract and splits it.
    private func split(_ market: Market, _ numerator: UInt32, for denominator: UInt32) {
        market.reconfigure { $0.status = .inactive }
        market.send(split(numerator, denominator))
        #expect(market.refusal == nil)
        market.audit()
    }

    private func position(
        _ trader: Trader, _ lots: Int64, cost: String, realised: String, cash: String
    ) -> [Event] {
        [
            .positionChanged(
                PositionChanged(
                    account: trader.account, instrument: contract,
                    quantity: SignedQuantity(lots: lots), cost: decimal(cost),
                    realisedPnL: decimal(realised))),
            .balanceChanged(BalanceChanged(account: trader.account, cash: decimal(cash))),
        ]
    }

    private func prices(_ oracle: String, mark: String, _ band: (String, String)) -> Event {
        .pricesChanged(
            PricesChanged(
                instrument: contract, oracle: decimal(oracle), mark: decimal(mark),
                band: PriceBand(minimum: decimal(band.0), maximum: decimal(band.1))))
    }

    private func events(_ parts: [Event]...) -> [Event] { parts.flatMap { $0 } }

    private func openInterest(_ lots: Int64) -> Event {
        .openInterestChanged(
            OpenInterestChanged(instrument: contract, quantity: Quantity(lots: lots)))
    }

    @Test(
        "R-103, X-32: ten for one realises at the mark and keeps the notional",
        arguments: Implementation.allCases)
    func tenForOne(_ implementation: Implementation) {
        let market = Market(implementation, index: "180")
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("8", at: "180")
        bob.buy("8", at: "180")
        market.index("200")
        split(market, 10, for: 1)
        let expected = events(
            [said(10, for: 1)],
            position(alice, -80_000, cost: "-1600", realised: "-160", cash: "999840"),
            position(bob, 80_000, cost: "1600", realised: "160", cash: "1000160"),
            [prices("20", mark: "20", ("19", "21")), openInterest(80_000)])
        #expect(market.events == expected)
        #expect(bob.holding == "80")
        #expect(bob.balance.unrealisedPnL == .zero)
        #expect(bob.balance.equity == Money(1_000_160))
        #expect(bob.balance.positionMargin == Money(160))
        #expect(bob.balance.fees == .zero)
        // Trading goes on at the new price.
        market.reconfigure { $0.status = .active }
        bob.sell("80", at: "20")
        alice.buy("80", at: "20")
        #expect(market.trades == ["80 @ 20"])
        #expect(bob.cash == Money(1_000_160))
        #expect(alice.holding == "0")
        market.audit()
    }

    @Test(
        "R-103: fractions of lots are settled in cash, and longs and shorts still agree",
        arguments: Implementation.allCases, Side.allCases)
    func oneForThree(_ implementation: Implementation, _ side: Side) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        for (trader, quantity) in [(bob, "10"), (carol, "5")] {
            if side == .buy {
                trader.buy(quantity, at: "100")
                alice.sell(quantity, at: "100")
            } else {
                trader.sell(quantity, at: "100")
                alice.buy(quantity, at: "100")
            }
        }
        market.index("110")
        split(market, 1, for: 3)
        // 3,333.33 and 1,666.67 lots against 5,000: alice gives the lot that the others lack.
        let sign = side == .buy ? "" : "-"
        let (other, factor) = side == .buy ? ("-", Int64(1)) : ("", -1)
        let alices = position(
            alice, -4_999 * factor, cost: other + "1649.67", realised: other + "150",
            cash: side == .buy ? "999850" : "1000150")
        let bobs = position(
            bob, 3_333 * factor, cost: sign + "1099.89", realised: sign + "100",
            cash: side == .buy ? "1000100" : "999900")
        let carols = position(
            carol, 1_666 * factor, cost: sign + "549.78", realised: sign + "50",
            cash: side == .buy ? "1000050" : "999950")
        let expected = events(
            [said(1, for: 3)], alices, bobs, carols,
            [prices("330", mark: "330", ("313.5", "346.5")), openInterest(4_999)])
        #expect(market.events == expected)
    }

    @Test(
        "R-103: the larger side gives a lot each, in the order of accounts, round after round",
        arguments: Implementation.allCases, Side.allCases)
    func rounds(_ implementation: Implementation, _ side: Side) {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        let market = Market(implementation, instrument)
        // 21 and 14 lots against 13, 9, 6, 6 and 1: sevenths are 3 and 2 against 1 and 1.
        let many = ["0.021", "0.014"].map { (market.trader(), $0) }
        let few = ["0.013", "0.009", "0.006", "0.006", "0.001"].map { (market.trader(), $0) }
        for (trader, quantity) in side == .buy ? few : many { trader.sell(quantity, at: "100") }
        for (trader, quantity) in side == .buy ? many : few { trader.buy(quantity, at: "100") }
        #expect(many[0].0.holding == (side == .buy ? "0.021" : "-0.021"))
        split(market, 1, for: 7)
        // The three too many: one of the first, one of the second, one more of the first.
        let sign = Int64(side == .buy ? 1 : -1)
        #expect(many.map { sign * $0.0.position().quantity.lots } == [1, 1])
        #expect(few.map { -sign * $0.0.position().quantity.lots } == [1, 1, 0, 0, 0])
        #expect(market.events.last == openInterest(2))
        // 0.7 of value remain in each lot of 0.001 at 700.
        #expect(many.map { $0.0.position().cost.units * sign } == [70_000_000, 70_000_000])
        #expect(few[2].0.position().cost == .zero)
    }

    @Test(
        "R-103: positions smaller than a new lot end, at the mark",
        arguments: Implementation.allCases)
    func vanishing(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        let market = Market(implementation, instrument)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.sell("0.002", at: "100")
        bob.buy("0.001", at: "100")
        carol.buy("0.001", at: "100")
        market.index("110")
        split(market, 1, for: 2)
        // Alice's lot would be alone.
        let expected = events(
            [said(1, for: 2)],
            position(alice, 0, cost: "0", realised: "-0.02", cash: "999999.98"),
            position(bob, 0, cost: "0", realised: "0.01", cash: "1000000.01"),
            position(carol, 0, cost: "0", realised: "0.01", cash: "1000000.01"),
            [prices("220", mark: "220", ("209", "231")), openInterest(0)])
        #expect(market.events == expected)
        bob.choose(leverage: "3")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-103: what rounding leaves goes to the house, to the last unit",
        arguments: Implementation.allCases)
    func rounding(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        let market = Market(implementation, instrument, index: "33.33333333")
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.sell("0.002", at: "33.33")
        bob.buy("0.001", at: "33.33")
        carol.buy("0.001", at: "33.33")
        split(market, 3, for: 2)
        // A lot of 33.33333333 is worth 0.03333333333, two of them 0.06666666666; afterwards one lot
        // each of 22.22222222, and alice, whose 3 were one too many, has 2.
        let expected = events(
            [said(3, for: 2)],
            position(
                alice, -2, cost: "-0.04444444", realised: "-0.00000667", cash: "999999.99999333"),
            position(bob, 1, cost: "0.02222222", realised: "0.00000333", cash: "1000000.00000333"),
            position(
                carol, 1, cost: "0.02222222", realised: "0.00000333", cash: "1000000.00000333"))
        #expect(Array(market.events.prefix(7)) == expected)
        let equity = [alice, bob, carol].reduce(Money.zero) { $0 + $1.balance.equity }
        #expect(equity == decimal("2999999.99999999"))
    }

    @Test(
        "R-103: all orders are cancelled, oldest first, before anything is split",
        arguments: Implementation.allCases)
    func orders(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let first = alice.sell("1", at: "101")
        let second = bob.buy("2", at: "99")
        let third = bob.sell("3", at: "101")
        alice.modify(first, .sell, quantity: "4")
        market.reconfigure { $0.status = .inactive }
        market.send(split(2, 1))
        var seen: [String] = []
        for event in market.events {
            switch event {
            case .orderCancelled(let order, .corporateAction): seen.append("\(order.id.value)")
            case .levelChanged(let level):
                seen.append("\(level.quantity.lots) at \(level.price.ticks)")
            case .instrumentSplit: seen.append("split")
            case .pricesChanged: seen.append("prices")
            case _: seen.append("\(event)")
            }
        }
        #expect([first, second, third].map(\.value) == [1, 2, 3])
        #expect(
            seen == ["1", "3000 at 10100", "2", "0 at 9900", "3", "0 at 10100", "split", "prices"])
        #expect(alice.orders.isEmpty && bob.orders.isEmpty)
        #expect(alice.available == "1000000")
    }

    @Test(
        "R-104: a dividend is a fall of the price and nothing else",
        arguments: Implementation.allCases)
    func dividend(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // Ex-dividend: two less.
        market.index("98")
        #expect(market.events == [prices("98", mark: "98", ("93.1", "102.9"))])
        #expect(bob.balance.unrealisedPnL == Money(-20))
        #expect(bob.balance.deposits == Money(1_000_000))
        #expect(bob.cash == Money(1_000_000))
        #expect(bob.holding == "10")
        #expect(alice.balance.unrealisedPnL == Money(20))
    }

    // MARK: What a split does to prices

    @Test(
        "R-103: the next outside price is measured by the new unit, of both legs",
        arguments: Implementation.allCases)
    func legs(_ implementation: Implementation) {
        let market = Market(implementation, index: "200")
        func update(_ price: String, _ leg: UpdateIndexPrice.Leg) -> RejectReason? {
            market.send(
                .updateIndexPrice(
                    UpdateIndexPrice(instrument: contract, price: decimal(price), leg: leg)))
            return market.refusal
        }
        #expect(update("210", .next) == nil)
        split(market, 10, for: 1)
        for (price, leg) in [
            ("30.00000001", UpdateIndexPrice.Leg.front), ("9.99999999", .front),
            ("31.50000001", .next), ("10.49999999", .next),
        ] {
            #expect(update(price, leg) == .unbelievablePrice)
        }
        #expect(update("31.5", .next) == nil)
        #expect(update("30", .front) == nil)
        #expect(market.prices()?.oracle == decimal("30"))
    }

    @Test(
        "R-103: the corridor is around the first price in new units",
        arguments: Implementation.allCases,
        [
            (true, ["30", "45", "67.5", "101.25", "150"], "162"),
            (false, ["10", "5", "2.5"], "2"),
        ])
    func corridor(
        _ implementation: Implementation, _ sample: (Bool, [String], String)
    ) {
        let market = Market(implementation, index: "180")
        market.index("200")
        split(market, 10, for: 1)
        // A ninth of 18 and nine times 18.
        for step in sample.1 { market.index(step) }
        #expect(market.refusal == nil)
        var beyond: ReferencePrice = decimal(sample.2)
        beyond.units += sample.0 ? 1 : -1
        market.send(.updateIndexPrice(UpdateIndexPrice(instrument: contract, price: beyond)))
        #expect(market.refusal == .unbelievablePrice)
        market.index(sample.2)
        #expect(market.prices()?.oracle == decimal(sample.2))
    }

    @Test(
        "R-103: the mark does not jump, for its average and the last trade are split too",
        arguments: Implementation.allCases, [("204", "202", "20.2"), ("201", "201", "20.1")])
    func averages(_ implementation: Implementation, _ sample: (String, String, String)) {
        let market = Market(implementation, index: "200")
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: sample.0)
        bob.buy("1", at: sample.0)
        bob.buy("1", at: "201")
        alice.sell("1", at: "203")
        // The book's middle is 2 above the oracle.
        market.wait(seconds: 1)
        #expect(market.prices()?.mark == decimal(sample.1))
        split(market, 10, for: 1)
        #expect(market.prices()?.mark == decimal(sample.2))
        market.wait(seconds: 1)
        #expect(market.events.isEmpty)
        // From 0.2 towards 0.5: 0.2 + 0.006644493745 × 0.3.
        market.reconfigure { $0.status = .active }
        bob.buy("1", at: "20.40")
        alice.sell("1", at: "20.60")
        market.wait(seconds: 1)
        #expect(market.prices()?.mark == decimal("20.20199335"))
    }

    @Test(
        "R-103: the last minute's distance from the oracle is split too",
        arguments: Implementation.allCases)
    func lastMinute(_ implementation: Implementation) {
        let market = Market(implementation, index: "200")
        market.configureVenue { $0.staleSeconds = 0 }
        let (alice, bob) = (market.trader(), market.trader("300"))
        alice.sell("10", at: "204")
        bob.buy("10", at: "204")
        alice.buy("1", at: "201")
        alice.sell("1", at: "203")
        // The mark is 2 above the oracle for half a minute.
        market.wait(seconds: 30)
        split(market, 10, for: 1)
        // 280 of equity for 2 × 2,020 / 12: a slice is sent, for the mark is where it was.
        market.reconfigure {
            $0.status = .active
            $0.maximumLeverage = 4
        }
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: true)
            ])
        var sent: [OrderState] = []
        for case .orderAccepted(let order) in market.events { sent.append(order) }
        #expect(sent.map(\.quantity) == [Quantity(lots: 100_000)])
        #expect(sent.map(\.price) == [Price(ticks: 2_000)])
    }

    @Test(
        "R-103: an internal oracle goes on from its split value, within its split bounds",
        arguments: Implementation.allCases)
    func internalOracle(_ implementation: Implementation) {
        let market = Market(implementation, index: "200")
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("1", at: "200")
        bob.buy("1", at: "200")
        market.send(
            .scheduleSession(
                ScheduleSession(instrument: contract, session: .weekend, startsAt: .zero)))
        market.wait(seconds: 1)
        split(market, 10, for: 1)
        #expect(market.prices()?.oracle == decimal("20"))
        #expect(market.prices()?.source == .internal)
        for _ in 0..<3 {
            market.wait(seconds: 1)
            #expect(market.events.isEmpty)
        }
        market.reconfigure { $0.status = .active }
        bob.sell("10", at: "19.00")
        alice.buy("10", at: "19.00")
        // The last trade is 1 below: a 3,600th of it each second.
        market.wait(seconds: 1)
        #expect(market.prices()?.oracle == decimal("19.99972226"))
    }
}

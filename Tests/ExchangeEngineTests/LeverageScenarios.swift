import ExchangeTesting
import ExchangeTypes
import Testing

/// How much an account may hold for its money, and where that ends. **Source** `rules.md` §4.1, §4.2.
@Suite struct LeverageScenarios {
    private let contract = InstrumentID(0)

    private func changed(_ trader: Trader, to leverage: UInt16, in id: UInt32 = 0) -> [Event] {
        [
            .leverageChanged(
                LeverageChanged(
                    account: trader.account, instrument: InstrumentID(id), leverage: leverage))
        ]
    }

    private func request(_ trader: Trader, _ leverage: String) -> Command {
        .setLeverage(
            SetLeverage(
                account: trader.account, instrument: .known(contract), leverage: wire(leverage)))
    }

    @Test(
        "R-020, R-021: each whole level up to the contract's maximum, in whatever form it is written",
        arguments: Implementation.allCases)
    func levels(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        for level in (1...10).reversed() {
            alice.choose(leverage: "\(level)")
            #expect(market.events == changed(alice, to: UInt16(level)))
            #expect(alice.leverages == [UInt16(level)])
        }
        for (text, level) in [
            ("4.0", UInt16(4)), ("0.3e1", 3), ("20E-1", 2), ("1e0", 1), ("1e1", 10),
            ("500e-2", 5), ("0.00000007e8", 7),
        ] {
            alice.choose(leverage: text)
            #expect(market.events == changed(alice, to: level), "\(text)")
        }
        // Choosing what is in force already is no mistake.
        alice.choose(leverage: "7")
        #expect(market.events == changed(alice, to: 7))
    }

    @Test(
        "R-021: what is no whole level of the contract changes nothing",
        arguments: Implementation.allCases)
    func outOfRange(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        alice.choose(leverage: "4")
        for text in [
            "0", "-0", "11", "1.5", "0.5", "10.00000001", "10.5", "-1", "-4", "1e-1", "1e2", "1e10",
            "1e18", "1e19", "1e400", "-1e400", "1e-400", "65535", "65536", "65540",
            "4294967300", "18446744073709551620", "99999999999999999999999999",
            // Near a whole number is not one: no client counts in such parts.
            "3.9999999999", "4.0000000001", "3.9999999999999996",
        ] {
            market.expectRefusal(request(alice, text), .leverageOutOfRange)
        }
        #expect(alice.leverages == [4])
        market.reconfigure { $0.maximumLeverage = .max }
        alice.choose(leverage: "65535")
        #expect(market.events == changed(alice, to: .max))
        market.expectRefusal(request(alice, "65536"), .leverageOutOfRange)
    }

    @Test(
        "R-020: an order on either side stands in the way until it is gone",
        arguments: Implementation.allCases, Side.allCases)
    func openOrder(_ implementation: Implementation, _ side: Side) {
        let market = Market(implementation)
        let alice = market.trader()
        let order = side == .buy ? alice.buy("1", at: "99") : alice.sell("1", at: "101")
        market.expectRefusal(request(alice, "4"), .leverageLocked)
        // The level is looked at first, and the one in force is no exception.
        market.expectRefusal(request(alice, "11"), .leverageOutOfRange)
        market.expectRefusal(request(alice, "10"), .leverageLocked)
        alice.cancel(order)
        alice.choose(leverage: "4")
        #expect(market.events == changed(alice, to: 4))
    }

    @Test(
        "R-020: a position on either side stands in the way until it is closed",
        arguments: Implementation.allCases, Side.allCases)
    func openPosition(_ implementation: Implementation, _ side: Side) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let (buyer, seller) = side == .buy ? (alice, bob) : (bob, alice)
        seller.sell("2", at: "100")
        buyer.buy("2", at: "100")
        market.expectRefusal(request(alice, "4"), .leverageLocked)
        seller.buy("1.999", at: "100")
        buyer.sell("1.999", at: "100")
        #expect(alice.holding == (side == .buy ? "0.001" : "-0.001"))
        market.expectRefusal(request(alice, "4"), .leverageLocked)
        // A position that is gone and an order that is left: still locked.
        let order = seller.buy("1", at: "100")
        buyer.sell("0.001", at: "100", .immediateOrCancel)
        #expect(alice.holding == "0")
        if alice.account == seller.account {
            market.expectRefusal(request(alice, "4"), .leverageLocked)
        }
        seller.cancel(order)
        alice.choose(leverage: "4")
        #expect(market.events == changed(alice, to: 4))
    }

    @Test(
        "R-020, R-105: only the account's own orders in that contract stand in the way",
        arguments: Implementation.allCases)
    func others(_ implementation: Implementation) {
        let market = Market(implementation)
        var second = Market.plain
        second.symbol = text("AAPL-USD")
        second.maximumLeverage = 20
        market.list(second, index: "100")
        let (alice, bob) = (market.trader(), market.trader())
        let desk = market.trader(of: alice)
        alice.buy("1", at: "100")
        bob.sell("1", at: "100")
        alice.buy("1", at: "99")
        desk.choose(leverage: "3")
        #expect(market.events == changed(desk, to: 3))
        alice.choose(leverage: "17", in: 1)
        #expect(market.events == changed(alice, to: 17, in: 1))
        #expect(alice.leverages == [10, 17])
        #expect(desk.leverages == [3, 20])
        #expect(bob.leverages == [10, 20])
        #expect(market.exchange.report(.leverages(AccountID(99))) == .unknownAccount)
    }

    @Test(
        "R-021: unknown accounts and contracts are refused before anything else",
        arguments: Implementation.allCases)
    func unknown(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let symbol = InstrumentReference.unknown(text("NOPE-USD"))
        for contract in [symbol, .known(InstrumentID(1)), .known(InstrumentID(.max))] {
            for level in ["0", "4"] {
                market.expectRefusal(
                    .setLeverage(
                        SetLeverage(
                            account: alice.account, instrument: contract, leverage: wire(level))),
                    .unknownSymbol)
                market.expectRefusal(
                    .setLeverage(
                        SetLeverage(
                            account: AccountID(1), instrument: contract, leverage: wire(level))),
                    .failedToProcess)
            }
        }
    }

    @Test(
        "R-090: an account in liquidation chooses no leverage, in no contract",
        arguments: Implementation.allCases)
    func inLiquidation(_ implementation: Implementation) {
        let market = Market(implementation)
        var second = Market.plain
        second.symbol = text("AAPL-USD")
        market.list(second, index: "100")
        let (alice, bob) = (market.trader(), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // 60 of equity for 62.67 of maintenance margin.
        market.index("94")
        #expect(bob.balance.isInLiquidation)
        for (id, level) in [(UInt32(0), "4"), (0, "11"), (1, "4"), (1, "0")] {
            market.expectRefusal(
                .setLeverage(
                    SetLeverage(
                        account: bob.account, instrument: .known(InstrumentID(id)),
                        leverage: wire(level))),
                .inLiquidation)
        }
        bob.deposit("20")
        bob.choose(leverage: "4", in: 1)
        #expect(market.events == changed(bob, to: 4, in: 1))
    }

    @Test(
        "R-019, X-03: a chosen leverage decides all three margins, and the margin of orders",
        arguments: Implementation.allCases)
    func margins(_ implementation: Implementation) {
        let market = Market(implementation, index: "230.32")
        let (alice, bob) = (market.trader(), market.trader("2000"))
        bob.choose(leverage: "4")
        alice.sell("25", at: "230.32")
        bob.buy("25", at: "230.32")
        #expect(bob.position().leverage == 4)
        #expect(bob.balance.positionMargin == decimal("1439.5"))
        #expect(bob.balance.maintenanceMargin == decimal("959.66666667"))
        #expect(bob.balance.closeOutMargin == decimal("479.83333333"))
        #expect(bob.available == "560.5")
        #expect(alice.balance.positionMargin == decimal("575.8"))
        #expect(alice.balance.maintenanceMargin == decimal("383.86666667"))
        #expect(alice.balance.closeOutMargin == decimal("191.93333333"))
        // Ten for 228.50 hold 571.25 back, 9.811 hold 560.453375.
        bob.buy("10", at: "228.50")
        #expect(market.refusal == .insufficientMargin)
        bob.buy("9.811", at: "228.50")
        #expect(market.refusal == nil)
        #expect(bob.balance.orderMargin == decimal("560.453375"))
        #expect(bob.available == "0.046625")
    }

    @Test(
        "R-024, X-06: the largest affordable lot is counted at the chosen leverage",
        arguments: Implementation.allCases)
    func boundary(_ implementation: Implementation) {
        let market = Market(implementation, index: "336.19")
        let alice = market.trader("100")
        alice.choose(leverage: "4")
        // 100 × 4 / 336.15 is 1.1899.
        alice.buy("1.19", at: "336.15")
        #expect(market.refusal == .insufficientMargin)
        alice.buy("1.189", at: "336.15")
        #expect(market.refusal == nil)
        #expect(alice.available == "0.0794125")
    }

    @Test(
        "R-021: a maximum below the chosen leverage holds, until it is raised again",
        arguments: Implementation.allCases)
    func loweredMaximum(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.choose(leverage: "8")
        carol.choose(leverage: "3")
        alice.buy("12", at: "100")
        bob.sell("12", at: "100")
        #expect(alice.balance.positionMargin == Money(150))
        market.reconfigure { $0.maximumLeverage = 5 }
        #expect([alice, bob, carol].map(\.leverages) == [[5], [5], [3]])
        #expect(alice.balance.positionMargin == Money(240))
        #expect(bob.balance.positionMargin == Money(240))
        // 2 × 1,200 / (3 × 5) and 1,200 / (3 × 5).
        #expect(alice.balance.maintenanceMargin == Money(160))
        #expect(alice.balance.closeOutMargin == Money(80))
        market.expectRefusal(request(carol, "6"), .leverageOutOfRange)
        market.reconfigure { $0.maximumLeverage = 20 }
        #expect([alice, bob, carol].map(\.leverages) == [[8], [20], [3]])
        #expect(alice.balance.positionMargin == Money(150))
        #expect(bob.balance.positionMargin == Money(60))
    }

    @Test(
        "R-089: who cannot meet a lowered maximum falls into liquidation at once",
        arguments: Implementation.allCases)
    func loweredMaximumLiquidates(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        let (carol, dave) = (market.trader("250"), market.trader("133.33333334"))
        carol.choose(leverage: "4")
        alice.sell("30", at: "100")
        for trader in [bob, carol, dave] { trader.buy("10", at: "100") }
        let order = bob.sell("1", at: "104")
        // At leverage 5 a maintenance of 133.33333333; carol's own 4 asked for 166.67 all along.
        market.reconfigure { $0.maximumLeverage = 5 }
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: true)
            ])
        #expect(market.cancelled.filter { $0.value == .liquidation }.keys.sorted() == [order])
        #expect(bob.balance.maintenanceMargin == decimal("133.33333333"))
        #expect(bob.holding == "10")
        #expect(!dave.balance.isInLiquidation)
        // At 3 the close-out margin is 111.11, and dave would need 222.22.
        market.reconfigure { $0.maximumLeverage = 3 }
        #expect(
            market.liquidations == [
                LiquidationChanged(account: dave.account, isInLiquidation: true)
            ])
        #expect([bob, carol, dave].map(\.holding) == ["10", "10", "10"])
        // At 2 the close-out margin is 166.67: bob and dave are out; carol needs 333.33.
        market.reconfigure { $0.maximumLeverage = 2 }
        #expect([bob, carol, dave].map(\.holding) == ["0", "10", "0"])
        #expect(
            market.liquidations == [
                LiquidationChanged(account: bob.account, isInLiquidation: false),
                LiquidationChanged(account: carol.account, isInLiquidation: true),
                LiquidationChanged(account: dave.account, isInLiquidation: false),
            ])
        #expect(market.reserve == decimal("253.33333334"))
        #expect(alice.holding == "-10")
        market.audit()
    }

    @Test(
        "R-089, R-111: another close-out margin holds at once for who is in liquidation",
        arguments: Implementation.allCases)
    func closeOutDivisor(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        // 40 of equity: above 920 / 30, and not above 920 / 20.
        market.index("92")
        market.configureVenue { $0.closeOutDivisor = 4 }
        #expect(bob.balance.closeOutMargin == Money(23))
        #expect(bob.holding == "10")
        market.configureVenue { $0.closeOutDivisor = 2 }
        #expect(bob.holding == "0")
        #expect(market.reserve == Money(40))
        #expect(!bob.balance.isInLiquidation)
    }
}

import ExchangeTesting
import ExchangeTypes
import Testing

/// Who trades much pays less. **Source** `rules.md` §10, R-086, R-087.
@Suite struct FeeTierScenarios {
    private static let day: Int64 = 86_400

    /// A stock of 5 and 10 bps at 100; each dollar traded counts five times. Thresholds are a thousandth
    /// of the usual ones.
    private func market(
        _ implementation: Implementation, _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var instrument = Market.plain
        instrument.makerFee = Rate(tenthBasisPoints: 50)
        instrument.takerFee = Rate(tenthBasisPoints: 100)
        change(&instrument)
        let market = Market(implementation, instrument)
        market.configureVenue {
            $0.staleSeconds = 0
            $0.fees.thresholds = [2_000, 10_000, 50_000, 250_000]
        }
        return market
    }

    private func trade(_ maker: Trader, _ taker: Trader, _ quantity: String, in id: UInt32 = 0) {
        maker.sell(quantity, at: "100", in: id)
        taker.buy(quantity, at: "100", in: id)
    }

    private func fees(_ trader: Trader) -> FeeReport? {
        guard
            case .fees(let report) = trader.market.exchange.report(.fees(trader.account))
        else { return nil }
        return report
    }

    private func report(_ trader: Trader, tier: UInt8, _ volume: Int64) -> FeeReport {
        FeeReport(
            account: trader.account, tier: tier,
            effectiveVolume: Notional(wholeUnits: volume))
    }

    @Test("R-087: a tier begins at exactly its threshold")
    func thresholds() {
        let schedule = FeeSchedule()
        #expect(schedule.tier(of: .zero) == 5)
        for (volume, tier) in [
            (Int64(2_000_000), UInt8(4)), (10_000_000, 3), (50_000_000, 2), (250_000_000, 1),
        ] {
            let threshold = Notional(wholeUnits: volume)
            #expect(schedule.tier(of: threshold) == tier)
            #expect(schedule.tier(of: threshold - Notional(units: 1)) == tier + 1)
        }
        #expect(schedule.tier(of: Notional(wholeUnits: .max)) == 1)
        // 2.7, 1.95, 2.5 and −2.5 units of 1e-12, rounded half-even.
        #expect(schedule.rate(Rate(units: 3), tier: 4) == Rate(units: 3))
        #expect(schedule.rate(Rate(units: 3), tier: 2) == Rate(units: 2))
        #expect(schedule.rate(Rate(units: 5), tier: 1) == Rate(units: 2))
        #expect(schedule.rate(Rate(units: -5), tier: 1) == Rate(units: -2))
        #expect(schedule.rate(Rate(units: 5), tier: 5) == Rate(units: 5))
    }

    @Test(
        "R-087, X-12: classes weigh one, two, two and five, for both sides of a trade",
        arguments: Implementation.allCases)
    func effectiveVolume(_ implementation: Implementation) {
        let market = market(implementation) { $0.category = .foreignExchange }
        for category in [ProductCategory.commodity, .index, .equity] {
            var instrument = Market.plain
            instrument.symbol = text("X\(category.rawValue)-USD")
            instrument.category = category
            market.list(instrument, index: "100")
        }
        market.configureVenue { $0.fees = FeeSchedule() }
        let (alice, bob) = (market.trader(), market.trader())
        for (id, quantity) in [(UInt32(0), "4000"), (1, "1000"), (2, "1500"), (3, "600")] {
            trade(alice, bob, quantity, in: id)
        }
        #expect(fees(alice) == report(alice, tier: 5, 0))
        market.wait(untilSecond: Self.day)
        #expect(fees(alice) == report(alice, tier: 5, 1_200_000))
        #expect(fees(bob) == report(bob, tier: 5, 1_200_000))
    }

    @Test(
        "R-086, R-087: each tier from its threshold on, with its share of both fees",
        arguments: Implementation.allCases,
        [
            // Traded at 100, effective volume, tier, and the maker's and taker's fee of 10 at 100.
            ("3.999", "1999.5", UInt8(5), "0.5", "1"), ("4", "2000", 4, "0.45", "0.9"),
            ("19.999", "9999.5", 4, "0.45", "0.9"), ("20", "10000", 3, "0.4", "0.8"),
            ("99.999", "49999.5", 3, "0.4", "0.8"), ("100", "50000", 2, "0.325", "0.65"),
            ("499.999", "249999.5", 2, "0.325", "0.65"), ("500", "250000", 1, "0.25", "0.5"),
        ])
    func tiers(
        _ implementation: Implementation, _ sample: (String, String, UInt8, String, String)
    ) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, sample.0)
        market.wait(untilSecond: Self.day)
        for trader in [alice, bob] {
            #expect(fees(trader)?.tier == sample.2)
            let volume: Money = decimal(sample.1)
            #expect(fees(trader)?.effectiveVolume == Notional(volume))
        }
        trade(alice, bob, "10")
        #expect(market.fills.map(\.fee) == [decimal(sample.3), decimal(sample.4)])
        #expect(market.fills.map(\.order.feeTier) == [sample.2, sample.2])
    }

    @Test(
        "R-086: a tier changes at midnight and not a second before",
        arguments: Implementation.allCases)
    func midnight(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, "4")
        market.wait(untilSecond: Self.day - 1)
        #expect(fees(bob) == report(bob, tier: 5, 0))
        trade(alice, bob, "10")
        #expect(market.fills.map(\.fee) == [decimal("0.5"), Money(1)])
        // Five times 14 at 100, all of the first day.
        market.wait(untilSecond: Self.day)
        #expect(fees(bob) == report(bob, tier: 4, 7_000))
        trade(alice, bob, "10")
        #expect(market.fills.map(\.fee) == [decimal("0.45"), decimal("0.9")])
        #expect(fees(bob) == report(bob, tier: 4, 7_000))
        // Enough for the next tier was traded, but the day must end first.
        market.wait(untilSecond: 2 * Self.day - 1)
        #expect(fees(bob)?.tier == 4)
        market.wait(untilSecond: 2 * Self.day)
        #expect(fees(bob) == report(bob, tier: 3, 12_000))
    }

    @Test(
        "R-086: an order keeps the tier that it came in with, modified or not",
        arguments: Implementation.allCases)
    func restingOrders(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let kept = alice.sell("10", at: "100")
        let modified = alice.sell("10", at: "101")
        bob.buy("4", at: "100")
        #expect(market.fills.map(\.fee) == [decimal("0.2"), decimal("0.4")])
        market.wait(untilSecond: Self.day)
        #expect(fees(alice)?.tier == 4)
        alice.modify(modified, .sell, quantity: "12", price: "100")
        #expect(alice.orders.map(\.feeTier) == [5, 5])
        let new = alice.sell("5", at: "100")
        bob.buy("19", at: "100")
        #expect(
            market.fills.filter { $0.order.account == alice.account }.map(\.order.id) == [
                kept, modified, new,
            ])
        // Maker: 600 and 1,200 at 5 bps, 100 at 4.5; bob's order is of the new tier in all parts.
        #expect(
            market.fills.map(\.fee) == [
                decimal("0.3"), decimal("0.54"), decimal("0.6"), decimal("1.08"),
                decimal("0.045"), decimal("0.09"),
            ])
    }

    @Test(
        "R-087: subaccounts count for their user, and pay by its tier",
        arguments: Implementation.allCases)
    func subaccounts(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let (first, second) = (market.trader(of: alice), market.trader(of: alice))
        trade(bob, first, "1.5")
        trade(second, bob, "1.5")
        trade(bob, alice, "1")
        market.wait(untilSecond: Self.day)
        for trader in [alice, first, second, bob] {
            #expect(fees(trader) == report(trader, tier: 4, 2_000))
        }
        trade(second, bob, "10")
        #expect(market.fills.map(\.fee) == [decimal("0.45"), decimal("0.9")])
        let late = market.trader(of: alice)
        #expect(fees(late) == report(late, tier: 4, 2_000))
        #expect(market.exchange.report(.fees(AccountID(99))) == .unknownAccount)
    }

    @Test(
        "R-087: a day counts for the thirty after it",
        arguments: Implementation.allCases)
    func thirtyDays(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, "4")
        market.wait(untilSecond: 2 * Self.day - 1)
        trade(alice, bob, "20")
        #expect(fees(bob) == report(bob, tier: 4, 2_000))
        for (day, tier, volume) in [
            (Int64(2), UInt8(3), Int64(12_000)), (29, 3, 12_000), (30, 3, 12_000),
            (31, 3, 10_000), (32, 5, 0), (33, 5, 0),
        ] {
            market.wait(untilSecond: day * Self.day)
            #expect(fees(bob) == report(bob, tier: tier, volume), "day \(day)")
            #expect(fees(alice) == report(alice, tier: tier, volume), "day \(day)")
        }
    }

    @Test(
        "R-087: days nobody saw count as days without volume",
        arguments: Implementation.allCases,
        [(Int64(30), Int64(2_000)), (31, 0), (45, 0), (400, 0)])
    func skippedDays(_ implementation: Implementation, _ sample: (Int64, Int64)) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, "4")
        market.wait(untilSecond: sample.0 * Self.day + 12_345)
        #expect(fees(bob) == report(bob, tier: sample.1 == 0 ? 5 : 4, sample.1))
        trade(alice, bob, "20")
        market.wait(untilSecond: (sample.0 + 1) * Self.day)
        #expect(fees(bob) == report(bob, tier: 3, 10_000))
    }

    @Test(
        "R-084: a rebate is scaled like a fee, and rounded half-even",
        arguments: Implementation.allCases)
    func rebates(_ implementation: Implementation) {
        let market = market(implementation) {
            $0.makerFee = Rate(tenthBasisPoints: -10)
            // 90 % are 45e-12: of 1,000 that is 4.5 units of 1e-8, which are rounded to 4.
            $0.takerFee = Rate(units: 50)
        }
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, "4")
        market.wait(untilSecond: Self.day)
        trade(alice, bob, "10")
        #expect(market.fills.map(\.fee) == [decimal("-0.09"), decimal("0.00000004")])
        #expect(alice.balance.fees == decimal("-0.13"))
        #expect(alice.balance.realisedPnL == decimal("0.13"))
        market.audit()
    }

    @Test(
        "R-111: percentages hold at once, thresholds from the next midnight",
        arguments: Implementation.allCases)
    func configuration(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        trade(alice, bob, "4")
        market.wait(untilSecond: Self.day)
        market.configureVenue { $0.fees.percentages = [0, 0, 0, 0] }
        trade(alice, bob, "10")
        #expect(market.fills.map(\.fee) == [.zero, .zero])
        market.configureVenue {
            $0.fees.percentages = [100, 80, 65, 50]
            $0.fees.thresholds = [10_000, 20_000, 50_000, 250_000]
        }
        #expect(fees(bob)?.tier == 4)
        market.wait(untilSecond: 2 * Self.day)
        #expect(fees(bob) == report(bob, tier: 5, 7_000))
    }

    @Test(
        "R-087: forced orders pay their user's taker fee and count; transfers off the book do neither",
        arguments: Implementation.allCases)
    func forcedOrders(_ implementation: Implementation) {
        let market = market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader("125"), market.trader())
        trade(alice, carol, "10")
        trade(alice, bob, "10")
        market.wait(untilSecond: Self.day)
        #expect(fees(bob) == report(bob, tier: 4, 5_000))
        // Equity 64, maintenance 62.67; then 54 for 62: four are sold at 93.
        carol.buy("4", at: "93")
        market.index("94")
        #expect(!bob.balance.isInLiquidation)
        market.index("93")
        #expect(market.trades == ["4 @ 93"])
        #expect(market.fills.map(\.fee) == [decimal("0.1674"), decimal("0.3348")])
        #expect(market.fills.map(\.order.feeTier) == [4, 4])
        market.index("80")
        #expect(bob.holding == "0")
        #expect(market.fills.allSatisfy { $0.fee == .zero && $0.order.feeTier == 5 })
        market.wait(untilSecond: 2 * Self.day)
        #expect(fees(bob) == report(bob, tier: 4, 6_860))
        // Carol bought 10 at 100 and 4 at 93; alice closed against bob off the book.
        #expect(fees(carol) == report(carol, tier: 4, 6_860))
        #expect(fees(alice) == report(alice, tier: 3, 10_000))
    }
}

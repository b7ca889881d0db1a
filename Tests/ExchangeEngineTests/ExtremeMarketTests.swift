import ExchangeTesting
import ExchangeTypes
import Testing

/// Markets at the edge of what the limits allow: wild, but no reason to stop.
@Suite struct ExtremeMarketTests {
    /// The largest positions at the largest leverage, in so many contracts.
    private func market(
        _ implementation: Implementation, contracts: UInt32, index: String,
        _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var wide = Market.plain
        wide.maximumNotional = Limits.maximumPositionNotional
        wide.maximumLeverage = 50
        wide.risk.openInterestCap = Limits.maximumOpenInterest
        wide.takerFee = Rate(tenthBasisPoints: 20)
        wide.makerFee = Rate(tenthBasisPoints: -10)
        change(&wide)
        let market = Market(implementation, wide, index: index)
        market.configureVenue {
            $0.staleSeconds = 0
            $0.totalOpenInterestCap = Limits.maximumOpenInterest
            $0.fundingClamp = .zero
            $0.fundingCap = Rate(percent: 100)
        }
        for place in 1..<contracts {
            wide.symbol = text("W\(place)-USD")
            market.list(wide, index: index)
        }
        return market
    }

    /// A trader with the highest cash.
    private func rich(_ market: Market, of master: Trader? = nil) -> Trader {
        let trader = market.trader("1000000000", of: master)
        for _ in 1..<10 { trader.deposit("1000000000") }
        return trader
    }

    private func move(_ market: Market, _ steps: [String], contracts: UInt32) {
        for step in steps {
            for id in 0..<contracts { market.index(step, of: InstrumentID(id)) }
            #expect(market.refusal == nil)
        }
    }

    private let down = ["450", "225", "112.5", "100"]
    private let up = [
        "150", "225", "337.5", "506.25", "759.375", "1139", "1708", "2562", "3843", "5764", "8100",
    ]

    @Test(
        "Limits.indexCorridor, Limits.maximumAccountNotional: the richest account can be told",
        arguments: Implementation.allCases)
    func corridor(_ implementation: Implementation) {
        let market = market(implementation, contracts: 10, index: "900")
        let alice = rich(market)
        let desk = rich(market, of: alice)
        let sellers = (0..<10).map { _ in rich(market) }
        // A ninth of the first price, then nine times it: 81 times as much.
        move(market, down, contracts: 10)
        for (id, seller) in zip(UInt32(0)..., sellers) {
            seller.sell("1000000", at: "100", in: id)
            alice.buy("1000000", at: "100", in: id)
            #expect(market.trades == ["1000000 @ 100"])
        }
        move(market, up, contracts: 10)
        // Of ten billion two basis points of one were paid; 80 billion were won.
        #expect(alice.balance.equity == Money(89_999_800_000))
        #expect(alice.balance.positionMargin == Money(1_620_000_000))
        #expect(sellers[0].balance.equity == Money(2_000_010_000))
        #expect(alice.position(in: 9).liquidationPrice == nil)
        market.audit()
        for (id, seller) in zip(UInt32(0)..., sellers) {
            seller.buy("1000000", at: "8100", in: id)
            alice.sell("1000000", at: "8100", in: id)
            #expect(market.trades == ["1000000 @ 8100"])
        }
        #expect(alice.cash == Money(89_983_600_000))
        market.audit()
        // More cash than any account may be given: nothing comes in, but everything gets out.
        desk.transfer("10000000000", to: alice)
        #expect(market.refusal == .failedToProcess)
        alice.deposit("1000000000")
        #expect(market.refusal == .failedToProcess)
        for _ in 0..<8 {
            alice.withdraw("10000000000")
            #expect(market.refusal == nil)
        }
        alice.withdraw("9983600000")
        #expect(alice.balance.equity == .zero)
        market.audit()
    }

    @Test(
        "The highest funding of the largest positions is paid",
        arguments: Implementation.allCases)
    func funding(_ implementation: Implementation) {
        let market = market(implementation, contracts: 1, index: "900") {
            $0.bandWidth = Rate(percent: 99)
        }
        let (alice, bob, carol) = (rich(market), rich(market), rich(market))
        move(market, down, contracts: 1)
        bob.sell("1000000", at: "100")
        alice.buy("1000000", at: "100")
        move(market, up, contracts: 1)
        // A bid of 99 % above the oracle: a rate of 0.0099 on 8.1 billion.
        carol.buy("100", at: "16119")
        market.wait(untilSecond: 3_600)
        #expect(alice.balance.netFunding == Money(-80_190_000))
        #expect(bob.balance.netFunding == Money(80_190_000))
        market.audit()
    }

    @Test(
        "The largest positions fall by half at once, again and again, and nothing is left but losses",
        arguments: Implementation.allCases)
    func crash(_ implementation: Implementation) {
        let market = market(implementation, contracts: 10, index: "900")
        let (alice, bob) = (market.trader("21000000"), rich(market))
        let desk = market.trader("1000000000")
        // Rebates would lift the cash above what may open positions.
        bob.withdraw("1000000")
        market.send(.fundReserve(Limits.maximumDeposit))
        for id in 0..<UInt32(10) {
            market.send(
                .setProvider(
                    SetProvider(
                        account: desk.account, instrument: InstrumentID(id),
                        maximumNotional: Limits.maximumPositionNotional)))
            bob.sell("111111", at: "900", in: id)
            alice.buy("111111", at: "900", in: id)
            #expect(market.trades == ["111111 @ 900"])
        }
        for step in down {
            for id in 0..<UInt32(10) {
                market.index(step, of: InstrumentID(id))
                market.audit()
            }
            market.wait(seconds: 1)
        }
        for id in 0..<UInt32(10) { #expect(alice.position(in: id).quantity == .zero) }
        #expect(alice.balance.equity == .zero)
        for id in 0..<UInt32(10) { market.index("150", of: InstrumentID(id)) }
        market.audit()
    }

    @Test(
        "A position bears no more of a debt than it is worth; the rest waits for the reserve",
        arguments: Implementation.allCases)
    func boundedDebt(_ implementation: Implementation) {
        let market = market(implementation, contracts: 1, index: "100") {
            $0.takerFee = .zero
            $0.makerFee = .zero
        }
        var won = Market.plain
        won.symbol = text("SKHYNIX-KRW")
        won.tickSize = Decimal8(100)
        won.lotSize = Decimal8(units: 100)
        won.minimumNotional = .zero
        market.list(won, index: "1600000")
        let (alice, bob, carol) = (market.trader(), market.trader("101000"), market.trader())
        carol.sell("0.000001", at: "1600000", in: 1)
        bob.buy("0.000001", at: "1600000", in: 1)
        alice.sell("50000", at: "100")
        bob.buy("50000", at: "100")
        alice.buy("50000", at: "95")
        // 250,000 lost with 101,000, and 1.60 of a position left: carol buys it back at twice the mark.
        bob.sellAtMarket("50000")
        #expect(market.fills.last?.executionType == .autoDeleveraging)
        #expect(market.fills.last?.price == ReferencePrice(3_200_000))
        #expect(bob.balance.equity == decimal("-148998.4"))
        #expect(bob.balance.isInLiquidation)
        #expect(carol.cash == decimal("999998.4"))
        market.send(.fundReserve(decimal("148998.4")))
        #expect(bob.balance.equity == .zero)
        #expect(!bob.balance.isInLiquidation)
        market.audit()
    }

    @Test(
        "Limits.maximumAccountNotional: a bid far below the mark counts with what it could become",
        arguments: Implementation.allCases)
    func bargains(_ implementation: Implementation) {
        let market = market(implementation, contracts: 100, index: "100") {
            $0.bandWidth = Rate(percent: 90)
        }
        let alice = rich(market)
        alice.withdraw("1000000")
        // Ten million each, for what is worth a hundred million as soon as it is bought.
        var bids = 0
        for id in 0..<UInt32(100) {
            alice.buy("1000000", at: "10", in: id)
            if market.refusal == nil { bids += 1 }
        }
        #expect(bids == 10)
        let sellers = (0..<10).map { _ in rich(market) }
        for id in 0..<UInt32(100) {
            sellers[Int(id / 10)].sell("1000000", at: "10", .immediateOrCancel, in: id)
        }
        move(market, ["150", "225", "337.5", "506.25", "759.375", "900"], contracts: 100)
        market.audit()
        // 9,999 million, rebates of 1,000 for each bargain, and 890 million of profit on each.
        #expect(alice.balance.equity == Money(18_899_010_000))
    }
}

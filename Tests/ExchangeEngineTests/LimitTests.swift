import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// At each bound and one beyond it. What an account may have open, hold and keep is in
/// `PositionLimitScenarios` and `OpenInterestScenarios`; splits are in `SplitRefusalScenarios`.
@Suite struct LimitTests {
    /// Prices and sizes of a dollar and a lot of one, with every limit as high as it goes.
    private var widest: Instrument {
        var risk = RiskParameters()
        risk.openInterestCap = Limits.maximumOpenInterest
        return Instrument(
            id: InstrumentID(0), symbol: text("WIDE-USD"), category: .index,
            tickSize: Decimal8(1), lotSize: Decimal8(units: 100_000_000),
            minimumQuantity: Quantity(lots: 1),
            maximumQuantity: Quantity(lots: Limits.maximumQuantityLots), maximumLeverage: 1,
            makerFee: Rate(units: 0), takerFee: Rate(units: 0),
            bandWidth: Rate(tenthBasisPoints: 90_000),
            maximumNotional: Limits.maximumPositionNotional, minimumNotional: .zero, risk: risk)
    }

    @Test("Limits.maximumPriceTicks", arguments: Implementation.allCases)
    func priceTicks(_ implementation: Implementation) {
        let limit = Limits.maximumPriceTicks
        var fine = widest
        fine.tickSize = Decimal8(units: 10_000_000)
        #expect(limit == 134_217_728)
        let market = Market(implementation, fine, index: "13421772.8")
        let alice = market.trader("1000000000")
        let order = alice.sell("1", at: "13421772.8")
        #expect(market.refusal == nil)
        #expect(alice.orders.first?.price == Price(ticks: limit))
        alice.sell("1", at: "13421772.9")
        #expect(market.refusal == .priceTooHigh)
        alice.modify(order, .sell, price: "13421772.9")
        #expect(market.refusal == .priceTooHigh)
        alice.buy("1", at: "0.1")
        #expect(market.refusal == nil)
        // A market order's limit stays within the book although the band ends far beyond it.
        let bob = market.trader("1000000000")
        bob.buyAtMarket("1")
        #expect(market.trades == ["1 @ 13421772.8"])
    }

    @Test("Limits.maximumQuantityLots", arguments: Implementation.allCases)
    func quantityLots(_ implementation: Implementation) {
        var instrument = widest
        instrument.tickSize = Decimal8(units: 1)
        instrument.lotSize = Decimal8(units: 100_000_000)
        let market = Market(implementation, instrument, index: "0.0001")
        let limit = Limits.maximumQuantityLots
        let (alice, bob) = (market.trader("1000000000"), market.trader("1000000000"))
        alice.sell("\(limit)", at: "0.0001")
        #expect(market.refusal == nil)
        bob.buy("\(limit)", at: "0.0001")
        #expect(bob.position().quantity.lots == limit)
        #expect(bob.position().cost == Money(100_000_000))
        bob.buy("\(limit + 1)", at: "0.0001")
        #expect(market.refusal == .quantityTooLarge)
        market.reconfigure { $0.maximumQuantity = Quantity(lots: limit + 1) }
        #expect(market.refusal == .failedToProcess)
    }

    @Test("Limits.maximumWholeQuantity", arguments: Implementation.allCases)
    func wholeQuantity(_ implementation: Implementation) {
        #expect(Limits.maximumWholeQuantity == 10_000_000_000_000)
        // Lots of 1,000: ten billion of them. An order for all of them is beyond what is read.
        var instrument = widest
        instrument.lotSize = Decimal8(1_000)
        instrument.tickSize = Decimal8(units: 1)
        instrument.maximumQuantity = Quantity(lots: 10_000_000_000)
        let market = Market(implementation, instrument, index: "0.00000001")
        #expect(market.prices()?.oracle == ReferencePrice(units: 1))
        let alice = market.trader("1000000000")
        alice.sell("1000000000000", at: "0.00000001")
        #expect(market.refusal == nil)
        alice.sell("1000000001000", at: "0.00000001")
        #expect(market.refusal == .quantityTooLarge)
        instrument.maximumQuantity = Quantity(lots: 10_000_000_001)
        market.expectRefusal(.configureInstrument(instrument), .failedToProcess)
    }

    @Test("Limits.maximumPositionNotional", arguments: Implementation.allCases)
    func positionNotional(_ implementation: Implementation) {
        let market = Market(implementation, widest, index: "1")
        let alice = market.trader("1000000000")
        alice.buy("100000001", at: "1")
        #expect(market.refusal == .maximumNotional)
        alice.buy("100000000", at: "1")
        #expect(market.refusal == nil)
        market.reconfigure { $0.maximumNotional.units += 1 }
        #expect(market.refusal == .failedToProcess)
    }

    @Test("Limits.maximumDeposit and Limits.maximumCash", arguments: Implementation.allCases)
    func deposits(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("0")
        let hash = market.exchange.stateHash()
        for bad in [Limits.maximumDeposit + Money(units: 1), .zero, Money(units: -1)] {
            market.send(.deposit(Deposit(account: alice.account, amount: bad)))
            #expect(market.events == [.commandRefused(.failedToProcess)])
        }
        for extreme in [Int64.max, Int64.min] {
            let amount = Money(units: extreme)
            market.send(.deposit(Deposit(account: alice.account, amount: amount)))
            #expect(market.events == [.commandRefused(.failedToProcess)])
        }
        #expect(market.exchange.stateHash() == hash)
        for _ in 0..<10 {
            market.send(.deposit(Deposit(account: alice.account, amount: Limits.maximumDeposit)))
            #expect(market.refusal == nil)
        }
        #expect(alice.balance.deposits == Limits.maximumCash)
        alice.deposit("0.00000001")
        #expect(market.refusal == .failedToProcess)
    }

    @Test("Limits.maximumIndexPrice", arguments: Implementation.allCases)
    func indexPrice(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        for bad in [0, -1, Limits.maximumIndexPrice.units + 1, .max, .min] {
            market.send(
                .updateIndexPrice(
                    UpdateIndexPrice(
                        instrument: InstrumentID(0), price: ReferencePrice(units: bad))))
            #expect(market.events == [.commandRefused(.unbelievablePrice)])
        }
        for good in [1, Limits.maximumIndexPrice.units] {
            let fresh = Market(implementation, index: nil)
            fresh.send(
                .updateIndexPrice(
                    UpdateIndexPrice(
                        instrument: InstrumentID(0), price: ReferencePrice(units: good))))
            #expect(fresh.refusal == nil)
        }
        market.send(
            .updateIndexPrice(
                UpdateIndexPrice(instrument: InstrumentID(1), price: ReferencePrice(1))))
        #expect(market.refusal == .failedToProcess)
    }

    @Test(
        "Limits.indexCorridor: a price that could overflow a position's value is refused",
        arguments: Implementation.allCases)
    func indexCorridor(_ implementation: Implementation) {
        // Each is less than half as much again as the one before, and at least half of it.
        for (steps, last, beyond) in [
            (["150", "225", "337.5", "506.25", "759.375"], "900", "900.00000001"),
            (["50", "25", "12.5"], "11.11111112", "11.11111111"),
        ] {
            let market = Market(implementation, index: "100")
            for step in steps {
                market.index(step)
                #expect(market.refusal == nil)
            }
            market.index(beyond)
            #expect(market.events == [.commandRefused(.unbelievablePrice)])
            market.index(last)
            #expect(market.prices()?.oracle == decimal(last))
        }
    }

    @Test("Limits.maximumInstruments", arguments: Implementation.allCases)
    func instruments(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        for place in 1..<Limits.maximumInstruments {
            var instrument = Market.plain
            instrument.symbol = text("S\(place)-USD")
            market.list(instrument, index: nil)
        }
        #expect(market.refusal == nil)
        var beyond = Market.plain
        beyond.symbol = text("BEYOND-USD")
        market.list(beyond, index: nil)
        #expect(market.refusal == .failedToProcess)
    }

    @Test(
        "Only the next id, a free symbol and unchanged grids are taken",
        arguments: Implementation.allCases)
    func configuration(_ implementation: Implementation) {
        let market = Market(implementation)
        let changes: [(inout Instrument) -> Void] = [
            { $0.id = InstrumentID(1) },
            {
                $0.id = InstrumentID(2); $0.symbol = text("A")
            },
            { $0.symbol = text("A") }, { $0.tickSize = Decimal8(1) },
            { $0.lotSize = Decimal8(1) }, { $0.maximumLeverage = 0 },
            {
                $0.id = InstrumentID(.max); $0.symbol = text("A")
            },
        ]
        for change in changes {
            var instrument = Market.plain
            change(&instrument)
            market.send(.configureInstrument(instrument))
            #expect(market.events == [.commandRefused(.failedToProcess)])
        }
        market.reconfigure { $0.maximumLeverage = 3 }
        #expect(market.refusal == nil)
    }

    @Test("An unknown account is refused whatever it asks", arguments: Implementation.allCases)
    func unknownAccount(_ implementation: Implementation) {
        let market = Market(implementation)
        let stranger = Trader(market: market, account: AccountID(0))
        let requests: [() -> Void] = [
            { stranger.deposit("1") }, { stranger.buy("1", at: "100") },
            { stranger.cancel(OrderID(1)) }, { stranger.cancelAll(in: 9) },
            { stranger.modify(OrderID(1), .buy) },
        ]
        for request in requests {
            request()
            #expect(market.events == [.commandRefused(.failedToProcess)])
        }
        #expect(market.exchange.report(.balance(stranger.account)) == .unknownAccount)
        #expect(market.trader().buy("1", at: "100") == OrderID(1))
    }

    @Test(
        "Subaccounts are of masters only, and an identity has one account",
        arguments: Implementation.allCases)
    func accounts(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let desk = market.trader(of: alice)
        func open(_ identity: UInt64, of master: AccountID?) -> [Event] {
            market.send(
                .openAccount(
                    OpenAccount(identity: UniqueID(high: 1, low: identity), master: master)))
        }
        #expect(open(77, of: desk.account) == [.commandRefused(.failedToProcess)])
        #expect(open(77, of: AccountID(2)) == [.commandRefused(.failedToProcess)])
        #expect(
            open(1, of: AccountID(99)) == [
                .accountOpened(
                    AccountOpened(
                        account: desk.account, identity: UniqueID(high: 1, low: 1),
                        user: alice.account, isNew: false))
            ])
    }

    @Test(
        "A request that nobody could pay for is refused and does not overflow",
        arguments: Implementation.allCases)
    func unaffordable(_ implementation: Implementation) {
        // A price without the hard limit would ask for more than money can hold; with it, the most
        // that one order can ask for is ten times the largest position.
        let market = Market(implementation, widest, index: "0.00000001")
        let alice = market.trader()
        alice.sell("1000000000000", at: "1")
        #expect(market.refusal == .priceTooHigh)
        var steep = widest
        steep.tickSize = Decimal8(units: 100_000_000)
        steep.symbol = text("STEEP-USD")
        market.list(steep, index: "1000")
        for _ in 0..<3 {
            alice.sell("100000", at: "10000", in: 1)
            #expect(market.refusal == .insufficientMargin)
        }
    }

    @Test(
        "A price beyond what a reference price can hold is refused and does not overflow",
        arguments: Implementation.allCases)
    func beyondReferencePrices(_ implementation: Implementation) {
        var coarse = widest
        coarse.tickSize = Decimal8(1_000_000)
        let market = Market(implementation, coarse, index: "100000000")
        let alice = market.trader("150000000")
        for price in ["100000000000", "1000000000000", "134217728000000"] {
            alice.sell("1", at: price)
            #expect(market.refusal == .priceTooHigh)
            alice.buy("1", at: price)
            #expect(market.refusal == .priceTooHigh)
        }
        alice.sellAtMarket("1")
        #expect(market.refusal == nil)
        alice.buyAtMarket("1")
        #expect(market.refusal == .insufficientMargin)
    }
}

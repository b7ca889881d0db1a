import ExchangeTesting
import ExchangeTypes
import Testing

/// What is refused before it reaches the book, and with which reason. **Source** `rules.md` §6.
@Suite struct OrderCheckScenarios {
    @Test(
        "R-040: the matrix of order types and times in force",
        arguments: Implementation.allCases)
    func matrix(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        for type in [OrderType.limit, .market, .addLiquidityOnly] {
            for timeInForce in TimeInForce.allCases {
                alice.buy("1", at: "99", timeInForce, type)
                let isAllowed =
                    switch (type, timeInForce) {
                    case (.limit, _), (.market, .immediateOrCancel),
                        (.addLiquidityOnly, .goodTillCancelled):
                        true
                    case (_, _): false
                    }
                #expect(market.refusal == (isAllowed ? nil : .invalidTimeInForce))
            }
        }
    }

    @Test(
        "R-041: prices off the tick and quantities off the lot have reasons of their own",
        arguments: Implementation.allCases)
    func grids(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let samples: [(String, String, RejectReason?)] = [
            ("1", "99.99", nil), ("1", "99.995", .pricePrecision), ("0.999", "100", nil),
            ("1.0005", "100", .quantityPrecision), ("1.0005", "99.995", .quantityPrecision),
            // Noise of a float is no offence; 0.1 + 0.2 is 0.30000000000000004.
            ("0.30000000000000004", "100", nil), ("1", "99.99000000000001", nil),
            ("1", "1e400", .priceTooHigh), ("1", "-1e400", .priceTooLow),
            ("1e400", "100", .quantityTooLarge), ("-1e400", "100", .quantityTooSmall),
        ]
        for (quantity, price, reason) in samples {
            alice.buy(quantity, at: price)
            #expect(market.refusal == reason, "\(quantity) at \(price)")
        }
        // A market order's price is not looked at.
        alice.buy("1", at: "0.0001", .immediateOrCancel, .market)
        #expect(market.refusal == nil)
    }

    @Test(
        "R-042: one lot below the minimum and one above the maximum",
        arguments: Implementation.allCases)
    func quantities(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.minimumQuantity = Quantity(lots: 100)
        instrument.maximumQuantity = Quantity(lots: 5_000)
        let market = Market(implementation, instrument)
        let alice = market.trader()
        let samples: [(String, RejectReason?)] = [
            ("0.099", .quantityTooSmall), ("0.1", nil), ("5", nil), ("5.001", .quantityTooLarge),
            ("0", .quantityTooSmall), ("-1", .quantityTooSmall),
        ]
        for (quantity, reason) in samples {
            alice.buy(quantity, at: "100")
            #expect(market.refusal == reason, "\(quantity)")
        }
    }

    @Test(
        "R-043: an order under 10 USD is refused, except to close",
        arguments: Implementation.allCases)
    func minimumNotional(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.sell("0.099", at: "101")
        #expect(market.refusal == .belowMinimumNotional)
        alice.sell("0.1", at: "100")
        #expect(market.refusal == nil)
        bob.buy("0.1", at: "100")
        #expect(market.trades == ["0.1 @ 100"])
        bob.buy("0.05", at: "100")
        #expect(market.refusal == .belowMinimumNotional)
        bob.sell("0.05", at: "100")
        #expect(market.refusal == nil)
        bob.sell("0.101", at: "99")
        #expect(market.refusal == .belowMinimumNotional)
        // Market orders are counted at the mark.
        alice.buy("5", at: "100")
        market.index("99")
        alice.sellAtMarket("0.101")
        #expect(market.refusal == .belowMinimumNotional)
        alice.sellAtMarket("0.102")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-044: unknown symbols, inactive ones, and those without a price yet",
        arguments: Implementation.allCases)
    func closed(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("1", at: "100")
        #expect(market.refusal == .marketClosed)
        market.index("100")
        let order = alice.buy("1", at: "100")
        #expect(market.refusal == nil)
        bob.buy("1", at: "100", in: 1)
        #expect(market.refusal == .unknownSymbol)
        bob.place(
            PlaceOrder(
                account: bob.account, instrument: .unknown(text("NOPE-USD")), side: .buy,
                type: .limit, timeInForce: .goodTillCancelled, quantity: wire("1"),
                price: wire("100")))
        #expect(market.refusal == .unknownSymbol)

        market.reconfigure { $0.status = .inactive }
        bob.sell("1", at: "100")
        #expect(market.refusal == .marketClosed)
        alice.modify(order, .buy, price: "99")
        #expect(market.refusal == .marketClosed)
        alice.cancel(order)
        #expect(market.cancelled == [order: .requested])
    }

    @Test(
        "R-053: a client order id may come again only when its order is gone",
        arguments: Implementation.allCases)
    func duplicates(_ implementation: Implementation) {
        let market = Market(implementation)
        let other = market.list(SampleInstruments.commodity.instrument, index: "4200")
        let (alice, bob) = (market.trader(), market.trader())
        alice.buy("1", at: "99", name: "mine")
        alice.buy("1", at: "98", name: "mine")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.buy("0.1", at: "4200", name: "mine", in: other.index)
        #expect(market.refusal == .duplicateClientOrderID)
        bob.buy("1", at: "99", name: "mine")
        #expect(market.refusal == nil)
        alice.cancel(.clientOrderID(text("mine")))
        alice.buy("1", at: "98", name: "mine")
        #expect(market.refusal == nil)
        bob.sell("3", at: "98")
        alice.buy("1", at: "97", name: "mine")
        #expect(market.refusal == nil)
    }

    @Test(
        "An order without a client id gets the text of its own id, refused or not",
        arguments: Implementation.allCases)
    func madeNames(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        alice.buy("1", at: "99.995")
        guard case .orderRejected(let rejected)? = market.events.first else {
            Issue.record("not refused")
            return
        }
        let first = OrderIdentifierPermutation.uniqueID(of: OrderID(1)).string
        #expect(rejected.order.clientOrderID.string == first)
        #expect(alice.buy("1", at: "99") == OrderID(2))
        let second = OrderIdentifierPermutation.uniqueID(of: OrderID(2)).string
        #expect(alice.orders.first?.clientOrderID.string == second)
    }

    @Test(
        "R-076, X-22: buys above the band and sells below it are refused, the others pass",
        arguments: Implementation.allCases)
    func band(_ implementation: Implementation) {
        let market = Market(implementation, index: "336.19048495")
        let (alice, bob) = (market.trader(), market.trader())
        let samples: [(Side, String, RejectReason?)] = [
            (.buy, "353.01", .priceTooHigh), (.buy, "353", nil), (.buy, "319.38", nil),
            (.sell, "319.38", .priceTooLow), (.sell, "319.39", nil), (.sell, "353.01", nil),
            // Ten times the index is the hard limit of both sides: 3361.9048495.
            (.sell, "3361.90", nil), (.sell, "3361.91", .priceTooHigh),
            (.buy, "3361.91", .priceTooHigh), (.buy, "0.01", nil), (.buy, "0", .priceTooLow),
            (.sell, "-1", .priceTooLow),
        ]
        for (side, price, reason) in samples {
            switch side {
            case .buy: alice.buy("2000", at: price)
            case .sell: alice.sell("2", at: price)
            }
            #expect(market.refusal == reason, "\(side) at \(price)")
            alice.cancelAll()
        }
        // a market order trades up to the edge, rounded inwards, and not beyond.
        alice.sell("1", at: "353.00")
        alice.sell("1", at: "353.01")
        bob.buyAtMarket("2")
        #expect(market.trades == ["1 @ 353"])
        #expect(market.cancelled.values.first == .unfilledRemainder)
        alice.buy("1", at: "319.38")
        alice.buy("1", at: "319.39")
        bob.sellAtMarket("2")
        #expect(market.trades == ["1 @ 319.39"])
    }

    @Test(
        "R-077: the band is index × (1 ± w) to eight decimals",
        arguments: Implementation.allCases)
    func publishedBand(_ implementation: Implementation) {
        var gold = SampleInstruments.commodity.instrument
        gold.bandWidth = Rate(tenthBasisPoints: 1_650)
        let market = Market(implementation, gold, index: "4192.62100699")
        guard case .pricesChanged(let change)? = market.events.first else {
            Issue.record("no band")
            return
        }
        // The live venue showed 4123.44276038 and 4261.7992536: no index of eight decimals gives both.
        #expect(change.band.minimum == decimal("4123.44276037"))
        #expect(change.band.maximum == decimal("4261.79925361"))
    }

    @Test("R-079: resting orders outside a moved band stay", arguments: Implementation.allCases)
    func movedBand(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.sell("1", at: "100")
        market.index("90")
        #expect(alice.remaining(order) == "1")
        bob.buy("1", at: "100")
        #expect(market.refusal == .priceTooHigh)
        market.index("100")
        bob.buy("1", at: "100")
        #expect(market.trades == ["1 @ 100"])
    }
}

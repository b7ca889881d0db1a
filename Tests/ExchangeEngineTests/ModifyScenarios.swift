import ExchangeTesting
import ExchangeTypes
import Testing

/// Changing and withdrawing what rests. **Source** `rules.md` §6.13.
@Suite struct ModifyScenarios {
    @Test(
        "R-054: another side or type than the order's means no such order",
        arguments: Implementation.allCases)
    func mismatch(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.buy("1", at: "100")
        alice.modify(order, .sell, price: "99")
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        alice.modify(order, .buy, price: "99", type: .addLiquidityOnly)
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        guard case .modifyRejected(let rejected)? = market.events.first else {
            Issue.record("not refused")
            return
        }
        #expect(rejected.order == alice.orders.first)
        bob.modify(order, .buy, price: "99")
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        #expect(
            market.events == [
                .modifyRejected(
                    ModifyRejected(
                        request: ModifyOrder(
                            account: bob.account, instrument: .known(InstrumentID(0)),
                            order: .orderID(order), side: .buy, type: .limit, quantity: nil,
                            price: wire("99")), reason: .cannotModifyNoSuchOrder, order: nil))
            ])
    }

    @Test("R-055: a partly filled order cannot be changed", arguments: Implementation.allCases)
    func partlyFilled(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.buy("2", at: "100")
        bob.sell("1", at: "100")
        alice.modify(order, .buy, quantity: "1")
        #expect(market.refusal == .cannotModifyPartialFill)
        #expect(alice.remaining(order) == "1")
    }

    @Test(
        "R-056: a smaller quantity keeps its place, a larger one and a new price lose it",
        arguments: Implementation.allCases)
    func priority(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        let first = alice.sell("2", at: "100")
        let second = bob.sell("1", at: "100")
        func nextMaker() -> OrderID? {
            carol.buy("0.1", at: "100")
            return market.fills.first?.order.id
        }
        alice.modify(first, .sell, quantity: "1.5")
        #expect(alice.orders.first?.isAmended == true)
        #expect(nextMaker() == first)
        alice.cancelAll()
        let third = alice.sell("1", at: "100")
        bob.cancel(second)
        let fourth = bob.sell("1", at: "100")
        alice.modify(third, .sell, quantity: "1.001")
        #expect(nextMaker() == fourth)
        bob.cancelAll()
        let fifth = bob.sell("1", at: "100")
        alice.modify(third, .sell, price: "99.99")
        alice.modify(third, .sell, price: "100")
        #expect(nextMaker() == fifth)
    }

    @Test(
        "A change of nothing is answered and touches no level",
        arguments: Implementation.allCases)
    func nothing(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let order = alice.buy("1", at: "100")
        alice.modify(order, .buy)
        #expect(market.events.count == 1)
        #expect(alice.orders.first?.isAmended == true)
        alice.modify(order, .buy, quantity: "1", price: "100")
        #expect(market.events.count == 1)
        alice.modify(order, .buy, quantity: "0.9")
        #expect(market.events.count == 2)
    }

    @Test(
        "A new price that reaches the other side trades at once, under the same id",
        arguments: Implementation.allCases)
    func aggressive(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        bob.sell("1", at: "100.5")
        let order = alice.buy("3", at: "100", name: "mine")
        alice.modify(order, .buy, price: "100.5")
        #expect(market.trades == ["1 @ 100.5"])
        #expect(market.fills.last?.order.id == order)
        #expect(market.fills.last?.aggressorSide == .buy)
        #expect(alice.remaining(order) == "2")
        #expect(alice.orders.first?.clientOrderID == text("mine"))
        #expect(alice.orders.first?.price == Price(ticks: 10_050))
    }

    @Test("A change is checked like a new order", arguments: Implementation.allCases)
    func checks(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let order = alice.buy("1", at: "100")
        let samples: [(String?, String?, RejectReason)] = [
            ("1.0005", nil, .quantityPrecision), ("0", nil, .quantityTooSmall),
            ("1e11", nil, .quantityTooLarge), (nil, "99.995", .pricePrecision),
            (nil, "0", .priceTooLow), (nil, "105.01", .priceTooHigh),
            (nil, "9", .belowMinimumNotional), ("0.05", nil, .belowMinimumNotional),
            ("1e6", nil, .maximumNotional),
        ]
        for (quantity, price, reason) in samples {
            alice.modify(order, .buy, quantity: quantity, price: price)
            #expect(market.refusal == reason, "\(quantity ?? "-") at \(price ?? "-")")
            #expect(alice.remaining(order) == "1")
        }
    }

    @Test(
        "R-057: unknown, foreign, closed and misplaced orders cannot be cancelled",
        arguments: Implementation.allCases)
    func cancel(_ implementation: Implementation) {
        let market = Market(implementation)
        market.list(SampleInstruments.commodity.instrument, index: "4200")
        let (alice, bob) = (market.trader(), market.trader())
        let order = alice.buy("1", at: "100", name: "mine")
        bob.cancel(order)
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(OrderID(999))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.clientOrderID(text("other")))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.unrecognised(text("mine")))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.orderID(order), in: 1)
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.orderID(order), in: 2)
        #expect(market.refusal == .unknownSymbol)
        alice.cancel(.clientOrderID(text("mine")))
        #expect(market.cancelled == [order: .requested])
        alice.cancel(order)
        #expect(market.refusal == .noSuchOrder)
    }

    @Test(
        "R-058: all orders are cancelled, or those of one contract, oldest first",
        arguments: Implementation.allCases)
    func cancelAll(_ implementation: Implementation) {
        let market = Market(implementation)
        market.list(SampleInstruments.commodity.instrument, index: "4200")
        let (alice, bob) = (market.trader(), market.trader())
        let first = alice.buy("1", at: "99")
        let second = alice.buy("0.1", at: "4200", in: 1)
        let third = alice.sell("1", at: "101")
        let other = bob.buy("1", at: "99")
        alice.cancelAll(in: 1)
        #expect(market.cancelled == [second: .requested])
        alice.cancelAll()
        let ids = market.events.compactMap { event -> OrderID? in
            guard case .orderCancelled(let order, _) = event else { return nil }
            return order.id
        }
        #expect(ids == [first, third])
        #expect(bob.remaining(other) == "1")
        alice.cancelAll()
        #expect(market.events.isEmpty)
        alice.cancelAll(in: 7)
        #expect(market.refusal == .unknownSymbol)
    }
}

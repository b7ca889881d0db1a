import ExchangeTesting
import ExchangeTypes
import Testing

/// Stop orders as requests: taken, refused, changed, taken out, and held to the position that they
/// close. **Source** `rules.md` §6.9, `protocol.md` §7, ORDERS.md §4.
@Suite struct StopOrderScenarios {
    /// A request for a stop order of somebody who is long 10 at a mark of 100, and the answer.
    struct Request: Sendable {
        var side = Side.sell
        var type = OrderType.stopLoss
        var quantity = "5"
        var trigger = "98"
        let answer: RejectReason?
    }

    static let requests: [Request] = [
        // The contract takes orders from 1 to 5; stop orders only know the lot and the position.
        Request(quantity: "0.001", answer: nil),
        Request(quantity: "10", answer: nil),
        Request(quantity: "0.0005", answer: .quantityPrecision),
        Request(quantity: "0", answer: .quantityTooSmall),
        Request(quantity: "-1", answer: .quantityTooSmall),
        Request(quantity: "-1e30", answer: .quantityTooSmall),
        Request(quantity: "1e30", answer: .quantityTooLarge),
        Request(quantity: "1000000000.001", answer: .quantityTooLarge),
        Request(quantity: "1000000000", answer: .nothingToReduce),
        Request(quantity: "10.001", answer: .nothingToReduce),
        // A trigger knows the tick and what a book can hold, not the band.
        Request(trigger: "98.005", answer: .pricePrecision),
        Request(trigger: "0", answer: .priceTooLow),
        Request(trigger: "-98", answer: .priceTooLow),
        Request(trigger: "0.01", answer: nil),
        Request(type: .takeProfit, trigger: "1e30", answer: .priceTooHigh),
        Request(type: .takeProfit, trigger: "1342177.29", answer: .priceTooHigh),
        Request(type: .takeProfit, trigger: "1342177.28", answer: nil),
        // It lies beyond the mark, which it has not reached.
        Request(trigger: "99.99", answer: nil),
        Request(trigger: "100", answer: .invalidStopLossPrice),
        Request(type: .takeProfit, trigger: "100.01", answer: nil),
        Request(type: .takeProfit, trigger: "100", answer: .invalidTakeProfitPrice),
        // A long is not closed by buying; a buy's trigger is looked at all the same, and first.
        Request(side: .buy, trigger: "100.01", answer: .nothingToReduce),
        Request(side: .buy, trigger: "100", answer: .invalidStopLossPrice),
        Request(side: .buy, type: .takeProfit, trigger: "99.99", answer: .nothingToReduce),
        Request(side: .buy, type: .takeProfit, trigger: "100", answer: .invalidTakeProfitPrice),
        // Of several faults the first in the order of checks is told.
        Request(quantity: "0.0005", trigger: "98.005", answer: .quantityPrecision),
        Request(quantity: "11", trigger: "98.005", answer: .pricePrecision),
        Request(quantity: "11", trigger: "101", answer: .invalidStopLossPrice),
    ]

    @Test(
        "A trigger or a leg on a coarse grid, beyond any price, is refused and does not overflow",
        arguments: Implementation.withOrders)
    func coarseGrid(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.tickSize = Decimal8(1_000_000)
        let market = Market(implementation, instrument, index: "50000000")
        let alice = market.trader()
        // On the grid and within a book, but more than 64 bits hold in units of 1e-8.
        let beyond = "500000000000"
        for type in [OrderType.takeProfit, .stopLoss] {
            alice.sell("1", at: beyond, .goodTillCancelled, type)
            #expect(market.refusal == .priceTooHigh)
        }
        alice.place(
            PlaceOrder(
                account: alice.account, instrument: .known(InstrumentID(0)), side: .buy,
                type: .limit, timeInForce: .goodTillCancelled, quantity: wire("0.001"),
                price: wire("50000000"), takeProfit: wire(beyond)))
        #expect(market.refusal == .invalidTakeProfitPrice)
    }

    @Test(
        "P-140, P-147, R-062: lot, tick, side of the mark and position are checked, in this order",
        arguments: Implementation.withOrders)
    func checks(_ implementation: Implementation) {
        for request in Self.requests {
            var instrument = Market.plain
            instrument.minimumQuantity = Quantity(lots: 1_000)
            instrument.maximumQuantity = Quantity(lots: 5_000)
            let market = Market(implementation, instrument)
            let (alice, bob) = (market.trader(), market.trader())
            for _ in 1...2 { alice.take(.buy, "5", from: bob) }
            alice.stop(request.side, request.type, request.quantity, at: request.trigger)
            #expect(market.refusal == request.answer, "\(request)")
            #expect(alice.stops.count == (request.answer == nil ? 1 : 0))
        }
    }

    @Test(
        "P-140: the answer is an open order with its type, its time in force as sent, its trigger",
        arguments: Implementation.withOrders)
    func accepts(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        for timeInForce in [TimeInForce.goodTillCancelled, .immediateOrCancel, .fillOrKill] {
            let id = alice.stop(.sell, .stopLoss, "4", at: "98", timeInForce, name: "guard")
            #expect(market.story == ["accept #\(id.value) sell stopLoss 4 @ 98"])
            let order = market.accepted.first
            #expect(order?.timeInForce == timeInForce)
            #expect(order?.isReduceOnly == true)
            #expect(order?.isAmended == false)
            #expect(order?.clientOrderID == text("guard"))
            #expect(!market.hasMovedBook)
            #expect(alice.orders == market.accepted)
            alice.cancelStop(.orderID(id))
        }
    }

    @Test(
        "P-140: symbol, market, account and user are looked at before the order",
        arguments: Implementation.withOrders)
    func firstChecks(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("101"), market.trader())
        alice.take(.buy, "10", from: bob)
        alice.stop(.sell, .stopLoss, "0", at: "98", in: 7)
        #expect(market.refusal == .unknownSymbol)
        alice.setStatus(isIdentityCheckMissing: true, areTermsMissing: true)
        alice.stop(.sell, .stopLoss, "0", at: "98")
        #expect(market.refusal == .identityCheckRequired)
        alice.setStatus(areTermsMissing: true)
        alice.stop(.sell, .stopLoss, "0", at: "98")
        #expect(market.refusal == .termsRequired)
        // 10 × 96 needs 64 for maintenance; 101 less 40 is 61.
        market.index("96")
        alice.stop(.sell, .stopLoss, "0", at: "98")
        #expect(market.refusal == .inLiquidation)
        market.reconfigure { $0.status = .inactive }
        alice.stop(.sell, .stopLoss, "0", at: "98")
        #expect(market.refusal == .marketClosed)
    }

    @Test(
        "P-141, R-023: stop orders are listed with the other orders and hold no margin",
        arguments: Implementation.withOrders)
    func listed(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("100"), market.trader())
        alice.take(.buy, "10", from: bob)
        #expect(alice.available == "0")
        let first = alice.stop(.sell, .stopLoss, "10", at: "98")
        let resting = alice.sell("10", at: "103")
        let second = alice.stop(.sell, .takeProfit, "10", at: "102")
        #expect(alice.orders.map(\.id) == [second, resting, first])
        #expect(alice.available == "0")
        #expect(market.exchange.report(.order(alice.account, .orderID(first))) != .order(nil))
        #expect(market.exchange.report(.order(bob.account, .orderID(first))) == .order(nil))
    }

    @Test(
        "R-083: stop orders, sliced orders and resting orders count together against the cap",
        arguments: Implementation.withOrders)
    func cap(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.maximumOpenOrders = 3 }
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let stop = alice.stop(.sell, .stopLoss, "1", at: "98", name: "stop")
        alice.buy("1", at: "96", name: "resting")
        let twap = alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000)
        #expect(market.refusal == nil)
        alice.stop(.sell, .stopLoss, "1", at: "98")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.buy("1", at: "96")
        #expect(market.refusal == .tooManyOpenOrders)
        alice.twap(.buy, "2", in: 2)
        #expect(market.refusal == .tooManyOpenOrders)
        // The name is looked at first; what cannot rest does not count.
        alice.stop(.sell, .stopLoss, "1", at: "98", name: "resting")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.buy("1", at: "96", .immediateOrCancel)
        #expect(market.refusal == nil)
        alice.cancelStop(.orderID(stop))
        alice.stop(.sell, .stopLoss, "1", at: "98")
        #expect(market.refusal == nil)
        alice.cancel(twap: .twapID(twap))
        alice.buy("1", at: "96")
        #expect(market.refusal == nil)
    }

    @Test(
        "R-053: a name is of one live order, be it in the book or not",
        arguments: Implementation.withOrders)
    func names(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        alice.stop(.sell, .stopLoss, "1", at: "98", name: "a")
        alice.buy("1", at: "96", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        alice.stop(.sell, .takeProfit, "1", at: "102", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
        // A position too small is told before a name too many.
        alice.stop(.sell, .takeProfit, "11", at: "102", name: "a")
        #expect(market.refusal == .nothingToReduce)
        market.index("98")
        #expect(alice.stops.isEmpty)
        alice.buy("1", at: "96", name: "a")
        #expect(market.refusal == nil)
        alice.stop(.sell, .takeProfit, "1", at: "102", name: "a")
        #expect(market.refusal == .duplicateClientOrderID)
    }

    // MARK: Changing

    @Test(
        "P-143: trigger and quantity change, and with them the price that carries it out",
        arguments: Implementation.withOrders)
    func modifies(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let id = alice.stop(.sell, .stopLoss, "4", at: "98", .immediateOrCancel, name: "guard")
        let before = market.accepted.first
        alice.modifyStop(.orderID(id), "6", at: "97")
        #expect(market.story == ["amend #\(id.value) sell stopLoss 6 @ 97"])
        let after = market.amended.first
        #expect(after?.isAmended == true)
        #expect(after?.clientOrderID == before?.clientOrderID)
        #expect(after?.timeInForce == .immediateOrCancel)
        #expect(after?.updatedAt == Timestamp(nanoseconds: market.time))
        #expect(alice.stops == market.amended)
        alice.modifyStop(
            .clientOrderID(text("guard")), "7", at: "97.5", side: .sell, type: .stopLoss)
        #expect(market.story == ["amend #\(id.value) sell stopLoss 7 @ 97.5"])
        carol.buy("20", at: "95")
        market.index("97.51")
        #expect(market.trades.isEmpty)
        market.index("97.5")
        #expect(market.trades == ["7 @ 95"])
    }

    @Test(
        "P-143: an unknown stop order, or one that is not what the request says, stays as it is",
        arguments: Implementation.withOrders)
    func modifiesNothing(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        alice.take(.buy, "10", from: bob)
        let id = alice.stop(.sell, .stopLoss, "4", at: "98")
        let resting = alice.sell("1", at: "101")
        let before = alice.orders
        func expectRefusal(_ reason: RejectReason, _ order: OrderState?, _ line: Int = #line) {
            #expect(market.story == ["stop refused \(reason)"], "line \(line)")
            guard case .stopRequestRejected(let rejected)? = market.events.first else { return }
            #expect(rejected.order == order, "line \(line)")
        }
        alice.modifyStop(.orderID(OrderID(99)), "5", at: "97")
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        alice.modifyStop(.unrecognised(text("x")), "5", at: "97")
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        alice.modifyStop(.orderID(resting), "5", at: "97")
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        bob.modifyStop(.orderID(id), "5", at: "97")
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        alice.modifyStop(.orderID(id), "5", at: "97", in: 1)
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        alice.modifyStop(.orderID(id), "5", at: "97", in: 7)
        expectRefusal(.cannotModifyNoSuchOrder, nil)
        alice.modifyStop(.orderID(id), "5", at: "97", side: .buy)
        #expect(market.story == ["stop refused cannotModifyNoSuchOrder"])
        alice.modifyStop(.orderID(id), "5", at: "97", type: .takeProfit)
        #expect(market.story == ["stop refused cannotModifyNoSuchOrder"])
        let stop = before.last
        alice.modifyStop(.orderID(id), "0.0005", at: "97.005")
        expectRefusal(.quantityPrecision, stop)
        alice.modifyStop(.orderID(id), "11", at: "97.005")
        expectRefusal(.pricePrecision, stop)
        alice.modifyStop(.orderID(id), "11", at: "100")
        expectRefusal(.invalidStopLossPrice, stop)
        alice.modifyStop(.orderID(id), "10.001", at: "97")
        expectRefusal(.nothingToReduce, stop)
        // It is no order of the book either.
        alice.modify(id, .sell, quantity: "3", type: .stopLoss)
        #expect(market.refusal == .cannotModifyNoSuchOrder)
        #expect(alice.orders == before)
    }

    @Test(
        "P-143: a change with the wrong side or type is refused with the order that it means",
        arguments: Implementation.withOrders)
    func modifyNamesTheOrder(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let id = alice.stop(.sell, .stopLoss, "4", at: "98")
        for (side, type) in [(Side.buy, OrderType.stopLoss), (.sell, .takeProfit)] {
            alice.modifyStop(.orderID(id), "5", at: "97", side: side, type: type)
            guard case .stopRequestRejected(let rejected)? = market.events.first else {
                Issue.record("not refused")
                continue
            }
            #expect(rejected.reason == .cannotModifyNoSuchOrder)
            #expect(rejected.order == alice.stops.first)
        }
    }

    // MARK: Taking out

    @Test(
        "P-144: a stop order is cancelled by either id, and only once",
        arguments: Implementation.withOrders)
    func cancels(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let first = alice.stop(.sell, .stopLoss, "4", at: "98", name: "first")
        let second = alice.stop(.sell, .stopLoss, "4", at: "98", name: "second")
        let resting = alice.sell("1", at: "101")
        bob.cancelStop(.orderID(first))
        #expect(market.story == ["stop refused noSuchOrder"])
        alice.cancelStop(.orderID(resting))
        #expect(market.story == ["stop refused noSuchOrder"])
        alice.cancelStop(.orderID(first))
        #expect(market.story == ["cancel #\(first.value) 4 requested"])
        #expect(!market.hasMovedBook)
        alice.cancelStop(.orderID(first))
        #expect(market.story == ["stop refused noSuchOrder"])
        alice.cancelStop(.clientOrderID(text("first")))
        #expect(market.story == ["stop refused noSuchOrder"])
        alice.cancelStop(.clientOrderID(text("second")))
        #expect(market.story == ["cancel #\(second.value) 4 requested"])
    }

    @Test(
        "P-144: a plain cancel finds stop orders too, in the contract that it names",
        arguments: Implementation.withOrders)
    func plainCancel(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        alice.take(.buy, "10", from: bob)
        let first = alice.stop(.sell, .stopLoss, "4", at: "98", name: "first")
        let second = alice.stop(.sell, .stopLoss, "4", at: "98", name: "second")
        alice.cancel(.orderID(first), in: 1)
        #expect(market.refusal == .noSuchOrder)
        bob.cancel(.orderID(first))
        #expect(market.refusal == .noSuchOrder)
        alice.cancel(.orderID(first))
        #expect(market.story == ["cancel #\(first.value) 4 requested"])
        alice.cancel(.clientOrderID(text("second")))
        #expect(market.story == ["cancel #\(second.value) 4 requested"])
    }

    @Test(
        "P-126, P-127: cancelling all takes resting orders, stop orders and sliced orders, by id",
        arguments: Implementation.withOrders)
    func cancelAll(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        var other = Market.plain
        other.symbol = text("AAPL-USD")
        market.list(other, index: "100")
        alice.take(.buy, "10", from: bob)
        alice.take(.buy, "10", from: bob, in: 1)
        let stop = alice.stop(.sell, .stopLoss, "4", at: "98")
        let resting = alice.sell("1", at: "101")
        let otherStop = alice.stop(.sell, .stopLoss, "3", at: "98", in: 1)
        let later = alice.buy("2", at: "96")
        let second = alice.stop(.sell, .takeProfit, "5", at: "102")
        let twap = alice.twap(.buy, "2", in: 2, startsAt: 50_000_000_000)
        let otherTWAP = alice.twap(.buy, "2", in: 2, startsAt: 40_000_000_000, of: 1)
        alice.cancelAll(in: 0)
        #expect(
            market.story == [
                "cancel #\(resting.value) 1 requested", "cancel #\(later.value) 2 requested",
                "cancel #\(stop.value) 4 requested", "cancel #\(second.value) 5 requested",
                "twap \(twap.value) cancelled 0",
            ])
        alice.cancelAll()
        #expect(
            market.story == [
                "cancel #\(otherStop.value) 3 requested",
                "twap \(otherTWAP.value) cancelled 0",
            ])
        market.index("97")
        #expect(market.story.isEmpty)
    }

    // MARK: Following the position

    @Test(
        "R-062: as the position shrinks stop orders shrink with it, oldest first",
        arguments: Implementation.withOrders)
    func follows(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let ten = alice.stop(.sell, .stopLoss, "10", at: "98")
        let four = alice.stop(.sell, .takeProfit, "4", at: "102")
        let six = alice.stop(.sell, .takeProfit, "6", at: "103")
        bob.buy("20", at: "100")
        alice.sell("5", at: "100")
        #expect(
            market.story.suffix(3) == [
                "trade 5 @ 100", "amend #\(ten.value) sell stopLoss 5 @ 98",
                "amend #\(six.value) sell takeProfit 5 @ 103",
            ])
        #expect(market.amended.allSatisfy { !$0.isAmended })
        #expect(
            market.amended.allSatisfy { $0.updatedAt == Timestamp(nanoseconds: market.time) })
        alice.sell("5", at: "100")
        #expect(
            market.story.suffix(3) == [
                "cancel #\(ten.value) 5 nothingToReduce",
                "cancel #\(four.value) 4 nothingToReduce",
                "cancel #\(six.value) 5 nothingToReduce",
            ])
    }

    @Test(
        "R-062: a changed stop order that shrinks stays a changed one; a larger position grows none",
        arguments: Implementation.withOrders)
    func staysAmended(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let id = alice.stop(.sell, .stopLoss, "10", at: "98")
        alice.modifyStop(.orderID(id), "10", at: "97")
        bob.buy("20", at: "100")
        alice.sell("3", at: "100")
        #expect(market.amended.map(\.isAmended) == [true])
        bob.cancelAll()
        alice.take(.buy, "10", from: bob)
        #expect(alice.holding == "17")
        #expect(alice.remaining(id) == "7")
    }

    @Test(
        "R-062: a position that flips takes its stop orders with it",
        arguments: Implementation.withOrders)
    func flips(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let id = alice.stop(.sell, .stopLoss, "3", at: "98")
        alice.take(.sell, "15", from: bob)
        #expect(market.story.suffix(1) == ["cancel #\(id.value) 3 nothingToReduce"])
        #expect(alice.holding == "-5")
    }
}

import ExchangeTypes
import Testing

@testable import SandboxMarket

/// The momentum trader alone, with the exchange's answers made by hand.
@Suite struct MomentumTraderTests {
    private let listed = SandboxInstruments.table[0]
    private let account = AccountID(5)
    private var trader = MomentumTrader(random: SplitMix64(seed: 3))
    private var price: Int64

    init() { price = listed.referencePrice.units }

    private var context: TradingContext {
        let price = ReferencePrice(units: price)
        return TradingContext(
            account: account, instrument: listed.instrument, session: .open, price: price,
            band: listed.instrument.band(around: price, in: .open))
    }

    private mutating func hold(_ lots: Int64) {
        trader.observe(
            .positionChanged(
                PositionChanged(
                    account: account, instrument: listed.instrument.id,
                    quantity: SignedQuantity(lots: lots), cost: .zero, realisedPnL: .zero)))
    }

    /// Some ticks with a price that changes by so many units of 1e-6 in each; every order is filled at
    /// once.
    private mutating func run(_ ticks: Int, step: Int64 = 0) -> [PlaceOrder] {
        var orders: [PlaceOrder] = []
        for _ in 0..<ticks {
            price += price / 1_000_000 * step
            guard case .placeOrder(let order) = trader.command(context) else { continue }
            orders.append(order)
            fill(order)
        }
        return orders
    }

    private func lots(_ order: PlaceOrder) -> Int64 {
        order.quantity.wholeMultiples(of: listed.instrument.lotSize) ?? 0
    }

    private mutating func fill(_ order: PlaceOrder) {
        let change = SignedQuantity(Quantity(lots: lots(order)), order.side)
        hold(trader.holding.position.lots + change.lots)
        trader.observe(.orderCancelled(state(order), .requested))
    }

    private func state(_ order: PlaceOrder) -> OrderState {
        OrderState(
            id: OrderID(1), account: account, instrument: listed.instrument.id, side: order.side,
            type: order.type, timeInForce: order.timeInForce, isAmended: false, price: .zero,
            quantity: Quantity(lots: 1), remaining: Quantity(lots: 1), updatedAt: .zero,
            clientOrderID: order.clientOrderID)
    }

    private var value: Money { context.value(of: trader.holding.position) }

    @Test mutating func aPriceThatStandsIsNothingToFollow() {
        #expect(run(4_000) == [])
    }

    @Test(arguments: [(Int64(40), Side.buy), (-40, .sell)])
    mutating func itFollowsATrendUpToItsLimitAndUnwindsAfterIt(step: Int64, side: Side) {
        let entries = run(700, step: step)
        let limit = MomentumTrader.positionLimit
        let most = max(value, -value)
        #expect(entries.allSatisfy { $0.side == side && $0.type == .market })
        #expect(entries.allSatisfy { $0.timeInForce == .immediateOrCancel && !$0.isReduceOnly })
        #expect(entries.count > 10)
        #expect(most >= limit && most < limit + MomentumTrader.largestOrder + Money(30))

        // The averages need a while to see that it is over.
        let exits = run(4_000)
        #expect(exits.allSatisfy { $0.side == ($0.isReduceOnly ? side.opposite : side) })
        #expect(trader.holding.position == .zero)
    }

    @Test mutating func aTrendThatTurnsIsFollowedTheOtherWay() {
        _ = run(1_000, step: 40)
        #expect(value > Money(20_000))
        _ = run(2_000, step: -40)
        #expect(value < Money(-20_000))
    }

    /// The price made the position larger than it may be: what is too much goes, trend or no trend.
    @Test mutating func aPositionBeyondItsLimitIsReduced() {
        _ = run(1_000, step: 40)
        hold(trader.holding.position.lots * 2)
        let exits = run(400, step: 40)
        #expect(exits.first?.side == .sell && exits.first?.isReduceOnly == true)
        #expect(value < Money(37_000))
    }

    @Test mutating func nothingIsSentWhileAnOrderIsUnanswered() {
        var sent: [PlaceOrder] = []
        for _ in 0..<1_000 {
            price += price / 1_000_000 * 40
            guard case .placeOrder(let order) = trader.command(context) else { continue }
            sent.append(order)
        }
        #expect(sent.count == 1)
        trader.forgetOrders()
        #expect(run(200, step: 40).count > 1)
    }

    /// A rest that is smaller than the smallest order cannot be sold; it is never left over, and where it
    /// is all the same, it counts for nothing.
    @Test mutating func noRestIsLeftThatNobodyCanTrade() {
        let least = listed.instrument.minimumQuantity.lots
        hold(least + least / 2)
        #expect(run(200).map(lots) == [least + least / 2])
        hold(-least / 2)
        #expect(run(400) == [])
        #expect(run(1_000, step: 40).allSatisfy { $0.side == .buy })
        #expect(value > Money(20_000))
    }
}

import ExchangeTypes
import Testing

@testable import SandboxMarket

/// The maker alone, with the exchange's answers made by hand.
@Suite struct MarketMakerTests {
    let listed = SandboxInstruments.table[0]
    let account = AccountID(5)
    var maker = MarketMaker(random: SplitMix64(seed: 3))
    var names = ClientOrderNames(run: SequenceNumber(17))

    private func context(_ price: ReferencePrice? = nil) -> TradingContext {
        Self.context(listed, price: price ?? listed.referencePrice)
    }

    private static func context(
        _ listed: SandboxInstrument, in session: MarketSession = .open, price: ReferencePrice
    ) -> TradingContext {
        TradingContext(
            account: AccountID(5), instrument: listed.instrument, session: session, price: price,
            band: listed.instrument.band(around: price, in: session))
    }

    private func moved(percent: Int64) -> TradingContext {
        let units = listed.referencePrice.units
        return context(ReferencePrice(units: units + units * percent / 100))
    }

    /// The order that a command asks for, as the exchange would accept it.
    private func state(_ place: PlaceOrder) throws -> OrderState {
        let instrument = listed.instrument
        guard case .multiple(let lots) = place.quantity.multiple(of: instrument.lotSize),
            case .multiple(let ticks) = place.price.multiple(of: instrument.tickSize)
        else { throw OffGrid() }
        return OrderState(
            id: OrderID(1), account: account, instrument: instrument.id, side: place.side,
            type: place.type, timeInForce: place.timeInForce, isAmended: false,
            price: Price(ticks: ticks), quantity: Quantity(lots: lots),
            remaining: Quantity(lots: lots), updatedAt: .zero, clientOrderID: place.clientOrderID)
    }

    private struct OffGrid: Error {}

    private func places(_ commands: [Command]) -> [PlaceOrder] {
        commands.compactMap { command in
            guard case .placeOrder(let place) = command else { return nil }
            return place
        }
    }

    /// Quotes once and accepts everything; gives the orders.
    private mutating func quote() throws -> [OrderState] {
        let states = try places(maker.commands(context(), names: &names)).map(state)
        for state in states { maker.observe(.orderAccepted(state)) }
        return states
    }

    private func filled(_ state: OrderState, leaving lots: Int64) -> Event {
        var after = state
        after.remaining = Quantity(lots: lots)
        return .orderFilled(
            Fill(
                trade: TradeID(1), order: after, price: listed.instrument.reference(state.price),
                quantity: state.remaining - after.remaining, aggressorSide: state.side.opposite,
                fee: .zero, realisedPnL: .zero, executionType: .normal))
    }

    private mutating func hold(_ lots: Int64) {
        maker.observe(
            .positionChanged(
                PositionChanged(
                    account: account, instrument: listed.instrument.id,
                    quantity: SignedQuantity(lots: lots), cost: .zero, realisedPnL: .zero)))
    }

    @Test mutating func bothSidesHaveAllLevelsAtDistinctPricesAroundTheIndex() throws {
        let orders = try quote()
        let index = listed.instrument.priceDown(listed.referencePrice)
        let bids = orders.filter { $0.side == .buy }.map(\.price)
        let asks = orders.filter { $0.side == .sell }.map(\.price)
        #expect(Set(bids).count == QuoteLadder.levelCount)
        #expect(Set(asks).count == QuoteLadder.levelCount)
        #expect(bids.allSatisfy { $0 <= index } && asks.allSatisfy { $0 > index })
        #expect(Set(orders.map(\.clientOrderID)).count == orders.count)
    }

    @Test mutating func nothingIsSentWhilePricesStand() throws {
        _ = try quote()
        for _ in 0..<10 { #expect(maker.commands(context(), names: &names).isEmpty) }
    }

    @Test mutating func unansweredOrdersAreLeftAlone() {
        #expect(!maker.commands(context(), names: &names).isEmpty)
        #expect(maker.commands(moved(percent: 1), names: &names).isEmpty)
    }

    @Test mutating func aSmallMoveMovesOnlyTheOrdersNearTheTouch() throws {
        _ = try quote()
        // 1.2 basis points: more than half the half spread, less than the deep levels tolerate.
        let units = listed.referencePrice.units
        let near = context(ReferencePrice(units: units + units * 12 / 100_000))
        let moves = maker.commands(near, names: &names)
        #expect(!moves.isEmpty && moves.count < QuoteLadder.levelCount)
    }

    @Test(arguments: [Int64(1), -1])
    mutating func aBigMoveTakesTheRetreatingSideFirst(percent: Int64) throws {
        _ = try quote()
        let moves = maker.commands(moved(percent: percent), names: &names)
        let sides = moves.compactMap { command -> Side? in
            guard case .modifyOrder(let modify) = command else { return nil }
            return modify.side
        }
        let first: Side = percent > 0 ? .sell : .buy
        #expect(sides.count == 2 * QuoteLadder.levelCount)
        #expect(sides.prefix(QuoteLadder.levelCount).allSatisfy { $0 == first })
        #expect(sides.suffix(QuoteLadder.levelCount).allSatisfy { $0 == first.opposite })
    }

    /// However little wider: what is near enough to a ladder that stands is not to one that changed.
    @Test mutating func aWiderLadderMovesEveryOrder() throws {
        let orders = try quote()
        var wider = context()
        wider.spread = Rate(percent: 130)
        let moves = maker.commands(wider, names: &names)
        #expect(moves.count == 2 * QuoteLadder.levelCount)
        for case .modifyOrder(let modify) in moves {
            var state = try #require(
                orders.first { modify.order == .clientOrderID($0.clientOrderID) })
            guard case .multiple(let ticks) = modify.price?.multiple(of: listed.instrument.tickSize)
            else { throw OffGrid() }
            state.price = Price(ticks: ticks)
            #expect(
                modify.side == .buy ? ticks < price(orders, state) : ticks > price(orders, state))
            maker.observe(.orderAmended(state))
        }
        for _ in 0..<10 { #expect(maker.commands(wider, names: &names).isEmpty) }
    }

    private func price(_ orders: [OrderState], _ state: OrderState) -> Int64 {
        orders.first { $0.clientOrderID == state.clientOrderID }?.price.ticks ?? 0
    }

    @Test mutating func aFilledOrderIsReplacedUnderANewName() throws {
        let orders = try quote()
        maker.observe(filled(orders[0], leaving: 0))
        let replacements = places(maker.commands(context(), names: &names))
        #expect(replacements.count == 1)
        #expect(replacements[0].side == orders[0].side)
        #expect(!orders.map(\.clientOrderID).contains(replacements[0].clientOrderID))
    }

    @Test mutating func aNibbledOrderStaysAndAWornOneIsReplaced() throws {
        let orders = try quote()
        let whole = orders[0].quantity.lots
        maker.observe(filled(orders[0], leaving: whole - 1))
        #expect(maker.commands(context(), names: &names).isEmpty)
        maker.observe(filled(orders[0], leaving: whole / 3))
        let commands = maker.commands(context(), names: &names)
        let cancel = Command.cancelOrder(
            CancelOrder(
                account: account, instrument: .known(listed.instrument.id),
                order: .clientOrderID(orders[0].clientOrderID)))
        #expect(commands.count == 2 && commands.first == cancel)
        #expect(places(commands).count == 1)
    }

    @Test mutating func aNibbledOrderThatMustMoveIsReplacedNotModified() throws {
        let orders = try quote()
        maker.observe(filled(orders[0], leaving: orders[0].quantity.lots - 1))
        let commands = maker.commands(moved(percent: 1), names: &names)
        let modified = commands.compactMap { command -> OrderReference? in
            guard case .modifyOrder(let modify) = command else { return nil }
            return modify.order
        }
        #expect(modified.count == 2 * QuoteLadder.levelCount - 1)
        #expect(!modified.contains(.clientOrderID(orders[0].clientOrderID)))
        #expect(places(commands).count == 1)
    }

    @Test mutating func aRefusedModificationIsTriedAnotherWay() throws {
        let orders = try quote()
        let commands = maker.commands(moved(percent: 1), names: &names)
        for case .modifyOrder(let modify) in commands {
            var state = orders[0]
            guard modify.order == .clientOrderID(state.clientOrderID) else { continue }
            state.remaining = Quantity(lots: state.quantity.lots - 1)
            maker.observe(
                .modifyRejected(
                    ModifyRejected(
                        request: modify, reason: .cannotModifyPartialFill, order: state)))
        }
        let next = maker.commands(moved(percent: 1), names: &names)
        #expect(next.count == 2 && places(next).count == 1)
    }

    @Test mutating func aLongMakerQuotesLowerAndAShortOneHigher() throws {
        let flat = try places(maker.commands(context(), names: &names)).map(state)
        func best(_ position: Int64) throws -> (bid: Int64, ask: Int64) {
            var other = MarketMakerTests()
            other.hold(position)
            let states = try other.quote()
            let bids = states.filter { $0.side == .buy }.map(\.price.ticks)
            let asks = states.filter { $0.side == .sell }.map(\.price.ticks)
            return (bids.max() ?? 0, asks.min() ?? 0)
        }
        let bid = flat.filter { $0.side == .buy }.map(\.price.ticks).max() ?? 0
        let ask = flat.filter { $0.side == .sell }.map(\.price.ticks).min() ?? 0
        // About 900,000 USDC of the million it may hold.
        let (longBid, longAsk) = try best(3_900_000)
        let (shortBid, shortAsk) = try best(-3_900_000)
        #expect(longBid < bid && longAsk < ask)
        #expect(shortBid > bid && shortAsk > ask)
    }

    @Test(arguments: [Side.buy, .sell])
    mutating func atItsPositionLimitItQuotesOnlyTheWayBack(held: Side) throws {
        _ = try quote()
        hold(held == .buy ? 4_400_000 : -4_400_000)
        let commands = maker.commands(context(), names: &names)
        let cancels = commands.filter { command in
            if case .cancelOrder = command { true } else { false }
        }
        #expect(cancels.count == QuoteLadder.levelCount)
        for case .modifyOrder(let modify) in commands { #expect(modify.side == held.opposite) }
        #expect(places(commands).isEmpty)
    }

    @Test(arguments: SandboxInstruments.table)
    func everyQuoteIsWithinTheBandAndWorthItsWhile(listed: SandboxInstrument) throws {
        var other = MarketMaker(random: SplitMix64(seed: 8))
        var names = ClientOrderNames(run: SequenceNumber(0))
        let instrument = listed.instrument
        let band = instrument.band(around: listed.referencePrice, in: .open)
        let context = Self.context(listed, price: listed.referencePrice)
        var total: [Side: Money] = [.buy: .zero, .sell: .zero]
        for place in places(other.commands(context, names: &names)) {
            guard case .multiple(let ticks) = place.price.multiple(of: instrument.tickSize),
                case .multiple(let lots) = place.quantity.multiple(of: instrument.lotSize)
            else { throw OffGrid() }
            let price = instrument.reference(Price(ticks: ticks))
            #expect(price >= band.minimum && price <= band.maximum)
            #expect(Quantity(lots: lots) >= instrument.minimumQuantity)
            let value = instrument.notional(Price(ticks: ticks), Quantity(lots: lots)).money
            #expect(value >= Money(1_900))
            total[place.side, default: .zero] += value
        }
        for value in total.values { #expect(value > Money(50_000) && value < Money(400_000)) }
    }

    @Test mutating func quotesStayWithinTheBandThatTheExchangeSaid() throws {
        // the exchange's band, not one of the maker's own making.
        let price = listed.referencePrice
        var narrow = context()
        narrow.band = PriceBand(
            minimum: ReferencePrice(units: price.units - price.units / 1_000),
            maximum: ReferencePrice(units: price.units - price.units / 5_000))
        let orders = try places(maker.commands(narrow, names: &names)).map(state)
        #expect(orders.count == 2 * QuoteLadder.levelCount)
        for order in orders {
            let price = listed.instrument.reference(order.price)
            switch order.side {
            case .buy: #expect(price <= narrow.band.maximum)
            case .sell: #expect(price >= narrow.band.minimum)
            }
        }
        // The best bid would have been above the maximum.
        let bids = orders.filter { $0.side == .buy }.map(\.price)
        #expect(bids.max() == listed.instrument.priceDown(narrow.band.maximum))
    }

    /// a position and a whole side of orders are together within the limit of every session.
    @Test(arguments: SandboxInstruments.table, MarketSession.allCases)
    func positionsLeaveRoomForOrders(listed: SandboxInstrument, session: MarketSession) {
        let limit = MarketMaker.positionLimit(listed.instrument, in: session)
        let most = listed.instrument.maximumNotional(in: session).money
        #expect(limit >= Money(50_000))
        #expect(limit + QuotingRound.largestSide <= most)
        let isLarge = most >= Money(500_000)
        #expect(!isLarge || limit == Money(units: most.units / 5 * 2))
    }

    @Test mutating func aContractWithoutAnyLimitIsNotQuoted() {
        var instrument = listed.instrument
        instrument.risk.weekendShare = .zero
        let context = Self.context(
            SandboxInstrument(instrument: instrument, referencePrice: listed.referencePrice),
            in: .weekend, price: listed.referencePrice)
        #expect(maker.commands(context, names: &names).isEmpty)
    }

    @Test mutating func atTheWeekendATenthIsEnough() throws {
        // 300,000 USDC is little on weekdays and too much at the weekend.
        let lots = Int64(300_000 * 1_000 / 230)
        _ = try quote()
        hold(lots)
        #expect(maker.commands(context(), names: &names).allSatisfy { !isCancel($0) })
        for order in try places(maker.commands(context(), names: &names)).map(state) {
            maker.observe(.orderAccepted(order))
        }
        let weekend = Self.context(listed, in: .weekend, price: listed.referencePrice)
        let cancels = maker.commands(weekend, names: &names).filter(isCancel)
        #expect(cancels.count == QuoteLadder.levelCount)
    }

    private func isCancel(_ command: Command) -> Bool {
        if case .cancelOrder = command { true } else { false }
    }
}

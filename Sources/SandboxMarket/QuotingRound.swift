import ExchangeTypes

/// An order that a market maker believes to have in the book, or on its way there.
struct Quote: Sendable {
    let name: ClientOrderID
    var price: Price
    var quantity: Quantity
    var remaining: Quantity
    /// Whether the last command about it is unanswered.
    var isAwaited = true

    /// Less than half is left: it says too little about the depth.
    var isWorn: Bool { remaining.lots * 2 < quantity.lots }

    /// Takes over what the exchange answered.
    mutating func settle(_ state: OrderState) {
        price = state.price
        quantity = state.quantity
        remaining = state.remaining
        isAwaited = false
    }
}

/// One pass of a market maker over its levels, from where its orders are to where they should be.
struct QuotingRound {
    let context: TradingContext
    let ladder: QuoteLadder
    /// Whether every order goes where its level is, however near it was.
    let isExact: Bool
    /// What usual sizes are multiplied by, as far as the contract's limit has room.
    private let size: Rate
    var names: ClientOrderNames
    var random: SplitMix64
    /// Orders that leave the book or move away from the other side.
    private var retreats: [Command] = []
    /// Orders that enter the book or move towards the other side.
    private var advances: [Command] = []

    init(
        _ context: TradingContext, _ ladder: QuoteLadder, isExact: Bool = false,
        names: ClientOrderNames, random: SplitMix64
    ) {
        self.context = context
        self.ladder = ladder
        self.isExact = isExact
        size = Self.size(context.size, of: context.instrument, in: context.session)
        self.names = names
        self.random = random
    }

    /// What to send. Retreats go first, so that a move of the whole ladder never crosses itself.
    var commands: [Command] { retreats + advances }

    /// Takes a level's order out, if there is one whose state is known.
    mutating func withdraw(_ quote: inout Quote?) {
        guard let current = quote, !current.isAwaited else { return }
        quote?.isAwaited = true
        cancel(current)
    }

    /// Brings a level's order to the ladder's price, if it is off that or worn down.
    ///
    /// An order whose last command is unanswered is left alone.
    mutating func requote(_ quote: inout Quote?, _ side: Side, _ level: Int) {
        guard let target = ladder.price(side, level) else { return withdraw(&quote) }
        guard let current = quote else { return quote = place(side, level, at: target) }
        if current.isAwaited { return }
        let isOff = ladder.isOff(current.price, from: target, level: level, isExact: isExact)
        if isOff && current.remaining == current.quantity && !isTooLarge(current, level) {
            quote?.isAwaited = true
            move(current, side, to: target)
        } else if isOff || current.isWorn || isTooLarge(current, level) {
            // A partly filled order cannot be modified.
            cancel(current)
            quote = place(side, level, at: target)
        }
    }

    /// What a whole side of orders is worth at most, in USDC: 44 halves of the largest order at the
    /// touch, and something for prices that move and sizes that are rounded up.
    static let largestSide = Money(200_000)

    /// The multiplier of sizes with which a whole side is worth no more than four fifths of the largest
    /// position.
    static func size(
        _ wanted: Rate, of instrument: Instrument, in session: MarketSession
    ) -> Rate {
        let room = Int128(instrument.maximumNotional(in: session).money.units) / 5 * 4
        let units = room * Int128(Rate.unitsPerOne) / Int128(largestSide.units)
        return Rate(units: Int64(min(units, Int128(wanted.units))))
    }

    /// The smallest and largest order of a level, in USDC of usual size.
    private static let worths: ClosedRange<Int64> = 2_000...8_000

    /// Whether an order is one of better times: of a session with a higher limit.
    private func isTooLarge(_ quote: Quote, _ level: Int) -> Bool {
        let largest = size.of(Money(Self.worths.upperBound * Int64(level + 2) / 2).units)
        let value = context.instrument.notional(context.price, quote.remaining).money.units
        // Prices move, and sizes are rounded up.
        return value / 2 > largest && quote.quantity > context.instrument.minimumQuantity
    }

    private mutating func place(_ side: Side, _ level: Int, at price: Price) -> Quote {
        // Some thousand USDC at the touch, more behind it.
        let worth = Money(random.within(Self.worths) * Int64(level + 2) / 2)
        let quantity = context.quantity(worth: Money(units: size.of(worth.units)))
        let name = names.next()
        advances.append(
            context.place(side, .limit, .goodTillCancelled, quantity, at: price, name: name))
        return Quote(name: name, price: price, quantity: quantity, remaining: quantity)
    }

    private mutating func move(_ quote: Quote, _ side: Side, to price: Price) {
        let command = Command.modifyOrder(
            ModifyOrder(
                account: context.account, instrument: .known(context.instrument.id),
                order: .clientOrderID(quote.name), side: side, type: .limit, quantity: nil,
                price: WireDecimal(context.instrument.decimal(price))))
        let isRetreat = side == .buy ? price < quote.price : price > quote.price
        if isRetreat { retreats.append(command) } else { advances.append(command) }
    }

    private mutating func cancel(_ quote: Quote) {
        retreats.append(
            .cancelOrder(
                CancelOrder(
                    account: context.account, instrument: .known(context.instrument.id),
                    order: .clientOrderID(quote.name))))
    }
}

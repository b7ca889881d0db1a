import ExchangeTypes

/// Follows the price: buys while a fast moving average is far above a slow one, sells while it is far
/// below, and unwinds when they come together again.
///
/// It takes liquidity with market orders and never waits in the book.
struct MomentumTrader: Sendable {
    private(set) var holding = TakerHolding()
    private var averages: Averages?
    private var random: SplitMix64

    /// The position, in USDC, up to which an order of usual size may add to it.
    static let positionLimit = Money(30_000)
    /// The largest order, in USDC.
    static let largestOrder = Money(3_000)
    /// One order in so many ticks, on average, while there is something to do: three seconds.
    private static let ticksPerTrade: Int64 = 12
    /// How far apart the averages begin to count as a trend, in standard deviations of a second: for a
    /// random walk that is more than usual, and no rarity.
    private static let entry: Int64 = 8
    /// How close together they count as no trend any more.
    private static let exit: Int64 = 2

    init(random: SplitMix64) { self.random = random }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }

    /// Takes every order for answered.
    mutating func forgetOrders() { holding.forgetOrders() }

    /// A market order, or mostly nothing.
    mutating func command(_ context: TradingContext) -> Command? {
        let trend = follow(context.price)
        guard random.below(Self.ticksPerTrade) == 0, !holding.isAwaited else { return nil }
        let largest = Self.largestOrder.units
        let worth = Money(units: random.within(largest / 6...largest))
        let quantity = context.quantity(worth: context.scaled(worth))
        let command = order(quantity, trend, context)
        if command != nil { holding.send() }
        return command
    }

    /// What a trend asks for.
    private func order(
        _ quantity: Quantity, _ trend: Int64, _ context: TradingContext
    ) -> Command? {
        let deviation = Liveliness(context.instrument.category).deviation
        let limit = context.scaled(Self.positionLimit)
        let value = context.value(of: holding.position)
        let size = max(value, -value)
        let heldSide = heldSide(context)
        if size < limit, let side = Self.side(of: trend, beyond: Self.entry * deviation),
            heldSide ?? side == side
        {
            return context.place(side, .market, .immediateOrCancel, quantity, at: .zero)
        }
        // What it holds goes with the trend, as long as there is one. Only the price can have made it
        // larger than an order more than the limit.
        let isWithin = size <= limit + context.scaled(Self.largestOrder)
        let isSupported = Self.side(of: trend, beyond: Self.exit * deviation) == heldSide
        return isWithin && isSupported ? nil : unwinding(quantity, context)
    }

    private static func side(of trend: Int64, beyond distance: Int64) -> Side? {
        if trend > distance { return .buy }
        return trend < -distance ? .sell : nil
    }

    /// The side of its position; nil for one that is too small to be traded.
    private func heldSide(_ context: TradingContext) -> Side? {
        guard holding.position.magnitude >= context.instrument.minimumQuantity else { return nil }
        return holding.position.lots < 0 ? .sell : .buy
    }

    /// An order against the position, all of it where less than a smallest order would be left.
    private func unwinding(_ quantity: Quantity, _ context: TradingContext) -> Command? {
        guard let side = heldSide(context) else { return nil }
        let held = holding.position.magnitude
        let leavesDust = held < quantity + context.instrument.minimumQuantity
        return context.place(
            side.opposite, .market, .immediateOrCancel,
            leavesDust ? min(held, context.instrument.maximumQuantity) : quantity, at: .zero,
            isReduceOnly: true)
    }

    /// How far the fast average is above the slow one, in units of 1e-8.
    private mutating func follow(_ price: ReferencePrice) -> Int64 {
        var current = averages ?? Averages(price)
        current.follow(price)
        averages = current
        return current.trend
    }

    /// Takes in an event of its own account.
    mutating func observe(_ event: Event) { holding.observe(event) }
}

/// Two exponential moving averages of a price, over about 20 and 120 seconds of ticks.
private struct Averages: Sendable {
    private var fast: Int128
    private var slow: Int128

    /// So that a step of a small price is not lost.
    private static let scale: Int128 = 1 << 16
    private static let fastTicks: Int128 = 80
    private static let slowTicks: Int128 = 480

    init(_ price: ReferencePrice) {
        fast = Int128(price.units) * Self.scale
        slow = fast
    }

    mutating func follow(_ price: ReferencePrice) {
        let exact = Int128(price.units) * Self.scale
        fast += Rounding.halfEven(exact - fast, by: Self.fastTicks)
        slow += Rounding.halfEven(exact - slow, by: Self.slowTicks)
    }

    /// In units of 1e-8 of the slow one.
    var trend: Int64 {
        let apart = Rounding.halfEven((fast - slow) * Int128(unitsPerOne), by: max(slow, 1))
        return Int64(clamping: apart)
    }
}

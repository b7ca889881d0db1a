import ExchangeTypes

/// Trades one contract at random, now and then, so that trades print.
///
/// The larger its position, the likelier it trades against it, so that it never holds much for long.
struct NoiseTrader: Sendable {
    private(set) var holding = TakerHolding()
    private var random: SplitMix64

    /// The position, in USDC, at which every order of usual size reduces it.
    static let positionLimit = Money(20_000)
    /// One trade in so many ticks, on average: four seconds.
    private static let ticksPerTrade: Int64 = 16

    init(random: SplitMix64) { self.random = random }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }

    /// Takes every order for answered.
    mutating func forgetOrders() { holding.forgetOrders() }

    /// A market order, or mostly nothing.
    mutating func command(_ context: TradingContext) -> Command? {
        guard random.below(Self.ticksPerTrade) == 0, !holding.isAwaited else { return nil }
        let limit = context.scaled(Self.positionLimit).units
        let isBuy = context.value(of: holding.position).units < random.within(-limit...(limit - 1))
        // The smaller of two draws: many small trades, few large ones.
        let worth = Money(50 + min(random.below(2_000), random.below(2_000)))
        let quantity = context.quantity(worth: context.scaled(worth))
        holding.send()
        return context.place(isBuy ? .buy : .sell, .market, .immediateOrCancel, quantity, at: .zero)
    }

    /// Takes in an event of its own account.
    mutating func observe(_ event: Event) { holding.observe(event) }
}

import ExchangeTypes

/// Trades one contract at random, now and then, so that trades print.
///
/// The larger its position, the likelier it trades against it, so that it never holds much for long.
struct NoiseTrader: Sendable {
    /// The holding, as far as events told.
    private(set) var position = SignedQuantity.zero
    private var random: SplitMix64

    /// The position, in USDC, at which every order reduces it.
    static let positionLimit = Money(20_000)
    /// One trade in so many ticks, on average: four seconds.
    private static let ticksPerTrade: Int64 = 16

    init(random: SplitMix64) { self.random = random }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }

    /// A market order, or mostly nothing.
    mutating func command(_ context: TradingContext) -> Command? {
        guard random.below(Self.ticksPerTrade) == 0 else { return nil }
        let limit = Self.positionLimit.units
        let isBuy = context.value(of: position).units < random.within(-limit...(limit - 1))
        // The smaller of two draws: many small trades, few large ones.
        let worth = Money(50 + min(random.below(2_000), random.below(2_000)))
        let quantity = context.quantity(worth: worth)
        return context.place(isBuy ? .buy : .sell, .market, .immediateOrCancel, quantity, at: .zero)
    }

    /// Takes in a change of its own holding.
    mutating func observe(_ change: PositionChanged) { position = change.quantity }
}

public import ExchangeTypes

/// Which bots trade a contract, and how much.
public struct BotMix: Hashable, Sendable {
    /// Whether a market maker quotes both sides.
    public var hasMaker: Bool
    /// Whether a noise trader trades at random.
    public var hasNoise: Bool
    /// Whether a momentum trader follows the price's moving averages.
    public var hasMomentum: Bool
    /// What usual order sizes and inventory limits are multiplied by.
    public var size: Rate

    /// Sizes a bot can have.
    public static let sizes = Rate(percent: 1)...Rate(percent: 500)

    public init(
        hasMaker: Bool = true, hasNoise: Bool = true, hasMomentum: Bool = true,
        size: Rate = Rate(percent: 100)
    ) {
        self.hasMaker = hasMaker
        self.hasNoise = hasNoise
        self.hasMomentum = hasMomentum
        self.size = size
    }

    /// Checks every number against its bounds.
    ///
    /// - Throws: what is wrong with the first that is not within them.
    public func validate() throws(InvalidMarketValue) {
        guard Self.sizes.contains(size) else {
            throw InvalidMarketValue("size must be 0.01 to 5, not \(size.text)")
        }
    }
}

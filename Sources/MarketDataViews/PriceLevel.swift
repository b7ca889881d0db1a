public import ExchangeTypes

/// One row of a published book: a price, or the edge of a group of prices, and what rests there.
///
/// **Units** ticks and lots of the instrument.
public struct PriceLevel: Hashable, Sendable {
    /// The level's price; of a group, the edge that its prices were rounded to.
    public var price: Price
    /// The total resting quantity; of a group, the sum of its levels.
    public var quantity: Quantity
    /// A row of these values.
    public init(price: Price, quantity: Quantity) {
        self.price = price
        self.quantity = quantity
    }
}

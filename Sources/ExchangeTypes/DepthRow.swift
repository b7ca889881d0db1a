/// One row of a published book: a price, or the edge of a group of prices, and what rests there.
///
/// **Units** ticks and lots of the instrument.
public struct DepthRow: Hashable, Sendable {
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

/// How coarse a published book is: the price step of its rows is the tick times ten to this power.
///
/// The raw value is the number that the wire carries. **Source** `protocol.md` §3.3, P-022, P-024.
public enum SignificantFigures: UInt8, Hashable, Sendable, CaseIterable {
    /// Every level as it is; what a subscriber gets who asks for nothing else.
    case tick = 0
    /// Rows ten ticks apart.
    case tenTicks = 1
    /// Rows a hundred ticks apart.
    case hundredTicks = 2
}

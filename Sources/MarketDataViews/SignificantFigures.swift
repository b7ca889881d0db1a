public import ExchangeTypes

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

    /// The width of a group. **Units** ticks.
    public var step: Int64 {
        switch self {
        case .tick: 1
        case .tenTicks: 10
        case .hundredTicks: 100
        }
    }

    /// The edge of the group that a price belongs to: bids are rounded down and asks up, so that no
    /// row promises a better price than the orders behind it.
    ///
    /// A bid below one step belongs to the group at zero. **Source** P-024.
    public func groupEdge(of price: Price, on side: Side) -> Price {
        let dividend = Int128(price.ticks)
        let groups =
            switch side {
            case .buy: Rounding.down(dividend, by: Int128(step))
            case .sell: Rounding.up(dividend, by: Int128(step))
            }
        return Price(ticks: Int64(groups) * step)
    }
}

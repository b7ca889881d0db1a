/// A price on its instrument's grid: a count of **ticks**.
///
/// 64 bits hold any price, but a book accepts 1 … `Limits.maximumPriceTicks` only.
public struct Price: Hashable, Comparable, Sendable {
    public var ticks: Int64
    @inlinable public init(ticks: Int64) { self.ticks = ticks }
    @inlinable public static var zero: Price { Price(ticks: 0) }
    @inlinable public static func < (left: Price, right: Price) -> Bool { left.ticks < right.ticks }
}

/// A size on its instrument's grid: a count of **lots**, never negative.
public struct Quantity: Hashable, Comparable, Sendable {
    public var lots: Int64
    @inlinable public init(lots: Int64) { self.lots = lots }
    @inlinable public static var zero: Quantity { Quantity(lots: 0) }
    @inlinable public static func < (left: Quantity, right: Quantity) -> Bool {
        left.lots < right.lots
    }
    @inlinable public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(lots: left.lots + right.lots)
    }
    @inlinable public static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(lots: left.lots - right.lots)
    }
    @inlinable public static func += (left: inout Quantity, right: Quantity) {
        left.lots += right.lots
    }
    @inlinable public static func -= (left: inout Quantity, right: Quantity) {
        left.lots -= right.lots
    }
}

/// A holding in **lots**: positive is long, negative is short.
public struct SignedQuantity: Hashable, Sendable {
    public var lots: Int64
    @inlinable public init(lots: Int64) { self.lots = lots }
    @inlinable public static var zero: SignedQuantity { SignedQuantity(lots: 0) }
    /// The change that an execution of `quantity` on `side` makes.
    @inlinable public init(_ quantity: Quantity, _ side: Side) {
        lots = side == .buy ? quantity.lots : -quantity.lots
    }
    /// The size without its direction.
    @inlinable public var magnitude: Quantity { Quantity(lots: abs(lots)) }
}

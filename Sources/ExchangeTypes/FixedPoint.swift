/// A decimal number stored as a whole count of 1e-8: the scale of everything quoted in money.
///
/// Arithmetic is exact; a sum that does not fit in 64 bits stops the process rather than wrapping,
/// and the checks at the edge (`Limits`) keep every reachable value far below that.
public protocol FixedPoint: Hashable, Comparable, Sendable {
    /// The value in units of 1e-8.
    var units: Int64 { get set }
    init(units: Int64)
}

/// The number of 1e-8 units in one.
@inlinable
public var unitsPerOne: Int64 { 100_000_000 }

extension FixedPoint {
    /// Nothing at all.
    @inlinable public static var zero: Self { Self(units: 0) }

    /// A whole number, such as dollars.
    @inlinable public init(_ whole: Int64) { self.init(units: whole * unitsPerOne) }

    /// The number a decimal text stands for exactly; nil when it needs more than eight decimals or
    /// has more than eighteen digits, is no number or does not fit.
    public init?(_ text: String) {
        let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits <= 18, let decimal = WireDecimal(text), let units = decimal.exactUnits else {
            return nil
        }
        self.init(units: units)
    }

    /// The nearest value to a number of units that may not fit.
    @inlinable public init(clamping units: Int128) {
        self.init(units: Int64(min(max(units, Int128(Int64.min)), Int128(Int64.max))))
    }

    @inlinable public static func < (left: Self, right: Self) -> Bool { left.units < right.units }
    @inlinable public static func + (left: Self, right: Self) -> Self {
        Self(units: left.units + right.units)
    }
    @inlinable public static func - (left: Self, right: Self) -> Self {
        Self(units: left.units - right.units)
    }
    @inlinable public static prefix func - (value: Self) -> Self { Self(units: -value.units) }
    @inlinable public static func += (left: inout Self, right: Self) { left.units += right.units }
    @inlinable public static func -= (left: inout Self, right: Self) { left.units -= right.units }
}

/// An amount of USDC, in units of 1e-8 (±92 billion).
public struct Money: FixedPoint {
    public var units: Int64
    @inlinable public init(units: Int64) { self.units = units }
}

/// A price that need not lie on a tick, in units of 1e-8 of the quote currency: index, oracle, mark,
/// bands. A type of its own, so that it cannot enter a book by accident.
public struct ReferencePrice: FixedPoint {
    public var units: Int64
    @inlinable public init(units: Int64) { self.units = units }
}

/// A decimal step or size, in units of 1e-8: tick sizes, lot sizes, quantities as text.
public struct Decimal8: FixedPoint {
    public var units: Int64
    @inlinable public init(units: Int64) { self.units = units }
}

/// A fraction in units of 1e-12: fees, funding, margin rates, band widths. May be negative.
public struct Rate: Hashable, Comparable, Sendable {
    public var units: Int64
    @inlinable public init(units: Int64) { self.units = units }
    /// A count of basis points (1e-4), in tenths, so that 1.5 bps can be said.
    @inlinable public init(tenthBasisPoints: Int64) { units = tenthBasisPoints * 10_000_000 }
    /// A whole number of hundredths.
    @inlinable public init(percent: Int64) { units = percent * 10_000_000_000 }
    @inlinable public static var zero: Rate { Rate(units: 0) }
    @inlinable public static func < (left: Rate, right: Rate) -> Bool { left.units < right.units }
    /// The number of units in one.
    @inlinable public static var unitsPerOne: Int64 { 1_000_000_000_000 }
}

/// An exact product of a price and a quantity, in units of 1e-16 USDC.
///
/// 128 bits, because a tick price times a lot size has sixteen decimals before it is rounded.
public struct Notional: Hashable, Comparable, Sendable {
    public var units: Int128
    @inlinable public init(units: Int128) { self.units = units }
    @inlinable public static var zero: Notional { Notional(units: 0) }
    @inlinable public init(_ money: Money) { units = Int128(money.units) * Int128(unitsPerOne) }
    /// A whole number of USDC.
    @inlinable public init(wholeUnits: Int64) {
        units = Int128(wholeUnits) * Int128(unitsPerOne) * Int128(unitsPerOne)
    }

    @inlinable public static func < (left: Notional, right: Notional) -> Bool {
        left.units < right.units
    }
    @inlinable public static func + (left: Notional, right: Notional) -> Notional {
        Notional(units: left.units + right.units)
    }
    @inlinable public static func += (left: inout Notional, right: Notional) {
        left.units += right.units
    }
    @inlinable public static func - (left: Notional, right: Notional) -> Notional {
        Notional(units: left.units - right.units)
    }

    /// The amount in money, rounded half-even to 1e-8.
    @inlinable public var money: Money {
        Money(units: Int64(Rounding.halfEven(units, by: Int128(unitsPerOne))))
    }

    /// This notional times a rate, in money, rounded half-even to 1e-8.
    @inlinable public func money(at rate: Rate) -> Money {
        let divisor = Int128(unitsPerOne) * Int128(Rate.unitsPerOne)
        return Money(units: Int64(Rounding.halfEven(units * Int128(rate.units), by: divisor)))
    }

    /// This notional divided by a leverage, in money, rounded half-even to 1e-8.
    @inlinable public func money(dividedBy leverage: Int) -> Money {
        let divisor = Int128(unitsPerOne) * Int128(leverage)
        return Money(units: Int64(Rounding.halfEven(units, by: divisor)))
    }
}

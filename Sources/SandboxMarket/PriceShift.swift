import ExchangeTypes

/// What gaps and drifts have made of a price: a factor, and where it is going.
struct PriceShift: Sendable {
    /// What the underlier's own price is multiplied by.
    private(set) var factor = Rate.one
    private var target = Rate.one
    private var secondsLeft: Int64 = 0

    /// From an eighth to eight times, as far as an underlier may move.
    private static let factors = Rate(units: Rate.unitsPerOne / 8)...Rate(percent: 800)

    /// Moves at once, and what it is going to with it.
    mutating func jump(by fraction: Rate) {
        factor = Self.scaled(factor, by: fraction)
        target = Self.scaled(target, by: fraction)
    }

    /// Moves evenly over some seconds.
    mutating func drift(by fraction: Rate, seconds: Int64) {
        target = Self.scaled(factor, by: fraction)
        secondsLeft = seconds
    }

    mutating func passSecond() {
        guard secondsLeft > 0 else { return }
        let rest = Rounding.halfEven(
            Int128(target.units) - Int128(factor.units), by: Int128(secondsLeft))
        factor = Rate(units: factor.units + Int64(rest))
        secondsLeft -= 1
        if secondsLeft == 0 { target = factor }
    }

    /// A price as it is after all this, on a grid of units of 1e-8.
    func applied(to price: ReferencePrice, grid: Int64) -> ReferencePrice {
        if factor == .one { return price }
        let exact = Int128(price.units) * Int128(factor.units)
        let onGrid = Rounding.halfEven(exact, by: Int128(Rate.unitsPerOne) * Int128(grid))
        let highest = Int128(Limits.maximumIndexPrice.units)
        return ReferencePrice(units: Int64(min(max(onGrid, 1) * Int128(grid), highest)))
    }

    private static func scaled(_ factor: Rate, by fraction: Rate) -> Rate {
        let units = Int128(factor.units) * Int128(Rate.unitsPerOne + fraction.units)
        let exact = Rate(units: Int64(Rounding.halfEven(units, by: Int128(Rate.unitsPerOne))))
        return min(max(exact, factors.lowerBound), factors.upperBound)
    }
}

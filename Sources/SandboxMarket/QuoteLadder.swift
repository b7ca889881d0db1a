import ExchangeTypes

/// Where a market maker wants its orders: evenly spaced levels on both sides of a centre.
///
/// Each level has its own tolerance, a third of its distance from the centre. Deep levels therefore move
/// seldom (a level twice as far four times as seldom), which keeps a deep book cheap; and as no
/// tolerated bid can reach the centre, nor any ask, a maker's orders never meet.
struct QuoteLadder {
    /// Levels on each side.
    static let levelCount = 8

    private let instrument: Instrument
    private let band: PriceBand
    /// Distance of the best level from the centre, in price units of 1e-8.
    private let halfSpread: Int64
    private let spacing: Int64
    private let center: Int64

    /// A ladder around the price, all of it moved down for a long position and up for a short
    /// one, by half the spread at the limit: that draws the other side to take the position over.
    init(_ context: TradingContext, position: Money, limit: Money) {
        instrument = context.instrument
        band = context.band
        let tick = instrument.tickSize.units
        let relative = Int128(Liveliness(instrument.category).halfSpread)
        let wanted = Int64(
            Rounding.halfEven(Int128(context.price.units) * relative, by: Int128(unitsPerOne)))
        halfSpread = max(context.spread.of(max(wanted, tick / 2, 1)), 1)
        spacing = max(halfSpread, tick)
        let share = min(max(position.units, -limit.units), limit.units)
        // Without a limit nothing is quoted, and the share is nothing too.
        let skew = Rounding.halfEven(
            Int128(halfSpread) * Int128(share), by: Int128(max(limit.units, 1)))
        center = context.price.units - Int64(skew)
    }

    /// The price of a level, best is 0; nil when the grid or the band has no room for it.
    func price(_ side: Side, _ level: Int) -> Price? {
        switch side {
        case .buy:
            let price = instrument.priceDown(ReferencePrice(units: center - distance(level)))
            let highest = instrument.priceDown(band.maximum)
            return price.ticks >= 1 ? min(price, highest) : nil
        case .sell:
            let price = instrument.priceUp(ReferencePrice(units: center + distance(level)))
            let highest = Price(ticks: Limits.maximumPriceTicks)
            return price <= highest ? max(price, instrument.priceUp(band.minimum)) : nil
        }
    }

    /// Whether an order is so far from its level's price that it must move: at all, where no tolerance
    /// is left.
    func isOff(_ price: Price, from target: Price, level: Int, isExact: Bool) -> Bool {
        let tolerance = isExact ? 0 : distance(level) / 3
        return abs(price.ticks - target.ticks) * instrument.tickSize.units > tolerance
    }

    private func distance(_ level: Int) -> Int64 { halfSpread + Int64(level) * spacing }
}

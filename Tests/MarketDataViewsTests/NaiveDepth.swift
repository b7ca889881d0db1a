import ExchangeTypes

/// The book said as plainly as possible: a dictionary for each side, everything grouped and sorted
/// for every question. Rows are pairs of ticks and lots.
struct NaiveDepth {
    private var totals: [Side: [Int64: Int64]] = [.buy: [:], .sell: [:]]

    /// Sets a level; true when its total differs from before.
    mutating func apply(_ change: LevelChanged) -> Bool {
        let lots = change.quantity.lots
        let old = totals[change.side]?.updateValue(lots, forKey: change.price.ticks) ?? 0
        return old != lots
    }

    func rows(_ side: Side, limit: Int, power: Int) -> [[Int64]] {
        var step: Int64 = 1
        for _ in 0..<power { step *= 10 }
        var groups: [Int64: Int64] = [:]
        for (ticks, lots) in totals[side] ?? [:] where lots > 0 {
            let beyond = ticks % step
            let down = ticks - beyond
            let edge = side == .buy || beyond == 0 ? down : down + step
            groups[edge, default: 0] += lots
        }
        let sorted = groups.sorted { side == .buy ? $0.key > $1.key : $0.key < $1.key }
        return sorted.prefix(limit).map { [$0.key, $0.value] }
    }

    func best(_ side: Side) -> [Int64]? { rows(side, limit: 1, power: 0).first }
}

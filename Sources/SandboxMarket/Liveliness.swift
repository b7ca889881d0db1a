import ExchangeTypes

/// How much the prices of an asset class move and how tightly they are quoted: round numbers in the
/// order of size that such markets show.
struct Liveliness: Sendable {
    /// Standard deviation of a price's change in one second, in units of 1e-8 of the price.
    let deviation: Int64
    /// Half the spread at the touch, in units of 1e-8 of the price.
    let halfSpread: Int64

    init(_ category: ProductCategory) {
        switch category {
        case .equity: self.init(deviation: 8_000, halfSpread: 15_000)
        case .index: self.init(deviation: 3_000, halfSpread: 5_000)
        case .commodity: self.init(deviation: 5_000, halfSpread: 10_000)
        case .foreignExchange: self.init(deviation: 1_500, halfSpread: 3_000)
        }
    }

    private init(deviation: Int64, halfSpread: Int64) {
        self.deviation = deviation
        self.halfSpread = halfSpread
    }
}

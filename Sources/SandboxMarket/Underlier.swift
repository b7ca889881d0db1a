import ExchangeTypes

/// A second of the market's life, as an underlier sees it.
struct UnderlierSecond {
    /// Simulated seconds since the market began.
    var number: Int64
    /// The time in the exchange's log, as far as it was told.
    var time: Timestamp
    /// What the size of usual steps is multiplied by.
    var volatility = Rate.one
}

/// Where a contract's outside price comes from.
protocol Underlier: Sendable {
    /// The present price.
    var price: ReferencePrice { get }
    /// One second passes. Seconds may be left out, while the underlier's market is closed.
    mutating func step(_ second: UnderlierSecond)
    /// Goes on from a price seen elsewhere.
    mutating func resume(at price: ReferencePrice)
    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64)
}

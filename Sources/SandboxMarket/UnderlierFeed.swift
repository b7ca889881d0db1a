import ExchangeTypes
import MarketCalendar

/// The outside price feed of one underlier: what a vendor would send, second by second.
///
/// Where a contract is rolled there are two prices, and the later future is dearer by a fixed part.
struct UnderlierFeed: Sendable {
    private(set) var walk: RandomWalk
    private let hasNext: Bool
    /// Seconds since a price was sent.
    private var silence = 0

    /// The longest time between two prices, in seconds: well below what counts as stale.
    static let longestSilence = 5
    /// What the later future costs more, in units of 1e-8: a fifth of a percent.
    private static let contango: Int128 = 200_000

    init(_ listed: SandboxInstrument, random: SplitMix64) {
        walk = RandomWalk(listed, random: random)
        hasNext = listed.calendar.rollsMonthly
    }

    /// The present price: that of the nearer future where there are two.
    var price: ReferencePrice { walk.price }

    /// One second passes. Gives what is to be sent: nothing while the price rounds to the same, unless
    /// that has lasted too long or the exchange misses a price.
    mutating func step(_ instrument: InstrumentID, isMissed: Bool) -> [Command] {
        let before = price
        walk.step()
        silence += 1
        guard price != before || isMissed || silence >= Self.longestSilence else { return [] }
        return prices(of: instrument)
    }

    /// The present prices.
    mutating func prices(of instrument: InstrumentID) -> [Command] {
        silence = 0
        let front = UpdateIndexPrice(instrument: instrument, price: price)
        if !hasNext { return [.updateIndexPrice(front)] }
        let dearer = Rounding.halfEven(
            Int128(price.units) * (Int128(unitsPerOne) + Self.contango), by: Int128(unitsPerOne))
        let next = UpdateIndexPrice(
            instrument: instrument, price: ReferencePrice(units: Int64(dearer)), leg: .next)
        return [.updateIndexPrice(front), .updateIndexPrice(next)]
    }

    /// Goes on from a price seen elsewhere.
    mutating func resume(at price: ReferencePrice) { walk.resume(at: price) }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { walk.reseed(random) }
}

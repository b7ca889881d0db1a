import ExchangeTypes
import MarketCalendar

/// The outside price feed of one underlier: what a vendor would send, second by second.
///
/// Where a contract is rolled there are two prices, and the later future is dearer by a fixed part.
struct UnderlierFeed: Sendable {
    /// The present price: that of the nearer future where there are two.
    private(set) var price: ReferencePrice
    private var underlier: any Underlier
    private var shift = PriceShift()
    private var volatility = Spell()
    private let grid: Int64
    private let hasNext: Bool
    /// The price that the exchange was told last; nil for none.
    private var said: ReferencePrice?
    /// Seconds since a price was sent.
    private var silence = 0

    /// The longest time between two prices, in seconds: well below what counts as stale.
    static let longestSilence = 5
    /// What the later future costs more, in units of 1e-8: a fifth of a percent.
    private static let contango: Int128 = 200_000

    /// A feed of recorded prices, or else of the contract's model.
    init(_ listed: SandboxInstrument, recording: (any Underlier)? = nil, random: SplitMix64) {
        underlier = recording ?? listed.model.underlier(of: listed, random: random)
        price = underlier.price
        grid = listed.priceGrid
        hasNext = listed.calendar.rollsMonthly
    }

    /// One second passes, in which the underlier moves unless it stands still; drifts go on all the
    /// same.
    mutating func step(_ second: UnderlierSecond, isStill: Bool) {
        if !isStill {
            var own = second
            own.volatility = volatility.factor
            underlier.step(own)
        }
        shift.passSecond()
        volatility.passSecond()
        silence += 1
        price = shift.applied(to: underlier.price, grid: grid)
    }

    /// One second passes while the underlier's market is closed.
    mutating func skip() {
        shift.passSecond()
        volatility.passSecond()
    }

    /// What is to be sent: nothing while the price rounds to the same, unless that has lasted too long or
    /// the exchange misses a price. A price that stands still by intent never lasts too long.
    mutating func news(of instrument: InstrumentID, isMissed: Bool, isStill: Bool) -> [Command] {
        let isDue = silence >= Self.longestSilence && !isStill
        return price != said || isMissed || isDue ? prices(of: instrument) : []
    }

    /// The present prices.
    mutating func prices(of instrument: InstrumentID) -> [Command] {
        silence = 0
        said = price
        let front = UpdateIndexPrice(instrument: instrument, price: price)
        if !hasNext { return [.updateIndexPrice(front)] }
        let dearer = Rounding.halfEven(
            Int128(price.units) * (Int128(unitsPerOne) + Self.contango), by: Int128(unitsPerOne))
        let next = UpdateIndexPrice(
            instrument: instrument, price: ReferencePrice(units: Int64(dearer)), leg: .next)
        return [.updateIndexPrice(front), .updateIndexPrice(next)]
    }

    /// The price jumps by a fraction.
    mutating func jump(by fraction: Rate) {
        shift.jump(by: fraction)
        price = shift.applied(to: underlier.price, grid: grid)
    }

    /// The price moves evenly by a fraction.
    mutating func drift(by fraction: Rate, seconds: Int64) {
        shift.drift(by: fraction, seconds: seconds)
    }

    /// Usual steps are larger or smaller for a while.
    mutating func change(volatility factor: Rate, seconds: Int64) {
        volatility = Spell(factor, seconds: seconds)
    }

    /// Goes on from a price that the exchange has; a recording goes its own way.
    mutating func resume(at price: ReferencePrice) {
        underlier.resume(at: price)
        shift = PriceShift()
        said = price
        self.price = underlier.price
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { underlier.reseed(random) }
}

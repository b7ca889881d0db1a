import ExchangeTypes

/// The price of an underlier: steps that look normal, and a weak pull back to the reference price, so
/// that a sandbox left alone for months still quotes sane prices.
///
/// With deviation d per step, the distance from the reference settles around 128 × d: about 1 % for
/// an equity.
struct RandomWalk: Sendable {
    /// The present price, on a grid a hundred times finer than the tick.
    private(set) var price: ReferencePrice
    private let reference: ReferencePrice
    private let grid: Int64
    private let deviation: Int64
    /// How far the price is from the reference, in units of 1e-8 of the reference.
    private var displacement: Int64 = 0
    private var random: SplitMix64

    init(_ listed: SandboxInstrument, random: SplitMix64) {
        reference = listed.referencePrice
        price = listed.referencePrice
        grid = max(1, listed.instrument.tickSize.units / 100)
        deviation = Liveliness(listed.instrument.category).deviation
        self.random = random
    }

    /// One second passes.
    ///
    /// The sum of four uniform draws from ±a is close to normal, with the deviation 2a/√3.
    mutating func step() {
        let reach = deviation * 866 / 1_000
        displacement -= displacement / Self.reversionSteps
        for _ in 0..<4 { displacement += random.within(-reach...reach) }
        let exact = Int128(reference.units) * Int128(unitsPerOne + displacement)
        let onGrid = Rounding.halfEven(exact, by: Int128(unitsPerOne) * Int128(grid))
        price = ReferencePrice(units: max(Int64(onGrid) * grid, grid))
    }

    /// Goes on from a price seen elsewhere.
    mutating func resume(at price: ReferencePrice) {
        let relative = Rounding.halfEven(
            Int128(price.units) * Int128(unitsPerOne), by: Int128(reference.units))
        displacement = Int64(relative) - unitsPerOne
        self.price = price
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }

    /// Steps after which the pull has taken back about two thirds: nine hours.
    private static let reversionSteps: Int64 = 32_768
}

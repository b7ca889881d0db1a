import ExchangeTypes

/// The price of an underlier: steps that look normal, and a pull back to the reference price.
///
/// With the deviation d of a step, the distance from the reference settles around d × √(h / 1.39),
/// where h is the half-life of the pull: for six hours that is 128 × d, about 1 % for an equity. With a
/// short half-life it is the mean-reverting model.
struct RandomWalk: Underlier {
    /// The present price, on a grid a hundred times finer than the tick.
    private(set) var price: ReferencePrice
    private let reference: ReferencePrice
    private let grid: Int64
    private let deviation: Rate
    /// What a second takes back of the distance.
    private let pull: Rate
    /// How far the price is from the reference, in units of 1e-8 of the reference.
    private var displacement: Int64 = 0
    private var random: SplitMix64

    /// Half-life of a pull that nobody notices, in seconds: six hours.
    static let longHalfLife: Int64 = 21_600
    /// How far steps may lead, in units of 1e-8 of the reference: from an eighth to eight times of it,
    /// within what the exchange believes of a contract (`Limits.indexCorridor`).
    private static let reach: ClosedRange<Int64> = -87_500_000...700_000_000
    /// The natural logarithm of 2, in units of 1e-12.
    private static let logarithmOf2: Int64 = 693_147_180_560

    init(
        _ listed: SandboxInstrument, deviation: Rate, halfLife: Int64 = longHalfLife,
        random: SplitMix64
    ) {
        reference = listed.referencePrice
        price = listed.referencePrice
        grid = listed.priceGrid
        self.deviation = deviation
        pull = Rate(units: Self.logarithmOf2 / halfLife)
        self.random = random
    }

    mutating func step(_ second: UnderlierSecond) {
        let units = second.volatility.of(deviation.units)
        move(by: random.normal(deviation: units / 10_000) - pull.of(displacement))
    }

    /// Moves the price by a part of the reference, in units of 1e-8.
    mutating func move(by part: Int64) {
        // A price seen elsewhere may be out of reach; then only the way back is open.
        let low = min(Self.reach.lowerBound, displacement)
        let high = max(Self.reach.upperBound, displacement)
        displacement = min(max(displacement + part, low), high)
        let exact = Int128(reference.units) * Int128(unitsPerOne + displacement)
        let onGrid = Rounding.halfEven(exact, by: Int128(unitsPerOne) * Int128(grid))
        price = ReferencePrice(units: max(Int64(onGrid) * grid, grid))
    }

    mutating func resume(at price: ReferencePrice) {
        let relative = Rounding.halfEven(
            Int128(price.units) * Int128(unitsPerOne), by: Int128(reference.units))
        displacement = Int64(relative) - unitsPerOne
        self.price = price
    }

    mutating func reseed(_ random: SplitMix64) { self.random = random }
}

extension SandboxInstrument {
    /// What its underlier's prices are multiples of: a hundredth of a tick, in units of 1e-8.
    var priceGrid: Int64 { max(1, instrument.tickSize.units / 100) }
}

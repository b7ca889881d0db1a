import ExchangeTypes

/// How much more a contract is worth than its underlier to those who trade it, or less: it comes and
/// goes within the hour, so that marks differ from underliers, and one side pays funding to the other.
///
/// Its standard deviation settles around 14 times that of the underlier's price in a second: 11 basis
/// points for a share, of which funding leaves the first five out.
struct Basis: Sendable {
    /// In units of 1e-8 of the price.
    private var displacement: Int64 = 0
    private let deviation: Int64
    private var random: SplitMix64

    /// Takes half of a basis back in 1,800 seconds, in units of 1e-12 a second.
    private static let pull = Rate(units: 385_081_767)
    /// The largest basis that is taken over from elsewhere, in units of 1e-8: 1 %.
    private static let largest: Int64 = 1_000_000

    init(_ category: ProductCategory, random: SplitMix64) {
        deviation = Liveliness(category).deviation * 2 / 5
        self.random = random
    }

    /// One second passes.
    mutating func step() {
        displacement += random.normal(deviation: deviation) - Self.pull.of(displacement)
    }

    /// What the contract is worth while its underlier has a price.
    func price(over underlier: ReferencePrice) -> ReferencePrice {
        let more = Int128(underlier.units) * Int128(displacement)
        let units = underlier.units + Int64(Rounding.halfEven(more, by: Int128(unitsPerOne)))
        return ReferencePrice(units: max(units, 1))
    }

    /// Goes on from a mark and an oracle price seen elsewhere.
    mutating func resume(at mark: ReferencePrice, over oracle: ReferencePrice) {
        let difference = Int128(mark.units - oracle.units) * Int128(unitsPerOne)
        let relative = Int64(clamping: Rounding.halfEven(difference, by: Int128(oracle.units)))
        displacement = min(max(relative, -Self.largest), Self.largest)
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }
}

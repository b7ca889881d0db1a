import ExchangeTypes

/// A contract as the generator knows it: what it sent for it, and what events said of it.
struct GeneratedContract {
    /// The usual parameters.
    var instrument: Instrument
    /// Where outside prices are drawn back to, in units of 1e-8.
    private(set) var usual: Int64
    private let first: Int64
    /// Whether splits have made a unit worth less than it was at first.
    var isCheap: Bool { usual < first }
    /// The last outside prices that were sent, of the front and the next leg.
    var feeds: [Int64]
    /// The last prices that were told; the mark is where orders gather.
    private(set) var mark: ReferencePrice
    private(set) var oracle: ReferencePrice
    private(set) var band: PriceBand
    /// How the oracle was last composed, in hundredths of the front leg.
    var frontPercent: Int64 = 100
    /// Commands that pass before the feed speaks again.
    var silence = 0
    /// Whether it was taken off the list.
    var isGone = false

    init(_ sample: SampleInstruments.Sample, id: InstrumentID) {
        instrument = sample.instrument
        instrument.id = id
        usual = sample.index.units
        first = usual
        feeds = [sample.index.units, sample.index.units]
        mark = sample.index
        oracle = sample.index
        band = PriceBand(minimum: sample.index, maximum: sample.index)
    }

    /// Takes note of a price that an event told.
    mutating func observe(_ prices: PricesChanged) {
        mark = prices.mark
        oracle = prices.oracle
        band = prices.band
    }

    /// Follows a split: what was one unit are `numerator` over `denominator` now.
    mutating func split(_ request: SplitInstrument) {
        let numerator = Int64(request.numerator)
        let denominator = Int64(request.denominator)
        usual = max(1, usual * denominator / numerator)
        feeds = feeds.map { max(1, $0 * denominator / numerator) }
    }
}

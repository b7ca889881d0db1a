import ExchangeTypes
import MarketDataViews

/// A small generator with a known sequence for each seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

enum Samples {
    static func instrument(
        _ index: UInt32, symbol: String, bandWidth: Rate = Rate(tenthBasisPoints: 10_000)
    ) throws -> Instrument {
        Instrument(
            id: InstrumentID(index), symbol: try text(symbol), category: .equity,
            tickSize: try decimal("0.01"), lotSize: try decimal("0.001"),
            minimumQuantity: Quantity(lots: 1), maximumQuantity: Quantity(lots: 1_000_000),
            maximumLeverage: 20, makerFee: Rate(tenthBasisPoints: 5),
            takerFee: Rate(tenthBasisPoints: 15), bandWidth: bandWidth,
            maximumNotional: Money(1_000_000), minimumNotional: Money(5))
    }

    static func text(_ string: String) throws -> InlineText {
        guard let text = InlineText(string) else { throw UnusableSample(text: string) }
        return text
    }

    static func decimal(_ string: String) throws -> Decimal8 {
        guard let decimal = Decimal8(string) else { throw UnusableSample(text: string) }
        return decimal
    }

    static func level(
        _ side: Side, _ ticks: Int64, _ lots: Int64, instrument: UInt32 = 0
    ) -> LevelChanged {
        LevelChanged(
            instrument: InstrumentID(instrument), side: side, price: Price(ticks: ticks),
            quantity: Quantity(lots: lots), best: nil)
    }

    static func trade(_ id: UInt64, instrument: UInt32, ticks: Int64, lots: Int64) -> Trade {
        Trade(
            id: TradeID(id), instrument: InstrumentID(instrument),
            price: ReferencePrice(units: ticks * 1_000_000),
            quantity: Quantity(lots: lots), aggressorSide: .sell, executionType: .normal)
    }

    /// A level change as a busy or a thin book makes it: near or far from the middle, often back to
    /// nothing, sometimes the total that was there before.
    static func randomLevel(
        using random: inout SeededRandom, spread: Int64, instrument: UInt32 = 0
    ) -> LevelChanged {
        let side: Side = Bool.random(using: &random) ? .buy : .sell
        let distance = Int64.random(in: 1...spread, using: &random)
        let middle = spread + 5
        let lots = Bool.random(using: &random) ? Int64.random(in: 1...3, using: &random) : 0
        return level(
            side, side == .buy ? middle - distance : middle + distance, lots,
            instrument: instrument)
    }
}

/// A sample that its own type does not accept: a mistake in the test.
struct UnusableSample: Error {
    let text: String
}

extension Timestamp {
    init(_ nanoseconds: Int64) { self.init(nanoseconds: nanoseconds) }
}

/// Rows as pairs of ticks and lots, for short expectations.
func pairs(_ levels: [DepthRow]) -> [[Int64]] {
    levels.map { [$0.price.ticks, $0.quantity.lots] }
}

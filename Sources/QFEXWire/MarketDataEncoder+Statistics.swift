public import ExchangeTypes

/// What the overview says about one contract. **Source** `protocol.md` §3.12.
public struct MarketStatistics: Hashable, Sendable {
    /// A value and when it was last set.
    public struct Timed<Value: Hashable & Sendable>: Hashable, Sendable {
        public var value: Value
        public var time: Timestamp
        public init(_ value: Value, _ time: Timestamp) {
            self.value = value
            self.time = time
        }
    }

    /// The best row of each side; nil for an empty side.
    public struct BestPrices: Hashable, Sendable {
        public var bid: DepthRow?
        public var ask: DepthRow?
        public init(bid: DepthRow?, ask: DepthRow?) {
            self.bid = bid
            self.ask = ask
        }
    }

    public var instrument: Instrument
    public var best: Timed<BestPrices>
    /// Nil before the first price.
    public var mark: Timed<ReferencePrice>?
    public var openInterest: Timed<Quantity>
    /// What changed hands since the daily reset, in base units.
    public var dailyVolume: Quantity
    public init(
        instrument: Instrument, best: Timed<BestPrices>, mark: Timed<ReferencePrice>?,
        openInterest: Timed<Quantity>, dailyVolume: Quantity
    ) {
        self.instrument = instrument
        self.best = best
        self.mark = mark
        self.openInterest = openInterest
        self.dailyVolume = dailyVolume
    }
}

extension MarketDataEncoder {
    /// The overview of some contracts; `symbol` is the one that was asked for, nil the wildcard.
    ///
    /// All four lists are there, empty or not. **Source** `protocol.md` §3.12, P-037.
    public static func marketStatisticsBody(
        _ rows: some Collection<MarketStatistics>, for symbol: Symbol?, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        body(.marketStatistics, to: &bytes) { writer in
            writer.member(Field.time, time)
            if let symbol {
                writer.member(Field.symbol, symbol)
            } else {
                writer.member(Field.symbol, Word.wildcard)
            }
            writer.key(Field.bestPrices)
            writer.array(rows) { $0.bestPrices($1) }
            writer.key(Field.markPrices)
            writer.array(rows.lazy.filter { $0.mark != nil }) { $0.markPrice($1) }
            writer.key(Field.openInterests)
            writer.array(rows) { $0.openInterest($1) }
            writer.key(Field.dailyVolumes)
            writer.array(rows) { $0.dailyVolume($1) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func bestPrices(_ row: MarketStatistics) {
        beginObject()
        member(Field.time, row.best.time)
        member(Field.symbol, row.instrument.symbol)
        bestLevel(Field.bid, row.best.value.bid, in: row.instrument)
        bestLevel(Field.ask, row.best.value.ask, in: row.instrument)
        endObject()
    }

    fileprivate mutating func markPrice(_ row: MarketStatistics) {
        guard let mark = row.mark else { return }
        beginObject()
        member(Field.time, mark.time)
        member(Field.symbol, row.instrument.symbol)
        textMember(Field.price, mark.value)
        endObject()
    }

    fileprivate mutating func openInterest(_ row: MarketStatistics) {
        beginObject()
        member(Field.time, row.openInterest.time)
        member(Field.symbol, row.instrument.symbol)
        textMember(Field.openInterest, row.openInterest.value, in: row.instrument)
        endObject()
    }

    fileprivate mutating func dailyVolume(_ row: MarketStatistics) {
        beginObject()
        member(Field.symbol, row.instrument.symbol)
        textMember(Field.volume, row.dailyVolume, in: row.instrument)
        endObject()
    }
}

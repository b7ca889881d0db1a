public import ExchangeTypes

/// Prices that are not orders', what hangs on them, and candles.
extension MarketDataEncoder {
    /// The underlier's price and where it comes from. **Source** `protocol.md` §3.7, P-035.
    public static func underlierBody(
        _ oracle: ReferencePrice, from source: OracleSource, in instrument: Instrument,
        at time: Timestamp, to bytes: inout [UInt8]
    ) {
        body(.underlier, to: &bytes) { writer in
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.textMember(Field.price, oracle)
            writer.member(Field.source, source.wireName)
        }
    }

    /// The price that positions are valued at. **Source** `protocol.md` §3.8, P-036.
    public static func markPriceBody(
        _ mark: ReferencePrice, in instrument: Instrument, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        body(.markPrice, to: &bytes) { writer in
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.textMember(Field.price, mark)
        }
    }

    /// The funding rate if the window ended now, and how long it still lasts: never less than 0, and
    /// 0 only when it is over. **Source** `protocol.md` §3.9, P-033, C-26, C-29.
    public static func fundingBody(
        _ rate: Rate, settlesAt: Timestamp, in instrument: Instrument, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        let remaining = Int128(settlesAt.nanoseconds) - Int128(time.nanoseconds)
        body(.funding, to: &bytes) { writer in
            writer.member(Field.time, time)
            writer.member(Field.symbol, instrument.symbol)
            writer.key(Field.fundingRate)
            writer.string(rate, decimals: 5)
            writer.key(Field.annualisedFundingRate)
            writer.string(rate, times: hoursPerYear, decimals: 4)
            writer.key(Field.timeRemaining)
            writer.number(max(0, Rounding.up(remaining, by: 1_000_000_000)))
        }
    }

    private static let hoursPerYear: Int128 = 8_760

    /// The sum of all longs, in base units. **Source** `protocol.md` §3.10, P-036.
    public static func openInterestBody(
        _ quantity: Quantity, in instrument: Instrument, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        body(.openInterest, to: &bytes) { writer in
            writer.member(Field.symbol, instrument.symbol)
            writer.textMember(Field.openInterest, quantity, in: instrument)
            writer.member(Field.time, time)
        }
    }

    /// The range of prices that orders may pay. **Source** `protocol.md` §3.11, P-036.
    public static func priceBandBody(
        _ band: PriceBand, in instrument: Instrument, at time: Timestamp, to bytes: inout [UInt8]
    ) {
        body(.priceBand, to: &bytes) { writer in
            writer.member(Field.symbol, instrument.symbol)
            writer.textMember(Field.minimumPrice, band.minimum)
            writer.textMember(Field.maximumPrice, band.maximum)
            writer.member(Field.time, time)
        }
    }

    /// A candle, under way or closed; its volume in whole dollars, rounded half-even.
    /// **Source** `protocol.md` §3.6, P-031, C-26.
    public static func candleBody(
        _ candle: Candle, _ interval: CandleInterval, in instrument: Instrument,
        to bytes: inout [UInt8]
    ) {
        let oneDollar = Notional(wholeUnits: 1).units
        body(.candle, to: &bytes) { writer in
            writer.member(Field.symbol, instrument.symbol)
            writer.member(Field.start, candle.start)
            writer.member(Field.resolution, interval.wireName)
            writer.textMember(Field.open, candle.open)
            writer.textMember(Field.high, candle.high)
            writer.textMember(Field.low, candle.low)
            writer.textMember(Field.close, candle.close)
            writer.key(Field.dollarVolume)
            writer.number(Rounding.halfEven(candle.volume.units, by: oneDollar))
            writer.key(Field.trades)
            writer.number(candle.trades)
        }
    }
}

extension JSONWriter {
    /// A multiple of a rate as a string with just so many decimals, rounded half-even.
    fileprivate mutating func string(_ rate: Rate, times factor: Int128 = 1, decimals: Int) {
        var divisor = Int128(Rate.unitsPerOne)
        for _ in 0..<decimals { divisor /= 10 }
        string(Rounding.halfEven(Int128(rate.units) * factor, by: divisor), decimals: decimals)
    }
}

public import ExchangeTypes

/// The market's past in a snapshot: of each contract, by id, what no description can give.
extension MarketHistory {
    /// The format that this code writes, and the newest that it reads.
    public static var snapshotFormat: UInt32 { 1 }

    /// Writes it down, without the contracts themselves, which the engine's snapshot holds.
    public func writeSnapshot(to writer: inout BlockWriter) {
        writer.record.write(Self.snapshotFormat)
        writer.record.write(countedTo.nanoseconds)
        writer.record.write(nextReset.nanoseconds)
        writer.record.write(UInt32(instruments.count))
        writer.endRecord()
        for instrument in instruments {
            instrument.write(to: &writer.record)
            writer.endRecord()
        }
    }

    /// Reads a past of these contracts.
    public init(
        from reader: inout BlockReader, of instruments: [Instrument], dailyReset: DailyReset
    ) throws(CodecError) {
        try reader.beginRecord()
        try reader.record.readFormat(Self.snapshotFormat)
        let countedTo = try reader.record.readTime("minutes counted")
        let nextReset = try reader.record.readTime("daily reset")
        let count = try reader.record.read(UInt32.self)
        guard count == instruments.count else {
            throw .invalidValue(field: "contract count", value: UInt64(count))
        }
        var histories: [InstrumentHistory] = []
        for instrument in instruments {
            try reader.beginRecord()
            histories.append(try InstrumentHistory(from: &reader.record, of: instrument))
        }
        self.init(histories, countedTo: countedTo, nextReset: nextReset, dailyReset: dailyReset)
    }
}

extension InstrumentHistory {
    fileprivate func write(to record: inout ByteWriter) {
        record.write(listedAt.nanoseconds)
        record.write(candles != nil)
        if let candles {
            record.write(candles.minute)
            for candle in candles.longer { record.write(candle) }
        }
        record.write(dailyVolume.lots)
        record.write(lastTrade != nil)
        if let lastTrade { record.write(lastTrade) }
        record.write(pricesTime.nanoseconds)
        record.write(funding != nil)
        if let funding {
            record.write(funding.rate.units)
            record.write(funding.settlesAt.nanoseconds)
            record.write(funding.time.nanoseconds)
        }
        record.write(openInterestTime.nanoseconds)
        for row in [bestBidOffer.bid, bestBidOffer.ask] {
            record.writeOptional(row?.price.ticks)
            record.writeOptional(row?.quantity.lots)
        }
        record.write(bestBidOffer.time.nanoseconds)
    }

    fileprivate init(
        from record: inout ByteReader, of instrument: Instrument
    ) throws(CodecError) {
        self.init(instrument, at: Timestamp(nanoseconds: try record.read()))
        if try record.readFlag("candles") {
            let minute = try record.readCandle()
            var longer: [Candle] = []
            for _ in CandleSeries.longerIntervals { longer.append(try record.readCandle()) }
            candles = CandleSeries(minute: minute, longer: longer)
        }
        dailyVolume = Quantity(lots: try record.read("daily volume", within: 0 ... .max))
        if try record.readFlag("last trade") {
            lastTrade = try record.readTrade(of: instrument.id)
        }
        pricesTime = Timestamp(nanoseconds: try record.read())
        if try record.readFlag("funding") {
            funding = PublishedFunding(
                rate: Rate(units: try record.read()),
                settlesAt: Timestamp(nanoseconds: try record.read()),
                time: Timestamp(nanoseconds: try record.read()))
        }
        openInterestTime = Timestamp(nanoseconds: try record.read())
        bestBidOffer.bid = try record.readRow()
        bestBidOffer.ask = try record.readRow()
        bestBidOffer.time = Timestamp(nanoseconds: try record.read())
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ candle: Candle) {
        write(candle.start.nanoseconds)
        for price in [candle.open, candle.high, candle.low, candle.close] { write(price.units) }
        write(candle.volume.units)
        write(candle.trades)
    }

    fileprivate mutating func write(_ last: TimedTrade) {
        write(last.trade.id.value)
        write(last.trade.price.units)
        write(last.trade.quantity.lots)
        write(last.trade.aggressorSide.rawValue)
        write(last.trade.executionType.rawValue)
        write(last.time.nanoseconds)
    }
}

extension ByteReader {
    /// An instant that an interval can be added to.
    fileprivate mutating func readTime(_ field: StaticDescription) throws(CodecError) -> Timestamp {
        Timestamp(nanoseconds: try read(field, within: (.min / 2)...(.max / 2)))
    }

    fileprivate mutating func readCandle() throws(CodecError) -> Candle {
        Candle(
            start: try readTime("candle"), open: ReferencePrice(units: try read()),
            high: ReferencePrice(units: try read()), low: ReferencePrice(units: try read()),
            close: ReferencePrice(units: try read()),
            volume: Notional(units: try read("candle volume", within: 0...(1 << 120))),
            trades: try read("candle trades", within: 0...(.max / 2)))
    }

    fileprivate mutating func readTrade(
        of instrument: InstrumentID
    ) throws(CodecError) -> TimedTrade {
        let trade = Trade(
            id: TradeID(try read()), instrument: instrument,
            price: ReferencePrice(units: try read()), quantity: Quantity(lots: try read()),
            aggressorSide: try readCase("side"), executionType: try readCase("execution type"))
        return TimedTrade(trade: trade, time: Timestamp(nanoseconds: try read()))
    }

    fileprivate mutating func readRow() throws(CodecError) -> DepthRow? {
        let price = try readOptional("best price", within: 0...Int64.max)
        let quantity = try readOptional("best quantity", within: 0...Int64.max)
        guard let price, let quantity else { return nil }
        return DepthRow(price: Price(ticks: price), quantity: Quantity(lots: quantity))
    }
}

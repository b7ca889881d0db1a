import ExchangeTypes

/// Contracts and accounts of a snapshot.
extension Exchange {
    /// Ten times the highest outside price: what no price ever passes.
    private static var highestPrice: Int64 { 10 * Limits.maximumIndexPrice.units }
    /// The largest figure in units of 1e-16 that the averages can work with.
    private static var largestAverage: Int128 { 1 << 85 }

    func readListing(
        _ index: Int, _ counts: SnapshotCounts, _ record: inout ByteReader
    ) throws(CodecError) {
        guard case .configureInstrument(let instrument) = try record.readCommand(),
            instrument.isValid, Int(instrument.id.index) == index
        else { throw .invalidValue(field: "contract", value: UInt64(index)) }
        list(instrument)
        var listing = Listing(instrument: instrument)
        listing.session = try record.readCase("session")
        listing.front = try readLeg(&record)
        listing.next = try readLeg(&record)
        let one = Rate.unitsPerOne
        listing.frontWeight = Rate(units: try record.read("front weight", within: 0...one))
        listing.ratio = Rate(units: try record.read("ratio", within: 1...10 * one))
        listing.firstOracle = try readPrice("first oracle", &record)
        listing.lastExternal = ReferencePrice(
            units: try record.read("last external", within: 0...Self.highestPrice))
        listing.lastOutsideAt = Timestamp(nanoseconds: try record.read())
        listing.source = try record.readCase("oracle source")
        listing.oracle = try readPrice("oracle", &record)
        let average = Self.largestAverage
        // It is computed with only while it is in force.
        let largest = listing.source == .internal ? average : 1 << 100
        listing.internalOracle = try record.read("internal oracle", within: 0...largest)
        listing.basis.value = try record.readOptional("basis", within: -average...average)
        listing.mark = try readPrice("mark", &record)
        listing.markedAt = Timestamp(nanoseconds: try record.read())
        listing.isDirty = try record.readFlag("dirty")
        listing.lastTrade = try record.readOptional(
            "last trade", within: 1...Limits.maximumPriceTicks
        ).map { Price(ticks: $0) }
        if let last = listing.lastTrade { try checkTicks(last, instrument) }
        try check(
            (listing.mark == nil) == (listing.oracle == nil)
                && (listing.firstOracle == nil) == (listing.oracle == nil), "prices",
            UInt64(index))
        if try record.readFlag("said prices") {
            listing.saidPrices = try readPrices(instrument.id, &record)
        }
        listing.funding = FundingWindow(
            count: try record.read("sample count", within: 0...3_600),
            weightedSum: try record.readSum("samples"), said: Rate(units: try record.read()))
        listing.openInterest = Quantity(lots: try record.read("open interest", within: 0 ... .max))
        listing.forcedOrders = DecayingSum(
            sum: Money(units: try record.read("forced orders", within: 0...(.max / 2))),
            second: try record.read())
        try checkValue(of: listing.openInterest, in: listing)
        listings[index] = listing
        try readLists(index, counts, &record)
    }

    private func readLists(
        _ index: Int, _ counts: SnapshotCounts, _ record: inout ByteReader
    ) throws(CodecError) {
        for _ in 0..<(try record.read("session count", within: 0...64 as ClosedRange<UInt8>)) {
            let session: MarketSession = try record.readCase("session")
            let scheduled = ScheduledSession(
                session: session, startsAt: Timestamp(nanoseconds: try record.read()))
            try check(
                schedules[index].last.map { $0.startsAt < scheduled.startsAt } ?? true,
                "session order", UInt64(index))
            schedules[index].append(scheduled)
        }
        let capacity = UInt8(MinuteOfSamples.capacity)
        for _ in 0..<(try record.read("minute of samples", within: 0...capacity)) {
            discounts[index].add(
                try record.read("sample", within: (.min / 4)...(.max / 4)))
        }
        let most = UInt8(Limits.maximumProviders)
        for _ in 0..<(try record.read("provider count", within: 0...most)) {
            let account = AccountID(try record.read())
            let limit: Int64 = try record.read(
                "provider limit", within: 1...Limits.maximumPositionNotional.units)
            try check(
                Int(account.index) < counts.accounts
                    && providers[index].last.map { $0.account < account } ?? true,
                "provider", UInt64(account.index))
            providers[index].append(
                Provider(account: account, maximumNotional: Money(units: limit)))
        }
    }

    private func readLeg(_ record: inout ByteReader) throws(CodecError) -> OutsidePrice {
        OutsidePrice(
            price: try readPrice("outside price", &record),
            observedAt: try record.readOptional("price time").map { Timestamp(nanoseconds: $0) },
            refusals: try record.read())
    }

    private func readPrice(
        _ field: StaticDescription, _ record: inout ByteReader
    ) throws(CodecError) -> ReferencePrice? {
        try record.readOptional(field, within: 1...Self.highestPrice)
            .map { ReferencePrice(units: $0) }
    }

    private func readPrices(
        _ instrument: InstrumentID, _ record: inout ByteReader
    ) throws(CodecError) -> PricesChanged {
        PricesChanged(
            instrument: instrument, oracle: ReferencePrice(units: try record.read()),
            mark: ReferencePrice(units: try record.read()),
            band: PriceBand(
                minimum: ReferencePrice(units: try record.read()),
                maximum: ReferencePrice(units: try record.read())),
            source: try record.readCase("oracle source"))
    }

    /// A tick price whose value stays within 64 bits.
    func checkTicks(_ price: Price, _ instrument: Instrument) throws(CodecError) {
        let units = Int128(price.ticks) * Int128(instrument.tickSize.units)
        try check(
            price.ticks >= 0 && price.ticks <= Limits.maximumPriceTicks
                && units <= Int128(Self.highestPrice), "price",
            UInt64(truncatingIfNeeded: price.ticks))
    }

    /// Refuses lots whose value would not be an amount of money.
    func checkValue(of quantity: Quantity, in listing: Listing) throws(CodecError) {
        guard quantity != .zero else { return }
        guard let mark = listing.mark else { throw .invalidValue(field: "position", value: 0) }
        let lot = Int128(mark.units) * Int128(listing.instrument.lotSize.units)
        let (value, overflow) = lot.multipliedReportingOverflow(by: Int128(quantity.lots))
        try check(
            !overflow && value / Int128(unitsPerOne) < Int128(Int64.max), "position",
            UInt64(truncatingIfNeeded: quantity.lots))
    }

    // MARK: Accounts

    func readAccount(_ counts: SnapshotCounts, _ reader: inout BlockReader) throws(CodecError) {
        try reader.beginRecord()
        let id = AccountID(UInt32(accounts.count))
        let identity = UniqueID(high: try reader.record.read(), low: try reader.record.read())
        let user = AccountID(try reader.record.read())
        try check(user <= id, "user", UInt64(user.index))
        var account = Account(id: id, identity: identity, user: user)
        account.cash = Money(units: try reader.record.read())
        account.deposits = Money(units: try reader.record.read())
        account.rewards = Money(units: try reader.record.read())
        account.realisedPnL = Money(units: try reader.record.read())
        account.netFunding = Money(units: try reader.record.read())
        account.fees = Money(units: try reader.record.read())
        account.isInLiquidation = try reader.record.readFlag("in liquidation")
        if try reader.record.readFlag("sent a slice") { account.lastSliceSecond = currentSecond }
        account.isIdentityCheckMissing = try reader.record.readFlag("identity check")
        account.areTermsMissing = try reader.record.readFlag("terms")
        account.subaccountCount = try reader.record.read()
        account.feeTier = try reader.record.read(
            "fee tier", within: 1...FeeSchedule.entryTier)
        account.volume = try readVolume(&reader.record)
        let holdings = try reader.record.read(UInt16.self)
        try check(holdings <= counts.listings, "holding count", UInt64(holdings))
        var last = -1
        for _ in 0..<holdings {
            try reader.beginRecord()
            let holding = try readHolding(&reader.record)
            let place = Int(holding.instrument.index)
            try check(place > last && place < listings.count, "holding", UInt64(place))
            try checkValue(of: holding.position.magnitude, in: listings[place])
            account.withHolding(of: holding.instrument) { $0 = holding }
            last = place
        }
        accounts.append(account)
        accountsByIdentity[identity] = id
    }

    private func readVolume(_ record: inout ByteReader) throws(CodecError) -> TradingVolume {
        let largest: Int128 = 1 << 110
        let today = try record.read("volume", within: 0...largest)
        var days: [Int128] = []
        let most = UInt8(TradingVolume.dayCount)
        for _ in 0..<(try record.read("day count", within: 0...most)) {
            days.append(try record.read("volume", within: 0...largest))
        }
        return TradingVolume(today: today, days: days)
    }

    private func readHolding(_ record: inout ByteReader) throws(CodecError) -> Holding {
        var holding = Holding(instrument: InstrumentID(try record.read()))
        holding.position.lots = try record.read("position", within: -(.max / 2)...(.max / 2))
        holding.cost = Money(units: try record.read())
        holding.realisedPnL = Money(units: try record.read())
        holding.netFunding = Money(units: try record.read())
        holding.hasTraded = try record.readFlag("has traded")
        holding.chosenLeverage = try record.read()
        return holding
    }
}

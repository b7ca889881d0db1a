public import ExchangeTypes

extension Exchange {
    /// An exchange in the state that a snapshot holds; what lies behind it in the blocks stays unread.
    ///
    /// The bytes may be anything: every count, id and amount is checked before it is used, and so are
    /// all invariants in the end. When something is wrong there is no exchange at all.
    ///
    /// **Complexity** linear in the state, but for the heaps of triggers.
    public static func restore(
        from reader: inout BlockReader
    ) throws(SnapshotError) -> Exchange {
        let exchange = Exchange()
        do throws(CodecError) {
            try exchange.readState(&reader)
        } catch {
            throw SnapshotError(error)
        }
        do throws(BrokenInvariant) {
            try exchange.checkRestored()
            try exchange.verifyInvariants(names: false)
        } catch {
            throw .inconsistent(error.description)
        }
        return exchange
    }

    private func readState(_ reader: inout BlockReader) throws(CodecError) {
        try reader.beginRecord()
        let counts = try readHead(&reader.record)
        for index in 0..<counts.listings {
            try reader.beginRecord()
            try readListing(index, counts, &reader.record)
        }
        for _ in 0..<counts.accounts { try readAccount(counts, &reader) }
        try checkMasters()
        ordersByClientID.reserveCapacity(min(counts.names, Self.mostNamesReserved))
        var offered = [Int64](repeating: 0, count: listings.count)
        for _ in 0..<counts.orders {
            try reader.beginRecord()
            try readOrder(&offered, &reader.record)
        }
        for _ in 0..<counts.stops {
            try reader.beginRecord()
            try readStop(&reader.record)
        }
        for _ in 0..<counts.held {
            try reader.beginRecord()
            try readHeld(&reader.record)
        }
        for _ in 0..<counts.twaps {
            try reader.beginRecord()
            try readTWAP(&reader.record)
        }
        rebuild()
    }

    /// Names for which there is room from the beginning, whatever a snapshot claims to hold.
    private static var mostNamesReserved: Int { 1 << 21 }

    private func readHead(_ record: inout ByteReader) throws(CodecError) -> SnapshotCounts {
        try record.readFormat(Self.snapshotFormat)
        command = SequenceNumber(try record.read())
        now = Timestamp(nanoseconds: try record.read())
        lastSecond = try record.readOptional("last second")
        nextOrderID = try record.read()
        nextTradeID = try record.read()
        nextTWAPID = try record.read()
        guard case .configureVenue(let parameters) = try record.readCommand(), parameters.isValid
        else { throw .invalidValue(field: "venue", value: 0) }
        venue = parameters
        ledger = Ledger(
            fees: try record.readSum("fees"), clearing: try record.readSum("clearing"),
            outside: try record.readSum("outside"), reserve: try record.readSum("reserve"),
            rounding: try record.readSum("rounding"))
        try check(ledger.reserve >= 0, "reserve", 0)
        return try SnapshotCounts(&record)
    }

    /// Every master came before its subaccounts.
    private func checkMasters() throws(CodecError) {
        for account in accounts where !account.isMaster {
            let user = account.user
            try check(
                user < account.id && accounts[Int(user.index)].isMaster, "master",
                UInt64(user.index))
        }
    }

    /// Makes what follows from what was read.
    private func rebuild() {
        for index in listings.indices {
            listings[index].openInterestValue = .zero
            revalueOpenInterest(of: index)
            if listings[index].isDirty { dirtyListings.append(index) }
        }
        for account in accounts {
            for holding in account.holdings where holding.position.lots != 0 {
                updateHolder(account.id, holding.instrument)
            }
            if account.isInLiquidation {
                liquidating.append(account.id)
                continue
            }
            let figures = figures(of: account.id)
            if figures.positionCount > 0 { shareOutCushion(account.id, figures) }
        }
        for place in accounts.indices { accounts[place].twaps.sort() }
    }

    /// What the invariants do not look at, because commands cannot break it.
    private func checkRestored() throws(BrokenInvariant) {
        try require(
            accountsByIdentity.count == accounts.count, "two accounts have the same identity")
        try require(instrumentsBySymbol.count == listings.count, "two contracts have one symbol")
        let parents = stops.values.count { $0.parent != nil }
        let children = legs.values.reduce(0) {
            $0 + ($1.takeProfit == nil ? 0 : 1) + ($1.stopLoss == nil ? 0 : 1)
        }
        try require(parents == children, "two legs of an order are alike")
    }
}

/// How many records of each kind a snapshot says that it holds. None is believed: a record that is not
/// there ends the reading.
struct SnapshotCounts {
    let listings: Int
    let accounts: Int
    let orders: Int
    let stops: Int
    let held: Int
    let twaps: Int

    init(_ record: inout ByteReader) throws(CodecError) {
        listings = Int(try record.read(UInt32.self))
        accounts = Int(try record.read(UInt32.self))
        orders = Int(try record.read(UInt32.self))
        stops = Int(try record.read(UInt32.self))
        held = Int(try record.read(UInt32.self))
        twaps = Int(try record.read(UInt32.self))
        try check(listings <= Int(Limits.maximumInstruments), "contract count", UInt64(listings))
        try check(accounts <= Int(Limits.maximumAccounts), "account count", UInt64(accounts))
        try check(orders < Int(Int32.max), "order count", UInt64(orders))
    }

    /// Everything that has a client's name.
    var names: Int { orders + stops + held }
}

/// Refuses a value that cannot be.
func check(
    _ condition: Bool, _ field: StaticDescription, _ value: @autoclosure () -> UInt64
) throws(CodecError) {
    if !condition { throw .invalidValue(field: field, value: value()) }
}

extension ByteReader {
    /// A sum over all accounts: with room to add a few of its kind.
    mutating func readSum(_ field: StaticDescription) throws(CodecError) -> Int128 {
        try read(field, within: -(1 << 100)...(1 << 100))
    }

    /// A command as it stands in the log, behind its length.
    mutating func readCommand() throws(CodecError) -> Command {
        let count = Int(try read(UInt16.self))
        return try CommandCodec.decode(try readBytes(count))
    }
}

import ExchangeTypes

/// The history in a snapshot: accounts by id, and of each what it traded and what ended, oldest first.
extension TradeHistory {
    /// The format that this code writes, and the newest that it reads.
    static let snapshotFormat: UInt32 = 1

    func writeSnapshot(to writer: inout BlockWriter) {
        writer.record.write(Self.snapshotFormat)
        writer.record.write(UInt32(accounts.count))
        writer.endRecord()
        for account in accounts {
            writer.record.write(UInt32(account.fills.count))
            writer.record.write(UInt32(account.orders.count))
            writer.endRecord()
            for place in (0..<account.fills.count).reversed() {
                writer.record.write(account.fills[newest: place])
                writer.endRecord()
            }
            for place in (0..<account.orders.count).reversed() {
                writer.record.write(account.orders[newest: place])
                writer.endRecord()
            }
        }
    }

    /// Reads a history; no count in it is believed beyond what is there.
    init(from reader: inout BlockReader) throws(CodecError) {
        self.init()
        try reader.beginRecord()
        try reader.record.readFormat(Self.snapshotFormat)
        let count = try reader.record.read(UInt32.self)
        guard count <= Limits.maximumAccounts else {
            throw .invalidValue(field: "account count", value: UInt64(count))
        }
        for _ in 0..<count {
            try reader.beginRecord()
            let fillCount = try reader.record.read(UInt32.self)
            let orderCount = try reader.record.read(UInt32.self)
            var account = AccountHistory()
            for _ in 0..<fillCount {
                try reader.beginRecord()
                account.fills.append(try reader.record.readTimedFill())
            }
            for _ in 0..<orderCount {
                try reader.beginRecord()
                account.orders.append(try reader.record.readClosedOrder())
            }
            accounts.append(account)
        }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ row: TimedFill) {
        write(row.fill.trade.value)
        write(row.fill.order)
        write(row.fill.price.units)
        write(row.fill.quantity.lots)
        write(row.fill.aggressorSide.rawValue)
        write(row.fill.fee.units)
        write(row.fill.realisedPnL.units)
        write(row.fill.executionType.rawValue)
        write(row.time.nanoseconds)
    }

    fileprivate mutating func write(_ closed: ClosedOrder) {
        write(closed.order)
        switch closed.end {
        case .filled(let trade, let price):
            write(UInt8(0))
            write(trade.value)
            write(price.units)
        case .cancelled(let reason):
            write(UInt8(1))
            write(reason.rawValue)
        }
        write(closed.time.nanoseconds)
    }
}

extension ByteReader {
    fileprivate mutating func readTimedFill() throws(CodecError) -> TimedFill {
        let fill = Fill(
            trade: TradeID(try read()), order: try readOrder(),
            price: ReferencePrice(units: try read()), quantity: Quantity(lots: try read()),
            aggressorSide: try readCase("side"), fee: Money(units: try read()),
            realisedPnL: Money(units: try read()), executionType: try readCase("execution type"))
        return TimedFill(fill: fill, time: Timestamp(nanoseconds: try read()))
    }

    fileprivate mutating func readClosedOrder() throws(CodecError) -> ClosedOrder {
        let order = try readOrder()
        let end: ClosedOrder.End
        if try readFlag("kind of end") {
            end = .cancelled(try readCase("cancel reason"))
        } else {
            end = .filled(TradeID(try read()), at: ReferencePrice(units: try read()))
        }
        return ClosedOrder(order: order, end: end, time: Timestamp(nanoseconds: try read()))
    }
}

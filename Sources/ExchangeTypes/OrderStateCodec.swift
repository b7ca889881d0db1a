/// The bytes of an order as it stands, in snapshots: of those that are open and of those that were.
private enum OrderFlags {
    static let isAmended: UInt8 = 1
    static let isReduceOnly: UInt8 = 2
    static let hasTakeProfit: UInt8 = 4
    static let hasStopLoss: UInt8 = 8
}

extension ByteWriter {
    public mutating func write(_ order: OrderState) {
        write(order.id.value)
        write(order.account.index)
        write(order.instrument.index)
        write(order.side.rawValue)
        write(order.type.rawValue)
        write(order.timeInForce.rawValue)
        var flags: UInt8 = 0
        if order.isAmended { flags |= OrderFlags.isAmended }
        if order.isReduceOnly { flags |= OrderFlags.isReduceOnly }
        if order.takeProfit != .zero { flags |= OrderFlags.hasTakeProfit }
        if order.stopLoss != .zero { flags |= OrderFlags.hasStopLoss }
        write(flags)
        write(order.price.ticks)
        write(order.quantity.lots)
        write(order.remaining.lots)
        write(order.updatedAt.nanoseconds)
        write(order.clientOrderID)
        write(order.feeTier)
        if order.takeProfit != .zero { write(order.takeProfit.ticks) }
        if order.stopLoss != .zero { write(order.stopLoss.ticks) }
    }

    /// A condition as a byte.
    @inlinable public mutating func write(_ flag: Bool) { write(UInt8(flag ? 1 : 0)) }
}

extension ByteReader {
    /// Reads an order; whether its numbers make sense is the caller's to check.
    public mutating func readOrder() throws(CodecError) -> OrderState {
        let id = OrderID(try read())
        let account = AccountID(try read())
        let instrument = InstrumentID(try read())
        let side: Side = try readCase("side")
        let type: OrderType = try readCase("order type")
        let timeInForce: TimeInForce = try readCase("time in force")
        let flags = try readFlags("order flags", below: 16)
        var order = OrderState(
            id: id, account: account, instrument: instrument, side: side, type: type,
            timeInForce: timeInForce, isAmended: flags & OrderFlags.isAmended != 0,
            price: Price(ticks: try read()),
            quantity: Quantity(lots: try read()), remaining: Quantity(lots: try read()),
            updatedAt: Timestamp(nanoseconds: try read()), clientOrderID: try readText(),
            feeTier: try read(), isReduceOnly: flags & OrderFlags.isReduceOnly != 0)
        if flags & OrderFlags.hasTakeProfit != 0 { order.takeProfit = Price(ticks: try read()) }
        if flags & OrderFlags.hasStopLoss != 0 { order.stopLoss = Price(ticks: try read()) }
        return order
    }

    /// Reads one byte as a condition.
    @inlinable public mutating func readFlag(_ field: StaticDescription) throws(CodecError) -> Bool
    {
        try readFlags(field, below: 2) != 0
    }
}

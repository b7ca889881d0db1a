/// The bytes of a command in the log: one tag byte, then its fields in declaration order,
/// little-endian with explicit widths. A tag is never given a second meaning.
public enum CommandCodec {
    /// Appends the bytes of a command.
    public static func encode(_ command: Command, to writer: inout ByteWriter) {
        switch command {
        case .configureInstrument(let instrument):
            writer.write(UInt8(9))
            encode(instrument, to: &writer)
            encode(instrument.risk, to: &writer)
        case .openAccount(let open):
            writer.write(UInt8(2))
            writer.write(open.identity.high)
            writer.write(open.identity.low)
            writer.write(UInt8(open.master == nil ? 0 : 1))
            if let master = open.master { writer.write(master.index) }
        case .deposit(let deposit):
            writer.write(UInt8(3))
            writer.write(deposit.account.index)
            writer.write(deposit.amount.units)
        case .updateIndexPrice(let update):
            writer.write(UInt8(10))
            writer.write(update.instrument.index)
            writer.write(update.price.units)
            writer.write(update.leg.rawValue)
            writer.write(UInt8(update.observedAt == nil ? 0 : 1))
            if let time = update.observedAt { writer.write(time.nanoseconds) }
        case .placeOrder(let order):
            writer.write(UInt8(22))
            encode(order, to: &writer)
        case .modifyOrder(let modify):
            writer.write(UInt8(23))
            encode(modify, to: &writer)
        case .cancelOrder(let cancel):
            writer.write(UInt8(7))
            writer.write(cancel.account.index)
            encode(cancel.instrument, to: &writer)
            encode(cancel.order, to: &writer)
        case .cancelAllOrders(let cancel):
            writer.write(UInt8(8))
            writer.write(cancel.account.index)
            writer.write(UInt8(cancel.instrument == nil ? 0 : 1))
            if let instrument = cancel.instrument { encode(instrument, to: &writer) }
        case .configureVenue, .withdraw, .transfer, .creditReward, .fundReserve, .setProvider,
            .composeOracle, .scheduleSession, .advanceTime, .splitInstrument, .setLeverage:
            encodeRisk(command, to: &writer)
        case .closePosition, .modifyStopOrder, .cancelStopOrder, .placeTWAP, .cancelTWAP,
            .setUserStatus, .disturb:
            encodeTrading(command, to: &writer)
        }
    }

    /// Reads a command back; the bytes must hold exactly one.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CodecError) -> Command {
        var reader = ByteReader(bytes)
        let command = try decodeCommand(&reader)
        try reader.finish()
        return command
    }

    private static func decodeCommand(_ reader: inout ByteReader) throws(CodecError) -> Command {
        let tag = try reader.read(UInt8.self)
        switch tag {
        // Written before contracts had risk parameters: those of a single stock.
        case 1: return .configureInstrument(try decodeInstrument(&reader))
        case 2:
            let identity = UniqueID(high: try reader.read(), low: try reader.read())
            let hasMaster = try reader.readFlags("master presence", below: 2) != 0
            return .openAccount(
                OpenAccount(
                    identity: identity, master: hasMaster ? AccountID(try reader.read()) : nil))
        case 3:
            let account = AccountID(try reader.read())
            return .deposit(Deposit(account: account, amount: Money(units: try reader.read())))
        case 4, 10:
            var update = UpdateIndexPrice(
                instrument: InstrumentID(try reader.read()),
                price: ReferencePrice(units: try reader.read()))
            // Written before prices had legs and times.
            if tag == 4 { return .updateIndexPrice(update) }
            update.leg = try reader.readCase("leg")
            if try reader.readFlags("time presence", below: 2) != 0 {
                update.observedAt = Timestamp(nanoseconds: try reader.read())
            }
            return .updateIndexPrice(update)
        // 5 and 6 were written before orders could be reduce-only or carry legs.
        case 5: return .placeOrder(try decodePlaceOrder(&reader))
        case 6: return .modifyOrder(try decodeModifyOrder(&reader))
        case 22:
            var order = try decodePlaceOrder(&reader)
            order.isReduceOnly = try reader.readFlags("reduce only", below: 2) != 0
            order.takeProfit = try reader.readDecimal()
            order.stopLoss = try reader.readDecimal()
            return .placeOrder(order)
        case 23:
            var modify = try decodeModifyOrder(&reader)
            let present = try reader.readFlags("modified legs", below: 16)
            guard present & 12 != 8 else {
                throw .invalidValue(field: "modified legs", value: UInt64(present))
            }
            if present & 1 != 0 { modify.takeProfit = try reader.readDecimal() }
            if present & 2 != 0 { modify.stopLoss = try reader.readDecimal() }
            if present & 4 != 0 { modify.isReduceOnly = present & 8 != 0 }
            return .modifyOrder(modify)
        case 7:
            let account = AccountID(try reader.read())
            let instrument = try decodeInstrumentReference(&reader)
            return .cancelOrder(
                CancelOrder(
                    account: account, instrument: instrument,
                    order: try decodeOrderReference(&reader)))
        case 8:
            let account = AccountID(try reader.read())
            let hasInstrument = try reader.readFlags("instrument presence", below: 2) != 0
            return .cancelAllOrders(
                CancelAllOrders(
                    account: account,
                    instrument: hasInstrument ? try decodeInstrumentReference(&reader) : nil))
        case 9:
            var instrument = try decodeInstrument(&reader)
            instrument.risk = try decodeRiskParameters(&reader)
            return .configureInstrument(instrument)
        case 11...21: return try decodeRisk(tag, &reader)
        case _: return try decodeTrading(tag, &reader)
        }
    }

    private static func encode(_ instrument: Instrument, to writer: inout ByteWriter) {
        writer.write(instrument.id.index)
        writer.write(instrument.symbol)
        writer.write(instrument.category.rawValue)
        writer.write(instrument.status.rawValue)
        writer.write(instrument.tickSize.units)
        writer.write(instrument.lotSize.units)
        writer.write(instrument.minimumQuantity.lots)
        writer.write(instrument.maximumQuantity.lots)
        writer.write(instrument.maximumLeverage)
        writer.write(instrument.makerFee.units)
        writer.write(instrument.takerFee.units)
        writer.write(instrument.bandWidth.units)
        writer.write(instrument.maximumNotional.units)
        writer.write(instrument.minimumNotional.units)
    }

    private static func decodeInstrument(
        _ reader: inout ByteReader
    ) throws(CodecError) -> Instrument {
        Instrument(
            id: InstrumentID(try reader.read()), symbol: try reader.readText(),
            category: try reader.readCase("category"), status: try reader.readCase("status"),
            tickSize: Decimal8(units: try reader.read()),
            lotSize: Decimal8(units: try reader.read()),
            minimumQuantity: Quantity(lots: try reader.read()),
            maximumQuantity: Quantity(lots: try reader.read()),
            maximumLeverage: try reader.read(), makerFee: Rate(units: try reader.read()),
            takerFee: Rate(units: try reader.read()), bandWidth: Rate(units: try reader.read()),
            maximumNotional: Money(units: try reader.read()),
            minimumNotional: Money(units: try reader.read()))
    }

    private static func encode(_ order: PlaceOrder, to writer: inout ByteWriter) {
        writer.write(order.account.index)
        encode(order.instrument, to: &writer)
        writer.write(order.side.rawValue)
        writer.write(order.type.rawValue)
        writer.write(order.timeInForce.rawValue)
        writer.write(order.quantity)
        writer.write(order.price)
        writer.write(order.clientOrderID)
        writer.write(UInt8(order.isReduceOnly ? 1 : 0))
        writer.write(order.takeProfit)
        writer.write(order.stopLoss)
    }

    private static func decodePlaceOrder(
        _ reader: inout ByteReader
    ) throws(CodecError) -> PlaceOrder {
        PlaceOrder(
            account: AccountID(try reader.read()),
            instrument: try decodeInstrumentReference(&reader), side: try reader.readCase("side"),
            type: try reader.readCase("order type"),
            timeInForce: try reader.readCase("time in force"),
            quantity: try reader.readDecimal(), price: try reader.readDecimal(),
            clientOrderID: try reader.readText())
    }

    private static func encode(_ modify: ModifyOrder, to writer: inout ByteWriter) {
        writer.write(modify.account.index)
        encode(modify.instrument, to: &writer)
        encode(modify.order, to: &writer)
        writer.write(modify.side.rawValue)
        writer.write(modify.type.rawValue)
        writer.write(UInt8(modify.quantity == nil ? 0 : 1) | UInt8(modify.price == nil ? 0 : 2))
        if let quantity = modify.quantity { writer.write(quantity) }
        if let price = modify.price { writer.write(price) }
        var present: UInt8 = 0
        if modify.takeProfit != nil { present |= 1 }
        if modify.stopLoss != nil { present |= 2 }
        if let isReduceOnly = modify.isReduceOnly { present |= isReduceOnly ? 12 : 4 }
        writer.write(present)
        if let takeProfit = modify.takeProfit { writer.write(takeProfit) }
        if let stopLoss = modify.stopLoss { writer.write(stopLoss) }
    }

    private static func decodeModifyOrder(
        _ reader: inout ByteReader
    ) throws(CodecError) -> ModifyOrder {
        let account = AccountID(try reader.read())
        let instrument = try decodeInstrumentReference(&reader)
        let order = try decodeOrderReference(&reader)
        let side: Side = try reader.readCase("side")
        let type: OrderType = try reader.readCase("order type")
        let present = try reader.readFlags("modified fields", below: 4)
        return ModifyOrder(
            account: account, instrument: instrument, order: order, side: side, type: type,
            quantity: present & 1 == 0 ? nil : try reader.readDecimal(),
            price: present & 2 == 0 ? nil : try reader.readDecimal())
    }

    static func encode(_ reference: InstrumentReference, to writer: inout ByteWriter) {
        switch reference {
        case .known(let id):
            writer.write(UInt8(0))
            writer.write(id.index)
        case .unknown(let symbol):
            writer.write(UInt8(1))
            writer.write(symbol)
        }
    }

    static func decodeInstrumentReference(
        _ reader: inout ByteReader
    ) throws(CodecError) -> InstrumentReference {
        switch try reader.read(UInt8.self) {
        case 0: return .known(InstrumentID(try reader.read()))
        case 1: return .unknown(try reader.readText())
        case let tag: throw .invalidValue(field: "instrument reference", value: UInt64(tag))
        }
    }

    static func encode(_ reference: OrderReference, to writer: inout ByteWriter) {
        switch reference {
        case .orderID(let id):
            writer.write(UInt8(0))
            writer.write(id.value)
        case .clientOrderID(let id):
            writer.write(UInt8(1))
            writer.write(id)
        case .unrecognised(let text):
            writer.write(UInt8(2))
            writer.write(text)
        }
    }

    static func decodeOrderReference(
        _ reader: inout ByteReader
    ) throws(CodecError) -> OrderReference {
        switch try reader.read(UInt8.self) {
        case 0: return .orderID(OrderID(try reader.read()))
        case 1: return .clientOrderID(try reader.readText())
        case 2: return .unrecognised(try reader.readText())
        case let tag: throw .invalidValue(field: "order reference", value: UInt64(tag))
        }
    }
}

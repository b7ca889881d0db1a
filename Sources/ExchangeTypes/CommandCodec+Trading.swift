/// The commands that stop orders, sliced orders, user flags and disturbances added, from tag 24 on.
/// **Source** as `CommandCodec`.
extension CommandCodec {
    static func encodeTrading(_ command: Command, to writer: inout ByteWriter) {
        switch command {
        case .closePosition(let close):
            writer.write(UInt8(24))
            writer.write(close.account.index)
            encode(close.instrument, to: &writer)
            writer.write(close.clientOrderID)
        case .modifyStopOrder(let modify):
            writer.write(UInt8(25))
            encode(modify, to: &writer)
        case .cancelStopOrder(let cancel):
            writer.write(UInt8(26))
            writer.write(cancel.account.index)
            encode(cancel.order, to: &writer)
        case .placeTWAP(let twap):
            writer.write(UInt8(27))
            encode(twap, to: &writer)
        case .cancelTWAP(let cancel):
            writer.write(UInt8(28))
            writer.write(cancel.account.index)
            encode(cancel.instrument, to: &writer)
            encode(cancel.twap, to: &writer)
        case .setUserStatus(let status):
            writer.write(UInt8(29))
            writer.write(status.user.index)
            writer.write(
                UInt8(status.isIdentityCheckMissing ? 1 : 0)
                    | UInt8(status.areTermsMissing ? 2 : 0))
        case .disturb(let disturbance):
            writer.write(UInt8(30))
            encode(disturbance, to: &writer)
        case .configureInstrument, .configureVenue, .openAccount, .deposit, .withdraw, .transfer,
            .creditReward, .fundReserve, .setProvider, .updateIndexPrice, .composeOracle,
            .scheduleSession, .advanceTime, .splitInstrument, .setLeverage, .placeOrder,
            .modifyOrder, .cancelOrder, .cancelAllOrders:
            preconditionFailure("CommandCodec.encode writes this elsewhere")
        }
    }

    static func decodeTrading(
        _ tag: UInt8, _ reader: inout ByteReader
    ) throws(CodecError) -> Command {
        switch tag {
        case 24:
            return .closePosition(
                ClosePosition(
                    account: AccountID(try reader.read()),
                    instrument: try decodeInstrumentReference(&reader),
                    clientOrderID: try reader.readText()))
        case 25: return .modifyStopOrder(try decodeModifyStopOrder(&reader))
        case 26:
            return .cancelStopOrder(
                CancelStopOrder(
                    account: AccountID(try reader.read()), order: try decodeOrderReference(&reader))
            )
        case 27: return .placeTWAP(try decodePlaceTWAP(&reader))
        case 28:
            return .cancelTWAP(
                CancelTWAP(
                    account: AccountID(try reader.read()),
                    instrument: try decodeInstrumentReference(&reader),
                    twap: try decodeTWAPReference(&reader)))
        case 29:
            let user = AccountID(try reader.read())
            let flags = try reader.readFlags("user status", below: 4)
            return .setUserStatus(
                SetUserStatus(
                    user: user, isIdentityCheckMissing: flags & 1 != 0,
                    areTermsMissing: flags & 2 != 0))
        case 30: return .disturb(try decodeDisturbance(&reader))
        case _: throw .invalidValue(field: "command tag", value: UInt64(tag))
        }
    }

    private static func encode(_ modify: ModifyStopOrder, to writer: inout ByteWriter) {
        writer.write(modify.account.index)
        encode(modify.instrument, to: &writer)
        encode(modify.order, to: &writer)
        writer.write(modify.price)
        writer.write(modify.quantity)
        writer.write(UInt8(modify.side == nil ? 0 : 1) | UInt8(modify.type == nil ? 0 : 2))
        if let side = modify.side { writer.write(side.rawValue) }
        if let type = modify.type { writer.write(type.rawValue) }
    }

    private static func decodeModifyStopOrder(
        _ reader: inout ByteReader
    ) throws(CodecError) -> ModifyStopOrder {
        var modify = ModifyStopOrder(
            account: AccountID(try reader.read()),
            instrument: try decodeInstrumentReference(&reader),
            order: try decodeOrderReference(&reader), price: try reader.readDecimal(),
            quantity: try reader.readDecimal())
        let present = try reader.readFlags("stop fields", below: 4)
        if present & 1 != 0 { modify.side = try reader.readCase("side") as Side }
        if present & 2 != 0 { modify.type = try reader.readCase("order type") as OrderType }
        return modify
    }

    private static func encode(_ twap: PlaceTWAP, to writer: inout ByteWriter) {
        writer.write(twap.account.index)
        encode(twap.instrument, to: &writer)
        writer.write(twap.side.rawValue)
        writer.write(twap.totalQuantity)
        writer.write(twap.orderCount)
        writer.write(twap.intervalSeconds)
        writer.write(twap.clientTWAPID)
        writer.write(twap.worstPrice)
        writer.write(UInt8(twap.isReduceOnly ? 1 : 0) | UInt8(twap.startsAt == nil ? 0 : 2))
        if let time = twap.startsAt { writer.write(time.nanoseconds) }
    }

    private static func decodePlaceTWAP(
        _ reader: inout ByteReader
    ) throws(CodecError) -> PlaceTWAP {
        var twap = PlaceTWAP(
            account: AccountID(try reader.read()),
            instrument: try decodeInstrumentReference(&reader), side: try reader.readCase("side"),
            totalQuantity: try reader.readDecimal(), orderCount: try reader.read(),
            intervalSeconds: try reader.read(), clientTWAPID: try reader.readText())
        twap.worstPrice = try reader.readDecimal()
        let flags = try reader.readFlags("TWAP flags", below: 4)
        twap.isReduceOnly = flags & 1 != 0
        if flags & 2 != 0 { twap.startsAt = Timestamp(nanoseconds: try reader.read()) }
        return twap
    }

    private static func encode(_ disturbance: Disturbance, to writer: inout ByteWriter) {
        switch disturbance {
        case .note(let text):
            writer.write(UInt8(0))
            writer.write(text)
        case .cutConnections(let cut):
            writer.write(UInt8(1))
            writer.write(cut.endpoints.rawValue)
            encode(cut.user, to: &writer)
        case .limitRate(let limit):
            writer.write(UInt8(2))
            encode(limit.user, to: &writer)
            writer.write(limit.nanoseconds)
        case .delayAnswers(let delay):
            writer.write(UInt8(3))
            writer.write(delay.endpoints.rawValue)
            encode(delay.user, to: &writer)
            writer.write(delay.byNanoseconds)
            writer.write(delay.nanoseconds)
        }
    }

    private static func decodeDisturbance(
        _ reader: inout ByteReader
    ) throws(CodecError) -> Disturbance {
        switch try reader.read(UInt8.self) {
        case 0: return .note(try reader.readText())
        case 1:
            return .cutConnections(
                CutConnections(
                    endpoints: try reader.readCase("endpoints"), user: try decodeUser(&reader)))
        case 2:
            return .limitRate(
                LimitRate(user: try decodeUser(&reader), nanoseconds: try reader.read()))
        case 3:
            return .delayAnswers(
                DelayAnswers(
                    endpoints: try reader.readCase("endpoints"), user: try decodeUser(&reader),
                    byNanoseconds: try reader.read(), nanoseconds: try reader.read()))
        case let tag: throw .invalidValue(field: "disturbance", value: UInt64(tag))
        }
    }

    private static func encode(_ user: UniqueID?, to writer: inout ByteWriter) {
        writer.write(UInt8(user == nil ? 0 : 1))
        guard let user else { return }
        writer.write(user.high)
        writer.write(user.low)
    }

    private static func decodeUser(_ reader: inout ByteReader) throws(CodecError) -> UniqueID? {
        guard try reader.readFlags("user presence", below: 2) != 0 else { return nil }
        return UniqueID(high: try reader.read(), low: try reader.read())
    }

    private static func encode(_ reference: TWAPReference, to writer: inout ByteWriter) {
        switch reference {
        case .twapID(let id):
            writer.write(UInt8(0))
            writer.write(id.value)
        case .clientTWAPID(let id):
            writer.write(UInt8(1))
            writer.write(id)
        case .unrecognised(let text):
            writer.write(UInt8(2))
            writer.write(text)
        }
    }

    private static func decodeTWAPReference(
        _ reader: inout ByteReader
    ) throws(CodecError) -> TWAPReference {
        switch try reader.read(UInt8.self) {
        case 0: return .twapID(TWAPID(try reader.read()))
        case 1: return .clientTWAPID(try reader.readText())
        case 2: return .unrecognised(try reader.readText())
        case let tag: throw .invalidValue(field: "TWAP reference", value: UInt64(tag))
        }
    }
}

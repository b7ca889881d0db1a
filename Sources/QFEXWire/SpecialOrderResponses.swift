public import ExchangeTypes

/// Stop orders and sliced orders. **Source** `protocol.md` §8, §12.5.
extension TradeResponseEncoder {
    /// A stop order, for the `stop_orders` channel.
    public static func stopOrderResponse(
        _ stop: StopOrderResponse, in instrument: Instrument, user: UniqueID, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.stopOrderResponse)
            writer.beginObject()
            writer.member(Field.stopOrderID, OrderIdentifierPermutation.uniqueID(of: stop.id))
            writer.member(Field.userID, user)
            writer.member(Field.symbol, instrument.symbol)
            writer.member(Field.price, instrument.decimal(stop.trigger))
            writer.member(Field.quantity, instrument.decimal(stop.quantity))
            writer.member(Field.direction, stop.side.wireName)
            writer.member(Field.stopOrderType, stop.type.wireName)
            writer.member(Field.clientOrderID, stop.clientOrderID)
            writer.key(Field.updateTime)
            writer.string(time)
            writer.endObject()
            writer.endObject()
        }
    }

    /// The state of a sliced order.
    public static func twapResponse(
        _ twap: TWAPState, in instrument: Instrument, user: UniqueID, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.twapResponse)
            writer.twap(twap, in: instrument, user: user)
            writer.endObject()
        }
    }
}

/// The content of a `stop_order_response`. It has no status: a quantity of zero says that the order
/// waits no more, because it was cancelled or triggered.
public struct StopOrderResponse: Hashable, Sendable {
    public var id: OrderID
    /// `takeProfit` or `stopLoss`.
    public var type: OrderType
    /// The direction of the order that it becomes.
    public var side: Side
    public var trigger: Price
    public var quantity: Quantity
    public var clientOrderID: ClientOrderID
    public init(
        id: OrderID, type: OrderType, side: Side, trigger: Price, quantity: Quantity,
        clientOrderID: ClientOrderID
    ) {
        self.id = id
        self.type = type
        self.side = side
        self.trigger = trigger
        self.quantity = quantity
        self.clientOrderID = clientOrderID
    }

    /// A stop order that waits.
    public init(_ state: OrderState) {
        self.init(
            id: state.id, type: state.type, side: state.side, trigger: state.price,
            quantity: state.quantity, clientOrderID: state.clientOrderID)
    }

    /// The same order, gone.
    public var ended: StopOrderResponse {
        var ended = self
        ended.quantity = .zero
        return ended
    }
}

extension TWAPState {
    /// What one unit of the filled quantity traded for on average, rounded half-even to 1e-8; zero
    /// before anything traded.
    func averagePrice(in instrument: Instrument) -> ReferencePrice {
        let size = Int128(instrument.decimal(filled).units)
        guard size > 0 else { return .zero }
        return ReferencePrice(units: Int64(Rounding.halfEven(filledValue.units, by: size)))
    }
}

extension JSONWriter {
    /// The object of a sliced order, 14 fields.
    mutating func twap(_ twap: TWAPState, in instrument: Instrument, user: UniqueID) {
        beginObject()
        member(Field.twapID, OrderIdentifierPermutation.uniqueID(of: twap.id))
        key(Field.clientTWAPID)
        if twap.clientTWAPID.isEmpty { null() } else { string(twap.clientTWAPID) }
        member(Field.userID, user)
        member(Field.status, twap.status.wireName)
        member(Field.symbol, instrument.symbol)
        member(Field.totalQuantity, instrument.decimal(twap.total))
        member(Field.filledQuantity, instrument.decimal(twap.filled))
        member(Field.averageFillPrice, twap.averagePrice(in: instrument))
        key(Field.totalOrderCount)
        number(twap.orderCount)
        key(Field.orderIntervalSeconds)
        number(twap.intervalSeconds)
        key(Field.reduceOnly)
        bool(twap.isReduceOnly)
        member(Field.side, twap.side.wireName)
        key(Field.updatedAt)
        number(twap.updatedAt)
        key(Field.createdAt)
        number(twap.createdAt)
        endObject()
    }
}

public import ExchangeTypes

/// Answers to questions about orders and trades. **Source** `protocol.md` §9.
extension TradeResponseEncoder {
    /// The open orders and the sliced orders of an account.
    public static func allOrdersResponse(
        _ orders: some Sequence<OrderState>, twaps: some Sequence<TWAPState>, user: UniqueID,
        instrument: (InstrumentID) -> Instrument, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.allOrdersResponse)
            writer.beginObject()
            writer.key(Field.orders)
            writer.beginArray()
            for state in orders {
                // ACK and MODIFIED are spelled alike everywhere.
                OrderResponse.open(state, in: instrument(state.instrument), user: user)
                    .write(.current, to: &writer)
            }
            writer.endArray()
            writer.key(Field.twaps)
            writer.beginArray()
            for twap in twaps { writer.twap(twap, in: instrument(twap.instrument), user: user) }
            writer.endArray()
            writer.endObject()
            writer.endObject()
        }
    }

    /// A page of what an account traded, under both names that clients look for (C-05).
    ///
    /// `count` is the number of rows on all pages.
    public static func userTradesResponse(
        _ rows: some Sequence<TimedFill>, count: Int, instrument: (InstrumentID) -> Instrument,
        to bytes: inout [UInt8]
    ) {
        var list: [UInt8] = []
        JSONWriter.append(to: &list) { writer in
            writer.beginArray()
            for row in rows { writer.trade(row, in: instrument(row.fill.order.instrument)) }
            writer.endArray()
        }
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.userTradesResponse)
            writer.raw(list)
            writer.key(Field.userTrades)
            writer.raw(list)
            writer.key(Field.count)
            writer.number(count)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// A row of `user_trades`, 14 fields.
    fileprivate mutating func trade(_ row: TimedFill, in instrument: Instrument) {
        let fill = row.fill
        let order = fill.order
        beginObject()
        member(Field.tradeID, OrderIdentifierPermutation.uniqueID(of: fill.trade))
        member(Field.symbol, instrument.symbol)
        member(Field.price, fill.price)
        member(Field.quantity, instrument.decimal(fill.quantity))
        member(Field.side, order.side.wireName)
        member(Field.aggressorSide, fill.aggressorSide.wireName)
        member(Field.orderID, OrderIdentifierPermutation.uniqueID(of: order.id))
        member(Field.clientOrderID, order.clientOrderID)
        member(Field.fee, fill.fee)
        member(Field.orderType, order.type.wireName)
        member(Field.shortTimeInForce, order.timeInForce.wireName)
        member(Field.executionType, fill.executionType.privateWireName)
        member(Field.realisedPnL, fill.realisedPnL)
        key(Field.timestamp)
        number(row.time)
        endObject()
    }
}

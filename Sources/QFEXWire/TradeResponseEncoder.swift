import ExchangeTypes

/// Appends complete messages of the trade endpoint. **Source** `protocol.md` §4.3, §5, §12, §14.
public enum TradeResponseEncoder {
    /// The one frame that says that a session is authenticated, for both kinds of clients (C-01).
    public static func authSucceeded(to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.authenticated)
            writer.bool(true)
            writer.key(Field.type)
            writer.string(Word.auth)
            writer.key(Field.result)
            writer.string(Word.success)
            writer.endObject()
        }
    }

    /// One for each channel of a command (P-070).
    public static func subscribed(_ channel: TradeChannel, to bytes: inout [UInt8]) {
        single(Field.subscribed, channel.wireName, to: &bytes)
    }

    /// One for each channel of a command (P-070).
    public static func unsubscribed(_ channel: TradeChannel, to bytes: inout [UInt8]) {
        single(Field.unsubscribed, channel.wireName, to: &bytes)
    }

    /// The answer to a command without a payload, for both kinds of clients (C-02).
    public static func ack(_ incoming: IncomingMessage, to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.ack)
            writer.beginObject()
            writer.key(Field.incomingMessage)
            incoming.write(to: &writer)
            writer.endObject()
            writer.key(Field.ackResponse)
            writer.bool(true)
            writer.endObject()
        }
    }

    /// The answer to a request that was not carried out.
    ///
    /// `retryAfterNanoseconds` is for `rateLimited`, printed in seconds. **Source** `protocol.md`
    /// §15.
    public static func error(
        _ error: WireError, _ incoming: IncomingMessage, retryAfterNanoseconds: Int64? = nil,
        to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.error)
            error.write(incoming, retryAfterNanoseconds: retryAfterNanoseconds, to: &writer)
            writer.endObject()
        }
    }

    /// What happened to an order. **Source** `protocol.md` §12.1.
    public static func orderResponse(
        _ response: OrderResponse, names: StatusNames, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.orderResponse)
            response.write(names, to: &writer)
            writer.endObject()
        }
    }

    private static func single(
        _ key: StaticString, _ value: StaticString, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(key)
            writer.string(value)
            writer.endObject()
        }
    }
}

extension WireError {
    /// Writes the object that describes the error and repeats the request.
    func write(
        _ incoming: IncomingMessage, retryAfterNanoseconds: Int64? = nil,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key(Field.errorCode)
        writer.string(code.wireName)
        writer.key(Field.message)
        writer.string(message)
        writer.key(Field.incomingMessage)
        incoming.write(to: &writer)
        if let retryAfterNanoseconds {
            writer.key(Field.retryAfter)
            writer.number(retryAfterNanoseconds, scale: 9)
        }
        writer.endObject()
    }
}

extension OrderResponse {
    /// Writes the object with the 15 fields.
    func write(_ names: StatusNames, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key(Field.orderID)
        switch order {
        case .none: writer.string(Word.empty)
        case .order(let id): writer.string(OrderIdentifierPermutation.uniqueID(of: id))
        case .twap(let id): writer.string(OrderIdentifierPermutation.uniqueID(of: id))
        case .sent(let text): writer.string(text)
        }
        writer.key(Field.symbol)
        writer.string(symbol)
        writer.key(Field.status)
        writer.string(status.wireName(names))
        writer.key(Field.quantity)
        writer.number(quantity)
        writer.key(Field.price)
        writer.number(price)
        writer.key(Field.takeProfit)
        writer.number(takeProfit)
        writer.key(Field.stopLoss)
        writer.number(stopLoss)
        writer.key(Field.side)
        writer.string(side.wireName)
        writer.key(Field.type)
        writer.string(type.wireName)
        writer.key(Field.timeInForce)
        writer.string(timeInForce.wireName)
        writer.key(Field.userID)
        writer.string(user)
        writer.key(Field.clientOrderID)
        writer.string(clientOrderID)
        writer.key(Field.quantityRemaining)
        writer.number(remaining)
        writer.key(Field.updateTime)
        writer.number(time)
        writer.key(Field.tradeID)
        if let trade {
            writer.string(OrderIdentifierPermutation.uniqueID(of: trade))
        } else {
            writer.null()
        }
        writer.endObject()
    }
}

public import ExchangeTypes

/// Responses about stop orders and sliced orders. **Source** `protocol.md` §6.2, §7.2.
extension OrderResponse {
    /// The answer to `stopRequestRejected`: the order as it still is, or the request as sent.
    ///
    /// `instrument` is the one that the order or the request names, nil when there is none.
    public static func stopRequestRejected(
        _ rejected: StopRequestRejected, in instrument: Instrument?, user: UniqueID,
        at time: Timestamp
    ) -> OrderResponse {
        let status = OrderStatus(rejected.reason)
        if let state = rejected.order, let instrument {
            return OrderResponse(state, status: status, in: instrument, user: user, at: time)
        }
        switch rejected.request {
        case .cancel(let request):
            return noSuchOrder(
                request.order, symbol: Symbol(), status: status, user: user, at: time)
        case .modify(let request):
            return OrderResponse(
                order: request.order.responseIdentifier,
                symbol: request.instrument.symbol(in: instrument), status: status,
                quantity: request.quantity, price: request.price, side: request.side ?? .buy,
                type: request.type ?? .limit, timeInForce: .goodTillCancelled, user: user,
                clientOrderID: request.order.clientOrderID, remaining: .zero, time: time)
        }
    }

    /// A sliced order that was cancelled, in the shape that clients wait for: a market order of which
    /// the rest was taken out.
    public static func cancelled(
        _ twap: TWAPState, in instrument: Instrument, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        OrderResponse(
            order: .twap(twap.id), symbol: instrument.symbol, status: .cancelled,
            quantity: WireDecimal(instrument.decimal(twap.total)), price: .zero, side: twap.side,
            type: .market, timeInForce: .immediateOrCancel, user: user,
            clientOrderID: twap.clientTWAPID,
            remaining: WireDecimal(instrument.decimal(twap.total - twap.filled)), time: time)
    }

    /// The answer to `twapCancelRejected`: the id as sent; nothing else is known.
    public static func cancelRejected(
        _ cancel: CancelTWAP, _ reason: RejectReason, in instrument: Instrument?, user: UniqueID,
        at time: Timestamp
    ) -> OrderResponse {
        let identifier: Identifier
        var clientID = ClientOrderID()
        switch cancel.twap {
        case .twapID(let id): identifier = .twap(id)
        case .unrecognised(let text): identifier = .sent(text)
        case .clientTWAPID(let text): (identifier, clientID) = (.sent(text), text)
        }
        return OrderResponse(
            order: identifier, symbol: cancel.instrument.symbol(in: instrument),
            status: OrderStatus(reason), quantity: .zero, price: .zero, side: .buy, type: .limit,
            timeInForce: .goodTillCancelled, user: user, clientOrderID: clientID,
            remaining: .zero, time: time)
    }
}

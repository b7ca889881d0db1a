import ExchangeTypes
import QFEXWire

/// From what clients say to what the engine does. Decides nothing about orders: a gateway only names
/// what this exchange does not carry out yet.
enum CommandTranslator {
    static func placeOrder(
        _ request: AddOrderRequest, account: AccountID, _ directory: AccountDirectory
    ) throws(WireError) -> Command {
        guard !request.type.isStop else {
            throw WireError(.invalidParameter, "stop orders are not available yet")
        }
        if request.takeProfit != nil || request.stopLoss != nil {
            throw WireError(.invalidParameter, "take_profit and stop_loss are not available yet")
        }
        if request.reduceOnly {
            throw WireError(.invalidParameter, "reduce_only is not available yet")
        }
        return .placeOrder(
            PlaceOrder(
                account: account, instrument: directory.reference(request.symbol),
                side: request.side, type: request.type, timeInForce: request.timeInForce,
                quantity: request.quantity, price: request.price ?? .zero,
                clientOrderID: request.clientOrderID))
    }

    static func cancelOrder(
        _ request: CancelOrderRequest, account: AccountID, _ directory: AccountDirectory
    ) throws(WireError) -> Command {
        guard let order = request.order else {
            throw WireError(.invalidParameter, "TWAP orders are not available yet")
        }
        return .cancelOrder(
            CancelOrder(
                account: account, instrument: directory.reference(request.symbol), order: order))
    }

    static func modifyOrder(
        _ request: ModifyOrderRequest, account: AccountID, _ directory: AccountDirectory
    ) throws(WireError) -> Command {
        guard !request.type.isStop else {
            throw WireError(.invalidParameter, "stop orders are not available yet")
        }
        // Zero removes what no order can have yet: nothing to do.
        if request.takeProfit?.isZero == false || request.stopLoss?.isZero == false {
            throw WireError(.invalidParameter, "take_profit and stop_loss are not available yet")
        }
        if request.reduceOnly == true {
            throw WireError(.invalidParameter, "reduce_only is not available yet")
        }
        return .modifyOrder(
            ModifyOrder(
                account: account, instrument: directory.reference(request.symbol),
                order: request.order, side: request.side, type: request.type,
                quantity: request.quantity,
                price: request.price))
    }

    /// The order that `get_order` means: by the exchange's id, else by the client's (C-37).
    static func order(_ request: GetOrderRequest) -> OrderReference {
        let reference = OrderReference(wireOrderID: request.orderID)
        if case .unrecognised(let text) = reference { return .clientOrderID(text) }
        return reference
    }
}

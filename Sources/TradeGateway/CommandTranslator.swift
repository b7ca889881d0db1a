import ExchangeTypes
import QFEXWire

/// From what clients say to what the engine does. Decides nothing: whether a contract or an order
/// exists, and what is allowed, is for the engine to say.
struct CommandTranslator {
    let account: AccountID
    let environment: TradeEnvironment

    func placeOrder(_ request: AddOrderRequest) -> Command {
        .placeOrder(
            PlaceOrder(
                account: account, instrument: reference(request.symbol),
                side: request.side, type: request.type, timeInForce: request.timeInForce,
                quantity: request.quantity, price: request.price ?? .zero,
                clientOrderID: request.clientOrderID, isReduceOnly: request.reduceOnly,
                takeProfit: request.takeProfit ?? .zero, stopLoss: request.stopLoss ?? .zero))
    }

    func modifyOrder(_ request: ModifyOrderRequest) -> Command {
        .modifyOrder(
            ModifyOrder(
                account: account, instrument: reference(request.symbol),
                order: request.order, side: request.side, type: request.type,
                quantity: request.quantity, price: request.price, takeProfit: request.takeProfit,
                stopLoss: request.stopLoss, isReduceOnly: request.reduceOnly))
    }

    func cancelOrder(_ request: CancelOrderRequest) -> Command {
        let instrument = reference(request.symbol)
        switch request.target {
        case .order(let order):
            return .cancelOrder(
                CancelOrder(account: account, instrument: instrument, order: order))
        case .twap(let twap):
            return .cancelTWAP(CancelTWAP(account: account, instrument: instrument, twap: twap))
        }
    }

    func closePosition(_ request: ClosePositionRequest) -> Command {
        .closePosition(
            ClosePosition(
                account: account, instrument: reference(request.symbol),
                clientOrderID: request.clientOrderID))
    }

    func cancelStopOrder(_ request: CancelStopOrderRequest) -> Command {
        .cancelStopOrder(CancelStopOrder(account: account, order: request.order))
    }

    func modifyStopOrder(_ request: ModifyStopOrderRequest) -> Command {
        .modifyStopOrder(
            ModifyStopOrder(
                account: account, instrument: reference(request.symbol),
                order: request.order, price: request.price, quantity: request.quantity,
                side: request.side, type: request.type))
    }

    func placeTWAP(_ request: AddTWAPRequest) -> Command {
        .placeTWAP(
            PlaceTWAP(
                account: account, instrument: reference(request.symbol),
                side: request.side, totalQuantity: request.totalQuantity,
                orderCount: request.orderCount, intervalSeconds: request.intervalSeconds,
                isReduceOnly: request.reduceOnly, clientTWAPID: request.clientTWAPID,
                startsAt: request.startsAt, worstPrice: request.worstPrice ?? .zero))
    }

    func setLeverage(_ request: SetUserLeverageRequest) -> Command {
        .setLeverage(
            SetLeverage(
                account: account, instrument: reference(request.symbol),
                leverage: request.leverage))
    }

    private func reference(_ symbol: Symbol) -> InstrumentReference {
        environment.directory.reference(symbol)
    }
}

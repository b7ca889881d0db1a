public import ExchangeTypes

/// What an order response says about its order. **Source** `protocol.md` §13; spec README item 4.
public enum OrderStatus: Hashable, Sendable, CaseIterable {
    case accepted
    /// An execution, of all or of a part.
    case filled
    case modified
    case cancelled
    case cancelledSelfTradePrevention
    /// An immediate order that found nothing (C-14).
    case immediateCancelled
    /// What an immediate order could not fill (C-14).
    case immediatePartlyFilled
    case rejected
    case noSuchOrder
    case invalidOrderType
    case badSymbol
    case priceTooLow
    case priceTooHigh
    case pricePrecision
    case quantityPrecision
    case quantityTooSmall
    case quantityTooLarge
    case invalidTimeInForce
    case failedMarginCheck
    case wouldBreachMaximumNotional
    case marketClosed
    case failedToProcess
    case tooManyOpenOrders
    case openInterestLimit
    case totalOpenInterestLimit
    case belowMinimumNotional
    case inLiquidation
    case cannotModifyNoSuchOrder
    case cannotModifyPartialFill
    case cannotModifyWouldCross
    case invalidTakeProfitPrice
    case invalidStopLossPrice
    case rateLimited
}

extension OrderStatus {
    /// The status that tells a client why its request was refused.
    public init(_ reason: RejectReason) {
        self =
            switch reason {
            case .unknownSymbol: .badSymbol
            case .marketClosed: .marketClosed
            case .invalidOrderType: .invalidOrderType
            case .invalidTimeInForce: .invalidTimeInForce
            case .pricePrecision: .pricePrecision
            case .quantityPrecision: .quantityPrecision
            case .quantityTooSmall: .quantityTooSmall
            case .quantityTooLarge: .quantityTooLarge
            case .priceTooLow: .priceTooLow
            case .priceTooHigh: .priceTooHigh
            case .belowMinimumNotional: .belowMinimumNotional
            case .tooManyOpenOrders: .tooManyOpenOrders
            case .maximumNotional: .wouldBreachMaximumNotional
            case .insufficientMargin: .failedMarginCheck
            // Spec README item 5: a post-only order that would trade is cancelled, not rejected.
            case .postOnlyWouldCross: .cancelled
            case .duplicateClientOrderID, .nothingToReduce, .identityCheckRequired, .termsRequired:
                .rejected
            case .noSuchOrder: .noSuchOrder
            case .cannotModifyNoSuchOrder: .cannotModifyNoSuchOrder
            case .cannotModifyPartialFill: .cannotModifyPartialFill
            case .cannotModifyWouldCross: .cannotModifyWouldCross
            case .inLiquidation: .inLiquidation
            case .openInterestLimit: .openInterestLimit
            case .totalOpenInterestLimit: .totalOpenInterestLimit
            case .invalidTakeProfitPrice: .invalidTakeProfitPrice
            case .invalidStopLossPrice: .invalidStopLossPrice
            // The others are not about orders.
            case .failedToProcess, .leverageOutOfRange, .leverageLocked, .insufficientBalance,
                .foreignAccount, .unbelievablePrice, .noPosition, .twapInterval, .twapOrderCount:
                .failedToProcess
            }
    }

    /// The status of an order of which something left the book unfilled.
    public init(_ reason: CancelReason, of order: OrderState) {
        self =
            switch reason {
            case .requested, .liquidation, .corporateAction, .oneCancelsOther, .nothingToReduce:
                .cancelled
            case .selfTradePrevention: .cancelledSelfTradePrevention
            case .unfilledRemainder:
                switch order.timeInForce {
                case .immediateOrCancel:
                    order.remaining == order.quantity
                        ? .immediateCancelled : .immediatePartlyFilled
                case .fillOrKill, .goodTillCancelled: .cancelled
                }
            }
    }
}

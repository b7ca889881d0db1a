/// The direction of an order.
public enum Side: UInt8, Hashable, Sendable, CaseIterable {
    case buy = 0
    case sell = 1
    /// The other direction.
    @inlinable public var opposite: Side { self == .buy ? .sell : .buy }
}

/// What an order does on arrival. `addLiquidityOnly` is the wire's `ALO` (post only).
public enum OrderType: UInt8, Hashable, Sendable, CaseIterable {
    case limit = 0
    case market = 1
    case addLiquidityOnly = 3
}

/// How long an order lives.
public enum TimeInForce: UInt8, Hashable, Sendable, CaseIterable {
    case goodTillCancelled = 0
    case immediateOrCancel = 1
    case fillOrKill = 2
}

/// Why a trade happened. Only ordinary matches exist until the liquidation cascade.
public enum ExecutionType: UInt8, Hashable, Sendable {
    case normal = 0
}

/// Why an order left the book or never entered it, without being filled.
public enum CancelReason: UInt8, Hashable, Sendable {
    /// The client asked for it.
    case requested = 0
    /// It would have traded with a newer order of the same user.
    case selfTradePrevention = 1
    /// What an immediate order could not fill at once.
    case unfilledRemainder = 2
}

/// Why a request was refused. One case for each status that a client can see, decided in the engine.
public enum RejectReason: UInt8, Hashable, Sendable, CaseIterable {
    case unknownSymbol = 1
    case marketClosed
    case invalidOrderType
    case invalidTimeInForce
    case pricePrecision
    case quantityPrecision
    case quantityTooSmall
    case quantityTooLarge
    case priceTooLow
    case priceTooHigh
    case belowMinimumNotional
    case tooManyOpenOrders
    case maximumNotional
    case insufficientMargin
    case postOnlyWouldCross
    case duplicateClientOrderID
    case noSuchOrder
    case cannotModifyNoSuchOrder
    case cannotModifyPartialFill
    case cannotModifyWouldCross
    case failedToProcess
}

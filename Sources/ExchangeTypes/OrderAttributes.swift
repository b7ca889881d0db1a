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
    /// Waits for the mark to reach a price that is a gain. **Source** `rules.md` §6.9.
    case takeProfit = 4
    /// Waits for the mark to reach a price that is a loss.
    case stopLoss = 5
    /// What a triggered stop order becomes; never asked for.
    case stopMarket = 6

    /// Whether it waits for the mark price outside of the book.
    @inlinable public var isStop: Bool { self == .takeProfit || self == .stopLoss }
}

/// How long an order lives.
public enum TimeInForce: UInt8, Hashable, Sendable, CaseIterable {
    case goodTillCancelled = 0
    case immediateOrCancel = 1
    case fillOrKill = 2
}

/// Why a trade happened. **Source** `rules.md` §7, §11.
public enum ExecutionType: UInt8, Hashable, Sendable {
    /// Two orders met.
    case normal = 0
    /// A forced order of an account in liquidation met the book.
    case liquidation = 1
    /// A liquidity provider took a position over, off the book.
    case providerTransfer = 2
    /// A position was closed against one of the other side, off the book.
    case autoDeleveraging = 3
}

/// Why an order left the book or never entered it, without being filled.
public enum CancelReason: UInt8, Hashable, Sendable {
    /// The client asked for it.
    case requested = 0
    /// It would have traded with a newer order of the same user.
    case selfTradePrevention = 1
    /// What an immediate order could not fill at once.
    case unfilledRemainder = 2
    /// Its account's equity fell to its maintenance margin. **Source** R-090.
    case liquidation = 3
    /// Its contract was delisted or split.
    case corporateAction = 4
    /// The other leg of its pair was triggered. **Source** R-063.
    case oneCancelsOther = 5
    /// There is no position left that it could reduce. **Source** R-061, R-068.
    case nothingToReduce = 6
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
    case inLiquidation
    case openInterestLimit
    case totalOpenInterestLimit
    /// Not a whole number from 1 to the contract's maximum. **Source** R-021.
    case leverageOutOfRange
    /// An order or a position stands in the way. **Source** R-020.
    case leverageLocked
    /// More than is free to leave an account. **Source** R-106.
    case insufficientBalance
    /// An account that does not belong to the user, or may not do this. **Source** R-108.
    case foreignAccount
    /// An outside price that cannot be believed, or is older than one that was. **Source** R-003.
    case unbelievablePrice
    /// There is nothing that the order could reduce. **Source** R-068.
    case nothingToReduce
    case invalidTakeProfitPrice
    case invalidStopLossPrice
    /// No position to close. **Source** P-129.
    case noPosition
    /// Fewer than 30 seconds between two child orders, or more than a day. **Source** R-065.
    case twapInterval
    /// Fewer than two child orders, or too many. **Source** R-065.
    case twapOrderCount
    /// The user has not passed the identity check. **Source** P-184.
    case identityCheckRequired
    /// The user has not accepted the terms. **Source** P-184.
    case termsRequired
}

/// What became of a sliced order.
public enum TWAPStatus: UInt8, Hashable, Sendable, CaseIterable {
    case active = 0
    case completed = 1
    case cancelled = 2
}

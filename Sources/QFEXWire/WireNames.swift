public import ExchangeTypes

/// An enumeration whose cases have spellings on the wire.
public protocol WireSpelled: CaseIterable, Hashable, Sendable {
    /// The spelling that we send.
    var wireName: StaticString { get }
    /// Every spelling that we accept, with what it means.
    static var spellings: [(name: StaticString, value: Self)] { get }
}

extension WireSpelled {
    /// The spellings that we send, which we accept too.
    static func ownSpellings() -> [(name: StaticString, value: Self)] {
        allCases.map { ($0.wireName, $0) }
    }
}

/// The names of members, on both endpoints and in both directions.
enum Field {
    static let type: StaticString = "type"
    static let params: StaticString = "params"

    // authentication
    static let hmac: StaticString = "hmac"
    static let jwt: StaticString = "jwt"
    static let publicKey: StaticString = "public_key"
    static let nonce: StaticString = "nonce"
    static let unixSeconds: StaticString = "unix_ts"
    static let signature: StaticString = "signature"
    static let accountID: StaticString = "account_id"
    static let authenticated: StaticString = "authenticated"
    static let result: StaticString = "result"

    // subscriptions
    static let channels: StaticString = "channels"
    static let symbols: StaticString = "symbols"
    static let intervals: StaticString = "intervals"
    static let significantFigures: StaticString = "sig_figs"
    static let subscribed: StaticString = "subscribed"
    static let unsubscribed: StaticString = "unsubscribed"

    // orders
    static let symbol: StaticString = "symbol"
    static let side: StaticString = "side"
    static let orderType: StaticString = "order_type"
    static let orderTimeInForce: StaticString = "order_time_in_force"
    static let timeInForce: StaticString = "time_in_force"
    static let shortTimeInForce: StaticString = "tif"
    static let quantity: StaticString = "quantity"
    static let price: StaticString = "price"
    static let takeProfit: StaticString = "take_profit"
    static let stopLoss: StaticString = "stop_loss"
    static let reduceOnly: StaticString = "reduce_only"
    static let orderID: StaticString = "order_id"
    static let clientOrderID: StaticString = "client_order_id"
    static let cancelOrderIDType: StaticString = "cancel_order_id_type"
    static let cancelOnDisconnect: StaticString = "cancel_on_disconnect"
    static let stopOrderID: StaticString = "stop_order_id"
    static let stopOrderType: StaticString = "stop_order_type"
    static let direction: StaticString = "direction"
    static let limit: StaticString = "limit"
    static let offset: StaticString = "offset"
    static let status: StaticString = "status"
    static let userID: StaticString = "user_id"
    static let quantityRemaining: StaticString = "quantity_remaining"
    static let updateTime: StaticString = "update_time"
    static let tradeID: StaticString = "trade_id"

    // sliced orders
    static let twapID: StaticString = "twap_id"
    static let clientTWAPID: StaticString = "client_twap_id"
    static let totalQuantity: StaticString = "total_quantity"
    static let filledQuantity: StaticString = "filled_quantity"
    static let averageFillPrice: StaticString = "average_fill_price"
    static let orderCount: StaticString = "num_orders"
    static let totalOrderCount: StaticString = "total_num_orders"
    static let orderIntervalSeconds: StaticString = "order_interval_secs"
    static let startTime: StaticString = "start_time"
    static let worstPrice: StaticString = "worst_price"
    static let createdAt: StaticString = "created_at"
    static let updatedAt: StaticString = "updated_at"

    // fills
    static let startSeconds: StaticString = "start_ts"
    static let endSeconds: StaticString = "end_ts"
    static let aggressorSide: StaticString = "aggressor_side"
    static let fee: StaticString = "fee"
    static let orderPrice: StaticString = "order_price"
    static let remainingQuantity: StaticString = "remaining_quantity"
    static let executionType: StaticString = "execution_type"
    static let timestamp: StaticString = "timestamp"
    static let realisedPnL: StaticString = "realised_pnl"

    // positions and balances
    static let id: StaticString = "id"
    static let position: StaticString = "position"
    static let marginAllocated: StaticString = "margin_alloc"
    static let unrealisedPnL: StaticString = "unrealised_pnl"
    static let netFunding: StaticString = "net_funding"
    static let openOrders: StaticString = "open_orders"
    static let openQuantity: StaticString = "open_quantity"
    static let leverage: StaticString = "leverage"
    static let initialMargin: StaticString = "initial_margin"
    static let maintenanceMargin: StaticString = "maintenance_margin"
    static let averagePrice: StaticString = "average_price"
    static let deposit: StaticString = "deposit"
    static let orderMargin: StaticString = "order_margin"
    static let positionMargin: StaticString = "position_margin"
    static let availableBalance: StaticString = "available_balance"
    static let referralRewards: StaticString = "referral_rewards"
    static let fees: StaticString = "fees"
    static let maximumNotional: StaticString = "max_notional"
    static let orders: StaticString = "orders"
    static let twaps: StaticString = "twaps"

    // payloads
    static let orderResponse: StaticString = "order_response"
    static let stopOrderResponse: StaticString = "stop_order_response"
    static let twapResponse: StaticString = "twap_response"
    static let userTradesResponse: StaticString = "user_trades_response"
    static let userTrades: StaticString = "user_trades"
    static let count: StaticString = "count"
    static let fillResponse: StaticString = "fill_response"
    static let positionResponse: StaticString = "position_response"
    static let balanceResponse: StaticString = "balance_response"
    static let allOrdersResponse: StaticString = "all_orders_response"
    static let userLeverageResponse: StaticString = "user_leverage_response"
    static let availableLevelsResponse: StaticString = "available_leverage_levels_response"
    static let ack: StaticString = "ack"
    static let ackResponse: StaticString = "ack_response"
    static let error: StaticString = "err"
    static let errorCode: StaticString = "error_code"
    static let message: StaticString = "message"
    static let incomingMessage: StaticString = "incoming_message"
    static let retryAfter: StaticString = "retry_after"

    // market data
    static let sequence: StaticString = "sequence"
    static let time: StaticString = "time"
    static let bid: StaticString = "bid"
    static let ask: StaticString = "ask"
    static let size: StaticString = "size"
    static let start: StaticString = "start"
    static let resolution: StaticString = "resolution"
    static let open: StaticString = "open"
    static let high: StaticString = "high"
    static let low: StaticString = "low"
    static let close: StaticString = "close"
    static let dollarVolume: StaticString = "usdVolume"
    static let trades: StaticString = "trades"
    static let source: StaticString = "source"
    static let fundingRate: StaticString = "funding_rate"
    static let annualisedFundingRate: StaticString = "annualised_funding_rate"
    static let timeRemaining: StaticString = "time_remaining"
    static let openInterest: StaticString = "open_interest"
    static let minimumPrice: StaticString = "min_price"
    static let maximumPrice: StaticString = "max_price"
    static let bestPrices: StaticString = "bbos"
    static let markPrices: StaticString = "mark_prices"
    static let openInterests: StaticString = "open_interests"
    static let dailyVolumes: StaticString = "daily_volumes"
    static let volume: StaticString = "volume"
}

/// Texts that stand as values.
enum Word {
    static let auth: StaticString = "auth"
    static let success: StaticString = "success"
    static let error: StaticString = "error"
    static let empty: StaticString = ""
    /// Every symbol, listed now or later.
    static let wildcard: StaticString = "*"
}

extension Side: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .buy: "BUY"
        case .sell: "SELL"
        }
    }
    public static let spellings = ownSpellings()
}

extension OrderType: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .limit: "LIMIT"
        case .market: "MARKET"
        case .addLiquidityOnly: "ALO"
        case .takeProfit: "TAKE_PROFIT"
        case .stopLoss: "STOP_LOSS"
        case .stopMarket: "STOP_MARKET"
        }
    }
    /// `STOP_MARKET` is only ever sent.
    public static let spellings = ownSpellings().filter { $0.value != .stopMarket }
}

extension TWAPStatus: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .active: "ACTIVE"
        case .completed: "COMPLETED"
        case .cancelled: "CANCELLED"
        }
    }
    public static let spellings = ownSpellings()
}

extension TimeInForce: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .goodTillCancelled: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        }
    }
    /// `GFD` is the old spelling of `GTC`. **Source** `protocol.md` §2.
    public static let spellings = ownSpellings() + [("GFD", .goodTillCancelled)]
}

extension CommandName: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .authenticate: Word.auth
        case .subscribe: "subscribe"
        case .unsubscribe: "unsubscribe"
        case .addOrder: "add_order"
        case .cancelOrder: "cancel_order"
        case .modifyOrder: "modify_order"
        case .cancelAllOrders: "cancel_all_orders"
        case .closePosition: "close_position"
        case .cancelStopOrder: "cancel_stop_order"
        case .modifyStopOrder: "modify_stop_order"
        case .addTWAP: "add_twap"
        case .getOrder: "get_order"
        case .getUserOrders: "get_user_orders"
        case .getUserTrades: "get_user_trades"
        case .getUserLeverage: "get_user_leverage"
        case .setUserLeverage: "set_user_leverage"
        case .getAvailableLeverageLevels: "get_available_leverage_levels"
        case .cancelOnDisconnect: "cancel_on_disconnect"
        }
    }
    public static let spellings = ownSpellings()
}

extension CancelIdentifierKind: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .orderID: "order_id"
        case .clientOrderID: "client_order_id"
        case .twapID: "twap_id"
        case .clientTWAPID: "client_twap_id"
        }
    }
    public static let spellings = ownSpellings()
}

extension TradeChannel: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .orderResponses: "order_responses"
        case .stopOrders: "stop_orders"
        case .positions: "positions"
        case .balances: "balances"
        case .fills: "fills"
        }
    }
    public static let spellings = ownSpellings()
}

extension MarketDataRequest.Action: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .subscribe: "subscribe"
        case .unsubscribe: "unsubscribe"
        }
    }
    public static let spellings = ownSpellings()
}

extension MarketDataChannel: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .level2: "level2"
        case .trade: "trade"
        case .candle: "candle"
        case .bestBidOffer: "bbo"
        case .underlier: "underlier"
        case .markPrice: "mark_price"
        case .funding: "funding"
        case .openInterest: "open_interest"
        case .priceBand: "minmax_price"
        case .marketStatistics: "market_stats"
        }
    }
    public static let spellings = ownSpellings()
}

extension CandleInterval: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .oneMinute: "1MIN"
        case .fiveMinutes: "5MINS"
        case .fifteenMinutes: "15MINS"
        case .thirtyMinutes: "30MINS"
        case .oneHour: "1HOUR"
        case .fourHours: "4HOURS"
        case .oneDay: "1DAY"
        }
    }
    public static let spellings = ownSpellings()
}

extension OracleSource {
    /// The spelling that we send.
    var wireName: StaticString {
        switch self {
        case .external: "external"
        case .internal: "internal"
        }
    }
}

extension OrderStatus {
    /// The spelling that we send.
    public func wireName(_ names: StatusNames) -> StaticString {
        switch self {
        case .accepted: "ACK"
        case .filled: "FILLED"
        case .modified: "MODIFIED"
        case .cancelled: "CANCELLED"
        case .cancelledSelfTradePrevention: "CANCELLED_STP"
        case .immediateCancelled: names == .newer ? "IOC_CANCELLED" : "CANCELLED"
        case .immediatePartlyFilled: names == .newer ? "IOC_PARTIALLY_FILLED" : "CANCELLED"
        case .rejected: "REJECTED"
        case .noSuchOrder: "NO_SUCH_ORDER"
        case .invalidOrderType: "INVALID_ORDER_TYPE"
        case .badSymbol: "BAD_SYMBOL"
        case .priceTooLow: "PRICE_LESS_THAN_MIN_PRICE"
        case .priceTooHigh: "PRICE_GREATER_THAN_MAX_PRICE"
        case .pricePrecision: "INVALID_TICK_SIZE_PRECISION_PRICE"
        case .quantityPrecision: "INVALID_TICK_SIZE_PRECISION_QUANTITY"
        case .quantityTooSmall: "QUANTITY_LESS_THAN_MIN_QUANTITY"
        case .quantityTooLarge: "QUANTITY_GREATER_THAN_MAX_QUANTITY"
        case .invalidTimeInForce: "INVALID_TIME_IN_FORCE"
        case .failedMarginCheck: "FAILED_MARGIN_CHECK"
        case .wouldBreachMaximumNotional: "REJECTED_WOULD_BREACH_MAX_NOTIONAL"
        case .marketClosed: "REJECTED_MARKET_CLOSED"
        case .failedToProcess: "REJECTED_FAILED_TO_PROCESS"
        case .tooManyOpenOrders: "REJECTED_TOO_MANY_OPEN_ORDERS"
        case .openInterestLimit: "REJECTED_OPEN_INTEREST_LIMIT"
        case .totalOpenInterestLimit:
            names == .newer
                ? "REJECTED_TOTAL_OPEN_INTEREST_LIMIT" : "REJECTED_OPEN_INTEREST_LIMIT"
        case .belowMinimumNotional:
            names == .newer ? "REJECTED_LESS_THAN_MIN_NOTIONAL" : "REJECTED"
        case .inLiquidation: names == .newer ? "USER_IN_LIQUIDATION" : "REJECTED"
        case .cannotModifyNoSuchOrder: "CANNOT_MODIFY_NO_SUCH_ORDER"
        case .cannotModifyPartialFill: "CANNOT_MODIFY_PARTIAL_FILL"
        case .cannotModifyWouldCross: "CANNOT_MODIFY_ALO_WOULD_CROSS"
        case .invalidTakeProfitPrice:
            names == .newer ? "INVALID_TAKE_PROFIT_PRICE" : "INVALID_TAKEPROFIT_PRICE"
        case .invalidStopLossPrice:
            names == .newer ? "INVALID_STOP_LOSS_PRICE" : "INVALID_STOPLOSS_PRICE"
        case .rateLimited: "RATE_LIMITED"
        }
    }
}

extension WireErrorCode: WireSpelled {
    public var wireName: StaticString {
        switch self {
        case .rateLimited: "RateLimited"
        case .invalidJSONFormat: "InvalidJSONFormat"
        case .alreadyAuthenticated: "AlreadyAuthenticated"
        case .invalidParameter: "InvalidParameter"
        case .permissionDenied: "PermissionDenied"
        case .serverError: "ServerError"
        case .invalidOrder: "InvalidOrder"
        case .kycRequired: "KycRequired"
        case .termsRequired: "TncRequired"
        case .alreadySubscribedToLeaderboard: "AlreadySubscribedToLeaderboard"
        }
    }
    public static let spellings = ownSpellings()
}

extension ExecutionType {
    /// The spelling in public trades.
    var publicWireName: StaticString {
        switch self {
        case .normal: "T"
        case .liquidation: "L"
        case .providerTransfer: "D"
        case .autoDeleveraging: "A"
        }
    }
    /// The spelling in private fills.
    var privateWireName: StaticString {
        switch self {
        case .normal: "NEW"
        case .liquidation, .providerTransfer, .autoDeleveraging: publicWireName
        }
    }
}

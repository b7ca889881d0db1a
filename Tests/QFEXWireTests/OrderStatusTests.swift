import ExchangeTypes
import QFEXWire
import Testing

/// The names that clients decide by. **Source** `protocol.md` §13, spec README item 4.
@Suite struct OrderStatusTests {
    @Test(
        "Every reason for a rejection has its status",
        arguments: [
            (RejectReason.unknownSymbol, "BAD_SYMBOL"), (.marketClosed, "REJECTED_MARKET_CLOSED"),
            (.invalidOrderType, "INVALID_ORDER_TYPE"),
            (.invalidTimeInForce, "INVALID_TIME_IN_FORCE"),
            (.pricePrecision, "INVALID_TICK_SIZE_PRECISION_PRICE"),
            (.quantityPrecision, "INVALID_TICK_SIZE_PRECISION_QUANTITY"),
            (.quantityTooSmall, "QUANTITY_LESS_THAN_MIN_QUANTITY"),
            (.quantityTooLarge, "QUANTITY_GREATER_THAN_MAX_QUANTITY"),
            (.priceTooLow, "PRICE_LESS_THAN_MIN_PRICE"),
            (.priceTooHigh, "PRICE_GREATER_THAN_MAX_PRICE"), (.belowMinimumNotional, "REJECTED"),
            (.tooManyOpenOrders, "REJECTED_TOO_MANY_OPEN_ORDERS"),
            (.maximumNotional, "REJECTED_WOULD_BREACH_MAX_NOTIONAL"),
            (.insufficientMargin, "FAILED_MARGIN_CHECK"), (.postOnlyWouldCross, "CANCELLED"),
            (.duplicateClientOrderID, "REJECTED"), (.noSuchOrder, "NO_SUCH_ORDER"),
            (.cannotModifyNoSuchOrder, "CANNOT_MODIFY_NO_SUCH_ORDER"),
            (.cannotModifyPartialFill, "CANNOT_MODIFY_PARTIAL_FILL"),
            (.cannotModifyWouldCross, "CANNOT_MODIFY_ALO_WOULD_CROSS"),
            (.failedToProcess, "REJECTED_FAILED_TO_PROCESS"), (.inLiquidation, "REJECTED"),
            (.openInterestLimit, "REJECTED_OPEN_INTEREST_LIMIT"),
            (.totalOpenInterestLimit, "REJECTED_OPEN_INTEREST_LIMIT"),
            (.nothingToReduce, "REJECTED"), (.identityCheckRequired, "REJECTED"),
            (.termsRequired, "REJECTED"),
            (.invalidTakeProfitPrice, "INVALID_TAKEPROFIT_PRICE"),
            (.invalidStopLossPrice, "INVALID_STOPLOSS_PRICE"),
        ])
    func reasons(reason: RejectReason, name: String) {
        #expect(OrderStatus(reason).wireName(.current).description == name)
    }

    @Test("Reasons that are not about orders would be an internal failure")
    func otherReasons() {
        let reasons: [RejectReason] = [
            .leverageOutOfRange, .leverageLocked, .insufficientBalance, .foreignAccount,
            .unbelievablePrice, .noPosition, .twapInterval, .twapOrderCount,
        ]
        for reason in reasons { #expect(OrderStatus(reason) == .failedToProcess) }
    }

    @Test("By default the statuses are the 28 of the specification")
    func currentNames() {
        let names = Set(OrderStatus.allCases.map { $0.wireName(.current).description })
        #expect(
            names == [
                "ACK", "FILLED", "MODIFIED", "CANCELLED", "CANCELLED_STP", "REJECTED",
                "NO_SUCH_ORDER", "INVALID_ORDER_TYPE", "BAD_SYMBOL", "PRICE_LESS_THAN_MIN_PRICE",
                "PRICE_GREATER_THAN_MAX_PRICE", "INVALID_TICK_SIZE_PRECISION_PRICE",
                "INVALID_TICK_SIZE_PRECISION_QUANTITY", "QUANTITY_LESS_THAN_MIN_QUANTITY",
                "QUANTITY_GREATER_THAN_MAX_QUANTITY", "INVALID_TIME_IN_FORCE",
                "FAILED_MARGIN_CHECK", "REJECTED_WOULD_BREACH_MAX_NOTIONAL",
                "REJECTED_MARKET_CLOSED", "REJECTED_FAILED_TO_PROCESS",
                "REJECTED_TOO_MANY_OPEN_ORDERS", "REJECTED_OPEN_INTEREST_LIMIT",
                "CANNOT_MODIFY_NO_SUCH_ORDER", "CANNOT_MODIFY_PARTIAL_FILL",
                "CANNOT_MODIFY_ALO_WOULD_CROSS", "INVALID_TAKEPROFIT_PRICE",
                "INVALID_STOPLOSS_PRICE", "RATE_LIMITED",
            ])
    }

    @Test("With the newer names, seven statuses are told apart that share one or are spelled anew")
    func newerNames() {
        let changed = OrderStatus.allCases.filter {
            $0.wireName(.newer).description != $0.wireName(.current).description
        }
        let names = Dictionary(
            uniqueKeysWithValues: changed.map { ($0, $0.wireName(.newer).description) })
        #expect(
            names == [
                .immediateCancelled: "IOC_CANCELLED",
                .immediatePartlyFilled: "IOC_PARTIALLY_FILLED",
                .inLiquidation: "USER_IN_LIQUIDATION",
                .belowMinimumNotional: "REJECTED_LESS_THAN_MIN_NOTIONAL",
                .totalOpenInterestLimit: "REJECTED_TOTAL_OPEN_INTEREST_LIMIT",
                .invalidTakeProfitPrice: "INVALID_TAKE_PROFIT_PRICE",
                .invalidStopLossPrice: "INVALID_STOP_LOSS_PRICE",
            ])
        let all = Set(OrderStatus.allCases.map { $0.wireName(.newer).description })
        #expect(all.count == OrderStatus.allCases.count)
    }
}

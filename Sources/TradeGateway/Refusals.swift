import ExchangeTypes
import QFEXWire

/// Why a command had no effect, in words, where the wire has no status for it.
struct Refusals {
    let reason: RejectReason
    let instrument: InstrumentReference
    let directory: AccountDirectory

    /// **Source** P-129, P-184.
    var ofClosePosition: WireError {
        switch reason {
        case .noPosition: invalid("there is no position to close")
        case _: common
        }
    }

    /// **Source** R-065, P-150, P-184.
    var ofTWAP: WireError {
        switch reason {
        case .twapInterval:
            invalid(
                "order_interval_secs must be \(Limits.twapIntervals.lowerBound) to "
                    + "\(Limits.twapIntervals.upperBound)")
        case .twapOrderCount: invalid("num_orders must be 2 to \(Limits.maximumTWAPOrders)")
        case .quantityTooSmall:
            invalid("total_quantity / num_orders is below the minimum quantity")
        case .quantityTooLarge: invalid("total_quantity is too large")
        case .pricePrecision: invalid("worst_price is no multiple of the tick size")
        case .priceTooLow, .priceTooHigh: invalid("worst_price is out of range")
        case .duplicateClientOrderID: invalid("client_twap_id is in use")
        case .tooManyOpenOrders: invalid("there are too many open orders")
        case _: common
        }
    }

    /// **Source** R-020, R-021.
    var ofLeverage: WireError {
        switch (reason, instrument) {
        case (.leverageOutOfRange, .known(let id)):
            let maximum = directory.instrument(id).maximumLeverage
            return invalid("leverage must be a whole number from 1 to \(maximum)")
        case (.leverageLocked, _):
            return invalid("leverage cannot change with a position or open orders")
        case (.inLiquidation, _):
            return invalid("leverage cannot change while the account is in liquidation")
        case (_, _): return common
        }
    }

    private var common: WireError {
        switch (reason, instrument) {
        case (.unknownSymbol, .unknown(let symbol)): invalid("unknown symbol \(symbol)")
        case (.marketClosed, _): invalid("the market is closed")
        case (.inLiquidation, _): invalid("the account is in liquidation")
        case (_, _):
            WireError(blocking: reason) ?? WireError(.serverError, "the exchange refused this")
        }
    }

    private func invalid(_ message: String) -> WireError { WireError(.invalidParameter, message) }
}

extension WireError {
    /// The error for a user who may not trade; nil for any other reason. **Source** P-184.
    init?(blocking reason: RejectReason) {
        switch reason {
        case .identityCheckRequired:
            self.init(.kycRequired, "the identity check has not been passed")
        case .termsRequired:
            self.init(.termsRequired, "the latest terms have not been accepted")
        case _: return nil
        }
    }

    /// What goes with the status of a refused stop request, so that who waits for an acknowledgement
    /// does not wait longer. **Source** `protocol.md` §7.2.
    init(stopRequest reason: RejectReason) {
        switch reason {
        case .noSuchOrder, .cannotModifyNoSuchOrder:
            self.init(.invalidParameter, "there is no such stop order")
        case _:
            self.init(
                .invalidParameter,
                "the stop order stays as it was: \(OrderStatus(reason).wireName(.current))")
        }
    }
}

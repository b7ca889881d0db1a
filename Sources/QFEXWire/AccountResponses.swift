public import ExchangeTypes

extension TradeResponseEncoder {
    /// One side of a trade, for the `fills` channel. **Source** `protocol.md` §12.2.
    public static func fillResponse(
        _ fill: Fill, in instrument: Instrument, user: UniqueID, at time: Timestamp,
        to bytes: inout [UInt8]
    ) {
        let order = fill.order
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.fillResponse)
            writer.beginObject()
            writer.member(Field.tradeID, OrderIdentifierPermutation.uniqueID(of: fill.trade))
            writer.member(Field.userID, user)
            writer.member(Field.symbol, instrument.symbol)
            writer.member(Field.price, fill.price)
            writer.member(Field.quantity, instrument.decimal(fill.quantity))
            writer.member(Field.side, order.side.wireName)
            writer.member(Field.aggressorSide, fill.aggressorSide.wireName)
            writer.member(Field.orderID, OrderIdentifierPermutation.uniqueID(of: order.id))
            writer.member(Field.fee, fill.fee)
            writer.member(Field.orderType, order.type.wireName)
            writer.member(Field.shortTimeInForce, order.timeInForce.wireName)
            writer.member(Field.orderPrice, instrument.decimal(order.price))
            writer.member(Field.clientOrderID, order.clientOrderID)
            writer.member(Field.remainingQuantity, instrument.decimal(order.remaining))
            writer.member(Field.takeProfit, instrument.decimal(order.takeProfit))
            writer.member(Field.stopLoss, instrument.decimal(order.stopLoss))
            writer.member(Field.executionType, fill.executionType.privateWireName)
            writer.key(Field.timestamp)
            writer.number(time)
            writer.member(Field.realisedPnL, fill.realisedPnL)
            writer.endObject()
            writer.endObject()
        }
    }

    /// A holding and what hangs on it. **Source** `protocol.md` §12.3.
    public static func positionResponse(
        _ report: PositionReport, in instrument: Instrument, user: UniqueID,
        to bytes: inout [UInt8]
    ) {
        let rates = MarginRates(leverage: report.leverage)
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.positionResponse)
            writer.beginObject()
            writer.member(Field.id, RowIdentifier.position(report.instrument, user: user))
            writer.member(Field.symbol, instrument.symbol)
            writer.member(Field.position, instrument.decimal(report.quantity))
            writer.member(Field.marginAllocated, report.positionMargin)
            writer.member(Field.realisedPnL, report.realisedPnL)
            writer.member(Field.unrealisedPnL, report.unrealisedPnL)
            writer.member(Field.netFunding, report.netFunding)
            writer.key(Field.openOrders)
            writer.number(report.openOrders)
            writer.member(Field.openQuantity, instrument.decimal(report.openQuantity))
            writer.key(Field.leverage)
            writer.number(report.leverage)
            writer.key(Field.initialMargin)
            writer.number(rates.initial, scale: MarginRates.scale)
            writer.key(Field.maintenanceMargin)
            writer.number(rates.maintenance, scale: MarginRates.scale)
            writer.member(Field.averagePrice, report.averagePrice(in: instrument))
            writer.endObject()
            writer.endObject()
        }
    }

    /// The money of an account. **Source** `protocol.md` §12.4.
    public static func balanceResponse(
        _ report: BalanceReport, user: UniqueID, to bytes: inout [UInt8]
    ) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.key(Field.balanceResponse)
            writer.beginObject()
            writer.member(Field.id, user)
            writer.member(Field.userID, user)
            writer.member(Field.deposit, report.deposits)
            writer.member(Field.realisedPnL, report.realisedPnL)
            writer.member(Field.orderMargin, report.orderMargin)
            writer.member(Field.positionMargin, report.positionMargin)
            writer.member(Field.unrealisedPnL, report.unrealisedPnL)
            writer.member(Field.netFunding, report.netFunding)
            writer.member(Field.availableBalance, report.availableBalance)
            writer.member(Field.referralRewards, report.rewards)
            writer.member(Field.fees, report.fees)
            writer.endObject()
            writer.endObject()
        }
    }
}

/// The margin rates of a leverage: `1/leverage`, and two thirds of it for maintenance.
/// **Source** `protocol.md` §10, §12.3.
struct MarginRates {
    static let scale = 10
    /// In units of 1e-10, rounded half-even.
    let initial: Int64
    /// In units of 1e-10, rounded half-even.
    let maintenance: Int64

    init(leverage: UInt16) {
        let one: Int128 = 10_000_000_000
        initial = Int64(Rounding.halfEven(one, by: Int128(leverage)))
        maintenance = Int64(Rounding.halfEven(2 * one, by: 3 * Int128(leverage)))
    }
}

extension PositionReport {
    /// What one unit of the open quantity cost, rounded half-even to 1e-8; zero without a position.
    func averagePrice(in instrument: Instrument) -> ReferencePrice {
        let size = Int128(instrument.decimal(quantity).units.magnitude)
        guard size > 0 else { return .zero }
        let cost = Int128(cost.units.magnitude) * Int128(unitsPerOne)
        return ReferencePrice(units: Int64(Rounding.halfEven(cost, by: size)))
    }
}

/// The ids of rows that no command refers to: nothing but names that stay the same.
enum RowIdentifier {
    /// An account's position in a contract.
    static func position(_ instrument: InstrumentID, user: UniqueID) -> UniqueID {
        uniqueID(of: user.high, user.low, UInt64(instrument.index))
    }

    /// A level of leverage of a contract.
    static func leverage(_ level: UInt16, of instrument: InstrumentID) -> UniqueID {
        uniqueID(of: UInt64(instrument.index), UInt64(level))
    }

    /// A UUID of version 4 that depends on these words, and on nothing else.
    private static func uniqueID(of words: UInt64...) -> UniqueID {
        var hasher = StateHasher()
        for word in words { hasher.combine(word) }
        let high = hasher.value & ~0xf000 | 0x4000
        hasher.combine(high)
        return UniqueID(high: high, low: hasher.value >> 2 | 1 << 63)
    }
}

extension JSONWriter {
    /// A member with a text of our own.
    mutating func member(_ name: StaticString, _ value: StaticString) {
        key(name)
        string(value)
    }

    /// A member with a text from anywhere.
    mutating func member(_ name: StaticString, _ value: InlineText) {
        key(name)
        string(value)
    }

    /// A member with a UUID.
    mutating func member(_ name: StaticString, _ value: UniqueID) {
        key(name)
        string(value)
    }

    /// A member with a decimal as a JSON number.
    mutating func member(_ name: StaticString, _ value: some FixedPoint) {
        key(name)
        number(value)
    }
}

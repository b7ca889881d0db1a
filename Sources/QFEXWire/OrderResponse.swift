public import ExchangeTypes

/// The content of an `order_response`, 15 fields. **Source** `protocol.md` §12.1.
public struct OrderResponse: Hashable, Sendable {
    /// The order that a response is about.
    public enum Identifier: Hashable, Sendable {
        /// Printed as an empty string: a new order that was refused. **Source** spec README item 8.
        case none
        case order(OrderID)
        case twap(TWAPID)
        /// What the client named, byte for byte.
        case sent(InlineText)
    }
    public var order: Identifier
    public var symbol: Symbol
    public var status: OrderStatus
    public var quantity: WireDecimal
    /// The limit; for a market order zero, or the execution price once it is filled.
    public var price: WireDecimal
    public var takeProfit = WireDecimal.zero
    public var stopLoss = WireDecimal.zero
    public var side: Side
    public var type: OrderType
    public var timeInForce: TimeInForce
    /// The identity of the account.
    public var user: UniqueID
    public var clientOrderID: ClientOrderID
    /// What is open after the event; for a cancelled order what was cancelled.
    public var remaining: WireDecimal
    public var time: Timestamp
    /// Given when filled.
    public var trade: TradeID?
    public init(
        order: Identifier, symbol: Symbol, status: OrderStatus, quantity: WireDecimal,
        price: WireDecimal, side: Side, type: OrderType, timeInForce: TimeInForce,
        user: UniqueID, clientOrderID: ClientOrderID, remaining: WireDecimal, time: Timestamp,
        trade: TradeID? = nil
    ) {
        self.order = order
        self.symbol = symbol
        self.status = status
        self.quantity = quantity
        self.price = price
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.user = user
        self.clientOrderID = clientOrderID
        self.remaining = remaining
        self.time = time
        self.trade = trade
    }
}

/// Responses that follow from the engine's events. `time` is that of the command which caused them.
extension OrderResponse {
    /// An order of the engine with a status of its own.
    public init(
        _ state: OrderState, status: OrderStatus, in instrument: Instrument, user: UniqueID,
        at time: Timestamp
    ) {
        self.init(
            order: .order(state.id), symbol: instrument.symbol, status: status,
            quantity: WireDecimal(instrument.decimal(state.quantity)),
            price: WireDecimal(instrument.decimal(state.price)),
            side: state.side, type: state.type, timeInForce: state.timeInForce,
            user: user, clientOrderID: state.clientOrderID,
            remaining: WireDecimal(instrument.decimal(state.remaining)), time: time)
        takeProfit = WireDecimal(instrument.decimal(state.takeProfit))
        stopLoss = WireDecimal(instrument.decimal(state.stopLoss))
    }

    /// The answer to `orderAccepted`.
    public static func accepted(
        _ state: OrderState, in instrument: Instrument, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        OrderResponse(state, status: .accepted, in: instrument, user: user, at: time)
    }

    /// The answer to `orderAmended`.
    public static func amended(
        _ state: OrderState, in instrument: Instrument, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        OrderResponse(state, status: .modified, in: instrument, user: user, at: time)
    }

    /// The answer to `orderCancelled`.
    public static func cancelled(
        _ state: OrderState, _ reason: CancelReason, in instrument: Instrument, user: UniqueID,
        at time: Timestamp
    ) -> OrderResponse {
        OrderResponse(
            state, status: OrderStatus(reason, of: state), in: instrument, user: user, at: time)
    }

    /// The answer to `orderFilled`, after the fill itself.
    public static func filled(
        _ fill: Fill, in instrument: Instrument, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        filled(
            fill.order, trade: fill.trade, price: fill.price, in: instrument, user: user, at: time)
    }

    private static func filled(
        _ order: OrderState, trade: TradeID, price: ReferencePrice, in instrument: Instrument,
        user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        var response = OrderResponse(order, status: .filled, in: instrument, user: user, at: time)
        // An order without a limit says what it traded at.
        if order.price == .zero { response.price = WireDecimal(price) }
        response.trade = trade
        return response
    }

    /// An order that ended, as an answer to `get_order`.
    public static func closed(
        _ closed: ClosedOrder, in instrument: Instrument, user: UniqueID
    ) -> OrderResponse {
        switch closed.end {
        case .cancelled(let reason):
            cancelled(closed.order, reason, in: instrument, user: user, at: closed.time)
        case .filled(let trade, let price):
            filled(
                closed.order, trade: trade, price: price, in: instrument, user: user,
                at: closed.time)
        }
    }

    /// An order that rests in the book, as a row of `all_orders_response` or an answer to
    /// `get_order`: `ACK` or `MODIFIED`, also when it is filled in part.
    public static func open(
        _ state: OrderState, in instrument: Instrument, user: UniqueID
    ) -> OrderResponse {
        OrderResponse(
            state, status: state.isAmended ? .modified : .accepted, in: instrument, user: user,
            at: state.updatedAt)
    }

    /// The answer to `orderRejected`: the request as sent, and no order id (P-114).
    ///
    /// `instrument` is the one that the request names, nil when there is none.
    public static func rejected(
        _ rejected: OrderRejected, in instrument: Instrument?, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        let order = rejected.order
        var response = OrderResponse(
            order: .none, symbol: order.instrument.symbol(in: instrument),
            status: OrderStatus(rejected.reason), quantity: order.quantity,
            price: order.type == .market ? .zero : order.price, side: order.side,
            type: order.type, timeInForce: order.timeInForce, user: user,
            clientOrderID: order.clientOrderID, remaining: order.quantity, time: time)
        response.takeProfit = order.takeProfit
        response.stopLoss = order.stopLoss
        return response
    }

    /// The answer to `cancelRejected`: the id as sent; nothing else is known about the order.
    public static func cancelRejected(
        _ cancel: CancelOrder, _ reason: RejectReason, in instrument: Instrument?, user: UniqueID,
        at time: Timestamp
    ) -> OrderResponse {
        noSuchOrder(
            cancel.order, symbol: cancel.instrument.symbol(in: instrument),
            status: OrderStatus(reason), user: user, at: time)
    }

    /// The answer to a question or a cancel about an order that isn't there.
    public static func noSuchOrder(
        _ order: OrderReference, symbol: Symbol, status: OrderStatus = .noSuchOrder,
        user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        OrderResponse(
            order: order.responseIdentifier, symbol: symbol, status: status, quantity: .zero,
            price: .zero, side: .buy, type: .limit, timeInForce: .goodTillCancelled, user: user,
            clientOrderID: order.clientOrderID, remaining: .zero, time: time)
    }

    /// The answer to `modifyRejected`: the order as it still is, or the request as sent.
    public static func modifyRejected(
        _ rejected: ModifyRejected, in instrument: Instrument?, user: UniqueID, at time: Timestamp
    ) -> OrderResponse {
        let status = OrderStatus(rejected.reason)
        if let state = rejected.order, let instrument {
            return OrderResponse(state, status: status, in: instrument, user: user, at: time)
        }
        let request = rejected.request
        return OrderResponse(
            order: request.order.responseIdentifier,
            symbol: request.instrument.symbol(in: instrument), status: status,
            quantity: request.quantity ?? .zero, price: request.price ?? .zero,
            side: request.side, type: request.type,
            timeInForce: .goodTillCancelled, user: user,
            clientOrderID: request.order.clientOrderID, remaining: .zero, time: time)
    }
}

extension InstrumentReference {
    /// The name that the client used.
    func symbol(in instrument: Instrument?) -> Symbol {
        switch self {
        case .known: instrument?.symbol ?? Symbol()
        case .unknown(let symbol): symbol
        }
    }
}

extension OrderReference {
    var responseIdentifier: OrderResponse.Identifier {
        switch self {
        case .orderID(let id): .order(id)
        case .clientOrderID(let text), .unrecognised(let text): .sent(text)
        }
    }

    var clientOrderID: ClientOrderID {
        switch self {
        case .clientOrderID(let text): text
        case .orderID, .unrecognised: ClientOrderID()
        }
    }
}

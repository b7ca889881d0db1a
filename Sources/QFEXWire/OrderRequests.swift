public import ExchangeTypes

/// A new order, well-formed but unchecked. **Source** `protocol.md` §6.1.
public struct AddOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    public var side: Side
    public var type: OrderType
    public var timeInForce: TimeInForce
    /// Positive.
    public var quantity: WireDecimal
    /// Nil for a market order, whatever was sent; given for all others.
    public var price: WireDecimal?
    public var takeProfit: WireDecimal?
    public var stopLoss: WireDecimal?
    public var reduceOnly: Bool
    /// Empty when the exchange shall make one.
    public var clientOrderID: ClientOrderID
    public init(
        symbol: Symbol, side: Side, type: OrderType, timeInForce: TimeInForce,
        quantity: WireDecimal, price: WireDecimal? = nil, takeProfit: WireDecimal? = nil,
        stopLoss: WireDecimal? = nil, reduceOnly: Bool = false,
        clientOrderID: ClientOrderID = ClientOrderID()
    ) {
        self.symbol = symbol
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.quantity = quantity
        self.price = price
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
        self.reduceOnly = reduceOnly
        self.clientOrderID = clientOrderID
    }
}

/// What the identifier in a `cancel_order` is.
public enum CancelIdentifierKind: Hashable, Sendable, CaseIterable {
    case orderID
    case clientOrderID
    case twapID
    case clientTWAPID
}

/// Takes one order out, or all with one client id. **Source** `protocol.md` §6.2.
public struct CancelOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    public var kind: CancelIdentifierKind
    /// As sent. Ids of the exchange are cut to 64 bytes; those of the client have 1 to 64.
    public var identifier: InlineText
    public init(symbol: Symbol, kind: CancelIdentifierKind, identifier: InlineText) {
        self.symbol = symbol
        self.kind = kind
        self.identifier = identifier
    }

    /// What is to be taken out.
    public enum Target: Hashable, Sendable {
        case order(OrderReference)
        case twap(TWAPReference)
    }

    /// The order or sliced order that is meant.
    public var target: Target {
        switch kind {
        case .orderID: .order(OrderReference(wireOrderID: identifier))
        case .clientOrderID: .order(.clientOrderID(identifier))
        case .twapID: .twap(TWAPReference(wireTWAPID: identifier))
        case .clientTWAPID: .twap(.clientTWAPID(identifier))
        }
    }
}

/// Changes an order; what is nil stays. **Source** `protocol.md` §6.3.
public struct ModifyOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// As sent, cut to 64 bytes.
    public var orderID: InlineText
    public var side: Side
    public var type: OrderType
    public var price: WireDecimal?
    /// The new total quantity; positive.
    public var quantity: WireDecimal?
    /// Zero removes it.
    public var takeProfit: WireDecimal?
    /// Zero removes it.
    public var stopLoss: WireDecimal?
    public var reduceOnly: Bool?
    public init(
        symbol: Symbol, orderID: InlineText, side: Side, type: OrderType,
        price: WireDecimal? = nil, quantity: WireDecimal? = nil, takeProfit: WireDecimal? = nil,
        stopLoss: WireDecimal? = nil, reduceOnly: Bool? = nil
    ) {
        self.symbol = symbol
        self.orderID = orderID
        self.side = side
        self.type = type
        self.price = price
        self.quantity = quantity
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
        self.reduceOnly = reduceOnly
    }

    /// The order that is meant.
    public var order: OrderReference { OrderReference(wireOrderID: orderID) }
}

/// Closes a whole position. **Source** `protocol.md` §6.5.
public struct ClosePositionRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// Empty when the exchange shall make one.
    public var clientOrderID: ClientOrderID
    public init(symbol: Symbol, clientOrderID: ClientOrderID = ClientOrderID()) {
        self.symbol = symbol
        self.clientOrderID = clientOrderID
    }
}

/// Takes a stop order out. **Source** `protocol.md` §7.2.
public struct CancelStopOrderRequest: Hashable, Sendable {
    /// As sent, cut to 64 bytes.
    public var stopOrderID: InlineText
    public init(stopOrderID: InlineText) { self.stopOrderID = stopOrderID }

    /// The order that is meant.
    public var order: OrderReference { OrderReference(wireOrderID: stopOrderID) }
}

/// Changes a stop order. **Source** `protocol.md` §7.2.
public struct ModifyStopOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// As sent, cut to 64 bytes.
    public var stopOrderID: InlineText
    /// The new trigger.
    public var price: WireDecimal
    /// Positive.
    public var quantity: WireDecimal
    public var side: Side?
    public var type: OrderType?
    public init(
        symbol: Symbol, stopOrderID: InlineText, price: WireDecimal, quantity: WireDecimal,
        side: Side? = nil, type: OrderType? = nil
    ) {
        self.symbol = symbol
        self.stopOrderID = stopOrderID
        self.price = price
        self.quantity = quantity
        self.side = side
        self.type = type
    }

    /// The order that is meant.
    public var order: OrderReference { OrderReference(wireOrderID: stopOrderID) }
}

/// Slices a quantity over time. **Source** `protocol.md` §8.
public struct AddTWAPRequest: Hashable, Sendable {
    public var symbol: Symbol
    public var side: Side
    public var totalQuantity: WireDecimal
    public var orderCount: Int64
    public var intervalSeconds: Int64
    public var reduceOnly: Bool
    /// Empty for none.
    public var clientTWAPID: InlineText
    /// Nil for at once.
    public var startsAt: Timestamp?
    public var worstPrice: WireDecimal?
    public init(
        symbol: Symbol, side: Side, totalQuantity: WireDecimal, orderCount: Int64,
        intervalSeconds: Int64, reduceOnly: Bool, clientTWAPID: InlineText = InlineText(),
        startsAt: Timestamp? = nil, worstPrice: WireDecimal? = nil
    ) {
        self.symbol = symbol
        self.side = side
        self.totalQuantity = totalQuantity
        self.orderCount = orderCount
        self.intervalSeconds = intervalSeconds
        self.reduceOnly = reduceOnly
        self.clientTWAPID = clientTWAPID
        self.startsAt = startsAt
        self.worstPrice = worstPrice
    }
}

extension OrderReference {
    /// The order that an `order_id` of the wire names.
    public init(wireOrderID text: InlineText) {
        guard let id = UniqueID(text.string),
            let order = OrderIdentifierPermutation.order(of: id)
        else {
            self = .unrecognised(text)
            return
        }
        self = .orderID(order)
    }
}

extension TWAPReference {
    /// The sliced order that a `twap_id` of the wire names.
    public init(wireTWAPID text: InlineText) {
        guard let id = UniqueID(text.string),
            let twap = OrderIdentifierPermutation.twap(of: id)
        else {
            self = .unrecognised(text)
            return
        }
        self = .twapID(twap)
    }
}

public import ExchangeTypes

/// A command of the trade endpoint. **Source** `protocol.md` §4–§11.
public enum TradeRequest: Hashable, Sendable {
    case authenticate(AuthRequest)
    /// The channels in the order given, repetitions included: each is acknowledged.
    case subscribe([TradeChannel])
    case unsubscribe([TradeChannel])
    case addOrder(AddOrderRequest)
    case cancelOrder(CancelOrderRequest)
    case modifyOrder(ModifyOrderRequest)
    /// The symbols it is restricted to; nil for all.
    case cancelAllOrders(symbols: [Symbol]?)
    case getOrder(GetOrderRequest)
    case getUserOrders(GetUserOrdersRequest)
    case getUserLeverage(Page)
    case getAvailableLeverageLevels(Page)
    case setUserLeverage(SetUserLeverageRequest)
    case cancelOnDisconnect(Bool)
    /// A documented command that this exchange does not carry out yet.
    case unsupported(CommandName)
}

/// The commands of the trade endpoint.
public enum CommandName: Hashable, Sendable, CaseIterable {
    case authenticate
    case subscribe
    case unsubscribe
    case addOrder
    case cancelOrder
    case modifyOrder
    case cancelAllOrders
    case closePosition
    case cancelStopOrder
    case modifyStopOrder
    case addTWAP
    case getOrder
    case getUserOrders
    case getUserTrades
    case getUserLeverage
    case setUserLeverage
    case getAvailableLeverageLevels
    case cancelOnDisconnect
}

/// The private channels.
public enum TradeChannel: Hashable, Sendable, CaseIterable {
    case orderResponses
    case stopOrders
    case positions
    case balances
    case fills
}

/// The order types of the wire; the last two are for stop orders.
public enum WireOrderType: Hashable, Sendable, CaseIterable {
    case limit
    case market
    case addLiquidityOnly
    case takeProfit
    case stopLoss

    /// The wire's word for a type of the engine.
    public init(_ type: OrderType) {
        self =
            switch type {
            case .limit: .limit
            case .market: .market
            case .addLiquidityOnly: .addLiquidityOnly
            }
    }

    /// The engine's type; nil for stop orders, which it does not have.
    public var orderType: OrderType? {
        switch self {
        case .limit: .limit
        case .market: .market
        case .addLiquidityOnly: .addLiquidityOnly
        case .takeProfit, .stopLoss: nil
        }
    }
}

/// Who wants to trade, and the proof. **Source** `protocol.md` §4.2.
public struct AuthRequest: Hashable, Sendable {
    /// The proof.
    public enum Credential: Hashable, Sendable {
        case hmac(HMACCredential)
        case jwt(String)
    }
    public var credential: Credential
    /// The subaccount's UUID as sent; nil for the primary account.
    public var accountID: String?
    public init(credential: Credential, accountID: String? = nil) {
        self.credential = credential
        self.accountID = accountID
    }
}

/// A signature over `<nonce>:<unixSeconds>`.
public struct HMACCredential: Hashable, Sendable {
    public var publicKey: String
    /// 1 to 100 hexadecimal digits, as sent.
    public var nonce: String
    public var unixSeconds: Int64
    /// As sent: nobody has looked at it yet.
    public var signature: String
    public init(publicKey: String, nonce: String, unixSeconds: Int64, signature: String) {
        self.publicKey = publicKey
        self.nonce = nonce
        self.unixSeconds = unixSeconds
        self.signature = signature
    }
}

// Requests end up in logs and failed tests; credentials must not.
extension AuthRequest.Credential: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        switch self {
        case .hmac(let credential): "HMAC of \(credential.publicKey)"
        case .jwt: "JWT"
        }
    }
    public var debugDescription: String { description }
}

extension HMACCredential: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "HMAC of \(publicKey)" }
    public var debugDescription: String { description }
}

/// A new order, well-formed but unchecked. **Source** `protocol.md` §6.1.
public struct AddOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    public var side: Side
    public var type: WireOrderType
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
        symbol: Symbol, side: Side, type: WireOrderType, timeInForce: TimeInForce,
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

    /// The order that is meant; nil when it is a TWAP.
    public var order: OrderReference? {
        switch kind {
        case .orderID: OrderReference(wireOrderID: identifier)
        case .clientOrderID: .clientOrderID(identifier)
        case .twapID, .clientTWAPID: nil
        }
    }
}

/// Changes an order; what is nil stays. **Source** `protocol.md` §6.3.
public struct ModifyOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// As sent, cut to 64 bytes.
    public var orderID: InlineText
    public var side: Side
    public var type: WireOrderType
    public var price: WireDecimal?
    /// The new total quantity; positive.
    public var quantity: WireDecimal?
    /// Zero removes it.
    public var takeProfit: WireDecimal?
    /// Zero removes it.
    public var stopLoss: WireDecimal?
    public var reduceOnly: Bool?
    public init(
        symbol: Symbol, orderID: InlineText, side: Side, type: WireOrderType,
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

/// Asks for one order. **Source** `protocol.md` §9.
public struct GetOrderRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// An id of the exchange or of the client (C-37), cut to 64 bytes.
    public var orderID: InlineText
    public init(symbol: Symbol, orderID: InlineText) {
        self.symbol = symbol
        self.orderID = orderID
    }
}

/// Which rows of an answer are wanted. **Source** `protocol.md` §9, §10.
public struct Page: Hashable, Sendable {
    /// The largest page, and the default.
    public static let maximumLimit = 1_000
    /// 1 to 1,000.
    public var limit: Int
    /// The number of rows before the page.
    public var offset: Int
    public init(limit: Int = maximumLimit, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }

    /// The rows that are on this page.
    public func rows<Row>(of all: [Row]) -> ArraySlice<Row> {
        all.dropFirst(offset).prefix(limit)
    }
}

/// Asks for a page of the open orders. **Source** `protocol.md` §9.
public struct GetUserOrdersRequest: Hashable, Sendable {
    public var page: Page
    /// Nil for all contracts.
    public var symbol: Symbol?
    public init(page: Page = Page(), symbol: Symbol? = nil) {
        self.page = page
        self.symbol = symbol
    }
}

/// Chooses the leverage in a contract. **Source** `protocol.md` §10.
public struct SetUserLeverageRequest: Hashable, Sendable {
    public var symbol: Symbol
    /// As sent: what levels there are is for the engine to say.
    public var leverage: WireDecimal
    public init(symbol: Symbol, leverage: WireDecimal) {
        self.symbol = symbol
        self.leverage = leverage
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

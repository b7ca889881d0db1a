public import ExchangeTypes

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

/// Asks for a page of what was traded. **Source** `protocol.md` §9.
public struct GetUserTradesRequest: Hashable, Sendable {
    public var page: Page
    /// As sent, cut to 64 bytes; nil for all orders.
    public var orderID: InlineText?
    /// Both ends included; nil for no bound.
    public var from: Timestamp?
    public var through: Timestamp?
    public init(
        page: Page = Page(), orderID: InlineText? = nil, from: Timestamp? = nil,
        through: Timestamp? = nil
    ) {
        self.page = page
        self.orderID = orderID
        self.from = from
        self.through = through
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

import ExchangeTypes

/// Turns messages of the trade endpoint into requests; reused for all messages of a connection.
///
/// What is wrong with the form of a message is a `WireError`; whether an order is allowed is for
/// the engine to say. Unknown fields are ignored. **Source** `protocol.md` §2, §4–§11, §14.
public struct TradeRequestDecoder: Sendable {
    private var reader = JSONReader()
    /// The command of the last message, also when the rest of it was wrong; nil when there was
    /// none.
    public private(set) var command: CommandName?

    public init() {}

    /// The request that a message holds.
    public mutating func decode(_ message: [UInt8]) throws(WireError) -> TradeRequest {
        command = nil
        do { try reader.read(message) } catch { throw WireError(error) }
        return try decodeRoot()
    }

    /// The request that a message in somebody else's memory holds.
    public mutating func decode(
        _ message: UnsafeRawBufferPointer
    ) throws(WireError) -> TradeRequest {
        command = nil
        do { try reader.read(message) } catch { throw WireError(error) }
        return try decodeRoot()
    }

    /// The last message as an answer may repeat it.
    public func incomingMessage(isAuthenticated: Bool) -> IncomingMessage {
        IncomingMessage(reader, command: command, isAuthenticated: isAuthenticated)
    }

    private mutating func decodeRoot() throws(WireError) -> TradeRequest {
        guard let root = reader.root, reader.kind(of: root) == .object else {
            throw WireError(.invalidJSONFormat, "the message is not an object")
        }
        let name: CommandName = try reader.requiredWord(Field.type, of: root)
        command = name
        return try decode(name, try reader.requiredObject(Field.params, of: root))
    }

    private func decode(
        _ name: CommandName, _ params: JSONNode
    ) throws(WireError) -> TradeRequest {
        switch name {
        case .authenticate: .authenticate(try decodeAuth(params))
        case .subscribe: .subscribe(try decodeChannels(params))
        case .unsubscribe: .unsubscribe(try decodeChannels(params))
        case .addOrder: .addOrder(try decodeAddOrder(params))
        case .cancelOrder: .cancelOrder(try decodeCancelOrder(params))
        case .modifyOrder: .modifyOrder(try decodeModifyOrder(params))
        case .cancelAllOrders: .cancelAllOrders(symbols: try decodeCancelAll(params))
        case .getOrder: .getOrder(try decodeGetOrder(params))
        case .getUserOrders: .getUserOrders(try decodeGetUserOrders(params))
        case .getUserLeverage: .getUserLeverage(try decodePage(params))
        case .getAvailableLeverageLevels: .getAvailableLeverageLevels(try decodePage(params))
        case .setUserLeverage: .setUserLeverage(try decodeSetUserLeverage(params))
        case .cancelOnDisconnect:
            .cancelOnDisconnect(try reader.requiredFlag(Field.cancelOnDisconnect, of: params))
        case .closePosition, .cancelStopOrder, .modifyStopOrder, .addTWAP, .getUserTrades:
            .unsupported(name)
        }
    }

    // MARK: Session

    private func decodeAuth(_ params: JSONNode) throws(WireError) -> AuthRequest {
        let hmac = reader.optional(Field.hmac, of: params)
        let jwt = try reader.optionalString(Field.jwt, of: params)
        guard (hmac == nil) != (jwt == nil) else {
            throw WireError(.invalidJSONFormat, "exactly one of hmac and jwt must be given")
        }
        let account = try reader.optionalString(Field.accountID, of: params)
        return AuthRequest(
            credential: try decodeCredential(params, jwt: jwt),
            accountID: account == "" ? nil : account)
    }

    private func decodeCredential(
        _ params: JSONNode, jwt: String?
    ) throws(WireError) -> AuthRequest.Credential {
        if let jwt { return .jwt(jwt) }
        let hmac = try reader.requiredObject(Field.hmac, of: params)
        let credential = HMACCredential(
            publicKey: try reader.requiredString(Field.publicKey, of: hmac),
            nonce: try reader.requiredString(Field.nonce, of: hmac),
            unixSeconds: try reader.requiredInteger(Field.unixSeconds, of: hmac),
            signature: try reader.requiredString(Field.signature, of: hmac))
        let nonce = credential.nonce.utf8
        guard (1...100).contains(nonce.count),
            nonce.allSatisfy({ JSONEscapes.hexDigit($0) != nil })
        else {
            throw WireError(.invalidParameter, "nonce must be 1 to 100 hexadecimal digits")
        }
        return .hmac(credential)
    }

    private func decodeChannels(_ params: JSONNode) throws(WireError) -> [TradeChannel] {
        try reader.words(Field.channels, try reader.required(Field.channels, of: params))
    }

    // MARK: Orders

    private func decodeAddOrder(_ params: JSONNode) throws(WireError) -> AddOrderRequest {
        let type: WireOrderType = try reader.requiredWord(Field.orderType, of: params)
        let order = AddOrderRequest(
            symbol: try reader.requiredSymbol(of: params),
            side: try reader.requiredWord(Field.side, of: params),
            type: type,
            timeInForce: try reader.requiredWord(Field.orderTimeInForce, of: params),
            quantity: try reader.requiredDecimal(Field.quantity, of: params),
            // C-33: whatever a market order says about its price is ignored.
            price: type == .market ? nil : try reader.nonzeroDecimal(Field.price, of: params),
            takeProfit: try reader.nonzeroDecimal(Field.takeProfit, of: params),
            stopLoss: try reader.nonzeroDecimal(Field.stopLoss, of: params),
            reduceOnly: try reader.optionalFlag(Field.reduceOnly, of: params) ?? false,
            clientOrderID: try decodeClientOrderID(params))
        try requirePositive(order.quantity)
        if order.price == nil && order.type != .market {
            throw WireError(.invalidOrder, "\(order.type.wireName) needs a price")
        }
        return order
    }

    /// Absent, null and empty all ask the exchange to make one (P-091).
    private func decodeClientOrderID(_ params: JSONNode) throws(WireError) -> ClientOrderID {
        guard let node = reader.optional(Field.clientOrderID, of: params) else {
            return ClientOrderID()
        }
        return try reader.shortText(node, Field.clientOrderID)
    }

    private func requirePositive(_ quantity: WireDecimal) throws(WireError) {
        if quantity.isZero || quantity.isNegative {
            throw WireError(.invalidOrder, "quantity must be positive")
        }
    }

    private func decodeCancelOrder(_ params: JSONNode) throws(WireError) -> CancelOrderRequest {
        let kind: CancelIdentifierKind = try reader.requiredWord(
            Field.cancelOrderIDType, of: params)
        let symbol = try reader.requiredSymbol(of: params)
        let identifier: InlineText
        switch kind {
        case .orderID, .twapID:
            identifier = try reader.exchangeIdentifier(Field.orderID, of: params)
        case .clientOrderID:
            identifier = try decodeClientOrderIDToCancel(params)
        case .clientTWAPID:
            let node = try reader.required(Field.orderID, of: params)
            identifier = try reader.clientIdentifier(Field.orderID, node)
        }
        return CancelOrderRequest(symbol: symbol, kind: kind, identifier: identifier)
    }

    /// C-20: old clients put the value in `client_order_id`.
    private func decodeClientOrderIDToCancel(
        _ params: JSONNode
    ) throws(WireError) -> ClientOrderID {
        if let node = reader.optional(Field.orderID, of: params), !reader.matches(node, "") {
            return try reader.clientIdentifier(Field.orderID, node)
        }
        if let node = reader.optional(Field.clientOrderID, of: params) {
            return try reader.clientIdentifier(Field.clientOrderID, node)
        }
        return try reader.clientIdentifier(
            Field.orderID, try reader.required(Field.orderID, of: params))
    }

    private func decodeModifyOrder(_ params: JSONNode) throws(WireError) -> ModifyOrderRequest {
        let quantity = try reader.optionalDecimal(Field.quantity, of: params)
        if let quantity { try requirePositive(quantity) }
        return ModifyOrderRequest(
            symbol: try reader.requiredSymbol(of: params),
            orderID: try reader.exchangeIdentifier(Field.orderID, of: params),
            side: try reader.requiredWord(Field.side, of: params),
            type: try reader.requiredWord(Field.orderType, of: params),
            price: try reader.nonzeroDecimal(Field.price, of: params),
            quantity: quantity,
            takeProfit: try reader.optionalDecimal(Field.takeProfit, of: params),
            stopLoss: try reader.optionalDecimal(Field.stopLoss, of: params),
            reduceOnly: try reader.optionalFlag(Field.reduceOnly, of: params))
    }

    /// An empty symbol or list restricts nothing, as an absent one does.
    private func decodeCancelAll(_ params: JSONNode) throws(WireError) -> [Symbol]? {
        var symbols: [Symbol] = []
        if let node = reader.optional(Field.symbol, of: params) {
            let symbol = try reader.shortText(node, Field.symbol)
            if !symbol.isEmpty { symbols.append(symbol) }
        }
        if let list = reader.optional(Field.symbols, of: params) {
            guard reader.kind(of: list) == .array else { throw reader.notArray(Field.symbols) }
            try reader.forEachElement(of: list) { node throws(WireError) in
                symbols.append(try reader.shortText(node, Field.symbols))
            }
        }
        return symbols.isEmpty ? nil : symbols
    }

    // MARK: Queries

    private func decodeGetOrder(_ params: JSONNode) throws(WireError) -> GetOrderRequest {
        GetOrderRequest(
            symbol: try reader.requiredSymbol(of: params),
            orderID: try reader.exchangeIdentifier(Field.orderID, of: params))
    }

    private func decodeGetUserOrders(
        _ params: JSONNode
    ) throws(WireError) -> GetUserOrdersRequest {
        var request = GetUserOrdersRequest(page: try decodePage(params))
        if let node = reader.optional(Field.symbol, of: params) {
            let symbol = try reader.shortText(node, Field.symbol)
            request.symbol = symbol.isEmpty ? nil : symbol
        }
        return request
    }

    private func decodePage(_ params: JSONNode) throws(WireError) -> Page {
        var page = Page()
        // §18.19: a limit of zero is the default.
        let limit = try decodeCount(Field.limit, params)
        if limit > Page.maximumLimit {
            throw WireError(.invalidParameter, "limit is above \(Page.maximumLimit)")
        }
        if limit > 0 { page.limit = limit }
        page.offset = try decodeCount(Field.offset, params)
        return page
    }

    private func decodeCount(
        _ name: StaticString, _ params: JSONNode
    ) throws(WireError) -> Int {
        guard let value = try reader.optionalDecimal(name, of: params) else { return 0 }
        guard let count = value.integer, count >= 0 else {
            throw WireError(.invalidParameter, "\(name) must be a whole number from 0")
        }
        return Int(count)
    }

    // MARK: Leverage

    private func decodeSetUserLeverage(
        _ params: JSONNode
    ) throws(WireError) -> SetUserLeverageRequest {
        SetUserLeverageRequest(
            symbol: try reader.requiredSymbol(of: params),
            leverage: try reader.requiredDecimal(Field.leverage, of: params))
    }
}

extension WireError {
    /// The answer to a message that is no JSON.
    init(_ error: JSONError) { self.init(.invalidJSONFormat, error.description) }
}

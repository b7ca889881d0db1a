import ExchangeTypes

/// Commands that change orders. **Source** `protocol.md` §6, §7, §8.
extension TradeRequestDecoder {
    func decodeAddOrder(_ params: JSONNode) throws(WireError) -> AddOrderRequest {
        let type: OrderType = try reader.requiredWord(Field.orderType, of: params)
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

    func decodeCancelOrder(_ params: JSONNode) throws(WireError) -> CancelOrderRequest {
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

    func decodeModifyOrder(_ params: JSONNode) throws(WireError) -> ModifyOrderRequest {
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
    func decodeCancelAll(_ params: JSONNode) throws(WireError) -> [Symbol]? {
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

    // MARK: Positions and stop orders

    func decodeClosePosition(_ params: JSONNode) throws(WireError) -> ClosePositionRequest {
        ClosePositionRequest(
            symbol: try reader.requiredSymbol(of: params),
            clientOrderID: try decodeClientOrderID(params))
    }

    func decodeCancelStopOrder(_ params: JSONNode) throws(WireError) -> CancelStopOrderRequest {
        CancelStopOrderRequest(
            stopOrderID: try reader.exchangeIdentifier(Field.stopOrderID, of: params))
    }

    /// C-19: the docs demand side and type, the clients do not send them.
    func decodeModifyStopOrder(_ params: JSONNode) throws(WireError) -> ModifyStopOrderRequest {
        let request = ModifyStopOrderRequest(
            symbol: try reader.requiredSymbol(of: params),
            stopOrderID: try reader.exchangeIdentifier(Field.stopOrderID, of: params),
            price: try reader.requiredDecimal(Field.price, of: params),
            quantity: try reader.requiredDecimal(Field.quantity, of: params),
            side: try reader.optionalWord(Field.side, of: params),
            type: try reader.optionalWord(Field.orderType, of: params))
        try requirePositive(request.quantity)
        if request.price.isZero { throw WireError(.invalidOrder, "a stop order needs a price") }
        return request
    }

    // MARK: TWAP

    func decodeAddTWAP(_ params: JSONNode) throws(WireError) -> AddTWAPRequest {
        var request = AddTWAPRequest(
            symbol: try reader.requiredSymbol(of: params),
            side: try reader.requiredWord(Field.side, of: params),
            totalQuantity: try reader.requiredDecimal(Field.totalQuantity, of: params),
            orderCount: try reader.requiredInteger(Field.orderCount, of: params),
            intervalSeconds: try reader.requiredInteger(Field.orderIntervalSeconds, of: params),
            reduceOnly: try decodeRequiredReduceOnly(params),
            worstPrice: try reader.nonzeroDecimal(Field.worstPrice, of: params))
        if let node = reader.optional(Field.clientTWAPID, of: params) {
            request.clientTWAPID = try reader.shortText(node, Field.clientTWAPID)
        }
        if let seconds = try reader.nonzeroDecimal(Field.startTime, of: params) {
            guard let time = Timestamp(unixSeconds: seconds) else {
                throw WireError(.invalidParameter, "start_time is out of range")
            }
            request.startsAt = time
        }
        return request
    }

    private func decodeRequiredReduceOnly(_ params: JSONNode) throws(WireError) -> Bool {
        guard let flag = try reader.optionalFlag(Field.reduceOnly, of: params) else {
            throw WireError(.invalidJSONFormat, "\(Field.reduceOnly) is missing")
        }
        return flag
    }
}

extension Timestamp {
    /// Unix seconds with any fraction, cut to eight decimals; nil before 1970 and after 2262.
    init?(unixSeconds seconds: WireDecimal) {
        guard !seconds.isNegative,
            let units = seconds.wholeMultiples(of: Decimal8(units: 1))
        else { return nil }
        let (nanoseconds, overflow) = units.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        self.init(nanoseconds: nanoseconds)
    }
}

import ExchangeTypes

/// Questions, and the choice of leverage. **Source** `protocol.md` §9, §10.
extension TradeRequestDecoder {
    func decodeGetOrder(_ params: JSONNode) throws(WireError) -> GetOrderRequest {
        GetOrderRequest(
            symbol: try reader.requiredSymbol(of: params),
            orderID: try reader.exchangeIdentifier(Field.orderID, of: params))
    }

    func decodeGetUserOrders(
        _ params: JSONNode
    ) throws(WireError) -> GetUserOrdersRequest {
        var request = GetUserOrdersRequest(page: try decodePage(params))
        if let node = reader.optional(Field.symbol, of: params) {
            let symbol = try reader.shortText(node, Field.symbol)
            request.symbol = symbol.isEmpty ? nil : symbol
        }
        return request
    }

    func decodePage(_ params: JSONNode) throws(WireError) -> Page {
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

    func decodeSetUserLeverage(
        _ params: JSONNode
    ) throws(WireError) -> SetUserLeverageRequest {
        SetUserLeverageRequest(
            symbol: try reader.requiredSymbol(of: params),
            leverage: try reader.requiredDecimal(Field.leverage, of: params))
    }

    // MARK: Trades

    func decodeGetUserTrades(_ params: JSONNode) throws(WireError) -> GetUserTradesRequest {
        var request = GetUserTradesRequest(page: try decodePage(params))
        if let node = reader.optional(Field.orderID, of: params), !reader.matches(node, "") {
            request.orderID = try reader.exchangeIdentifier(Field.orderID, of: params)
        }
        request.from = try decodeSecond(Field.startSeconds, params)
        // The last second is included as a whole: clients cut the times that they were told.
        request.through = try decodeSecond(Field.endSeconds, params)?
            .advanced(byNanoseconds: 999_999_999)
        return request
    }

    /// A whole Unix second; held within what an instant can be, which no trade lies outside of.
    private func decodeSecond(
        _ name: StaticString, _ params: JSONNode
    ) throws(WireError) -> Timestamp? {
        guard let seconds = try reader.optionalInteger(name, of: params) else { return nil }
        let latest = Int64.max / 1_000_000_000 - 1
        return Timestamp(nanoseconds: min(max(seconds, 0), latest) * 1_000_000_000)
    }
}

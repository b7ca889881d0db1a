import ExchangeTypes

/// Turns messages of the trade endpoint into requests; reused for all messages of a connection.
///
/// What is wrong with the form of a message is a `WireError`; whether an order is allowed is for
/// the engine to say. Unknown fields are ignored. **Source** `protocol.md` §2, §4–§11, §14.
public struct TradeRequestDecoder: Sendable {
    var reader = JSONReader()
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
        case .closePosition: .closePosition(try decodeClosePosition(params))
        case .cancelStopOrder: .cancelStopOrder(try decodeCancelStopOrder(params))
        case .modifyStopOrder: .modifyStopOrder(try decodeModifyStopOrder(params))
        case .addTWAP: .addTWAP(try decodeAddTWAP(params))
        case .getUserTrades: .getUserTrades(try decodeGetUserTrades(params))
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
}

extension WireError {
    /// The answer to a message that is no JSON.
    init(_ error: JSONError) { self.init(.invalidJSONFormat, error.description) }
}

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
    case closePosition(ClosePositionRequest)
    case cancelStopOrder(CancelStopOrderRequest)
    case modifyStopOrder(ModifyStopOrderRequest)
    case addTWAP(AddTWAPRequest)
    case getOrder(GetOrderRequest)
    case getUserOrders(GetUserOrdersRequest)
    case getUserTrades(GetUserTradesRequest)
    case getUserLeverage(Page)
    case getAvailableLeverageLevels(Page)
    case setUserLeverage(SetUserLeverageRequest)
    case cancelOnDisconnect(Bool)
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

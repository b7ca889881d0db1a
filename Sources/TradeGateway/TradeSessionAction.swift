import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What a session wants done. The shard does it, in order.
enum TradeSessionAction {
    case send([UInt8])
    /// Takes a place in the exchange's order; the answer comes back under the request number.
    case submit(Request, request: UInt64)
    /// The same without an answer, for what must not be lost: tried until the exchange takes it.
    case submitSurely(Request)
    /// The session acts for an account from here on.
    case join(AccountID)
    case close(TradeSessionEnd)
}

extension TradeSessionAction {
    /// A message to send, written by the closure.
    static func message(_ write: (inout [UInt8]) -> Void) -> TradeSessionAction {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(&bytes)
        return .send(bytes)
    }
}

/// Why the endpoint ends a session.
enum TradeSessionEnd {
    case authenticationFailed
    case authenticationTimedOut
    case keyRevoked
    case tooManyHeldMessages
}

/// A set of the private channels.
struct ChannelSet: OptionSet {
    let rawValue: UInt8
    static let orderResponses = ChannelSet(rawValue: 1)
    static let stopOrders = ChannelSet(rawValue: 2)
    static let positions = ChannelSet(rawValue: 4)
    static let balances = ChannelSet(rawValue: 8)
    static let fills = ChannelSet(rawValue: 16)
}

extension ChannelSet {
    init(_ channel: TradeChannel) {
        self =
            switch channel {
            case .orderResponses: .orderResponses
            case .stopOrders: .stopOrders
            case .positions: .positions
            case .balances: .balances
            case .fills: .fills
            }
    }
}

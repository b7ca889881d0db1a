public import NIOCore
public import NIOHTTP1

/// What an endpoint does with one connection. Lives on the connection's event loop and nowhere else.
public protocol WebSocketSession: AnyObject {
    /// One whole message within the size limit: valid UTF-8 if it came as text; a binary one counts as text
    /// too, but may hold anything.
    func receive(_ message: ByteBufferView)
    /// All messages of this read were received: the moment to flush.
    func receivedBatch()
    /// The connection is gone, for whatever reason. Called exactly once.
    func closed()
}

/// Makes the sessions of one endpoint, on the event loop of each connection.
public protocol WebSocketEndpoint: Sendable {
    /// A connection has finished its handshake.
    func makeSession(_ connection: WebSocketConnection, request: HTTPRequestHead)
        -> any WebSocketSession
}

/// Why a connection is closed, as RFC 6455 codes. **Source** `protocol.md` §4.4, §18.
public enum CloseReason: Hashable, Sendable {
    case normal
    case goingAway
    case protocolError(StaticText)
    case invalidUTF8
    case policyViolation(StaticText)
    case messageTooLarge
    case slowConsumer
    case silent

    var code: UInt16 {
        switch self {
        case .normal: 1000
        case .goingAway: 1001
        case .protocolError: 1002
        case .invalidUTF8: 1007
        case .policyViolation: 1008
        case .messageTooLarge: 1009
        case .slowConsumer: 1013
        case .silent: 1001
        }
    }

    var text: String {
        switch self {
        case .normal: "bye"
        case .goingAway: "server is shutting down"
        case .protocolError(let text), .policyViolation(let text): text.text
        case .invalidUTF8: "message is not valid UTF-8"
        case .messageTooLarge: "message too large"
        case .slowConsumer: "reading too slowly"
        case .silent: "no answer to pings"
        }
    }
}

/// A text known at compile time: nothing of a client's can end up in it.
public struct StaticText: Hashable, Sendable, ExpressibleByStringLiteral {
    public let text: String
    public init(stringLiteral value: StaticString) { text = String(describing: value) }
}

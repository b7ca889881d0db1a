import Synchronization

/// The bounds of what strangers may take. **Source** `protocol.md` §18.1, §18.4.
public struct TransportLimits: Sendable {
    /// The largest message, and the largest frame.
    public var maximumMessageBytes = 65_536
    /// Parts of one message: a client that sends it byte by byte is cut off.
    public var maximumFragments = 1_024
    public var connectionsPerAddress = 1_000
    public var connections = 20_000
    /// From accepting the connection to the finished handshake.
    public var handshakeSeconds: Int64 = 10
    public var pingSeconds: Int64 = 20
    /// Without any traffic from the client.
    public var silenceSeconds: Int64 = 60
    /// Bytes waiting for a client beyond which states are no longer sent, only kept.
    public var conflationBytes = 256 * 1_024
    /// Bytes waiting for a client beyond which it is cut off.
    public var maximumOutboundBytes = 4 * 1_024 * 1_024
    /// What a client that is cut off so has to read up to the reason, before the connection goes.
    public var lastReadSeconds: Int64 = 5
    public init() {}
}

/// Counts connections over all event loops.
final class ConnectionCounter: Sendable {
    private struct Counts {
        var total = 0
        var byAddress: [String: Int] = [:]
    }
    private let counts = Mutex(Counts())
    private let limits: TransportLimits

    init(_ limits: TransportLimits) { self.limits = limits }

    enum Admission {
        case admitted
        /// Over a limit: to be told so and closed, but counted until then.
        case overLimit
        /// Far over a limit: to be closed at once.
        case refused
    }

    /// Counts a new connection; every admission must be matched by a `leave`.
    func enter(_ address: String) -> Admission {
        counts.withLock { counts in
            counts.total += 1
            let sameAddress = counts.byAddress[address, default: 0] + 1
            counts.byAddress[address] = sameAddress
            if sameAddress > limits.connectionsPerAddress * 2
                || counts.total > limits.connections * 2
            {
                return .refused
            }
            let isOver =
                sameAddress > limits.connectionsPerAddress || counts.total > limits.connections
            return isOver ? .overLimit : .admitted
        }
    }

    func leave(_ address: String) {
        counts.withLock { counts in
            counts.total -= 1
            let left = counts.byAddress[address, default: 0] - 1
            counts.byAddress[address] = left > 0 ? left : nil
        }
    }
}

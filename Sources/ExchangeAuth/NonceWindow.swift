import Synchronization

/// Remembers which nonces each key has used, so that a recorded request cannot be sent again.
///
/// One instance serves every connection and both kinds of request (protocol.md §4.2, P-053). Only
/// requests whose signature was verified may come here: otherwise a stranger could fill it, or use
/// up the nonces of others. Memory is bounded; when it is full new nonces are refused, because
/// forgetting an old one would let its request in again.
public final class NonceWindow: Sendable {
    /// What became of a nonce.
    public enum Outcome: Hashable, Sendable {
        /// It is new and remembered from here on.
        case accepted
        /// It was accepted before, within the lifetime.
        case reused
        /// It is new, but there is no room to remember it.
        case full
    }

    /// How long a nonce stays used. **Units**: seconds.
    public let lifetimeSeconds: Int64

    private let maximumPerKey: Int
    private let maximumTotal: Int
    private let state = Mutex(State())

    /// Makes an empty window.
    ///
    /// The defaults let one key sign 20 requests each second without end, and take about 60 MB at
    /// most when full.
    public init(
        lifetimeSeconds: Int64 = 960, maximumPerKey: Int = 20_000, maximumTotal: Int = 200_000
    ) {
        precondition(lifetimeSeconds > 0 && maximumPerKey > 0 && maximumTotal > 0)
        self.lifetimeSeconds = lifetimeSeconds
        self.maximumPerKey = maximumPerKey
        self.maximumTotal = maximumTotal
    }

    /// Uses up a nonce of a key, if it is unused.
    ///
    /// **Complexity**: O(1) amortised.
    /// - Parameter now: Unix seconds; it should not go backwards, since a nonce that was forgotten
    ///   in a wrong future would be accepted again.
    public func accept(publicKey: String, nonce: String, now: Int64) -> Outcome {
        state.withLock { state in
            state.forget(before: now - lifetimeSeconds)
            guard !state.isUsed(publicKey: publicKey, nonce: nonce) else { return .reused }
            guard state.count < maximumTotal, state.count(of: publicKey) < maximumPerKey else {
                return .full
            }
            state.remember(publicKey: publicKey, nonce: nonce, now: now)
            return .accepted
        }
    }

    /// How many nonces are remembered.
    public var count: Int { state.withLock { $0.count } }

    private struct State {
        struct Use {
            let publicKey: String
            let nonce: String
            let time: Int64
        }

        /// The remembered nonces of each key; a key without any is absent.
        ///
        /// Only ever touched in place: a second reference to a set would make the next insertion
        /// copy it as a whole.
        private var used: [String: Set<String>] = [:]

        /// The same nonces in the order of their use; those before `head` are forgotten.
        private var uses: [Use] = []
        private var head = 0

        var count: Int { uses.count - head }

        func count(of publicKey: String) -> Int { used[publicKey]?.count ?? 0 }

        func isUsed(publicKey: String, nonce: String) -> Bool {
            used[publicKey]?.contains(nonce) ?? false
        }

        mutating func remember(publicKey: String, nonce: String, now: Int64) {
            used[publicKey, default: []].insert(nonce)
            uses.append(Use(publicKey: publicKey, nonce: nonce, time: now))
        }

        mutating func forget(before time: Int64) {
            while head < uses.count, uses[head].time < time {
                let use = uses[head]
                head += 1
                used[use.publicKey]?.remove(use.nonce)
                if used[use.publicKey]?.isEmpty == true { used[use.publicKey] = nil }
            }
            // Dropping the forgotten half at once keeps the cost of each use constant on average.
            if head > 1024, head > uses.count / 2 {
                uses.removeFirst(head)
                head = 0
            }
        }
    }
}

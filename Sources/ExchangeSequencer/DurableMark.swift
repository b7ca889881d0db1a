import Synchronization

/// How far the running exchange has come: a command that is durable, and what its engine was like then.
public struct DurableMark: Equatable, Sendable {
    public var sequence: UInt64
    /// The `Exchange.fingerprint` after that command.
    public var fingerprint: UInt64
    public init(sequence: UInt64, fingerprint: UInt64) {
        self.sequence = sequence
        self.fingerprint = fingerprint
    }
}

/// Where the sequencer notes its latest mark after each batch, for whoever copies the exchange beside it.
///
/// Two words that change together, without a lock: a thread of low priority must never make the market
/// wait.
public final class DurableProgress: Sendable {
    private let mark = Atomic(WordPair(first: 0, second: 0))

    public init() {}

    public var latest: DurableMark {
        let pair = mark.load(ordering: .acquiring)
        return DurableMark(sequence: UInt64(pair.first), fingerprint: UInt64(pair.second))
    }

    func note(_ latest: DurableMark) {
        mark.store(
            WordPair(first: UInt(latest.sequence), second: UInt(latest.fingerprint)),
            ordering: .releasing)
    }
}

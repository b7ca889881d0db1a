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

/// Where the sequencer notes its latest mark after each batch, for whoever copies the exchange beside
/// it. The lock is held for two words.
public final class DurableProgress: Sendable {
    private let mark = Mutex(DurableMark(sequence: 0, fingerprint: 0))

    public init() {}

    public var latest: DurableMark { mark.withLock { $0 } }

    func note(_ latest: DurableMark) { mark.withLock { $0 = latest } }
}

public import ExchangeSequencer
public import ExchangeTypes
import Synchronization

/// A clock that stands until it is set.
public final class VirtualClock: SequencerClock, Sendable {
    private let time: Mutex<Timestamp>

    /// A clock that stands at an instant.
    public init(_ start: Timestamp) { time = Mutex(start) }

    public func now() -> Timestamp { time.withLock { $0 } }

    /// Lets it stand at another instant; like a machine's, it may be set back.
    public func set(_ instant: Timestamp) { time.withLock { $0 = instant } }
}

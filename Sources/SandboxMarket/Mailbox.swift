import ExchangeSequencer
import Synchronization

/// Where the sequencer's thread leaves batches for the market's task.
///
/// Bounded: what finds no room is dropped and reported as lost, because a feed with a hole in it is
/// still a market, and a server without memory is not.
final class Mailbox: Sendable {
    /// What was found in the mailbox.
    struct Contents: Sendable {
        var batches: [EventBatch] = []
        /// Whether later batches are missing.
        var hasLost = false
    }

    private struct State {
        var contents = Contents()
        var isOpen = true
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A mailbox for at most `capacity` batches.
    init(capacity: Int) { self.capacity = capacity }

    /// Leaves a batch.
    func put(_ batch: EventBatch) {
        state.withLock { state in
            guard state.isOpen else { return }
            if state.contents.hasLost || state.contents.batches.count >= capacity {
                state.contents.hasLost = true
            } else {
                state.contents.batches.append(batch)
            }
        }
    }

    /// Takes everything.
    func take() -> Contents {
        state.withLock { state in
            defer { state.contents = Contents() }
            return state.contents
        }
    }

    /// Drops everything from now on: nobody will look any more.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.contents = Contents()
        }
    }
}

import ExchangeEngine
public import ExchangeJournal
import ExchangeTypes

/// The exchange's own thread: waits for submissions and runs them, batch after batch, until closed.
///
/// **Soundness** of `@unchecked Sendable`: `sequencer` is touched by the new thread only, from `start`
/// on; it is handed over and never used by the starter again.
public final class SequencerThread: @unchecked Sendable {
    /// How the thread ended.
    public enum End: Sendable {
        /// All submissions were run and the log was closed.
        case closed(lastSequence: UInt64, stateHash: UInt64)
        /// The log failed; nothing since the last publication may be believed.
        case failed(JournalError)
    }

    private let sequencer: Sequencer
    private let queue: SubmissionQueue
    private let onEnd: @Sendable (End) -> Void

    private init(
        _ sequencer: Sequencer, _ queue: SubmissionQueue, _ onEnd: @escaping @Sendable (End) -> Void
    ) {
        self.sequencer = sequencer
        self.queue = queue
        self.onEnd = onEnd
    }

    /// Hands the sequencer to a thread of its own. `onEnd` is called on that thread, once.
    ///
    /// Closing the queue ends the thread after everything in it was run.
    public static func start(
        _ sequencer: sending Sequencer, queue: SubmissionQueue,
        onEnd: @escaping @Sendable (End) -> Void
    ) {
        let thread = SequencerThread(sequencer, queue, onEnd)
        DetachedThread.start { thread.run() }
    }

    private func run() {
        var submissions: [Submission] = []
        do throws(JournalError) {
            while queue.waitAndDrain(into: &submissions, atMost: sequencer.idleNanoseconds) {
                try sequencer.runDue(before: submissions)
                try sequencer.runBatch(submissions)
                submissions.removeAll(keepingCapacity: true)
            }
            try sequencer.close()
        } catch {
            queue.close()
            return onEnd(.failed(error))
        }
        onEnd(
            .closed(
                lastSequence: sequencer.lastSequence.value,
                stateHash: sequencer.exchange.stateHash()))
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bounded queue between many event loops and the one sequencer thread.
///
/// **Soundness** of `@unchecked Sendable`: every access to `waiting`, `isClosed` and `isSleeping` holds
/// `mutex`, which has a stable address, allocated in `init` and freed in `deinit`.
public final class SubmissionQueue: CommandInbox, @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wakeUp = WakeUp()
    private let capacity: Int
    private var waiting: [Submission] = []
    private var isClosed = false
    private var isSleeping = false

    /// A queue that holds at most `capacity` submissions.
    public init(capacity: Int = 65_536) {
        self.capacity = capacity
        mutex = .allocate(capacity: 1)
        waiting.reserveCapacity(1024)
        let result = pthread_mutex_init(mutex, nil)
        precondition(result == 0, "no mutex to be had: \(result)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    public func enqueue(_ submission: Submission) -> Bool {
        pthread_mutex_lock(mutex)
        let isAccepted = !isClosed && waiting.count < capacity
        if isAccepted { waiting.append(submission) }
        let mustWake = isAccepted && isSleeping
        pthread_mutex_unlock(mutex)
        if mustWake { wakeUp.signal() }
        return isAccepted
    }

    /// Refuses everything from now on; what waits is still drained.
    public func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_mutex_unlock(mutex)
        wakeUp.signal()
    }

    /// Waits until something is there or the time is over, then takes all that is there, which may be
    /// nothing; false once closed and empty. Without a time it waits for ever.
    ///
    /// `submissions` must be empty; its space becomes the queue's, so that nothing is allocated.
    func waitAndDrain(into submissions: inout [Submission], atMost nanoseconds: Int64?) -> Bool {
        pthread_mutex_lock(mutex)
        if waiting.isEmpty && !isClosed { wait(nanoseconds) }
        swap(&waiting, &submissions)
        let isAtEnd = submissions.isEmpty && isClosed
        pthread_mutex_unlock(mutex)
        return !isAtEnd
    }

    private func wait(_ nanoseconds: Int64?) {
        let deadline = nanoseconds.map(WakeUp.deadline)
        isSleeping = true
        while waiting.isEmpty && !isClosed && wakeUp.wait(mutex, until: deadline) {}
        isSleeping = false
    }

    /// Takes all that waits, without waiting.
    public func drain(into submissions: inout [Submission]) {
        pthread_mutex_lock(mutex)
        swap(&waiting, &submissions)
        pthread_mutex_unlock(mutex)
    }
}

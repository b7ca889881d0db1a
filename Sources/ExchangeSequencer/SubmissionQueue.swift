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
/// `mutex`; the pthread objects have stable addresses, allocated in `init` and freed in `deinit`.
public final class SubmissionQueue: CommandInbox, @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wakeUp: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var waiting: [Submission] = []
    private var isClosed = false
    private var isSleeping = false

    /// A queue that holds at most `capacity` submissions.
    public init(capacity: Int = 65_536) {
        self.capacity = capacity
        mutex = .allocate(capacity: 1)
        wakeUp = .allocate(capacity: 1)
        waiting.reserveCapacity(1024)
        let result = pthread_mutex_init(mutex, nil) | pthread_cond_init(wakeUp, nil)
        precondition(result == 0, "no mutex or condition variable to be had: \(result)")
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        pthread_mutex_destroy(mutex)
        wakeUp.deallocate()
        mutex.deallocate()
    }

    public func enqueue(_ submission: Submission) -> Bool {
        pthread_mutex_lock(mutex)
        let isAccepted = !isClosed && waiting.count < capacity
        if isAccepted { waiting.append(submission) }
        let mustWake = isAccepted && isSleeping
        pthread_mutex_unlock(mutex)
        if mustWake { pthread_cond_signal(wakeUp) }
        return isAccepted
    }

    /// Refuses everything from now on; what waits is still drained.
    public func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(wakeUp)
    }

    /// Waits until something is there, then takes all of it; false once closed and empty.
    ///
    /// `submissions` must be empty; its space becomes the queue's, so that nothing is allocated.
    func waitAndDrain(into submissions: inout [Submission]) -> Bool {
        pthread_mutex_lock(mutex)
        while waiting.isEmpty && !isClosed {
            isSleeping = true
            pthread_cond_wait(wakeUp, mutex)
            isSleeping = false
        }
        swap(&waiting, &submissions)
        pthread_mutex_unlock(mutex)
        return !submissions.isEmpty
    }

    /// Takes all that waits, without waiting.
    public func drain(into submissions: inout [Submission]) {
        pthread_mutex_lock(mutex)
        swap(&waiting, &submissions)
        pthread_mutex_unlock(mutex)
    }
}

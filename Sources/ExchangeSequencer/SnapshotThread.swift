import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes snapshots beside the market, on a thread that yields to all others: after so many commands, and
/// when asked.
///
/// **Soundness** of `@unchecked Sendable`: every access to `isRequested`, `isStopping` and `isEnded`
/// holds `mutex`, which has a stable address, allocated in `init` and freed in `deinit`; `nextSequence`
/// is touched by the new thread only.
public final class SnapshotThread: @unchecked Sendable {
    private let maker: SnapshotMaker
    private let progress: DurableProgress
    private let interval: UInt64
    private let onOutcome: @Sendable (Result<MadeSnapshot?, SnapshotFailure>) -> Void
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wakeUp = WakeUp()
    private let ended = WakeUp()
    private let isCancelled = Atomic(false)
    private var isRequested = false
    private var isStopping = false
    private var isEnded = false
    /// The command after which the next snapshot is due.
    private var nextSequence: UInt64

    private init(
        _ maker: SnapshotMaker, _ progress: DurableProgress, interval: UInt64, last: UInt64,
        _ onOutcome: @escaping @Sendable (Result<MadeSnapshot?, SnapshotFailure>) -> Void
    ) {
        self.maker = maker
        self.progress = progress
        self.interval = interval
        self.onOutcome = onOutcome
        nextSequence = interval == 0 ? .max : last + interval
        mutex = .allocate(capacity: 1)
        let result = pthread_mutex_init(mutex, nil)
        precondition(result == 0, "no mutex to be had: \(result)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - interval: commands from one snapshot to the next; 0 for none but those that are asked for.
    ///   - last: the command after which there is a snapshot already; 0 for none.
    ///   - onOutcome: called on the thread after each attempt; nil in it if there was nothing new.
    public static func start(
        _ maker: SnapshotMaker, progress: DurableProgress, interval: UInt64, last: UInt64,
        onOutcome: @escaping @Sendable (Result<MadeSnapshot?, SnapshotFailure>) -> Void
    ) -> SnapshotThread {
        let made = SnapshotThread(maker, progress, interval: interval, last: last, onOutcome)
        DetachedThread.start { made.run() }
        return made
    }

    /// Asks for a snapshot now. Returns at once; a request during the work is one for another after it.
    public func request() {
        pthread_mutex_lock(mutex)
        isRequested = true
        pthread_mutex_unlock(mutex)
        wakeUp.signal()
    }

    /// Gives up what is under way. Returns at once; the thread may still come to the end of a step.
    public func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_mutex_unlock(mutex)
        wakeUp.signal()
    }

    /// Gives up what is under way, and returns when the thread does nothing more.
    public func stop() {
        cancel()
        pthread_mutex_lock(mutex)
        while !isEnded { _ = ended.wait(mutex, until: nil) }
        pthread_mutex_unlock(mutex)
    }

    private func run() {
        DetachedThread.yieldToOthers()
        while waitUntilDue() {
            let mark = progress.latest
            // A failure too counts: nobody is helped by one every second.
            if interval > 0 { nextSequence = mark.sequence + interval }
            do throws(SnapshotFailure) {
                let made = try maker.make(at: mark) {
                    isCancelled.load(ordering: .relaxed)
                }
                onOutcome(.success(made))
            } catch {
                onOutcome(.failure(error))
            }
        }
        pthread_mutex_lock(mutex)
        isEnded = true
        pthread_mutex_unlock(mutex)
        ended.signal()
    }

    /// Looks at the progress twice a second, so that the sequencer need not wake anybody; false when it
    /// is to end.
    private func waitUntilDue() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isStopping && !isRequested && progress.latest.sequence < nextSequence {
            _ = wakeUp.wait(mutex, until: WakeUp.deadline(inNanoseconds: 500_000_000))
        }
        isRequested = false
        return !isStopping
    }
}

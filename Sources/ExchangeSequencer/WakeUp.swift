#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A condition variable that is waited on for a limited time.
///
/// **Soundness**: the condition has a stable address, allocated in `init` and freed in `deinit`; whoever
/// waits holds the mutex.
final class WakeUp {
    // Nobody sets the monotonic clock. Darwin cannot wait by it, and there a set clock makes one wait
    // longer or shorter than it should be.
    #if canImport(Darwin)
        private static let clock = CLOCK_REALTIME
    #else
        private static let clock = CLOCK_MONOTONIC
    #endif
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        var result = pthread_condattr_init(&attributes)
        #if !canImport(Darwin)
            result |= pthread_condattr_setclock(&attributes, Self.clock)
        #endif
        result |= pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        precondition(result == 0, "no condition variable to be had: \(result)")
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    /// Wakes one who waits.
    func signal() { pthread_cond_signal(condition) }

    /// Waits for a signal, or until the deadline where there is one; false when that has passed.
    ///
    /// Like all such waits it may also end for no reason.
    func wait(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: timespec?) -> Bool {
        guard var deadline else { return pthread_cond_wait(condition, mutex) == 0 }
        return pthread_cond_timedwait(condition, mutex, &deadline) == 0
    }

    /// The instant that is so far from now.
    static func deadline(inNanoseconds nanoseconds: Int64) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        let total = Int64(time.tv_nsec) + nanoseconds
        time.tv_sec += Int(total / 1_000_000_000)
        time.tv_nsec = Int(total % 1_000_000_000)
        return time
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Work on a thread of its own, so that it blocks nobody's pool or loop.
enum DetachedThread {
    /// The work, on its way to the thread.
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that nobody waits for.
    static func start(_ run: @escaping @Sendable () -> Void) {
        // Sound: the reference retained here is released once, by the thread.
        let context = Unmanaged.passRetained(Work(run)).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let result = pthread_create(&thread, nil, entry, context)
        precondition(result == 0, "no thread to be had: \(result)")
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    #if canImport(Darwin)
        private static let entry:
            @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { context in
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }
    #else
        private static let entry:
            @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }
    #endif

    /// Lets every other thread have the processor before this one, from now on.
    static func yieldToOthers() {
        #if canImport(Darwin)
            pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0)
        #else
            // On Linux a thread has a niceness of its own, and zero means the calling one. Should it
            // be refused, the work is done all the same.
            #if canImport(Glibc)
                let processes = __priority_which_t(PRIO_PROCESS.rawValue)
            #else
                let processes = PRIO_PROCESS
            #endif
            _ = setpriority(processes, 0, 19)
        #endif
    }
}

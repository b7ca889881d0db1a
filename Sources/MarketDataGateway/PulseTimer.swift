import NIOCore

/// Calls back at a fixed rate on an event loop. Belongs to that loop.
///
/// Each deadline follows from the one before and not from the end of the work, so that pulses do not
/// drift by what they cost (P-021). A loop that was held up skips the pulses it missed.
final class PulseTimer {
    private let eventLoop: any EventLoop
    private let interval: TimeAmount
    private let fire: () -> Void
    private var scheduled: Scheduled<Void>?

    /// A timer that stands still.
    init(eventLoop: any EventLoop, interval: TimeAmount, fire: @escaping () -> Void) {
        precondition(interval > .zero, "a pulse every \(interval.nanoseconds) ns")
        self.eventLoop = eventLoop
        self.interval = interval
        self.fire = fire
    }

    /// Begins to count, unless it does already; the first call comes after one interval.
    func start() {
        if scheduled == nil { schedule(at: eventLoop.now + interval) }
    }

    /// Ends the calls.
    func stop() {
        scheduled?.cancel()
        scheduled = nil
    }

    private func schedule(at deadline: NIODeadline) {
        // The loop holds the timer until it fires or is stopped.
        scheduled = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            let late = max(.zero, self.eventLoop.now - deadline)
            let missed = late.nanoseconds / self.interval.nanoseconds
            self.schedule(at: deadline + .nanoseconds(self.interval.nanoseconds * (missed + 1)))
            self.fire()
        }
    }
}

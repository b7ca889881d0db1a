import NIOCore

/// Calls back at a fixed rate on an event loop. Belongs to that loop.
///
/// Each deadline follows from the one before and not from the end of the work, so that pulses do
/// not drift by what they cost (P-021). A loop that was held up skips the pulses it missed.
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

    /// The first deadline of the beat that is still to come.
    static func deadline(
        after deadline: NIODeadline, every interval: TimeAmount, now: NIODeadline
    ) -> NIODeadline {
        let late = max(.zero, now - deadline)
        let missed = late.nanoseconds / interval.nanoseconds
        return deadline + .nanoseconds(interval.nanoseconds * (missed + 1))
    }

    private func schedule(at deadline: NIODeadline) {
        // The loop holds the timer until it fires or is stopped.
        scheduled = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            let now = self.eventLoop.now
            self.schedule(at: Self.deadline(after: deadline, every: self.interval, now: now))
            self.fire()
        }
    }
}

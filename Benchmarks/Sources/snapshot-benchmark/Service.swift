import Dispatch
import ExchangeSequencer
import ExchangeTypes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How long a request waits for its answer from the running exchange: a request every millisecond.
final class Service: EventSubscriber {
    private struct State {
        var sentAt: [UInt64] = []
        var waits: [UInt64] = []
    }
    private let state = Mutex(State())

    func deliver(_ batch: EventBatch) {
        let now = DispatchTime.now().uptimeNanoseconds
        state.withLock { state in
            for entry in batch.entries {
                guard let origin = entry.origin else { continue }
                state.waits.append(now - state.sentAt[Int(origin.request)])
            }
        }
    }

    /// Sends orders that find nobody to trade with until told to stop.
    func run(_ queue: SubmissionQueue, _ population: Population, while isGoingOn: () -> Bool) {
        var number = 0
        while isGoingOn() {
            number += 1
            var command = population.order(
                number % population.accounts, number, .buy, cents: 9_000, 900_000_000 + number)
            if case .placeOrder(var order) = command {
                order.timeInForce = .immediateOrCancel
                command = .placeOrder(order)
            }
            let request = state.withLock { state in
                state.sentAt.append(DispatchTime.now().uptimeNanoseconds)
                return UInt64(state.sentAt.count - 1)
            }
            let isTaken = queue.enqueue(
                Submission(.command(command), origin: Origin(connection: 1, request: request)))
            precondition(isTaken, "the queue is full")
            usleep(1_000)
        }
    }

    /// The longest wait and the 99th percentile since the last call, in microseconds, and how many there
    /// were.
    func takeWaits() -> (longest: UInt64, percentile: UInt64, count: Int) {
        let waits = state.withLock { state in
            defer { state.waits.removeAll() }
            return state.waits.sorted()
        }
        guard let longest = waits.last else { return (0, 0, 0) }
        return (longest / 1_000, waits[waits.count * 99 / 100] / 1_000, waits.count)
    }
}

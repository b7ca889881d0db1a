import ExchangeServer
import ServiceLifecycle
import UnixSignals

/// SIGUSR1 asks for a snapshot.
struct SnapshotRequests: Service {
    /// Nil where there is nothing to make one of: the signal then does nothing.
    let snapshots: SnapshotService?

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigusr1)
        for await _ in signals.cancelOnGracefulShutdown() { snapshots?.request() }
    }
}

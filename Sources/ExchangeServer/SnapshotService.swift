import ExchangeSequencer
import Logging
public import ServiceLifecycle

/// Makes snapshots beside the running exchange and tells the operator of each.
public final class SnapshotService: Service {
    private let thread: SnapshotThread

    /// - Parameter last: the command after which there is a snapshot already; 0 for none.
    init(
        _ maker: SnapshotMaker, progress: DurableProgress, interval: UInt64, last: UInt64,
        logger: Logger
    ) {
        thread = SnapshotThread.start(
            maker, progress: progress, interval: interval, last: last
        ) { outcome in Self.report(outcome, logger) }
    }

    /// Asks for a snapshot now.
    public func request() { thread.request() }

    public func run() async throws {
        // Not waited for: what it has not finished counts for nothing at the next start.
        defer { thread.cancel() }
        try await gracefulShutdown()
    }

    private static func report(
        _ outcome: Result<MadeSnapshot?, SnapshotFailure>, _ logger: Logger
    ) {
        switch outcome {
        case .success(let made?): report(made, logger)
        case .success(nil): logger.info("no snapshot made: there is none newer to make")
        case .failure(.cancelled): break
        case .failure(let failure):
            logger.error("no snapshot made", metadata: ["error": "\(failure)"])
        }
    }

    private static func report(_ made: MadeSnapshot, _ logger: Logger) {
        for fault in made.faults {
            logger.warning("a snapshot could not be used", metadata: ["detail": "\(fault)"])
        }
        logger.info(
            "snapshot made",
            metadata: [
                "sequence": "\(made.sequence)", "bytes": "\(made.byteCount)",
                "state_hash": "\(hex(made.stateHash))",
                "segments_removed": "\(made.removedSegments.count)",
            ])
    }
}

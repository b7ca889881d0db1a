import ExchangeJournal
import ExchangeSequencer
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the exchange's thread for as long as the server lives; on shutdown all that was accepted is
/// still carried out.
final class SequencerService: Service {
    private let queue: SubmissionQueue
    private let end: AsyncStream<SequencerThread.End>
    private let logger: Logger

    init(_ sequencer: sending Sequencer, queue: SubmissionQueue, logger: Logger) {
        self.queue = queue
        self.logger = logger
        let (stream, continuation) = AsyncStream.makeStream(of: SequencerThread.End.self)
        end = stream
        SequencerThread.start(sequencer, queue: queue) { result in
            continuation.yield(result)
            continuation.finish()
        }
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            for await result in end {
                switch result {
                case .closed(let lastSequence, let stateHash):
                    logger.info(
                        "exchange stopped",
                        metadata: [
                            "sequence": "\(lastSequence)", "state_hash": "\(hex(stateHash))",
                        ])
                case .failed(let error):
                    logger.error("log failed, exchange stopped", metadata: ["error": "\(error)"])
                    throw error
                }
            }
        } onGracefulShutdown: {
            self.queue.close()
        }
    }
}

/// Sixteen hexadecimal digits, as state hashes are printed everywhere.
public func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

import ExchangeSequencer
import ExchangeTypes
import Synchronization

/// Waits until every contract of the sandbox is listed and priced, so that the first client finds
/// the market that the banner promises.
final class MarketReadiness: EventSubscriber {
    private let missing: Mutex<(count: Int, priced: Set<InstrumentID>)>
    private let ready: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(contracts: Int) {
        missing = Mutex((contracts, []))
        (ready, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func deliver(_ batch: EventBatch) {
        let isComplete = missing.withLock { missing in
            if missing.count == 0 { return false }
            for entry in batch.entries {
                switch entry.outcome {
                case .description(let range), .events(let range):
                    for event in batch.events[range] {
                        guard case .pricesChanged(let change) = event,
                            missing.priced.insert(change.instrument).inserted
                        else { continue }
                        missing.count = max(0, missing.count - 1)
                    }
                case .report: break
                }
            }
            return missing.count == 0
        }
        if isComplete { continuation.finish() }
    }

    /// Returns when the market is complete, at the latest after the given time: a log whose contracts
    /// were withdrawn must not keep the exchange from opening.
    func wait(atMost limit: Duration) async {
        let (ready, continuation) = (ready, continuation)
        let timeout = Task {
            do { try await Task.sleep(for: limit) } catch { return }
            continuation.finish()
        }
        for await _ in ready {}
        timeout.cancel()
    }
}

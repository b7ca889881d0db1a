import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Synchronization

extension Submission {
    static func openAccount(_ number: UInt64) -> Submission {
        Submission(.command(.openAccount(OpenAccount(identity: UniqueID(high: 0, low: number)))))
    }

    static func deposit(_ account: UInt32, _ amount: Int64) -> Submission {
        Submission(
            .command(.deposit(Deposit(account: AccountID(account), amount: Money(amount)))))
    }
}

/// What happened, in order, across log and subscribers.
final class Steps: Sendable {
    private let steps = Mutex<[String]>([])
    var all: [String] { steps.withLock { $0 } }
    func add(_ step: String) { steps.withLock { $0.append(step) } }
    func clear() { steps.withLock { $0 = [] } }
}

/// A clock that a test sets.
final class SettableClock: SequencerClock {
    let nanoseconds: Mutex<Int64>
    init(_ nanoseconds: Int64) { self.nanoseconds = Mutex(nanoseconds) }
    func now() -> Timestamp { Timestamp(nanoseconds: nanoseconds.withLock { $0 }) }
}

/// A log that tells what is done to it, and fails on demand.
final class RecordingLog: CommandLog {
    private(set) var nextSequence: UInt64 = 1
    let maximumBatchByteCount: Int
    var failsToSync = false
    private let steps: Steps

    init(_ steps: Steps, maximumBatchByteCount: Int = 1 << 20) {
        self.steps = steps
        self.maximumBatchByteCount = maximumBatchByteCount
    }

    func append(_ batch: inout CommandBatch) throws(JournalError) {
        steps.add("append \(batch.count)")
        nextSequence += UInt64(batch.count)
    }

    func sync() throws(JournalError) {
        steps.add(failsToSync ? "sync fails" : "sync")
        if failsToSync { throw .closed }
    }

    func close() throws(JournalError) { steps.add("close") }
}

/// A subscriber that keeps everything.
final class RecordingSubscriber: EventSubscriber {
    private let steps: Steps
    private let batches = Mutex<[EventBatch]>([])

    init(_ steps: Steps) { self.steps = steps }

    func deliver(_ batch: EventBatch) {
        steps.add("deliver \(batch.entries.count)")
        batches.withLock { $0.append(batch) }
    }

    var allBatches: [EventBatch] { batches.withLock { $0 } }

    var entries: [EventBatch.Entry] { batches.withLock { $0.flatMap(\.entries) } }

    var reports: [Report] {
        entries.compactMap { if case .report(let report) = $0.outcome { report } else { nil } }
    }

    /// The accounts that the events told of, described ones included.
    var openedIdentities: [UInt64] {
        batches.withLock { $0.flatMap(\.events) }.compactMap {
            if case .accountOpened(let opened) = $0 { opened.identity.low } else { nil }
        }
    }
}

extension Report {
    var deposits: Money? { if case .balance(let report) = self { report.deposits } else { nil } }
}

import Dispatch
import ExchangeEngine
import ExchangeJournal
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

/// One run, and what it measured.
final class SnapshotRun {
    private let storage: PosixStorage
    private let configuration = JournalConfiguration(exchangeID: 42)
    private let population: Population
    private var figures: [(name: String, value: UInt64)] = []

    init(directory: String, orders: Int, accounts: Int) {
        storage = PosixStorage(directory: directory)
        population = Population(accounts: accounts, orders: orders)
    }

    /// Measures everything; returns one line.
    func run() throws -> String {
        let filled = try fill()
        try measureReplay(filled.hash, filled.commands)
        try serve()
        let restarted = try time("restart") {
            try RecoveredExchange.recover(storage: storage, configuration: configuration)
        }
        Self.expect(
            restarted.snapshot != nil && restarted.faults.isEmpty, "no start from a snapshot")
        figures.append(("restart_commands", restarted.journal.recovery.commandCount))
        return
            "orders=\(population.orders) accounts=\(population.accounts) "
            + figures.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    /// Notes how long something takes, in milliseconds, and how long it kept the processor busy.
    @discardableResult
    private func time<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        let startBusy = Self.busyNanoseconds
        let result = try body()
        figures.append(
            (name + "_busy_ms", (Self.busyNanoseconds - startBusy) / 1_000_000))
        figures.append(
            (name + "_ms", (DispatchTime.now().uptimeNanoseconds - start) / 1_000_000))
        return result
    }

    private static var busyNanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @Sendable private static func expect(_ condition: Bool, _ text: String) {
        if condition { return }
        print("WRONG: \(text)")
        exit(1)
    }

    /// Fills a new exchange; returns the hash of its state.
    private func fill() throws -> (hash: UInt64, commands: UInt64) {
        let new = try RecoveredExchange.recover(storage: storage, configuration: configuration)
        let sequencer = Sequencer(
            continuing: new, clock: SystemClock(), invariantInterval: .max)
        try population.fill(sequencer)
        try sequencer.close()
        return (sequencer.exchange.stateHash(), sequencer.lastSequence.value)
    }

    /// Runs the exchange with a client, first alone, then while snapshots are made: one from the beginning
    /// of the log, and one from that one.
    private func serve() throws {
        let queue = SubmissionQueue()
        let progress = DurableProgress()
        let sequencer = try Self.sequencer(storage, configuration, progress)
        let ended = DispatchSemaphore(value: 0)
        SequencerThread.start(sequencer, queue: queue) { _ in ended.signal() }
        let service = Service()
        _ = queue.enqueue(Submission(.subscribe(service)))
        let end = DispatchTime.now().uptimeNanoseconds + 10_000_000_000
        service.run(queue, population) { DispatchTime.now().uptimeNanoseconds < end }
        let alone = service.takeWaits()

        let made = Atomic(0)
        let maker = SnapshotMaker(storage: storage, configuration: configuration)
        let thread = SnapshotThread.start(maker, progress: progress, interval: 0, last: 0) {
            outcome in
            if case .failure(let failure) = outcome { Self.expect(false, "\(failure)") }
            made.add(1, ordering: .relaxed)
        }
        for number in 1...2 {
            time("snapshot_\(number)") {
                thread.request()
                service.run(queue, population) { made.load(ordering: .relaxed) < number }
            }
        }
        let beside = service.takeWaits()
        thread.stop()
        queue.close()
        ended.wait()
        figures += [
            ("alone_longest_us", alone.longest), ("alone_p99_us", alone.percentile),
            ("beside_longest_us", beside.longest), ("beside_p99_us", beside.percentile),
            ("requests", UInt64(beside.count)),
        ]
    }

    private static func sequencer(
        _ storage: PosixStorage, _ configuration: JournalConfiguration,
        _ progress: DurableProgress
    ) throws -> sending Sequencer {
        let recovered = try RecoveredExchange.recover(
            storage: storage, configuration: configuration)
        return Sequencer(
            continuing: recovered, clock: SystemClock(), invariantInterval: .max, progress: progress
        )
    }

    /// The whole log, from its first command.
    private func measureReplay(_ hash: UInt64, _ commands: UInt64) throws {
        let replayed = try time("replay") {
            try RecoveredExchange.recover(storage: storage, configuration: configuration)
        }
        let milliseconds = figures.last?.value ?? 1
        figures.append(("replay_commands_per_s", commands * 1_000 / max(1, milliseconds)))
        Self.expect(replayed.exchange.stateHash() == hash, "another state from the log")
        try measureFile(replayed.exchange)
    }

    /// The engine alone, through a file.
    private func measureFile(_ exchange: Exchange) throws {
        let store = SnapshotStore(storage: storage, exchangeID: 42)
        let stamp = SnapshotStamp(
            position: JournalPosition(sequence: 1, checksum: 0), timestamp: 0,
            stateHash: exchange.stateHash())
        let byteCount = try time("write") {
            let writer = try store.begin()
            var blocks = BlockWriter(to: writer)
            exchange.writeSnapshot(to: &blocks)
            blocks.flush()
            try store.finish(writer, stamp)
            return writer.byteCount
        }
        figures.append(("bytes", UInt64(byteCount)))
        let restored = try time("restore") {
            var reader = BlockReader(from: try store.openUnfinished(stamp))
            let restored = try Exchange.restore(from: &reader)
            try reader.finish()
            return restored
        }
        let hash = time("hash") { restored.stateHash() }
        Self.expect(hash == stamp.stateHash, "restored hash \(hash)")
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import Logging
import MarketDataViews

/// The exchange as its log left it, and what is done beside it with that log.
struct ServerLog {
    /// Where the log is; nil when commands are kept in memory only.
    private let disk: (storage: PosixStorage, configuration: JournalConfiguration)?
    private let settings: ServerConfiguration
    private let dailyReset: DailyReset
    private let logger: Logger

    init(
        _ settings: ServerConfiguration, _ directory: DataDirectory, dailyReset: DailyReset,
        _ logger: Logger
    ) throws {
        self.settings = settings
        self.dailyReset = dailyReset
        self.logger = logger
        switch settings.log {
        case .memory: disk = nil
        case .disk:
            disk = (
                try directory.openStorage(),
                JournalConfiguration(
                    exchangeID: try directory.exchangeID(),
                    segmentByteCount: settings.segmentMebibytes << 20)
            )
        }
    }

    /// The exchange of the log, or a new one. `snapshot` becomes the command after which the snapshot was
    /// taken that it began with.
    func sequencer(
        _ clock: SystemClock, _ progress: DurableProgress, startedFrom snapshot: inout UInt64?
    ) throws -> sending Sequencer {
        guard let disk else {
            logger.warning("commands are kept in memory only: nothing survives this process")
            return Sequencer(
                exchange: Exchange(), marketHistory: MarketHistory(dailyReset: dailyReset),
                log: MemoryLog(), clock: clock)
        }
        let recovered = try RecoveredExchange.recover(
            storage: disk.storage, configuration: disk.configuration, dailyReset: dailyReset)
        report(recovered)
        snapshot = recovered.snapshot
        return Sequencer(
            continuing: recovered, clock: clock, invariantInterval: invariantInterval,
            progress: progress)
    }

    /// Snapshots beside the exchange; nil when nothing of it is on disk.
    func snapshots(_ progress: DurableProgress, last: UInt64) -> SnapshotService? {
        guard let disk else { return nil }
        let maker = SnapshotMaker(
            storage: disk.storage, configuration: disk.configuration, dailyReset: dailyReset,
            retention: settings.logRetention)
        return SnapshotService(
            maker, progress: progress, interval: settings.snapshotCommands, last: last,
            logger: logger)
    }

    /// A check of every invariant stops the market for as long as it takes. Where copies of the exchange
    /// are made and checked beside it as often, release builds leave it to those.
    private var invariantInterval: UInt64 {
        let usual = Sequencer.usualInvariantInterval
        return usual > 1 && settings.snapshotCommands > 0 ? .max : usual
    }

    private func report(_ recovered: RecoveredExchange) {
        for fault in recovered.faults {
            logger.warning(
                "a snapshot could not be used; the start went on with an earlier one or the log",
                metadata: ["detail": "\(fault)"])
        }
        if let tail = recovered.journal.recovery.tornTail {
            logger.warning(
                "an unfinished batch was cut off the log; nobody had been answered for it",
                metadata: ["detail": "\(tail)"])
        }
        logger.info(
            "exchange recovered",
            metadata: [
                "snapshot": "\(recovered.snapshot.map(String.init) ?? "none")",
                "commands": "\(recovered.journal.recovery.commandCount)",
                "state_hash": "\(hex(recovered.exchange.stateHash()))",
            ])
    }
}

import ExchangeEngine
public import ExchangeJournal
public import MarketDataViews

/// Which segments of the log are kept.
public enum LogRetention: String, Sendable, CaseIterable {
    /// All: any day can be replayed.
    case all
    /// Those that a start from one of the kept snapshots reads.
    case snapshots
}

/// Makes snapshots of a running exchange from what it has written, beside it: a copy of the engine
/// begins with the snapshot before, applies the log up to a command that is durable, and is written
/// down. The market does not notice; see `docs/decisions/0012-snapshots-beside-the-market.md`.
public struct SnapshotMaker: Sendable {
    /// Good snapshots that are kept: should the newest be damaged, there is another.
    public static let keptCount = 2

    private let storage: any Storage
    private let configuration: JournalConfiguration
    private let dailyReset: DailyReset
    private let retention: LogRetention

    public init(
        storage: any Storage, configuration: JournalConfiguration,
        dailyReset: DailyReset = .midnightUTC, retention: LogRetention = .all
    ) {
        self.storage = storage
        self.configuration = configuration
        self.dailyReset = dailyReset
        self.retention = retention
    }

    /// Makes a snapshot after the command of a mark. Nil if there is one already.
    ///
    /// The file is written and synced under a working name, read back whole into another copy, compared,
    /// and only then named; then older ones go, and with them, if so chosen, the segments before.
    ///
    /// - Parameter isCancelled: asked often; true ends the work, and nothing was made.
    public func make(
        at mark: DurableMark, isCancelled: () -> Bool = { false }
    ) throws(SnapshotFailure) -> MadeSnapshot? {
        let store = SnapshotStore(storage: storage, exchangeID: configuration.exchangeID)
        let (made, faults, base) = try write(store, mark, isCancelled)
        guard let made else { return nil }
        if isCancelled() { throw .cancelled }
        do throws(SnapshotFault) {
            _ = try ReplayedExchange(store.openUnfinished(made.stamp), dailyReset)
        } catch {
            throw .unverified(error)
        }
        if isCancelled() { throw .cancelled }
        do throws(JournalError) {
            try store.publish(made.stamp)
            var result = MadeSnapshot(
                sequence: mark.sequence, stateHash: made.stamp.stateHash,
                byteCount: made.byteCount, base: base, faults: faults)
            // The one that this one began with was read in full just now, so both are good.
            guard let base else { return result }
            result.removedSnapshots = try store.removeSnapshots(before: base)
            if retention == .snapshots {
                result.removedSegments = try store.removeSegments(before: base)
            }
            return result
        } catch {
            throw .log(error)
        }
    }

    /// Writes the file under its working name. The copy is gone when this returns, so that there is never
    /// more than one beside the market.
    private func write(
        _ store: SnapshotStore, _ mark: DurableMark, _ isCancelled: () -> Bool
    ) throws(SnapshotFailure) -> (
        made: (stamp: SnapshotStamp, byteCount: Int)?, faults: [SnapshotFault], base: UInt64?
    ) {
        let replay: LogReplay
        do throws(JournalError) {
            replay = try LogReplay.run(
                storage: storage, configuration: configuration, dailyReset: dailyReset,
                through: mark.sequence
            ) { if isCancelled() { throw Cancelled() } }
        } catch {
            throw isCancelled() ? .cancelled : .log(error)
        }
        guard let position = replay.reader.position, position.sequence != replay.snapshot else {
            return (nil, replay.faults, replay.snapshot)
        }
        let fingerprint = replay.copy.exchange.fingerprint()
        guard position.sequence == mark.sequence, fingerprint == mark.fingerprint else {
            throw .diverged(
                sequence: mark.sequence, copied: position.sequence, expected: mark.fingerprint,
                found: fingerprint)
        }
        do throws(JournalError) {
            let writer = try store.begin()
            replay.copy.write(to: writer)
            let stamp = replay.copy.stamp(at: position)
            try store.finish(writer, stamp)
            return ((stamp, writer.byteCount), replay.faults, replay.snapshot)
        } catch {
            throw .log(error)
        }
    }

    private struct Cancelled: Error {}
}

/// A snapshot that was made, and what went with it.
public struct MadeSnapshot: Equatable, Sendable {
    public let sequence: UInt64
    public let stateHash: UInt64
    public let byteCount: Int
    /// The snapshot that it began with; nil for the beginning of the log.
    public let base: UInt64?
    /// Snapshots that could not be used on the way.
    public let faults: [SnapshotFault]
    public internal(set) var removedSnapshots: [UInt64] = []
    public internal(set) var removedSegments: [String] = []
}

/// Why no snapshot was made. The running exchange is not concerned.
public enum SnapshotFailure: Error, Equatable, Sendable {
    /// Whoever asked for it no longer wants it.
    case cancelled
    /// The log or the snapshot before could not be read, or the new one not be written.
    case log(JournalError)
    /// What was written does not read as it should.
    case unverified(SnapshotFault)
    /// The log gives another state than the running exchange has.
    case diverged(sequence: UInt64, copied: UInt64, expected: UInt64, found: UInt64)
}

extension SnapshotFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cancelled: "the exchange is stopping"
        case .log(let error): "\(error)"
        case .unverified(let fault): "what was written cannot be read back: \(fault)"
        case .diverged(let sequence, let copied, let expected, let found):
            "after command \(sequence) the running exchange has the fingerprint \(expected), a "
                + "replay of its log (to command \(copied)) has \(found): one of the two "
                + "computers or programs is at fault. Keep the log and the snapshots, and compare "
                + "them on another machine."
        }
    }
}

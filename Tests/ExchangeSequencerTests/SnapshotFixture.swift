import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTesting
import ExchangeTypes
import MarketDataViews
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What an exchange was in the end, and what it told of its past.
struct Life: Equatable {
    let hash: UInt64
    let reports: [Report]
    let past: [InstrumentHistory]
}

/// An exchange on disk that lives through several lives, with snapshots.
final class SnapshotFixture {
    let storage: PosixStorage
    let configuration = JournalConfiguration(
        exchangeID: 7, segmentByteCount: 32 << 10, preparesSegmentsAhead: false)
    let progress = DurableProgress()
    private var generator: CommandGenerator
    private let clock = SettableClock(1_790_035_200_000_000_000)

    init(seed: UInt64 = 21) throws {
        var template = Array("/tmp/qfex-snapshot-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw NoDirectory() }
        storage = PosixStorage(directory: String(cString: path))
        generator = CommandGenerator(seed: seed)
    }

    struct NoDirectory: Error {}

    deinit {
        for name in names { unlink(storage.directory + "/" + name) }
        rmdir(storage.directory)
    }

    var store: SnapshotStore { SnapshotStore(storage: storage, exchangeID: 7) }

    func recover() throws(JournalError) -> RecoveredExchange {
        try RecoveredExchange.recover(storage: storage, configuration: configuration)
    }

    /// Why the exchange does not start; nil if it does.
    func recoveryError() -> JournalError? {
        do throws(JournalError) {
            _ = try recover()
            return nil
        } catch {
            return error
        }
    }

    /// Why no snapshot is made; nil if one is, or none is needed.
    func failure(of maker: SnapshotMaker, at mark: DurableMark) -> SnapshotFailure? {
        do throws(SnapshotFailure) {
            _ = try maker.make(at: mark)
            return nil
        } catch {
            return error
        }
    }

    func maker(_ retention: LogRetention = .all) -> SnapshotMaker {
        SnapshotMaker(storage: storage, configuration: configuration, retention: retention)
    }

    /// Recovers, runs so many more commands, and closes the log; gives the state hash and the answers
    /// that clients would get.
    @discardableResult
    func live(_ commands: Int) throws -> Life {
        let recovered = try recover()
        let sequencer = Sequencer(
            continuing: recovered, clock: clock, progress: progress)
        let subscriber = RecordingSubscriber(Steps())
        for _ in 0..<commands / 10 {
            clock.nanoseconds.withLock { $0 += 300_000_007 }
            try sequencer.runBatch(
                (0..<10).map { _ in Submission(.command(generator.next().command)) })
        }
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
        for account in 0..<8 as Range<UInt32> {
            let trades = Query.trades(AccountID(account), TradeFilter())
            let positions = Query.positions(AccountID(account))
            try sequencer.runBatch([Submission(.query(trades)), Submission(.query(positions))])
            for order in 1...300 as ClosedRange<UInt64> {
                let query = Query.order(AccountID(account), .orderID(OrderID(order)))
                try sequencer.runBatch([Submission(.query(query))])
            }
        }
        try sequencer.close()
        return Life(
            hash: sequencer.exchange.stateHash(), reports: subscriber.reports,
            past: subscriber.allBatches.compactMap(\.marketHistory).flatMap(\.instruments))
    }

    /// All files and the bytes in them.
    func contents() -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for name in names where name != "journal.lock" { result[name] = bytes(of: name) }
        return result
    }

    var names: [String] {
        do { return try storage.list().sorted() } catch { return [] }
    }

    var segments: [String] { names.filter { $0.hasSuffix(".log") } }

    func bytes(of name: String) -> [UInt8] {
        do {
            let file = try storage.open(name, writable: false)
            var bytes = [UInt8](repeating: 0, count: try file.byteCount())
            _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
            return bytes
        } catch { return [] }
    }

    func replace(_ name: String, with bytes: [UInt8]) throws {
        let file = try storage.create(name)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }

    /// Changes a byte of a file.
    func damage(_ name: String, at place: Int) throws {
        var bytes = bytes(of: name)
        bytes[place] ^= 1
        try replace(name, with: bytes)
    }
}

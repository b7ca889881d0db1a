import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Foundation
import SandboxMarket
import ScenarioFiles
import Synchronization
import Testing

/// The user behind the one key that there is.
let knownUser = UniqueID(high: 0x0123_4567_89ab_4cde, low: 0x8123_4567_89ab_cdef)
let knownKey = "qfex_pub_known_key"

/// What the tests' files are read against: the sandbox's contracts and one key.
var context: ScenarioFile.Context {
    ScenarioFile.Context(symbols: SandboxInstruments.all.map(\.symbol)) {
        $0 == knownKey ? knownUser : nil
    }
}

/// A scenario played in virtual time on a real sequencer with a real journal.
final class Rehearsal: EventSubscriber {
    private let batches = Mutex<[EventBatch]>([])
    private let folder: URL
    private(set) nonisolated(unsafe) var events: [Event] = []
    private(set) nonisolated(unsafe) var stateHash: UInt64 = 0

    /// Plays for so many simulated seconds.
    static func of(
        _ file: ScenarioFile, seconds: Int,
        symbols: Set<String> = ["AAPL-USD", "NVDA-USD", "US500-USD"]
    ) throws -> Rehearsal {
        let rehearsal = Rehearsal()
        try rehearsal.play(file, seconds, symbols)
        return rehearsal
    }

    private init() {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("rehearsal-\(UUID().uuidString)")
    }

    deinit {
        do { try FileManager.default.removeItem(at: folder) } catch {
            print("left behind: \(folder.path)")
        }
    }

    func deliver(_ batch: EventBatch) { batches.withLock { $0.append(batch) } }

    private func play(_ file: ScenarioFile, _ seconds: Int, _ symbols: Set<String>) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let table = SandboxInstruments.table.filter {
            symbols.contains($0.instrument.symbol.string)
        }
        var market = SandboxMarket(
            seed: file.seed ?? 1, instruments: file.instruments(of: table),
            replay: try file.readPrices(symbols: table.map(\.instrument.symbol)),
            scenario: file.scenario)
        let journal = try Journal.open(
            storage: PosixStorage(directory: folder.path),
            configuration: JournalConfiguration(exchangeID: 1, segmentByteCount: 4 << 20)
        ) { _, _, _ in }
        let exchange = Exchange()
        let sequencer = Sequencer(
            exchange: exchange, log: journal, clock: QuarterSeconds(), invariantInterval: 1_000)
        try sequencer.runBatch([Submission(.subscribe(self))])
        observe(&market)
        for tick in 0...seconds * SandboxMarket.ticksPerSecond {
            let commands = tick == 0 ? market.genesis() : market.tick()
            let sent = commands.isEmpty ? [.advanceTime] : commands
            try sequencer.runBatch(sent.map { Submission(.command($0)) })
            observe(&market)
        }
        exchange.checkInvariants()
        stateHash = exchange.stateHash()
        try journal.close()
    }

    private func observe(_ market: inout SandboxMarket) {
        let news = batches.withLock { batches in
            defer { batches = [] }
            return batches
        }
        for batch in news {
            market.observe(batch)
            for entry in batch.entries {
                if case .events(let range) = entry.outcome { events += batch.events[range] }
            }
        }
    }

    /// What the log leads to when it is replayed: all events, and the state's hash.
    func replay() throws -> (events: [Event], stateHash: UInt64) {
        let exchange = Exchange()
        var events = EventBuffer()
        let reader = try JournalReader(
            storage: PosixStorage(directory: folder.path), exchangeID: 1)
        try reader.forEachCommand { sequence, timestamp, payload in
            var bytes: [UInt8] = []
            for index in payload.indices { bytes.append(payload[index]) }
            exchange.apply(
                SequencedCommand(
                    sequence: SequenceNumber(sequence),
                    timestamp: Timestamp(nanoseconds: timestamp),
                    command: try CommandCodec.decode(bytes[...])),
                into: &events)
        }
        return (events.take(), exchange.stateHash())
    }

    /// The words of the scenario in the log.
    var notes: [String] {
        events.compactMap { event in
            if case .disturbed(.note(let text)) = event { text.string } else { nil }
        }
    }

    /// What was done to connections.
    var disturbances: [Disturbance] {
        events.compactMap { event in
            guard case .disturbed(let disturbance) = event else { return nil }
            if case .note = disturbance { return nil }
            return disturbance
        }
    }
}

/// A quarter of a second later each time, from a January morning in 2027.
private final class QuarterSeconds: SequencerClock {
    private var time = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    func now() -> Timestamp {
        time = time.advanced(byNanoseconds: 250_000_000)
        return time
    }
}

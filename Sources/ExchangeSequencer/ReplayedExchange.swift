import ExchangeEngine
import ExchangeJournal
import ExchangeTypes
import MarketDataViews

/// An engine with the histories beside it, as snapshot and log give them: what a start, or a copy beside
/// the market, begins with. Events only go into the histories; everybody was told of them before.
final class ReplayedExchange {
    let exchange: Exchange
    private(set) var history: TradeHistory
    private(set) var marketHistory: MarketHistory
    private(set) var lastTimestamp: Timestamp
    private var events = EventBuffer()
    private var bytes: [UInt8] = []

    /// The exchange before its first command.
    init(_ dailyReset: DailyReset) {
        exchange = Exchange()
        history = TradeHistory()
        marketHistory = MarketHistory(dailyReset: dailyReset)
        lastTimestamp = .zero
    }

    /// The exchange of a snapshot, all of which is read and verified.
    init(_ reader: SnapshotReader, _ dailyReset: DailyReset) throws(SnapshotFault) {
        var blocks = BlockReader(from: reader)
        do throws(SnapshotError) {
            exchange = try Exchange.restore(from: &blocks)
            do throws(CodecError) {
                history = try TradeHistory(from: &blocks)
                marketHistory = try MarketHistory(
                    from: &blocks, of: exchange.instruments, dailyReset: dailyReset)
                try blocks.finish()
            } catch {
                throw SnapshotError(error)
            }
        } catch {
            // A reader that found damage gives no more blocks: then that is the cause.
            if let fault = reader.fault { throw fault }
            if case .newerFormat(let found, let newestKnown) = error {
                throw .newerFormat(file: reader.name, found: found, newestKnown: newestKnown)
            }
            throw .unusable(file: reader.name, reason: "\(error)")
        }
        lastTimestamp = Timestamp(nanoseconds: reader.stamp.timestamp)
        let hash = exchange.stateHash()
        guard hash == reader.stamp.stateHash else {
            throw .unusable(
                file: reader.name,
                reason: "its state has the hash \(hash), its header says "
                    + "\(reader.stamp.stateHash)")
        }
    }

    /// Applies a command of the log.
    func apply(_ sequence: UInt64, _ timestamp: Int64, _ payload: Span<UInt8>) throws {
        bytes.removeAll(keepingCapacity: true)
        for index in payload.indices { bytes.append(payload[index]) }
        let command = try CommandCodec.decode(bytes[...])
        lastTimestamp = Timestamp(nanoseconds: timestamp)
        exchange.apply(
            SequencedCommand(
                sequence: SequenceNumber(sequence), timestamp: lastTimestamp, command: command),
            into: &events)
        recordHistory()
        events.removeAll()
    }

    private func recordHistory() {
        var start = 0
        for part in events.takeParts() {
            record(events.events[start..<part.end], at: part.time)
            start = part.end
        }
        record(events.events[start...], at: lastTimestamp)
    }

    private func record(_ events: ArraySlice<Event>, at time: Timestamp) {
        history.record(events, at: time)
        marketHistory.record(events, at: time)
    }

    /// Writes all that `init(_:)` reads.
    func write(to sink: any BlockSink) {
        var writer = BlockWriter(to: sink)
        exchange.writeSnapshot(to: &writer)
        history.writeSnapshot(to: &writer)
        marketHistory.writeSnapshot(to: &writer)
        writer.flush()
    }

    /// What a snapshot of this state says of itself.
    func stamp(at position: JournalPosition) -> SnapshotStamp {
        SnapshotStamp(
            position: position, timestamp: lastTimestamp.nanoseconds,
            stateHash: exchange.stateHash())
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import MarketCalendar
import Testing

@testable import SandboxMarket

/// The exchange in virtual time: when it does what, and that it does the same each time.
@Suite struct VirtualMarketTests {
    /// Monday, 5 January 2026, 14:29:58 UTC: two seconds before New York opens.
    private let start = Timestamp(nanoseconds: 1_767_623_398_000_000_000)
    private let few = Array(SandboxInstruments.table.prefix(2))

    /// Runs a market with a speed bump for some milliseconds, in so many equal parts.
    private func run(
        seed: UInt64 = 7, milliseconds: Int64, parts: Int64 = 1
    ) throws -> (log: Transcript, exchange: Exchange) {
        let clock = VirtualClock(start)
        let log = Transcript()
        let exchange = Exchange()
        let sequencer = Sequencer(exchange: exchange, log: log, clock: clock)
        var venue = VenueParameters()
        venue.speedBumpNanoseconds = 100_000_000
        var market = VirtualMarket(
            SandboxMarket(seed: seed, instruments: few, venue: venue), sequencer: sequencer,
            clock: clock, calendar: try CalendarPlanner(SandboxInstruments.calendars))
        for part in 1...parts {
            try market.run(
                until: start.advanced(byNanoseconds: milliseconds * 1_000_000 * part / parts))
        }
        exchange.checkInvariants()
        return (log, exchange)
    }

    @Test func theSameSeedWritesTheSameLogBitForBit() throws {
        let first = try run(milliseconds: 10_000)
        let again = try run(milliseconds: 10_000)
        let inParts = try run(milliseconds: 10_000, parts: 37)
        let other = try run(seed: 8, milliseconds: 10_000)
        #expect(first.log.bytes.count > 5_000)
        #expect(first.log.bytes == again.log.bytes && first.log.bytes == inParts.log.bytes)
        #expect(first.exchange.stateHash() == again.exchange.stateHash())
        #expect(first.exchange.stateHash() == inParts.exchange.stateHash())
        #expect(first.log.bytes != other.log.bytes)
        #expect(first.exchange.stateHash() != other.exchange.stateHash())
    }

    /// Milliseconds since the start at which the log has commands of a kind.
    private func times(_ log: Transcript, where isWanted: (Command) -> Bool) -> [Int64] {
        log.entries.filter { isWanted($0.command) }
            .map { ($0.time.nanoseconds - start.nanoseconds) / 1_000_000 }
    }

    /// Genesis when the exchange has described itself, then four ticks a second.
    @Test func everythingHasTheServersInstants() throws {
        let (log, _) = try run(milliseconds: 4_000)
        let genesis = times(log) { if case .configureVenue = $0 { true } else { false } }
        #expect(genesis == [10])
        let prices = times(log) { if case .updateIndexPrice = $0 { true } else { false } }
        // Each contract's price moves in one tick of each four: one in the third, one in the fourth.
        #expect(prices == [10, 10, 760, 1_010, 1_760, 2_010, 2_760, 3_010, 3_760])
        let calendar = times(log) { if case .scheduleSession = $0 { true } else { false } }
        #expect(calendar.first == 1_000 && calendar.allSatisfy { $0.isMultiple(of: 1_000) })
        #expect(log.entries.map(\.time) == log.entries.map(\.time).sorted())
    }

    /// a limit order leaves the speed bump at its own instant, with an entry of the log, and the
    /// market has heard of it before its next tick.
    @Test func ordersLeaveTheSpeedBumpWhenTheyAreDue() throws {
        let (log, exchange) = try run(milliseconds: 2_000)
        let orders = times(log) {
            if case .placeOrder(let order) = $0 { order.type == .limit } else { false }
        }
        let first = try #require(orders.first)
        let passing = times(log) { $0 == .advanceTime }
        #expect(passing.contains(first + 100))
        #expect(passing.filter { $0.isMultiple(of: 1_000) } == [1_000, 2_000])
        // Nothing was asked of an order before its answer had come: none was refused or sent twice.
        var names: Set<ClientOrderID> = []
        for entry in log.entries {
            guard case .placeOrder(let order) = entry.command, order.type == .limit else {
                continue
            }
            #expect(names.insert(order.clientOrderID).inserted)
        }
        let open = (UInt32(0)...2).reduce(0) { count, account in
            guard
                case .openOrders(let orders) = exchange.report(
                    .openOrders(AccountID(account), instrument: nil))
            else { return count }
            return count + orders.count
        }
        #expect(open == few.count * 16)
    }

    /// With nothing to say, the market lets a second pass with one small entry.
    @Test func anIdleSecondIsOneEntry() throws {
        let clock = VirtualClock(start)
        let log = Transcript()
        let sequencer = Sequencer(exchange: Exchange(), log: log, clock: clock)
        var market = VirtualMarket(
            SandboxMarket(seed: 1, instruments: few, mode: .quiet), sequencer: sequencer,
            clock: clock)
        try market.run(until: start.advanced(byNanoseconds: 1_000_000_000))
        let before = log.entries.count
        try market.run(until: start.advanced(byNanoseconds: 11_000_000_000))
        #expect(log.entries[before...].allSatisfy { $0.command == .advanceTime })
        #expect(
            log.entries[before...].map { ($0.time.nanoseconds - start.nanoseconds) / 1_000_000 }
                == (2...11).map { $0 * 1_000 })
    }
}

/// A log that keeps everything: commands with their times, and the bytes of both.
private final class Transcript: CommandLog {
    private(set) var entries: [(time: Timestamp, command: Command)] = []
    private(set) var bytes: [UInt8] = []
    private let log = MemoryLog()

    var nextSequence: UInt64 { log.nextSequence }
    var maximumBatchByteCount: Int { log.maximumBatchByteCount }

    func append(_ batch: inout CommandBatch) throws(JournalError) {
        log.append(&batch)
        batch.forEachCommand { sequence, timestamp, payload in
            let payload = payload.indices.map { payload[$0] }
            withUnsafeBytes(of: (sequence, timestamp)) { bytes += $0 }
            bytes += payload
            do {
                entries.append(
                    (Timestamp(nanoseconds: timestamp), try CommandCodec.decode(payload[...])))
            } catch {
                Issue.record(error)
            }
        }
    }

    func sync() { log.sync() }
    func close() { log.close() }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTesting
import ExchangeTypes
import Synchronization
import Testing

/// The state after a restart is the state before it (promise 3, O-3).
@Suite struct RecoveredExchangeTests {
    @Test("Replaying the log gives the same state hash, in several stretches and segments")
    func replayGivesTheSameState() throws {
        let directory = try temporaryDirectory()
        let configuration = JournalConfiguration(
            exchangeID: 7, segmentByteCount: 64 << 10, preparesSegmentsAhead: false)
        var generator = CommandGenerator(seed: 11)
        var hash = Exchange().stateHash()
        for stretch in 0..<3 {
            let recovered = try RecoveredExchange.recover(
                storage: PosixStorage(directory: directory), configuration: configuration)
            #expect(recovered.exchange.stateHash() == hash, "stretch \(stretch)")
            let sequencer = Sequencer(continuing: recovered, clock: SettableClock(5))
            for _ in 0..<50 {
                let commands = (0..<20).map { _ in generator.next().command }
                try sequencer.runBatch(commands.map { Submission(.command($0)) })
            }
            hash = sequencer.exchange.stateHash()
            try sequencer.close()
        }
        let (exchange, sequence) = try RecoveredExchange.replay(
            JournalReader(storage: PosixStorage(directory: directory), exchangeID: 7))
        #expect(sequence == 3_000)
        #expect(exchange.stateHash() == hash)
        exchange.checkInvariants()
    }

    @Test("Replaying the log gives the same trades and ended orders, at the same instants")
    func replayGivesTheSameHistory() throws {
        let directory = try temporaryDirectory()
        let configuration = JournalConfiguration(
            exchangeID: 7, segmentByteCount: 64 << 10, preparesSegmentsAhead: false)
        var generator = CommandGenerator(seed: 12)
        var before: [Report] = []
        for life in 0..<2 {
            let recovered = try RecoveredExchange.recover(
                storage: PosixStorage(directory: directory), configuration: configuration)
            let clock = SettableClock(recovered.lastTimestamp.nanoseconds)
            let sequencer = Sequencer(continuing: recovered, clock: clock)
            let subscriber = RecordingSubscriber(Steps())
            try sequencer.runBatch([Submission(.subscribe(subscriber))])
            if life == 0 {
                for _ in 0..<50 {
                    clock.nanoseconds.withLock { $0 += 1_000_000_007 }
                    let commands = (0..<20).map { _ in generator.next().command }
                    try sequencer.runBatch(commands.map { Submission(.command($0)) })
                }
            }
            for account in 0..<8 as Range<UInt32> {
                let trades = Query.trades(AccountID(account), TradeFilter())
                try sequencer.runBatch([Submission(.query(trades))])
            }
            for order in 1...1_000 as ClosedRange<UInt64> {
                let query = Query.order(AccountID(UInt32(order % 8)), .orderID(OrderID(order)))
                try sequencer.runBatch([Submission(.query(query))])
            }
            let reports = subscriber.reports
            if life == 0 {
                before = reports
                let trades = reports.reduce(0) { sum, report in
                    if case .trades(_, let count) = report { sum + count } else { sum }
                }
                #expect(trades > 10)
                #expect(reports.contains { if case .closedOrder = $0 { true } else { false } })
            } else {
                #expect(reports == before)
            }
            try sequencer.close()
        }
    }
}

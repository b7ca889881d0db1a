import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Synchronization
import Testing

/// The one loop that decides order, time, durability and publication (DESIGN §5, promises 1, 2, 8).
@Suite struct SequencerTests {
    @Test("No batch is published before its log record was synced (O-1)")
    func publishesAfterSync() throws {
        let steps = Steps()
        let sequencer = makeSequencer(log: RecordingLog(steps))
        let subscriber = RecordingSubscriber(steps)
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
        steps.clear()
        try sequencer.runBatch([.openAccount(1), .openAccount(2)])
        #expect(steps.all == ["append 2", "sync", "deliver 2"])
    }

    @Test("Nothing is published when the log cannot be synced, and the error comes out (promise 8)")
    func failedSyncPublishesNothing() throws {
        let steps = Steps()
        let log = RecordingLog(steps)
        let sequencer = makeSequencer(log: log)
        let subscriber = RecordingSubscriber(steps)
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
        steps.clear()
        log.failsToSync = true
        #expect(throws: JournalError.self) { try sequencer.runBatch([.openAccount(1)]) }
        #expect(steps.all == ["append 1", "sync fails"])
    }

    @Test("A question alone needs no sync, and is answered between the commands around it")
    func questionsAreNotLogged() throws {
        let steps = Steps()
        let sequencer = makeSequencer(log: RecordingLog(steps))
        let subscriber = RecordingSubscriber(steps)
        try sequencer.runBatch([Submission(.subscribe(subscriber)), .openAccount(1)])
        steps.clear()
        let question = Submission(.query(.balance(AccountID(0))))
        try sequencer.runBatch([question])
        #expect(steps.all == ["deliver 1"])
        try sequencer.runBatch([.deposit(0, 5), question, .deposit(0, 7)])
        let reports = subscriber.reports
        #expect(reports.compactMap(\.deposits) == [.zero, Money(5)])
    }

    @Test("Time never goes back in the log, whatever the clock does")
    func timeIsMonotonic() throws {
        let clock = SettableClock(1_000)
        let sequencer = makeSequencer(clock: clock)
        let subscriber = RecordingSubscriber(Steps())
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
        for time in [2_000, 500, 3_000] {
            clock.nanoseconds.withLock { $0 = Int64(time) }
            try sequencer.runBatch([.openAccount(UInt64(time))])
        }
        #expect(subscriber.entries.map(\.timestamp.nanoseconds) == [1_000, 2_000, 2_000, 3_000])
    }

    @Test("A batch that outgrows one record of the log is split, in order and without loss (O-7)")
    func splitsFullRecords() throws {
        let steps = Steps()
        let sequencer = makeSequencer(log: RecordingLog(steps, maximumBatchByteCount: 256))
        let subscriber = RecordingSubscriber(steps)
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
        try sequencer.runBatch((1...20).map { .openAccount(UInt64($0)) })
        #expect(steps.all.filter { $0.hasPrefix("append") }.count > 1)
        #expect(subscriber.entries.dropFirst().map(\.sequence.value) == Array(1...20))
    }

    @Test("A subscriber starts with the whole state and then gets every batch, no gap, no double")
    func subscriberStartsFromDescription() throws {
        let sequencer = makeSequencer()
        let early = RecordingSubscriber(Steps())
        let late = RecordingSubscriber(Steps())
        try sequencer.runBatch([Submission(.subscribe(early)), .openAccount(1)])
        try sequencer.runBatch([
            .openAccount(2), Submission(.subscribe(late)), .openAccount(3),
        ])
        #expect(early.openedIdentities == [1, 2, 3])
        #expect(late.openedIdentities == [1, 2, 3])
        #expect(late.entries.map(\.sequence.value) == [2, 3])
    }

    @Test("The queue refuses what exceeds its bound, and everything once closed (I-14)")
    func queueIsBounded() {
        let queue = SubmissionQueue(capacity: 2)
        #expect(queue.enqueue(.openAccount(1)))
        #expect(queue.enqueue(.openAccount(2)))
        #expect(!queue.enqueue(.openAccount(3)))
        var drained: [Submission] = []
        queue.drain(into: &drained)
        #expect(drained.count == 2)
        #expect(queue.enqueue(.openAccount(3)))
        queue.close()
        #expect(!queue.enqueue(.openAccount(4)))
    }

    private func makeSequencer(
        log: any CommandLog = MemoryLog(), clock: any SequencerClock = SettableClock(1)
    ) -> Sequencer {
        Sequencer(exchange: Exchange(), log: log, clock: clock)
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Synchronization
import Testing

@testable import SandboxMarket

/// The runner with a queue and a sequencer in the test's own thread.
@Suite struct SandboxMarketRunnerTests {
    private let few = Array(SandboxInstruments.table.prefix(3))

    private func makeSequencer() -> Sequencer {
        Sequencer(exchange: Exchange(), log: MemoryLog(), clock: SteppingClock())
    }

    /// Runs what waits in the queue; gives its length.
    private func serve(_ queue: SubmissionQueue, _ sequencer: Sequencer) throws -> Int {
        var submissions: [Submission] = []
        queue.drain(into: &submissions)
        try sequencer.runBatch(submissions)
        return submissions.count
    }

    private func orderCount(_ sequencer: Sequencer) -> Int {
        (UInt32(0)..<4).reduce(0) { count, account in
            guard
                case .openOrders(let orders) = sequencer.exchange.report(
                    .openOrders(AccountID(account), instrument: nil))
            else { return count }
            return count + orders.count
        }
    }

    @Test func itSubscribesThenBeginsThenTicks() throws {
        let queue = SubmissionQueue()
        let sequencer = makeSequencer()
        let runner = SandboxMarketRunner(
            market: SandboxMarket(seed: 1, instruments: few), inbox: queue)
        var state = runner.start()
        runner.beat(&state)
        #expect(try serve(queue, sequencer) == 1)
        #expect(sequencer.lastSequence == SequenceNumber(0))
        runner.beat(&state)
        #expect(try serve(queue, sequencer) == 13)
        runner.beat(&state)
        _ = try serve(queue, sequencer)
        #expect(orderCount(sequencer) == few.count * 16)
    }

    @Test func nothingIsSentBeforeTheExchangeHasDescribedItself() throws {
        let queue = SubmissionQueue()
        let sequencer = makeSequencer()
        let runner = SandboxMarketRunner(market: SandboxMarket(seed: 1), inbox: queue)
        var state = runner.start()
        for _ in 0..<5 { runner.beat(&state) }
        #expect(try serve(queue, sequencer) == 1)
    }

    @Test func whatAFullInboxRefusedIsSentLaterInOrder() throws {
        let queue = SubmissionQueue(capacity: 5)
        let sequencer = makeSequencer()
        let runner = SandboxMarketRunner(
            market: SandboxMarket(seed: 1, instruments: few), inbox: queue)
        var state = runner.start()
        for _ in 0..<40 {
            runner.beat(&state)
            #expect(state.unsent.count < 100)
            _ = try serve(queue, sequencer)
        }
        #expect(orderCount(sequencer) == few.count * 16)
        sequencer.exchange.checkInvariants()
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func lostEventsAreHealedByBeginningAgain(lostAfter: Int) throws {
        let queue = SubmissionQueue()
        let sequencer = makeSequencer()
        let runner = SandboxMarketRunner(
            market: SandboxMarket(seed: 1, instruments: few), inbox: queue, mailboxCapacity: 2)
        var state = runner.start()
        for beat in 0..<40 {
            runner.beat(&state)
            if beat == lostAfter {
                // These fill the mailbox, so that the answers to this beat find no room.
                for price in 1...3 {
                    let update = UpdateIndexPrice(
                        instrument: InstrumentID(999), price: ReferencePrice(Int64(price)))
                    try sequencer.runBatch([Submission(.command(.updateIndexPrice(update)))])
                }
            }
            _ = try serve(queue, sequencer)
        }
        #expect(orderCount(sequencer) == few.count * 16)
        sequencer.exchange.checkInvariants()
    }

    /// The market was closed when events were lost, and has opened since.
    @Test func aLostOpeningDoesNotKeepAMarketClosed() throws {
        let queue = SubmissionQueue()
        let sequencer = makeSequencer()
        let runner = SandboxMarketRunner(
            market: SandboxMarket(seed: 1, instruments: few), inbox: queue, mailboxCapacity: 2)
        func begin(_ session: MarketSession) throws {
            let schedule = ScheduleSession(
                instrument: InstrumentID(0), session: session, startsAt: .zero)
            try sequencer.runBatch([Submission(.command(.scheduleSession(schedule)))])
        }
        var state = runner.start()
        for beat in 0..<60 {
            runner.beat(&state)
            if beat == 5 { try begin(.closed) }
            if beat == 10 {
                for _ in 0..<2 { try begin(.closed) }
                try begin(.open)
            }
            _ = try serve(queue, sequencer)
        }
        var description = EventBuffer()
        sequencer.exchange.describe(into: &description)
        var sources: [OracleSource] = []
        for case .pricesChanged(let change) in description.take() { sources.append(change.source) }
        #expect(sources == [.external, .external, .external])
    }

    @Test func aMailboxHoldsItsCapacityAndReportsWhatIsLost() throws {
        let batches = try someBatches(4)
        let mailbox = Mailbox(capacity: 3)
        for batch in batches.prefix(3) { mailbox.put(batch) }
        let full = mailbox.take()
        #expect(full.batches.count == 3 && !full.hasLost)
        for batch in batches { mailbox.put(batch) }
        let over = mailbox.take()
        #expect(over.batches.count == 3 && over.hasLost)
        mailbox.put(batches[0])
        #expect(mailbox.take().batches.count == 1)
        mailbox.close()
        mailbox.put(batches[0])
        #expect(mailbox.take().batches.isEmpty)
    }

    private func someBatches(_ count: Int) throws -> [EventBatch] {
        let feed = Feed()
        let sequencer = makeSequencer()
        try sequencer.runBatch([Submission(.subscribe(feed))])
        for _ in 1..<count {
            try sequencer.runBatch([
                Submission(.command(.configureInstrument(SandboxInstruments.all[0])))
            ])
        }
        return feed.take()
    }

    @Test(.timeLimit(.minutes(1))) func theLoopEndsWithItsTask() async throws {
        let inbox = CancellingInbox(after: 3)
        let runner = SandboxMarketRunner(
            market: SandboxMarket(seed: 1, mode: .quiet), inbox: inbox, clock: NoTime())
        let task = Task { await runner.run() }
        inbox.cancels(task)
        await task.value
        #expect(inbox.offers >= 3)
    }
}

/// Refuses everything and cancels a task when it was asked often enough.
private final class CancellingInbox: CommandInbox {
    private struct State {
        var offers = 0
        var task: Task<Void, Never>?
    }
    private let limit: Int
    private let state = Mutex(State())

    init(after limit: Int) { self.limit = limit }

    var offers: Int { state.withLock { $0.offers } }

    func cancels(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }

    func enqueue(_ submission: Submission) -> Bool {
        state.withLock { state in
            state.offers += 1
            if state.offers >= limit { state.task?.cancel() }
            return false
        }
    }
}

/// A clock on which every sleep is over at once.
private struct NoTime: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }
    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .zero }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        await Task.yield()
    }
}

import ExchangeEngine
import ExchangeJournal
import ExchangeTesting
import ExchangeTypes
import Synchronization
import Testing

@testable import ExchangeSequencer

/// Time passes though nobody asks for anything, and costs the log next to nothing.
@Suite struct IdleTests {
    private let clock = SettableClock(0)
    private let subscriber = RecordingSubscriber(Steps())
    private let sequencer: Sequencer

    init() throws {
        sequencer = Sequencer(exchange: Exchange(), log: MemoryLog(), clock: clock)
        try sequencer.runBatch([Submission(.subscribe(subscriber))])
    }

    /// Sets the clock, in milliseconds.
    private func set(_ milliseconds: Int64) {
        clock.nanoseconds.withLock { $0 = milliseconds * 1_000_000 }
    }

    private func list() throws {
        let instrument = SampleInstruments.equity.instrument
        try sequencer.runBatch([Submission(.command(.configureInstrument(instrument)))])
    }

    /// When commands were logged since the start, in milliseconds.
    private var logged: [Int64] {
        subscriber.entries.dropFirst().map { $0.timestamp.nanoseconds / 1_000_000 }
    }

    @Test("An idle second is one command, at its beginning or as soon after it as somebody looks")
    func oneForEachSecond() throws {
        set(10_300)
        try list()
        for time in stride(from: Int64(10_300), through: 13_000, by: 100) {
            set(time)
            try sequencer.runDue()
        }
        set(14_250)
        try sequencer.runDue()
        try sequencer.runDue()
        #expect(logged == [10_300, 11_000, 12_000, 13_000, 14_250])
        #expect(sequencer.lastSequence.value == 5)
    }

    @Test("A second in which a command came needs no other one")
    func commandsMakeTimePass() throws {
        set(10_300)
        try list()
        set(11_200)
        let command = Submission.openAccount(1)
        try sequencer.runDue(before: [command])
        try sequencer.runBatch([command])
        for time in [Int64(11_200), 11_900, 11_999] {
            set(time)
            try sequencer.runDue()
        }
        #expect(logged == [10_300, 11_200])
        set(12_000)
        try sequencer.runDue()
        #expect(logged == [10_300, 11_200, 12_000])
    }

    @Test("Questions make no time pass; what is due happens before they are answered")
    func questionsWaitForTime() throws {
        set(10_300)
        try list()
        set(11_100)
        let question = Submission(.query(.balance(AccountID(0))))
        try sequencer.runBatch([question])
        try sequencer.runDue(before: [question, question])
        #expect(logged == [10_300, 11_100, 11_100])
        #expect(sequencer.lastSequence.value == 2)
    }

    @Test("On an exchange without contracts nothing is ever due")
    func emptyExchange() throws {
        set(10_300)
        try sequencer.runBatch([.openAccount(1)])
        #expect(sequencer.idleNanoseconds == nil)
        set(99_000)
        try sequencer.runDue()
        #expect(logged == [10_300])
    }

    @Test("When the clock jumps ahead, one command covers all that was missed")
    func jumpAhead() throws {
        set(10_300)
        try list()
        set(86_410_500)
        for _ in 0..<3 { try sequencer.runDue() }
        set(86_411_000)
        try sequencer.runDue()
        #expect(logged == [10_300, 86_410_500, 86_411_000])
    }

    @Test("When the clock goes back, no time passes until it has caught up")
    func jumpBack() throws {
        set(10_300)
        try list()
        for time in [Int64(5_000), 9_999, 10_300, 10_999] {
            set(time)
            try sequencer.runDue()
        }
        #expect(logged == [10_300])
        set(11_000)
        try sequencer.runDue()
        #expect(logged == [10_300, 11_000])
    }

    @Test(
        "It is idle until the next whole second, and never longer than a second",
        arguments: [
            (10_300, 700), (10_999, 1), (11_000, 0), (99_999, 0), (10_100, 900), (10_000, 1_000),
            (9_999, 1_000), (-5_000, 1_000),
        ] as [(Int64, Int64)])
    func idleTime(now: Int64, idle: Int64) throws {
        set(10_300)
        try list()
        set(now)
        #expect(sequencer.idleNanoseconds == idle * 1_000_000)
    }

    @Test("A limited wait ends with nothing, with what is there, or at the end")
    func limitedWait() {
        let queue = SubmissionQueue()
        var drained: [Submission] = []
        let isOpen = queue.waitAndDrain(into: &drained, atMost: 0)
        #expect(isOpen && drained.isEmpty)
        #expect(queue.enqueue(.openAccount(1)))
        let hasWork = queue.waitAndDrain(into: &drained, atMost: nil)
        #expect(hasWork && drained.count == 1)
        drained = []
        #expect(queue.enqueue(.openAccount(2)))
        queue.close()
        let hasRest = queue.waitAndDrain(into: &drained, atMost: 0)
        #expect(hasRest && drained.count == 1)
        drained = []
        #expect(!queue.waitAndDrain(into: &drained, atMost: 0))
        #expect(!queue.waitAndDrain(into: &drained, atMost: nil))
    }

    @Test("The thread lets time pass by itself, and ends though nothing was ever asked")
    func threadLetsTimePass() async throws {
        let instrument = SampleInstruments.equity.instrument
        let queue = SubmissionQueue()
        let witness = Witness(commands: 3)
        let sequencer = Sequencer(
            exchange: Exchange(), log: MemoryLog(), clock: HastyClock())
        #expect(queue.enqueue(Submission(.subscribe(witness))))
        #expect(queue.enqueue(Submission(.command(.configureInstrument(instrument)))))
        let (ends, continuation) = AsyncStream.makeStream(of: SequencerThread.End.self)
        SequencerThread.start(sequencer, queue: queue) { end in
            continuation.yield(end)
            continuation.finish()
        }
        await witness.wait()
        queue.close()
        var last: UInt64 = 0
        for await end in ends {
            if case .closed(let sequence, _) = end { last = sequence }
        }
        #expect(last >= 3)
    }
}

/// A clock that is a second ahead each time somebody looks: who waits by it never waits long.
private final class HastyClock: SequencerClock {
    private let seconds = Mutex<Int64>(0)
    func now() -> Timestamp {
        seconds.withLock { seconds in
            seconds += 1
            return Timestamp(nanoseconds: seconds * 1_000_000_000)
        }
    }
}

/// Waits until so many commands were carried out.
private final class Witness: EventSubscriber {
    private let commands: UInt64
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    init(commands: UInt64) { self.commands = commands }

    func deliver(_ batch: EventBatch) {
        if let last = batch.entries.last, last.sequence.value >= commands { continuation.finish() }
    }

    func wait() async { for await _ in stream {} }
}

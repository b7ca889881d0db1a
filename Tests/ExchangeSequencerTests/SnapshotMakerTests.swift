import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Snapshots beside the market: made whole or not at all, and never of anything but what is durable.
@Suite struct SnapshotMakerTests {
    private let fixture: SnapshotFixture

    init() throws { fixture = try SnapshotFixture() }

    @Test(
        "Wherever the disk fails, no snapshot is there or a whole one, and the next start is the same"
    )
    func diskFails() throws {
        try fixture.live(300)
        _ = try fixture.maker().make(at: fixture.progress.latest)
        let last = try fixture.live(300)
        var failures = 0
        for count in 0..<40 {
            let failing = FailingStorage(fixture.storage, after: count)
            let maker = SnapshotMaker(
                storage: failing, configuration: fixture.configuration, retention: .snapshots)
            guard let failure = fixture.failure(of: maker, at: fixture.progress.latest) else {
                break
            }
            failures += 1
            #expect("\(failure)".contains("errno \(EIO)"))
            let recovered = try fixture.recover()
            #expect(recovered.faults.isEmpty && recovered.exchange.stateHash() == last.hash)
        }
        #expect(failures > 5 && failures < 40)
        #expect(try fixture.live(0) == last)
    }

    @Test("A copy that differs from the running exchange is reported, and not written")
    func diverges() throws {
        try fixture.live(300)
        var mark = fixture.progress.latest
        mark.fingerprint ^= 1
        let failure = fixture.failure(of: fixture.maker(), at: mark)
        guard case .diverged(mark.sequence, mark.sequence, _, _)? = failure else {
            Issue.record("a wrong state was written down")
            return
        }
        // As if the log had lost its end.
        mark = DurableMark(sequence: mark.sequence + 1, fingerprint: mark.fingerprint)
        #expect(fixture.failure(of: fixture.maker(), at: mark) != nil)
        #expect(try fixture.store.sequences().isEmpty)
    }

    @Test("Nothing is made twice, nothing of an empty log, and nothing for somebody who has left")
    func nothingToDo() throws {
        #expect(try fixture.maker().make(at: fixture.progress.latest) == nil)
        try fixture.live(300)
        let mark = fixture.progress.latest
        #expect(throws: SnapshotFailure.cancelled) {
            _ = try fixture.maker().make(at: mark) { true }
        }
        #expect(try fixture.store.sequences().isEmpty)
        #expect(try fixture.maker().make(at: mark) != nil)
        #expect(try fixture.maker().make(at: mark) == nil)
    }

    @Test("A snapshot is of the durable command it was asked for, whatever the log holds behind it")
    func notBeyond() throws {
        try fixture.live(300)
        let mark = fixture.progress.latest
        let last = try fixture.live(300)
        let made = try #require(try fixture.maker().make(at: mark))
        #expect(made.sequence == mark.sequence)
        let recovered = try fixture.recover()
        #expect(recovered.journal.recovery.commandCount == 300)
        #expect(recovered.exchange.stateHash() == last.hash)
    }

    @Test("Beside a running sequencer, after so many commands and when asked; then it stops")
    func thread() throws {
        let recovered = try fixture.recover()
        let sequencer = Sequencer(
            exchange: recovered.exchange, history: recovered.history, log: recovered.journal,
            clock: SettableClock(1_790_000_000_000_000_000), progress: fixture.progress)
        let made = Mutex<[UInt64]>([])
        let isMade = DispatchedCount()
        let thread = SnapshotThread.start(
            fixture.maker(), progress: fixture.progress, interval: 100, last: 0
        ) { outcome in
            if case .success(let snapshot?) = outcome {
                made.withLock { $0.append(snapshot.sequence) }
            }
            isMade.add()
        }
        func open(_ numbers: Range<UInt64>) throws {
            for number in numbers {
                let identity = UniqueID(high: 1, low: number)
                try sequencer.runBatch([
                    Submission(.command(.openAccount(OpenAccount(identity: identity))))
                ])
            }
        }
        try open(0..<100)
        isMade.wait(for: 1)
        #expect(made.withLock { $0 } == [100])
        try open(100..<150)
        thread.request()
        isMade.wait(for: 2)
        #expect(made.withLock { $0 } == [100, 150])
        // Nothing new: nothing made, and somebody waits for the answer all the same.
        thread.request()
        isMade.wait(for: 3)
        thread.stop()
        try sequencer.close()
        #expect(made.withLock { $0 } == [100, 150])
        #expect(try fixture.store.sequences() == [150, 100])
    }
}

/// Lets a test wait for work on another thread.
private final class DispatchedCount: Sendable {
    private let count = Mutex(0)

    func add() { count.withLock { $0 += 1 } }

    func wait(for expected: Int) {
        while count.withLock({ $0 }) < expected { sched_yield() }
    }
}

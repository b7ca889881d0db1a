import ExchangeJournal
import Glibc
import Testing

/// Failures of the disk while the journal is in use.
struct FaultTests {
    @Test("After a failed sync every call is refused, and the sync is never tried again")
    func poisonedBySync() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let written = try fill(journal, batches: 2)
        try append([Entry(5)], to: journal)
        storage.failSyncs(code: EIO)
        let cause = JournalError.storageFailed(.sync, file: storage.segmentNames[0], code: EIO)
        #expect(journalError { () throws(JournalError) in try journal.sync() } == cause)
        storage.failSyncs(code: nil)
        let before = storage.operationCount
        for call in [journal.sync, journal.close] {
            #expect(
                journalError { () throws(JournalError) in try call() } == .poisoned(by: cause))
        }
        #expect(
            journalError { () throws(JournalError) in try append([Entry(6)], to: journal) }
                == .poisoned(by: cause))
        #expect(storage.operationCount == before)
        storage.crash(.nothing)
        #expect(try openJournal(storage).entries == written)
    }

    @Test("A record left in memory by a failed sync is on disk once it was replayed")
    func failedSyncThenRestart() throws {
        let storage = InMemoryStorage()
        do {
            let (journal, _) = try openJournal(storage)
            _ = try fill(journal, batches: 2)
            try append([Entry(5)], to: journal)
            storage.failSyncs(code: EIO)
            #expect(journalError { () throws(JournalError) in try journal.sync() } != nil)
            storage.failSyncs(code: nil)
        }
        // The process is gone, the machine goes on: the page cache still shows the record.
        let (_, replayed) = try openJournal(storage)
        #expect(replayed.count == 5)
        storage.crash(.nothing)
        #expect(try openJournal(storage).entries == replayed)
    }

    @Test("A power cut loses what was not synced and nothing else")
    func unsyncedIsLost() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let written = try fill(journal, batches: 4)
        try append([Entry(9)], to: journal)
        storage.crash(.nothing)
        let (reopened, entries) = try openJournal(storage)
        #expect(entries == written)
        #expect(reopened.recovery.tornTail == nil)
        #expect(reopened.nextSequence == 9)
    }

    @Test("A write that stops after any byte leaves a tail that the next start cuts off")
    func shortWrite() throws {
        for byteCount in 0...(28 + 12 + 20) {
            let storage = InMemoryStorage()
            let (journal, _) = try openJournal(storage)
            let written = try fill(journal, batches: 2)
            try append([Entry(5)], to: journal)
            storage.crash(.bytes(byteCount))
            let (_, entries) = try openJournal(storage)
            let isWhole = byteCount == 28 + 12 + 20
            #expect(entries == written + (isWhole ? [Entry(5)] : []))
        }
    }

    @Test("A full disk stops the journal at the next segment, and space lets it go on")
    func fullDisk() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let used = 1024
        storage.limitBytes(used + 500)
        var written: [Entry] = []
        let error = journalError { () throws(JournalError) in
            while true { written += try fill(journal, batches: 1) }
        }
        #expect(error == .storageFailed(.write, file: "journal.prepared", code: ENOSPC))
        #expect(
            journalError { () throws(JournalError) in try journal.sync() }
                == .poisoned(by: .storageFailed(.write, file: "journal.prepared", code: ENOSPC)))
        #expect(!written.isEmpty)
        storage.crash(.everything)
        let (reopened, entries) = try openJournal(storage)
        #expect(entries == written)
        let more = try fill(reopened, batches: 20)
        storage.crash(.nothing)
        #expect(try openJournal(storage).entries == written + more)
    }

    @Test("A second journal on the same files is refused until the first one is closed")
    func secondJournal() throws {
        let storage = InMemoryStorage()
        let (journal, _) = try openJournal(storage)
        let second = { () throws(JournalError) in _ = try openJournal(storage) }
        #expect(journalError(second) == .lockedByAnotherProcess(processID: nil))
        try journal.close()
        #expect(journalError(second) == nil)
        #expect(
            journalError { () throws(JournalError) in try append([Entry(1)], to: journal) }
                == .closed)
    }

    @Test(
        "A stop at any single operation loses no synced command, whatever the disk kept",
        arguments: [
            InMemoryStorage.Survival.nothing, .everything, .bytes(40), .blocks(seed: 3),
        ])
    func stopAtEveryOperation(survival: InMemoryStorage.Survival) throws {
        var operation = 1
        var isFinished = false
        while !isFinished {
            let storage = InMemoryStorage()
            storage.failFromOperation(operation)
            let (durable, attempted, error) = runToFailure(storage)
            isFinished = error == nil
            storage.crash(survival)
            let (journal, entries) = try openJournal(storage)
            #expect(
                entries == durable || entries == durable + attempted, "operation \(operation)")
            let more = try fill(journal, batches: 15)
            try journal.close()
            #expect(try openJournal(storage).entries == entries + more)
            operation += 1
        }
        #expect(operation > 50)
    }

    /// Works through two segments; returns synced commands, those under way, and the failure.
    private func runToFailure(
        _ storage: InMemoryStorage
    ) -> (durable: [Entry], attempted: [Entry], error: JournalError?) {
        var durable: [Entry] = []
        var attempted: [Entry] = []
        let error = journalError { () throws(JournalError) in
            let (journal, _) = try openJournal(storage)
            for _ in 0..<20 {
                attempted = [Entry(journal.nextSequence), Entry(journal.nextSequence + 1)]
                try append(attempted, to: journal)
                try journal.sync()
                durable += attempted
                attempted = []
            }
            try journal.close()
        }
        return (durable, attempted, error)
    }
}

import Glibc
import Testing

@testable import ExchangeJournal

/// A directory of its own that is removed with everything in it.
private final class TemporaryDirectory {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/exchange-journal-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        path = try #require(made)
    }

    var storage: PosixStorage { PosixStorage(directory: path) }

    deinit {
        for name in (try? storage.list()) ?? [] { try? storage.remove(name) }
        rmdir(path)
    }
}

struct PosixStorageTests {
    @Test("A journal in real files survives reopening, with segments made ahead by a thread")
    func realFiles() throws {
        let directory = try TemporaryDirectory()
        let settings = configuration(segmentByteCount: 16 << 10, ahead: true)
        let (journal, _) = try openJournal(directory.storage, settings)
        let written = try fill(journal, batches: 200, of: 20)
        try journal.close()
        let (reopened, entries) = try openJournal(directory.storage, settings)
        #expect(entries == written)
        let more = try fill(reopened, batches: 30, of: 20)
        try reopened.close()
        #expect(try openJournal(directory.storage, settings).entries == written + more)
        let segments = try directory.storage.list().filter { $0.hasSuffix(".log") }
        #expect(segments.count > 8)
    }

    @Test("A segment prepared ahead is used; one that could not be prepared is made on the spot")
    func preparation() throws {
        let directory = try TemporaryDirectory()
        let maker = SegmentMaker(storage: directory.storage, segmentByteCount: 5 << 20)
        let preparation = try #require(SegmentPreparation.start(maker))
        #expect(preparation.finish())
        let file = try directory.storage.open(JournalFileName.prepared, writable: false)
        #expect(try file.byteCount() == 5 << 20)

        let nowhere = PosixStorage(directory: directory.path + "/missing")
        let hopeless = SegmentMaker(storage: nowhere, segmentByteCount: 100)
        #expect(try #require(SegmentPreparation.start(hopeless)).finish() == false)
    }

    @Test("A torn tail in a real file is cut off and the file has its size again")
    func tornRealFile() throws {
        let directory = try TemporaryDirectory()
        let written: [Entry]
        do {
            let (journal, _) = try openJournal(directory.storage)
            written = try fill(journal, batches: 3)
            try append([Entry(7)], to: journal)
        }
        let name = JournalFileName.segment(firstSequence: 1)
        #expect(truncate(directory.path + "/" + name, 64 + 3 * 92 + 40) == 0)
        let (journal, entries) = try openJournal(directory.storage)
        #expect(entries == written)
        #expect(
            journal.recovery.tornTail
                == TornTail(
                    file: name, offset: 340, cutByteCount: 40, missingByteCount: 1024 - 380))
        #expect(try directory.storage.open(name, writable: false).byteCount() == 1024)
    }

    @Test("A locked directory is refused with the holder's process id")
    func lockedDirectory() throws {
        let directory = try TemporaryDirectory()
        let (journal, _) = try openJournal(directory.storage)
        let second = { () throws(JournalError) in _ = try openJournal(directory.storage) }
        #expect(journalError(second) == .lockedByAnotherProcess(processID: getpid()))
        try journal.close()
        #expect(journalError(second) == nil)
    }

    @Test("A directory that is not there is an error that names it")
    func missingDirectory() throws {
        let directory = try TemporaryDirectory()
        let storage = PosixStorage(directory: directory.path + "/missing")
        let error = journalError { () throws(JournalError) in _ = try openJournal(storage) }
        #expect(
            error
                == .storageFailed(
                    .lock, file: directory.path + "/missing/journal.lock", code: ENOENT))
    }

    @Test("Files that are not segments are left alone; a leftover prepared one is removed")
    func otherFiles() throws {
        let directory = try TemporaryDirectory()
        for name in ["notes.txt", "journal-1.log", "journal.prepared"] {
            try [UInt8](name.utf8).span.withUnsafeBytes { (bytes) throws(JournalError) in
                try directory.storage.create(name).write(bytes, at: 0)
            }
        }
        let (journal, entries) = try openJournal(directory.storage)
        #expect(entries.isEmpty)
        _ = try fill(journal, batches: 1)
        let names = try directory.storage.list().sorted()
        #expect(
            names == [
                "journal-00000000000000000001.log", "journal-1.log", "journal.lock", "notes.txt",
            ])
    }

    @Test("A transfer in parts goes on, an interruption is tried again, an error ends it")
    func transfers() {
        var answers = [3, -1, 4, 3]
        var places: [Int] = []
        let whole = Transfer.run(count: 10) { done, rest in
            places.append(done)
            #expect(done + rest == 10)
            errno = EINTR
            return answers.removeFirst()
        }
        #expect(whole == (10, 0))
        #expect(places == [0, 3, 3, 7])

        let ended = Transfer.run(count: 10) { done, _ in done == 0 ? 6 : 0 }
        #expect(ended == (6, 0))

        let failed = Transfer.run(count: 10) { done, _ in
            errno = ENOSPC
            return done == 0 ? 6 : -1
        }
        #expect(failed == (6, ENOSPC))
    }
}

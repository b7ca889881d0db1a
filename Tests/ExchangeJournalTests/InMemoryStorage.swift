import ExchangeJournal
import Glibc
import Synchronization

/// Files in memory that know which bytes and names would survive a power cut, and fail on demand.
///
/// A write is visible at once and durable after `syncData`; a name is durable after
/// `syncDirectory`. `crash` throws away, wholly or in part, what is not durable.
final class InMemoryStorage: Storage {
    /// What a power cut leaves of the writes that were not synced.
    enum Survival: Sendable {
        case nothing
        case everything
        /// This many bytes of the writes since the last sync of each file, first ones first.
        case bytes(Int)
        /// Each 32-byte block by a throw of the dice: writes reach a disk in any order.
        case blocks(seed: UInt64)
    }

    private final class Inode {
        var visible: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [(offset: Int, bytes: [UInt8])] = []
    }

    private struct State: ~Copyable {
        var files: [String: Inode] = [:]
        var durableFiles: [String: Inode] = [:]
        var isLocked = false
        var operationCount = 0
        var failFromOperation: Int?
        var syncFailureCode: Int32?
        var byteLimit: Int?
    }

    private let state = Mutex(State())

    /// Changing operations so far, failed ones included.
    var operationCount: Int { state.withLock { $0.operationCount } }

    /// Names of all visible files that look like segments, in order.
    var segmentNames: [String] {
        state.withLock { $0.files.keys.filter { $0.hasSuffix(".log") }.sorted() }
    }

    /// Lets this operation, counted from now, and all later ones fail with EIO.
    func failFromOperation(_ number: Int?) {
        state.withLock { state in
            state.operationCount = 0
            state.failFromOperation = number
        }
    }

    /// Lets every sync fail and forget what it should have written, as Linux does.
    func failSyncs(code: Int32?) {
        state.withLock { $0.syncFailureCode = code }
    }

    /// Limits the sum of all files; a write beyond it stops there with ENOSPC.
    func limitBytes(_ limit: Int?) {
        state.withLock { $0.byteLimit = limit }
    }

    /// A power cut: faults end, the lock is gone, and of what was not synced `survival` is left.
    func crash(_ survival: Survival) {
        state.withLock { state in
            if case .everything = survival {
                state.durableFiles = state.files
            } else {
                state.files = state.durableFiles
            }
            for name in state.files.keys.sorted() {
                guard let inode = state.files[name] else { continue }
                Self.apply(survival, to: inode)
                inode.pending = []
                inode.visible = inode.durable
            }
            state.isLocked = false
            state.failFromOperation = nil
            state.syncFailureCode = nil
            state.byteLimit = nil
        }
    }

    /// The visible bytes of a file.
    func contents(_ name: String) -> [UInt8] {
        state.withLock { $0.files[name]?.visible ?? [] }
    }

    /// Replaces a file behind the journal's back, durably; nil removes it.
    func replace(_ name: String, with bytes: [UInt8]?) {
        state.withLock { state in
            guard let bytes else {
                state.files[name] = nil
                state.durableFiles[name] = nil
                return
            }
            let inode = Inode()
            inode.visible = bytes
            inode.durable = bytes
            state.files[name] = inode
            state.durableFiles[name] = inode
        }
    }

    /// All files and their bytes, to see whether anything was changed.
    func snapshot() -> [String: [UInt8]] {
        state.withLock { $0.files.mapValues { $0.visible } }
    }

    /// A storage of its own with the same files, all durable.
    func copy() -> InMemoryStorage {
        let copy = InMemoryStorage()
        for (name, bytes) in snapshot() { copy.replace(name, with: bytes) }
        return copy
    }

    private static func apply(_ survival: Survival, to inode: Inode) {
        var budget: Int
        var random: SeededGenerator?
        switch survival {
        case .nothing: return
        case .everything: budget = .max
        case .bytes(let count): budget = count
        case .blocks(let seed):
            budget = .max
            random = SeededGenerator(seed: seed)
        }
        for (offset, bytes) in inode.pending {
            let kept = min(budget, bytes.count)
            budget -= kept
            var keepsBlock = true
            for index in 0..<kept {
                if index == 0 || (offset + index) % 32 == 0 {
                    keepsBlock = random?.next(below: 2) != 0
                }
                if keepsBlock { put([bytes[index]], at: offset + index, in: &inode.durable) }
            }
        }
    }

    private static func put(_ bytes: [UInt8], at offset: Int, in target: inout [UInt8]) {
        let missing = offset + bytes.count - target.count
        if missing > 0 { target += [UInt8](repeating: 0, count: missing) }
        target.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    /// Counts a changing operation; true if it is to fail.
    private static func countsAsFailure(_ state: inout State) -> Bool {
        state.operationCount += 1
        guard let first = state.failFromOperation else { return false }
        return state.operationCount >= first
    }
}

extension InMemoryStorage {
    private final class Lock: StorageLock {
        private let storage: InMemoryStorage
        private var isHeld = true
        init(_ storage: InMemoryStorage) { self.storage = storage }
        deinit { release() }
        func release() {
            if isHeld { storage.state.withLock { $0.isLocked = false } }
            isHeld = false
        }
    }

    private final class File: StorageFile {
        private let storage: InMemoryStorage
        private let name: String
        private let inode: Inode
        private let isWritable: Bool

        init(_ storage: InMemoryStorage, _ name: String, _ inode: Inode, isWritable: Bool) {
            self.storage = storage
            self.name = name
            self.inode = inode
            self.isWritable = isWritable
        }

        func byteCount() -> Int { storage.state.withLock { _ in inode.visible.count } }

        func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
            storage.state.withLock { _ in
                let bytes = inode.visible.dropFirst(offset).prefix(buffer.count)
                buffer.copyBytes(from: bytes)
                return bytes.count
            }
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError) {
            precondition(isWritable)
            let code: Int32 = storage.state.withLock { state in
                var kept = Array(bytes)
                var code: Int32 = 0
                if InMemoryStorage.countsAsFailure(&state) {
                    kept = Array(kept.prefix(kept.count / 2))
                    code = EIO
                }
                let used = state.files.values.reduce(0) { $0 + $1.visible.count }
                let growth = max(0, offset + kept.count - inode.visible.count)
                if let limit = state.byteLimit, used + growth > limit {
                    kept = Array(kept.prefix(max(0, kept.count - (used + growth - limit))))
                    code = ENOSPC
                }
                InMemoryStorage.put(kept, at: offset, in: &inode.visible)
                inode.pending.append((offset, kept))
                return code
            }
            if code != 0 { throw .storageFailed(.write, file: name, code: code) }
        }

        func syncData() throws(JournalError) {
            let code: Int32 = storage.state.withLock { state in
                if InMemoryStorage.countsAsFailure(&state) { return EIO }
                if let code = state.syncFailureCode {
                    inode.pending = []
                    return code
                }
                InMemoryStorage.apply(.everything, to: inode)
                inode.pending = []
                return 0
            }
            if code != 0 { throw .storageFailed(.sync, file: name, code: code) }
        }
    }

    func lock() throws(JournalError) -> any StorageLock {
        let wasLocked = state.withLock { state in
            let wasLocked = state.isLocked
            state.isLocked = true
            return wasLocked
        }
        if wasLocked { throw .lockedByAnotherProcess(processID: nil) }
        return Lock(self)
    }

    func list() -> [String] { state.withLock { Array($0.files.keys) } }

    func open(_ name: String, writable: Bool) throws(JournalError) -> any StorageFile {
        guard
            let file = state.withLock({ (state) -> File? in
                state.files[name].map { File(self, name, $0, isWritable: writable) }
            })
        else { throw .storageFailed(.open, file: name, code: ENOENT) }
        return file
    }

    func create(_ name: String) throws(JournalError) -> any StorageFile {
        try change(.create, name) { state in
            let inode = Inode()
            state.files[name] = inode
        }
        return try open(name, writable: true)
    }

    func rename(_ name: String, to newName: String) throws(JournalError) {
        try change(.rename, name) { state in
            let replaced = state.files[newName]?.visible.dropFirst(64) ?? []
            precondition(replaced.allSatisfy { $0 == 0 }, "\(newName) would be overwritten")
            state.files[newName] = state.files.removeValue(forKey: name)
        }
    }

    func remove(_ name: String) throws(JournalError) {
        try change(.remove, name) { $0.files[name] = nil }
    }

    func syncDirectory() throws(JournalError) {
        try change(.syncDirectory, ".") { $0.durableFiles = $0.files }
    }

    private func change(
        _ operation: StorageOperation, _ name: String, _ body: (inout State) -> Void
    ) throws(JournalError) {
        let fails = state.withLock { state in
            if Self.countsAsFailure(&state) { return true }
            body(&state)
            return false
        }
        if fails { throw .storageFailed(operation, file: name, code: EIO) }
    }
}

import Glibc

/// Makes segment files: first a zeroed one under a working name, then a real one under its own.
struct SegmentMaker: Sendable {
    /// Bytes written between two syncs of a new file, so that the sync of the live segment never
    /// waits behind a whole new one.
    private static let stepByteCount = 1 << 20

    /// Where the files are.
    let storage: any Storage
    /// Size of every new segment.
    let segmentByteCount: Int

    /// Writes and syncs a file of zeros under the working name, replacing an unfinished one.
    func prepare() throws(JournalError) {
        let file = try storage.create(JournalFileName.prepared)
        let zeros = [UInt8](repeating: 0, count: min(segmentByteCount, Self.stepByteCount))
        var offset = 0
        while offset < segmentByteCount {
            let count = min(zeros.count, segmentByteCount - offset)
            try zeros.span.withUnsafeBytes { (bytes) throws(JournalError) in
                try file.write(bytes.slice(0..<count), at: offset)
            }
            try file.syncData()
            offset += count
        }
    }

    /// Turns the prepared file into the segment that `header` describes; durable on return.
    ///
    /// The header is synced before the file gets its name: a file named like a segment always
    /// has a whole header, and its being there proves that all before it was durable.
    func promote(_ header: SegmentHeader) throws(JournalError) -> any StorageFile {
        let file = try storage.open(JournalFileName.prepared, writable: true)
        let encoded = header.encoded().bytes
        try encoded.span.withUnsafeBytes { (bytes) throws(JournalError) in
            try file.write(bytes, at: 0)
        }
        try file.syncData()
        let name = JournalFileName.segment(firstSequence: header.firstSequence)
        try storage.rename(JournalFileName.prepared, to: name)
        try storage.syncDirectory()
        // Opened again, so that later errors name the file as the operator sees it.
        return try storage.open(name, writable: true)
    }

    /// Removes what an earlier process prepared, for it may not be whole.
    func removeLeftover() throws(JournalError) {
        guard try storage.list().contains(JournalFileName.prepared) else { return }
        try storage.remove(JournalFileName.prepared)
        try storage.syncDirectory()
    }
}

/// One run of `SegmentMaker.prepare` on a thread of its own.
///
/// Sound as `@unchecked Sendable`: `outcome` is written by that thread only, and read only after
/// `pthread_join`, which orders the two; `thread` is used by the owner alone.
final class SegmentPreparation: @unchecked Sendable {
    private let maker: SegmentMaker
    private var thread = pthread_t()
    private var outcome: Result<Void, JournalError>?
    private var isJoined = false

    private init(_ maker: SegmentMaker) {
        self.maker = maker
    }

    /// Starts the thread; nil if the system has none, which costs a stall later and nothing else.
    static func start(_ maker: SegmentMaker) -> SegmentPreparation? {
        let preparation = SegmentPreparation(maker)
        let context = Unmanaged.passRetained(preparation)
        let code = pthread_create(
            &preparation.thread, nil,
            { context in
                // Sound: the reference that `start` retained for this thread, released here once.
                guard let context else { return nil }
                Unmanaged<SegmentPreparation>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return nil
        }
        return preparation
    }

    /// Waits for the thread to end; true if the prepared file is ready for use.
    func finish() -> Bool {
        if !isJoined {
            let code = pthread_join(thread, nil)
            precondition(code == 0, "pthread_join of a preparing thread returned \(code)")
            isJoined = true
        }
        switch outcome {
        case .success: return true
        case .failure, nil: return false
        }
    }

    private func run() {
        do throws(JournalError) {
            try maker.prepare()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
    }
}

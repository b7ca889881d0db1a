/// A log that keeps nothing but counts: for benchmarks and for tests that need no disk.
public final class MemoryLog: CommandLog {
    public private(set) var nextSequence: UInt64
    public let maximumBatchByteCount =
        RecordHeader.byteCount + RecordHeader.maximumPayloadByteCount
    /// Batches appended so far.
    public private(set) var batchCount = 0
    /// Bytes of the records appended so far, headers included.
    public private(set) var byteCount = 0
    private var isSynced = true

    /// An empty log whose first command will be `firstSequence`.
    public init(firstSequence: UInt64 = 1) {
        nextSequence = firstSequence
    }

    public func append(_ batch: inout CommandBatch) {
        precondition(isSynced, "append before the batch at \(nextSequence) was synced")
        precondition(!batch.isEmpty && batch.firstSequence == nextSequence)
        nextSequence = batch.nextSequence
        batchCount += 1
        byteCount += batch.byteCount
        isSynced = false
    }

    public func sync() {
        isSynced = true
    }

    public func close() {}
}

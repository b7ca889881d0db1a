/// The total order of an exchange's commands, as the sequencer sees it.
///
/// One batch at a time: `append`, then `sync`. Whatever was appended may be applied at once, but
/// told to nobody before `sync` has returned. A log belongs to one thread; after the first error
/// it refuses everything, and the process is expected to end.
public protocol CommandLog: AnyObject {
    /// Sequence number that the next batch must begin with.
    var nextSequence: UInt64 { get }

    /// The largest record, in bytes with its header, that `append` takes.
    var maximumBatchByteCount: Int { get }

    /// Writes a non-empty batch that begins with `nextSequence`; the one before must be synced.
    ///
    /// The batch is `inout` because the log completes its header; commands stay as they are.
    func append(_ batch: inout CommandBatch) throws(JournalError)

    /// Makes the appended batch durable; returns at once if there is none.
    func sync() throws(JournalError)

    /// Ends the log in good order; nothing may be appended afterwards.
    func close() throws(JournalError)
}

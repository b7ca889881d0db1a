/// The commands that become durable together: a reusable buffer in the layout of the log's record.
///
/// The sequencer keeps one for its whole life: `begin`, `append` for each command, then hand it to
/// `CommandLog.append`. After the first allocation nothing more is allocated.
public struct CommandBatch: ~Copyable {
    /// The capacity that a batch has unless told otherwise: 1 MiB.
    public static let defaultCapacity = 1 << 20

    /// Sequence number of the first command.
    public private(set) var firstSequence: UInt64 = 0
    /// Commands appended since `begin`.
    public private(set) var count = 0
    /// Bytes of the record so far, its header included.
    public private(set) var byteCount = RecordHeader.byteCount
    /// The largest record that the batch can hold, in bytes with its header.
    public var capacity: Int { bytes.count }
    /// Whether no command was appended since `begin`.
    public var isEmpty: Bool { count == 0 }

    /// Sequence number that the command after this batch will have.
    var nextSequence: UInt64 { firstSequence + UInt64(count) }

    // Fixed in size: room for the header, then the commands as they stand on disk.
    private var bytes: [UInt8]

    /// Allocates room for a record of `capacity` bytes, its 28-byte header included.
    public init(capacity: Int = defaultCapacity) {
        precondition(
            capacity >= RecordHeader.byteCount + RecordHeader.commandPrefixByteCount
                && capacity <= RecordHeader.byteCount + RecordHeader.maximumPayloadByteCount,
            "a batch of \(capacity) bytes is outside the format's limits")
        bytes = [UInt8](repeating: 0, count: capacity)
    }

    /// Forgets all commands and starts a batch whose first command is `firstSequence`.
    public mutating func begin(firstSequence: UInt64) {
        self.firstSequence = firstSequence
        count = 0
        byteCount = RecordHeader.byteCount
    }

    /// Adds the next command; false, changing nothing, if it does not fit any more.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970; stored, not interpreted.
    ///   - payload: the encoded command; copied.
    public mutating func append(timestamp: Int64, payload: Span<UInt8>) -> Bool {
        let needed = RecordHeader.commandPrefixByteCount + payload.count
        guard needed <= bytes.count - byteCount else { return false }
        let offset = byteCount
        bytes.withUnsafeMutableBytes { buffer in
            buffer.store(UInt32(payload.count), at: offset)
            buffer.store(timestamp, at: offset + 4)
            let target = UnsafeMutableRawBufferPointer(
                rebasing: buffer[(offset + RecordHeader.commandPrefixByteCount)...])
            // Sound: the guard above left room for payload.count bytes behind the prefix.
            payload.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        byteCount += needed
        count += 1
        return true
    }

    /// Calls `body` with sequence, timestamp and payload of each command, in order.
    public func forEachCommand<Failure: Error>(
        _ body: (UInt64, Int64, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let header = header(previousChecksum: 0)
        let isWhole = try bytes.span.withUnsafeBytes { (buffer) throws(Failure) in
            let payload = buffer.slice(RecordHeader.byteCount..<byteCount)
            return try RecordPayload.forEachCommand(in: payload, of: header, body)
        }
        precondition(isWhole, "a batch of \(count) commands does not add up")
    }

    /// Completes the record for the place after `previousChecksum`; returns its own checksum.
    mutating func seal(previousChecksum: UInt32, seed: UInt32) -> UInt32 {
        var header = header(previousChecksum: previousChecksum)
        bytes.withUnsafeMutableBytes { buffer in
            header.store(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount]), seed: seed)
        }
        return header.checksum
    }

    /// Lends the bytes of the sealed record.
    func withRecordBytes<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.span.withUnsafeBytes { (buffer) throws(Failure) in
            try body(buffer.slice(0..<byteCount))
        }
    }

    private func header(previousChecksum: UInt32) -> RecordHeader {
        RecordHeader(
            payloadByteCount: byteCount - RecordHeader.byteCount, firstSequence: firstSequence,
            commandCount: count, previousChecksum: previousChecksum)
    }
}

/// The fixed part of a record: one batch of commands that became durable together.
///
/// **Shape** (little-endian, 28 bytes, then the payload):
/// ```
///  0       4                 8               16              20                  24         28
///  | magic | payloadByteCount | firstSequence | commandCount  | previousChecksum  | checksum |
/// ```
/// The payload is `commandCount` times `[byteCount u32][timestamp i64][bytes]`. A record without
/// commands is a *closing record*: it says only that all before it was durable.
struct RecordHeader: Equatable, Sendable {
    /// Bytes of the header on disk.
    static let byteCount = 28
    /// Bytes in front of each command's payload: its length and its timestamp.
    static let commandPrefixByteCount = 12
    /// The largest payload the format allows, so that no length field can ask for more memory.
    static let maximumPayloadByteCount = 16 << 20
    /// "QXJR" in file order.
    static let magic: UInt32 = 0x524A_5851

    /// Bytes of payload that follow the header.
    var payloadByteCount: Int
    /// Sequence number of the first command; of the next command to come in a closing record.
    var firstSequence: UInt64
    /// Commands in the payload; `UInt32` because a payload holds at most 16 MiB / 12 of them.
    var commandCount: Int
    /// Checksum of the record before, or of the segment header for a segment's first record.
    var previousChecksum: UInt32
    /// CRC-32C over the exchange id, the header up to here, and the payload.
    var checksum: UInt32 = 0

    /// Bytes of header and payload.
    var recordByteCount: Int { Self.byteCount + payloadByteCount }
    /// Sequence number that the following record must begin with.
    var nextSequence: UInt64 { firstSequence + UInt64(commandCount) }

    /// A header as it is to be written; `store(into:seed:)` fills in the checksum.
    init(
        payloadByteCount: Int, firstSequence: UInt64, commandCount: Int, previousChecksum: UInt32
    ) {
        precondition(payloadByteCount >= 0 && payloadByteCount <= Self.maximumPayloadByteCount)
        self.payloadByteCount = payloadByteCount
        self.firstSequence = firstSequence
        self.commandCount = commandCount
        self.previousChecksum = previousChecksum
    }

    /// Reads the fields at the start of `bytes`; nil if they cannot begin a record.
    ///
    /// Checks only what bounds memory and loops; `isValid(record:seed:)` proves the rest.
    init?(at bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.byteCount, bytes.load(UInt32.self, at: 0) == Self.magic else {
            return nil
        }
        payloadByteCount = Int(bytes.load(UInt32.self, at: 4))
        firstSequence = bytes.load(UInt64.self, at: 8)
        commandCount = Int(bytes.load(UInt32.self, at: 16))
        previousChecksum = bytes.load(UInt32.self, at: 20)
        checksum = bytes.load(UInt32.self, at: 24)
        guard payloadByteCount <= Self.maximumPayloadByteCount,
            commandCount <= payloadByteCount / Self.commandPrefixByteCount,
            firstSequence <= UInt64.max - UInt64(commandCount)
        else { return nil }
    }

    /// Writes the header in front of the payload that already lies in `record`, with its checksum.
    mutating func store(into record: UnsafeMutableRawBufferPointer, seed: UInt32) {
        precondition(record.count == recordByteCount, "\(record.count) != \(recordByteCount)")
        record.store(Self.magic, at: 0)
        record.store(UInt32(payloadByteCount), at: 4)
        record.store(firstSequence, at: 8)
        record.store(UInt32(commandCount), at: 16)
        record.store(previousChecksum, at: 20)
        checksum = Self.checksum(of: UnsafeRawBufferPointer(record), seed: seed)
        record.store(checksum, at: 24)
    }

    /// Whether the whole `record`, header and payload, carries the checksum it claims.
    func isValid(record: UnsafeRawBufferPointer, seed: UInt32) -> Bool {
        record.count == recordByteCount && Self.checksum(of: record, seed: seed) == checksum
    }

    /// The value that every record checksum of an exchange starts from.
    ///
    /// Because of it, bytes that a client smuggles into a command, or a record of another
    /// exchange, never verify as a record of this one.
    static func seed(exchangeID: UInt64) -> UInt32 {
        var id = exchangeID.littleEndian
        return withUnsafeBytes(of: &id) { CRC32C.checksum(of: $0) }
    }

    private static func checksum(of record: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        let head = CRC32C.checksum(of: record.slice(0..<24), continuing: seed)
        return CRC32C.checksum(of: record.slice(byteCount..<record.count), continuing: head)
    }
}

/// The commands inside a record's payload.
enum RecordPayload {
    /// Calls `body` with sequence, timestamp and bytes of each command, in order.
    ///
    /// Returns false, perhaps after some calls, if lengths and count do not add up exactly.
    static func forEachCommand<Failure: Error>(
        in payload: UnsafeRawBufferPointer, of header: RecordHeader,
        _ body: (UInt64, Int64, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var offset = 0
        for index in 0..<header.commandCount {
            let start = offset + RecordHeader.commandPrefixByteCount
            guard start <= payload.count else { return false }
            let byteCount = Int(payload.load(UInt32.self, at: offset))
            let timestamp = payload.load(Int64.self, at: offset + 4)
            guard byteCount <= payload.count - start else { return false }
            let bytes = payload.slice(start..<start + byteCount)
            // Sound: raw bytes may always be viewed as UInt8, and the span ends with the call.
            let span = bytes.assumingMemoryBound(to: UInt8.self).span
            try body(header.firstSequence + UInt64(index), timestamp, span)
            offset = start + byteCount
        }
        return offset == payload.count
    }
}

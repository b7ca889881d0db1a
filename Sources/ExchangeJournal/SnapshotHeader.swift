/// A place between two commands of one journal.
public struct JournalPosition: Equatable, Sendable {
    /// The last command before it.
    public let sequence: UInt64
    /// The checksum of the record that ends with that command. It depends on every record before it, so
    /// no other log has the same one there.
    public let checksum: UInt32

    public init(sequence: UInt64, checksum: UInt32) {
        self.sequence = sequence
        self.checksum = checksum
    }
}

/// What a snapshot is of.
public struct SnapshotStamp: Equatable, Sendable {
    /// The place in the log that it stands for.
    public var position: JournalPosition
    /// The time of the last command; stored, not interpreted.
    public var timestamp: Int64
    /// The hash of the state that it holds; stored, not interpreted.
    public var stateHash: UInt64

    public init(position: JournalPosition, timestamp: Int64, stateHash: UInt64) {
        self.position = position
        self.timestamp = timestamp
        self.stateHash = stateHash
    }
}

/// The first 64 bytes of a snapshot file.
///
/// **Shape** (little-endian):
/// ```
///  0       8         12              16           24         32          40
///  | magic | version | chain checksum | exchangeID | sequence | timestamp | stateHash
///  48                 56                60         64
///  | payloadByteCount | payloadChecksum | checksum | blocks ...
/// ```
struct SnapshotHeader: Equatable, Sendable {
    /// Bytes of the header on disk.
    static let byteCount = 64
    /// The format that this code writes, and the newest that it reads.
    static let newestVersion: UInt32 = 1
    /// "QXSNAPSH" in file order.
    static let magic: UInt64 = 0x4853_5041_4E53_5851

    /// The exchange that wrote it.
    var exchangeID: UInt64
    /// What it is of.
    var stamp: SnapshotStamp
    /// Bytes behind the header.
    var payloadByteCount: Int
    /// Checksum of the last block, which all blocks before it go into.
    var payloadChecksum: UInt32

    /// What the bytes at the start of a snapshot file turned out to be.
    enum Reading: Equatable {
        case header(SnapshotHeader)
        case newerFormat(UInt32)
        case damaged
    }

    /// Encodes the header; the last four bytes are its checksum.
    func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        bytes.withUnsafeMutableBytes { buffer in
            buffer.store(Self.magic, at: 0)
            buffer.store(Self.newestVersion, at: 8)
            buffer.store(stamp.position.checksum, at: 12)
            buffer.store(exchangeID, at: 16)
            buffer.store(stamp.position.sequence, at: 24)
            buffer.store(stamp.timestamp, at: 32)
            buffer.store(stamp.stateHash, at: 40)
            buffer.store(UInt64(payloadByteCount), at: 48)
            buffer.store(payloadChecksum, at: 56)
            let checksum = CRC32C.checksum(of: UnsafeRawBufferPointer(buffer).slice(0..<60))
            buffer.store(checksum, at: 60)
        }
        return bytes
    }

    /// Reads and verifies the header at the start of `bytes`; as for segments, magic, version and
    /// checksum keep their places in every later format.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard bytes.count >= byteCount, bytes.load(UInt64.self, at: 0) == magic,
            bytes.load(UInt32.self, at: 60) == CRC32C.checksum(of: bytes.slice(0..<60))
        else { return .damaged }
        let version = bytes.load(UInt32.self, at: 8)
        guard version <= newestVersion else { return .newerFormat(version) }
        guard version >= 1, let payloadByteCount = Int(exactly: bytes.load(UInt64.self, at: 48)),
            payloadByteCount <= Int.max - byteCount
        else { return .damaged }
        let position = JournalPosition(
            sequence: bytes.load(UInt64.self, at: 24), checksum: bytes.load(UInt32.self, at: 12))
        let stamp = SnapshotStamp(
            position: position, timestamp: bytes.load(Int64.self, at: 32),
            stateHash: bytes.load(UInt64.self, at: 40))
        return .header(
            SnapshotHeader(
                exchangeID: bytes.load(UInt64.self, at: 16), stamp: stamp,
                payloadByteCount: payloadByteCount,
                payloadChecksum: bytes.load(UInt32.self, at: 56)))
    }
}

/// A part of a snapshot's payload: what it holds is no concern of the journal's.
///
/// **Shape** (little-endian): `[byteCount u32][checksum u32][bytes]`. The checksum covers the count and
/// the bytes, and goes on from that of the block before, for the first from the exchange id: so no
/// block can be left out, moved, or taken from another snapshot.
enum SnapshotBlock {
    /// Bytes in front of each block.
    static let prefixByteCount = 8
    /// The largest block, so that no length can ask for more memory.
    static let maximumByteCount = 4 << 20

    static func checksum(
        of bytes: UnsafeRawBufferPointer, continuing checksum: UInt32
    ) -> UInt32 {
        var count = UInt32(bytes.count).littleEndian
        let head = withUnsafeBytes(of: &count) { CRC32C.checksum(of: $0, continuing: checksum) }
        return CRC32C.checksum(of: bytes, continuing: head)
    }
}

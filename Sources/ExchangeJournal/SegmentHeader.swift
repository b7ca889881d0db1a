/// The first 64 bytes of a segment file.
///
/// **Shape** (little-endian):
/// ```
///  0       8         12                 16           24              32
///  | magic | version | previousChecksum | exchangeID | firstSequence | segmentByteCount
///  40         60         64
///  | reserved | checksum | records ...
/// ```
struct SegmentHeader: Equatable, Sendable {
    /// Bytes of the header on disk.
    static let byteCount = 64
    /// The format that this code writes, and the newest that it reads.
    static let newestVersion: UInt32 = 1
    /// "QXJRNSEG" in file order.
    static let magic: UInt64 = 0x4745_534E_524A_5851

    /// Format of this segment and of its records.
    var version: UInt32 = newestVersion
    /// Checksum of the last record, or else of the header, of the segment before; 0 in the first.
    var previousChecksum: UInt32
    /// The exchange that wrote it.
    var exchangeID: UInt64
    /// Sequence number of the segment's first command, as in the file's name.
    var firstSequence: UInt64
    /// Size that the file was given when it was made; records never go beyond it.
    var segmentByteCount: Int

    /// What the bytes at the start of a segment file turned out to be.
    enum Reading: Equatable {
        /// A header of a format that this code knows.
        case header(SegmentHeader, checksum: UInt32)
        /// An intact header of a later format.
        case newerFormat(UInt32)
        /// Not a header: wrong magic, wrong checksum or fields that cannot be.
        case damaged
    }

    /// Encodes the header; the last four bytes are its checksum.
    func encoded() -> (bytes: [UInt8], checksum: UInt32) {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        let checksum = bytes.withUnsafeMutableBytes { buffer in
            buffer.store(Self.magic, at: 0)
            buffer.store(version, at: 8)
            buffer.store(previousChecksum, at: 12)
            buffer.store(exchangeID, at: 16)
            buffer.store(firstSequence, at: 24)
            buffer.store(UInt64(segmentByteCount), at: 32)
            let checksum = CRC32C.checksum(of: UnsafeRawBufferPointer(buffer).slice(0..<60))
            buffer.store(checksum, at: 60)
            return checksum
        }
        return (bytes, checksum)
    }

    /// Reads and verifies the header at the start of `bytes`.
    ///
    /// Magic, version and checksum keep their places in every later format, so that an old
    /// program can tell a newer journal from a damaged one.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard bytes.count >= byteCount, bytes.load(UInt64.self, at: 0) == magic else {
            return .damaged
        }
        let checksum = bytes.load(UInt32.self, at: 60)
        guard checksum == CRC32C.checksum(of: bytes.slice(0..<60)) else { return .damaged }
        let version = bytes.load(UInt32.self, at: 8)
        guard version <= newestVersion else { return .newerFormat(version) }
        guard let segmentByteCount = Int(exactly: bytes.load(UInt64.self, at: 32)),
            segmentByteCount >= byteCount, version >= 1
        else { return .damaged }
        let header = SegmentHeader(
            version: version, previousChecksum: bytes.load(UInt32.self, at: 12),
            exchangeID: bytes.load(UInt64.self, at: 16),
            firstSequence: bytes.load(UInt64.self, at: 24), segmentByteCount: segmentByteCount)
        return .header(header, checksum: checksum)
    }
}

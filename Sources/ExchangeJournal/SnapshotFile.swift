public import ExchangeTypes
import Glibc

/// Writes a snapshot under its working name. What fails is kept until `finish`, which reports it.
public final class SnapshotWriter: BlockSink {
    /// Bytes written between two syncs, so that the sync of the live segment never waits behind a
    /// whole snapshot.
    private static let stepByteCount = 1 << 20

    private let file: any StorageFile
    private let exchangeID: UInt64
    private var position = SnapshotHeader.byteCount
    private var synced = 0
    private var checksum: UInt32
    private var failure: JournalError?

    init(_ storage: any Storage, exchangeID: UInt64) throws(JournalError) {
        self.exchangeID = exchangeID
        checksum = RecordHeader.seed(exchangeID: exchangeID)
        file = try storage.create(JournalFileName.unfinishedSnapshot)
    }

    /// The size of the file so far.
    public var byteCount: Int { position }

    public func write(_ block: [UInt8]) {
        precondition(
            !block.isEmpty && block.count <= SnapshotBlock.maximumByteCount,
            "a block of \(block.count) bytes")
        if failure != nil { return }
        var bytes = [UInt8](repeating: 0, count: SnapshotBlock.prefixByteCount)
        checksum = block.withUnsafeBytes {
            SnapshotBlock.checksum(of: $0, continuing: checksum)
        }
        bytes.withUnsafeMutableBytes { buffer in
            buffer.store(UInt32(block.count), at: 0)
            buffer.store(checksum, at: 4)
        }
        bytes += block
        do throws(JournalError) {
            try put(bytes)
        } catch {
            failure = error
        }
    }

    private func put(_ bytes: [UInt8]) throws(JournalError) {
        try bytes.span.withUnsafeBytes { (buffer) throws(JournalError) in
            try file.write(buffer, at: position)
        }
        position += bytes.count
        if position - synced >= Self.stepByteCount {
            try file.syncData()
            synced = position
        }
    }

    /// Writes the header, last of all, and syncs.
    func finish(_ stamp: SnapshotStamp) throws(JournalError) {
        if let failure { throw failure }
        let header = SnapshotHeader(
            exchangeID: exchangeID, stamp: stamp,
            payloadByteCount: position - SnapshotHeader.byteCount, payloadChecksum: checksum)
        try header.encoded().span.withUnsafeBytes { (buffer) throws(JournalError) in
            try file.write(buffer, at: 0)
        }
        try file.syncData()
    }
}

/// Reads a snapshot block by block, verifying each.
public final class SnapshotReader: BlockSource {
    /// The file's name.
    public let name: String
    /// Why there was no next block, if not because the end had come.
    public private(set) var fault: SnapshotFault?

    private let file: any StorageFile
    private let header: SnapshotHeader
    private var position = SnapshotHeader.byteCount
    private var checksum: UInt32

    /// What the snapshot is of.
    public var stamp: SnapshotStamp { header.stamp }
    /// The size of the file.
    public var byteCount: Int { SnapshotHeader.byteCount + header.payloadByteCount }

    /// Opens a snapshot and verifies its header.
    init(
        _ storage: any Storage, name: String, exchangeID: UInt64, sequence: UInt64
    ) throws(SnapshotFault) {
        self.name = name
        let size: Int
        let head: [UInt8]
        do throws(JournalError) {
            file = try storage.open(name, writable: false)
            size = try file.byteCount()
            head = try file.bytes(min(size, SnapshotHeader.byteCount), at: 0, name: name)
        } catch {
            throw .storageFailed(error)
        }
        switch head.withUnsafeBytes(SnapshotHeader.read) {
        case .damaged: throw .damaged(file: name, offset: 0, .header)
        case .newerFormat(let version):
            throw .newerFormat(
                file: name, found: version, newestKnown: SnapshotHeader.newestVersion)
        case .header(let header): self.header = header
        }
        guard header.exchangeID == exchangeID else {
            throw .foreignExchange(file: name, expected: exchangeID, found: header.exchangeID)
        }
        let found = header.stamp.position.sequence
        guard found == sequence else {
            throw .damaged(file: name, offset: 24, .name(headerSequence: found))
        }
        checksum = RecordHeader.seed(exchangeID: exchangeID)
        guard size == byteCount else {
            throw .damaged(
                file: name, offset: min(size, byteCount),
                .size(expected: byteCount, found: size))
        }
    }

    public func nextBlock() -> [UInt8]? {
        if fault != nil { return nil }
        do throws(SnapshotFault) {
            return try readBlock()
        } catch {
            fault = error
            return nil
        }
    }

    private func readBlock() throws(SnapshotFault) -> [UInt8]? {
        let rest = byteCount - position
        if rest == 0 {
            guard checksum == header.payloadChecksum else { throw damaged }
            return nil
        }
        guard rest > SnapshotBlock.prefixByteCount else { throw damaged }
        let (count, expected) = try read(SnapshotBlock.prefixByteCount, at: position)
            .withUnsafeBytes { (Int($0.load(UInt32.self, at: 0)), $0.load(UInt32.self, at: 4)) }
        guard count > 0, count <= SnapshotBlock.maximumByteCount,
            count <= rest - SnapshotBlock.prefixByteCount
        else { throw damaged }
        let block = try read(count, at: position + SnapshotBlock.prefixByteCount)
        let found = block.withUnsafeBytes {
            SnapshotBlock.checksum(of: $0, continuing: checksum)
        }
        guard found == expected else { throw damaged }
        checksum = found
        position += SnapshotBlock.prefixByteCount + count
        return block
    }

    private var damaged: SnapshotFault { .damaged(file: name, offset: position, .block) }

    private func read(_ count: Int, at offset: Int) throws(SnapshotFault) -> [UInt8] {
        do throws(JournalError) {
            return try file.bytes(count, at: offset, name: name)
        } catch {
            throw .storageFailed(error)
        }
    }
}

extension StorageFile {
    /// So many bytes from an offset on, all of which there must be.
    fileprivate func bytes(
        _ count: Int, at offset: Int, name: String
    ) throws(JournalError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var target = bytes.mutableSpan
        let found = try target.withUnsafeMutableBytes { (buffer) throws(JournalError) in
            try read(into: buffer, at: offset)
        }
        guard found == count else { throw .storageFailed(.read, file: name, code: EIO) }
        return bytes
    }
}

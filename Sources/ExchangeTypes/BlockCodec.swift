/// Takes the blocks of an encoding too long to be kept in memory, one after the other.
///
/// It remembers what goes wrong, and whoever owns it asks in the end: an encoder need not know what
/// disks do.
public protocol BlockSink: AnyObject {
    func write(_ block: [UInt8])
}

/// Gives the blocks back, in order; nil at the end, and when no more can be had. It remembers why.
public protocol BlockSource: AnyObject {
    func nextBlock() -> [UInt8]?
}

/// Writes an encoding without end as blocks of whole records, so that a reader never needs more than
/// one block.
public struct BlockWriter {
    /// The size from which a block is handed on; a record may make it longer by its own length.
    public static let blockByteCount = 256 << 10
    /// The fields of the current record are written to this.
    public var record = ByteWriter()
    private let sink: any BlockSink

    public init(to sink: any BlockSink) {
        self.sink = sink
        record.bytes.reserveCapacity(Self.blockByteCount + 4_096)
    }

    /// Ends a record; the next one may begin another block.
    @inlinable public mutating func endRecord() {
        if record.bytes.count >= Self.blockByteCount { flush() }
    }

    /// Hands on what is left.
    public mutating func flush() {
        if record.bytes.isEmpty { return }
        sink.write(record.bytes)
        record.bytes.removeAll(keepingCapacity: true)
    }
}

/// Reads what a `BlockWriter` wrote.
public struct BlockReader {
    /// The fields of the current record are read from this.
    public var record = ByteReader([])
    private let source: any BlockSource

    public init(from source: any BlockSource) { self.source = source }

    /// Goes on to the next record, which there must be.
    @inlinable public mutating func beginRecord() throws(CodecError) {
        if record.isAtEnd { try nextBlock() }
    }

    /// Refuses anything behind the last record.
    public mutating func finish() throws(CodecError) {
        try record.finish()
        if let block = source.nextBlock() { throw .trailingBytes(block.count) }
    }

    @usableFromInline mutating func nextBlock() throws(CodecError) {
        guard let block = source.nextBlock() else { throw .truncated }
        record = ByteReader(block[...])
    }
}

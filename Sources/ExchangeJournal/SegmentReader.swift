/// A verified record, with its payload valid until the reader's next call.
struct Record {
    /// The verified header.
    let header: RecordHeader
    /// Where the record begins in its file.
    let offset: Int
    /// The commands; lent by the reader's window.
    let payload: UnsafeRawBufferPointer

    /// Where the next record begins.
    var endOffset: Int { offset + header.recordByteCount }
}

/// Reads the records of one segment file and never writes.
final class SegmentReader {
    /// The file's name.
    let name: String
    /// The verified header.
    let header: SegmentHeader
    /// Checksum of the header, which the first record links to.
    let headerChecksum: UInt32
    /// Where the next record is looked for: behind the last valid one.
    private(set) var position = SegmentHeader.byteCount

    private let window: SegmentWindow
    private let seed: UInt32

    /// Size of the file in bytes; less than the header says if somebody cut it.
    var fileByteCount: Int { window.fileByteCount }

    /// Opens a segment and verifies its header, against `exchangeID` unless that is nil.
    init(
        _ storage: any Storage, name: String, exchangeID: UInt64?
    ) throws(JournalError) {
        self.name = name
        window = try SegmentWindow(storage.open(name, writable: false), name: name)
        let headerRange = 0..<min(SegmentHeader.byteCount, window.fileByteCount)
        switch SegmentHeader.read(try window.bytes(headerRange)) {
        case .damaged:
            throw .damaged(file: name, offset: 0, .segmentHeader)
        case .newerFormat(let version):
            throw .newerFormat(
                file: name, found: version, newestKnown: SegmentHeader.newestVersion)
        case .header(let header, let checksum):
            self.header = header
            headerChecksum = checksum
        }
        seed = RecordHeader.seed(exchangeID: header.exchangeID)
        if let exchangeID, exchangeID != header.exchangeID {
            throw .foreignExchange(file: name, expected: exchangeID, found: header.exchangeID)
        }
        guard JournalFileName.firstSequence(of: name) == header.firstSequence else {
            throw .damaged(
                file: name, offset: 24, .segmentName(headerSequence: header.firstSequence))
        }
    }

    /// The next record; nil, staying where it is, if no valid one begins here.
    func next() throws(JournalError) -> Record? {
        guard let record = try record(at: position) else { return nil }
        position = record.endOffset
        return record
    }

    /// Offset of a valid record behind `position` that is not older than `sequence`.
    ///
    /// Bytes are searched one by one, because a damaged length says nothing about what follows.
    func laterRecordOffset(notBefore sequence: UInt64) throws(JournalError) -> Int? {
        let firstMagicByte = UInt8(truncatingIfNeeded: RecordHeader.magic)
        var candidate = try window.firstOffset(of: firstMagicByte, from: position)
        while let offset = candidate {
            if let record = try record(at: offset), record.header.firstSequence >= sequence {
                return offset
            }
            candidate = try window.firstOffset(of: firstMagicByte, from: offset + 1)
        }
        return nil
    }

    /// Offset just behind the last byte from `position` on that is not zero; nil if all are.
    func endOfRemains() throws(JournalError) -> Int? {
        try window.endOfNonzeroBytes(from: min(position, fileByteCount))
    }

    private func record(at offset: Int) throws(JournalError) -> Record? {
        let limit = min(fileByteCount, header.segmentByteCount)
        let payloadOffset = offset + RecordHeader.byteCount
        guard payloadOffset <= limit,
            let record = RecordHeader(at: try window.bytes(offset..<payloadOffset)),
            record.recordByteCount <= limit - offset
        else { return nil }
        let bytes = try window.bytes(offset..<offset + record.recordByteCount)
        guard record.isValid(record: bytes, seed: seed) else { return nil }
        let payload = bytes.slice(RecordHeader.byteCount..<bytes.count)
        return Record(header: record, offset: offset, payload: payload)
    }
}

/// Brings the end of the last segment into the state that the journal goes on from.
enum TailRepair {
    /// Zeroes what was torn and makes sure that the last record is on disk, not only in memory.
    ///
    /// Can be interrupted and repeated at any point: it writes zeros behind the last valid record
    /// and that record's own bytes, nothing else.
    static func makeDurable(
        _ end: JournalEnd, in file: any StorageFile, storage: any Storage
    ) throws(JournalError) {
        if let torn = end.tornTail {
            let segmentByteCount = end.header.segmentByteCount
            let fileByteCount = segmentByteCount - torn.missingByteCount
            try zero(torn.offset..<torn.offset + torn.cutByteCount, in: file)
            try zero(fileByteCount..<segmentByteCount, in: file)
        }
        if let lastRecord = end.lastRecord { try rewrite(lastRecord, in: file) }
        try file.syncData()
        try storage.syncDirectory()
    }

    private static func zero(_ range: Range<Int>, in file: any StorageFile) throws(JournalError) {
        let zeros = [UInt8](repeating: 0, count: min(range.count, 1 << 20))
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = min(zeros.count, range.upperBound - offset)
            try zeros.span.withUnsafeBytes { (bytes) throws(JournalError) in
                try file.write(bytes.slice(0..<count), at: offset)
            }
            offset += count
        }
    }

    private static func rewrite(_ range: Range<Int>, in file: any StorageFile) throws(JournalError)
    {
        var record = [UInt8](repeating: 0, count: range.count)
        var target = record.mutableSpan
        let count = try target.withUnsafeMutableBytes { (buffer) throws(JournalError) in
            try file.read(into: buffer, at: range.lowerBound)
        }
        precondition(count == range.count, "a verified record of \(range.count) bytes is gone")
        try record.span.withUnsafeBytes { (bytes) throws(JournalError) in
            try file.write(bytes, at: range.lowerBound)
        }
    }
}

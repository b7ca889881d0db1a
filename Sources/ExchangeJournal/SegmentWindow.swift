import Glibc

/// A movable view into a file, so that reading many small records costs few system calls.
///
/// Sound: `buffer` belongs to the window alone and lives as long as it; a pointer handed out is
/// valid until the next call, which may move or replace the buffer.
final class SegmentWindow {
    private static let preferredByteCount = 256 << 10

    /// Size of the file when the window was opened, in bytes.
    let fileByteCount: Int

    private let file: any StorageFile
    private let name: String
    private var buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: preferredByteCount, alignment: 16)
    private var loaded = 0..<0

    /// A window into `file`, called `name` in errors.
    init(_ file: any StorageFile, name: String) throws(JournalError) {
        self.file = file
        self.name = name
        fileByteCount = try file.byteCount()
    }

    deinit { buffer.deallocate() }

    /// The bytes of `range`, which must lie within the file; valid until the next call.
    func bytes(_ range: Range<Int>) throws(JournalError) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= fileByteCount)
        if range.lowerBound < loaded.lowerBound || range.upperBound > loaded.upperBound {
            try load(range)
        }
        let start = range.lowerBound - loaded.lowerBound
        return UnsafeRawBufferPointer(buffer).slice(start..<start + range.count)
    }

    /// Offset of the first byte equal to `byte` at or after `offset`; nil if there is none.
    func firstOffset(of byte: UInt8, from offset: Int) throws(JournalError) -> Int? {
        var position = offset
        while position < fileByteCount {
            let chunk = try bytes(chunkRange(from: position))
            if let base = chunk.baseAddress, let hit = memchr(base, Int32(byte), chunk.count) {
                return position + (UnsafeRawPointer(hit) - base)
            }
            position += chunk.count
        }
        return nil
    }

    /// Offset just behind the last byte at or after `offset` that is not zero; nil if all are.
    func endOfNonzeroBytes(from offset: Int) throws(JournalError) -> Int? {
        var position = offset
        var end: Int?
        while position < fileByteCount {
            let chunk = try bytes(chunkRange(from: position))
            if !chunk.isAllZero, let last = chunk.lastIndex(where: { $0 != 0 }) {
                end = position + last + 1
            }
            position += chunk.count
        }
        return end
    }

    private func chunkRange(from position: Int) -> Range<Int> {
        position..<min(fileByteCount, position + Self.preferredByteCount)
    }

    private func load(_ range: Range<Int>) throws(JournalError) {
        loaded = 0..<0
        if range.count > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: range.count, alignment: 16)
        }
        let wanted = min(buffer.count, fileByteCount - range.lowerBound)
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count = try file.read(into: target, at: range.lowerBound)
        // The file cannot have become shorter under a reader that plays by the rules.
        guard count == wanted else { throw .storageFailed(.read, file: name, code: EIO) }
        loaded = range.lowerBound..<range.lowerBound + count
    }
}

extension UnsafeRawBufferPointer {
    /// Whether there is no byte but zero; as fast as the C library compares memory.
    fileprivate var isAllZero: Bool {
        guard let base = baseAddress, count > 0 else { return true }
        // If the first byte is zero and each equals the one before it, all are zero.
        return self[0] == 0 && memcmp(base, base + 1, count - 1) == 0
    }
}

/// The CRC-32C (Castagnoli) checksum that guards every record and segment header.
///
/// Polynomial 0x1EDC6F41, reflected, initial value and final inversion of all ones, as in RFC 3720.
public enum CRC32C {
    /// The checksum of `bytes`, or of all bytes so far when `checksum` is that of the earlier ones.
    ///
    /// Eight bytes are folded at a time, each through its own table ("slicing by eight").
    public static func checksum(
        of bytes: UnsafeRawBufferPointer, continuing checksum: UInt32 = 0
    ) -> UInt32 {
        let table = Self.table
        var crc = ~checksum
        var offset = 0
        let wideEnd = bytes.count & ~7
        while offset < wideEnd {
            // Sound: offset + 8 <= wideEnd <= bytes.count, and table indices are 8-bit values
            // within one of the eight 256-entry blocks.
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let low = crc ^ UInt32(truncatingIfNeeded: word)
            let high = UInt32(truncatingIfNeeded: word >> 32)
            crc = table[1792 + Int(low & 0xFF)]
            crc ^= table[1536 + Int((low >> 8) & 0xFF)]
            crc ^= table[1280 + Int((low >> 16) & 0xFF)]
            crc ^= table[1024 + Int(low >> 24)]
            crc ^= table[768 + Int(high & 0xFF)]
            crc ^= table[512 + Int((high >> 8) & 0xFF)]
            crc ^= table[256 + Int((high >> 16) & 0xFF)]
            crc ^= table[Int(high >> 24)]
            offset += 8
        }
        while offset < bytes.count {
            crc = table[Int((crc ^ UInt32(bytes[offset])) & 0xFF)] ^ (crc >> 8)
            offset += 1
        }
        return ~crc
    }

    /// Eight blocks of 256 entries; block k holds the effect of a byte followed by k zero bytes.
    ///
    /// Sound as `nonisolated(unsafe)`: filled once inside the thread-safe initialiser of the
    /// static, never written or freed afterwards.
    nonisolated(unsafe) private static let table: UnsafePointer<UInt32> = {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 {
                crc = (crc >> 1) ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0)
            }
            (table + byte).initialize(to: crc)
        }
        for index in 256..<(8 * 256) {
            let shorter = table[index - 256]
            (table + index).initialize(to: (shorter >> 8) ^ table[Int(shorter & 0xFF)])
        }
        return UnsafePointer(table)
    }()
}

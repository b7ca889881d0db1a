import ExchangeJournal
import Testing

struct CRC32CTests {
    private func checksum(_ bytes: [UInt8], continuing: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum(of: $0, continuing: continuing) }
    }

    /// One bit at a time, straight from the definition.
    private func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }

    @Test("The published vectors of CRC-32C come out (RFC 3720, B.4)")
    func publishedVectors() {
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([]) == 0)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
    }

    @Test("Every length and split gives what the bitwise definition gives")
    func allLengthsAndSplits() {
        var random = SeededGenerator(seed: 1)
        for length in 0..<70 {
            let bytes = random.bytes(length)
            let expected = slowChecksum(bytes)
            #expect(checksum(bytes) == expected)
            let split = random.next(below: length + 1)
            let first = checksum(Array(bytes[..<split]))
            #expect(checksum(Array(bytes[split...]), continuing: first) == expected)
        }
    }
}

import ExchangeTypes
import Testing

/// The log is the exchange: what was written must be what is read, and garbage must say so.
@Suite struct CommandCodecTests {
    @Test("Commands come back from their bytes")
    func roundTrip() throws {
        var random = Noise(seed: 1)
        var tags: Set<UInt8> = []
        for _ in 0..<20_000 {
            let command = random.command()
            let bytes = encode(command)
            tags.insert(bytes[0])
            #expect(try CommandCodec.decode(bytes[...]) == command)
        }
        #expect(tags == Set(1...30).subtracting(Self.oldTags))
    }

    @Test("Every part of a command's bytes is too short, and every byte more too long")
    func truncation() {
        var random = Noise(seed: 2)
        for _ in 0..<300 {
            let bytes = encode(random.command())
            for count in 0..<bytes.count {
                #expect(throws: CodecError.self) { try CommandCodec.decode(bytes[..<count]) }
            }
            #expect(throws: CodecError.trailingBytes(1)) {
                try CommandCodec.decode((bytes + [0])[...])
            }
        }
    }

    @Test("Any changed byte gives an error or a readable command")
    func garbage() {
        var random = Noise(seed: 3)
        for _ in 0..<400 {
            var bytes = encode(random.command())
            for place in bytes.indices {
                let old = bytes[place]
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
                expectReadable(bytes)
                bytes[place] = old
            }
        }
    }

    @Test("Random bytes never do worse than an error")
    func randomBytes() {
        var random = Noise(seed: 4)
        for _ in 0..<50_000 {
            var bytes = (0..<Int(random.next() % 120)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            if !bytes.isEmpty { bytes[0] = UInt8(random.next() % 32) }
            expectReadable(bytes)
        }
    }

    /// Bytes are an error, or a command of these bytes and no others; commands in an old form are
    /// written in the new one, and are the same command then.
    private func expectReadable(_ bytes: [UInt8]) {
        guard let command = try? CommandCodec.decode(bytes[...]) else { return }
        let written = encode(command)
        if Self.oldTags.contains(bytes[0]) {
            #expect(written != bytes)
            #expect((try? CommandCodec.decode(written[...])) == command)
        } else {
            #expect(written == bytes)
        }
    }

    /// Of contracts without risk parameters, of prices without legs, and of orders and changes that could
    /// not be reduce-only.
    private static let oldTags: Set<UInt8> = [1, 4, 5, 6]

    private func encode(_ command: Command) -> [UInt8] {
        var writer = ByteWriter()
        CommandCodec.encode(command, to: &writer)
        return writer.bytes
    }
}

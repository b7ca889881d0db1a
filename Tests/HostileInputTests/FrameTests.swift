import ServerTestKit
import Testing

/// Frames that break RFC 6455, on both endpoints: the right close code, and nobody else is harmed.
@Suite(.serialized) struct FrameTests {
    struct Abuse: Sendable {
        let name: String
        let bytes: [UInt8]
        let code: Int
        init(_ name: String, _ code: Int, _ bytes: [UInt8]) {
            (self.name, self.code, self.bytes) = (name, code, bytes)
        }
    }

    private static func frame(
        _ firstByte: UInt8, _ payload: [UInt8] = [], masked: Bool = true, declared: Int? = nil
    ) -> [UInt8] {
        RawTestClient.frame(firstByte, payload, masked: masked, declaredLength: declared)
    }

    private static let x = UInt8(ascii: "x")

    static let abuses: [Abuse] = [
        Abuse("unmasked frame", 1002, frame(0x81, Array("{}".utf8), masked: false)),
        Abuse("reserved bit 1", 1002, frame(0xC1, [x])),
        Abuse("reserved bit 2", 1002, frame(0xA1, [x])),
        Abuse("reserved bit 3", 1002, frame(0x91, [x])),
        Abuse("reserved opcode 3", 1002, frame(0x83, [x])),
        Abuse("reserved opcode 15", 1002, frame(0x8F, [x])),
        Abuse("continuation of nothing", 1002, frame(0x80, [x])),
        Abuse("message inside a message", 1002, frame(0x01, [x]) + frame(0x81, [x])),
        Abuse("ping of 126 bytes", 1002, frame(0x89, Array(repeating: x, count: 126))),
        Abuse("ping in parts", 1002, frame(0x09, [x])),
        Abuse("text that is not UTF-8", 1007, frame(0x81, [0x22, 0xFF, 0x22])),
        Abuse("text that ends inside a letter", 1007, frame(0x81, [0xE2, 0x82])),
        Abuse("surrogate in UTF-8", 1007, frame(0x81, [0xED, 0xA0, 0x80])),
        Abuse("bad UTF-8 over two parts", 1007, frame(0x01, [0xC3]) + frame(0x80, [0x28])),
        Abuse(
            "frame over 64 KiB", 1009, frame(0x81, Array(repeating: x, count: 65_537))),
        Abuse("frame that claims 2^62 bytes", 1009, frame(0x81, [x], declared: 1 << 62)),
        Abuse(
            "message over 64 KiB in parts", 1009,
            frame(0x01, Array(repeating: x, count: 65_000))
                + frame(0x80, Array(repeating: x, count: 1_000))),
        Abuse(
            "1,025 parts", 1008,
            frame(0x01, [x]) + Array(repeating: frame(0x00, [x]), count: 1_024).joined()),
        Abuse(
            "endless empty parts", 1008,
            frame(0x01) + Array(repeating: frame(0x00), count: 2_000).joined()),
        Abuse("close frame of one byte", 1002, frame(0x88, [3])),
        Abuse("close code 999", 1002, frame(0x88, [0x03, 0xE7])),
        Abuse("close code 1005", 1002, frame(0x88, [0x03, 0xED])),
        Abuse("close code 5000", 1002, frame(0x88, [0x13, 0x88])),
        Abuse("close reason that is not UTF-8", 1002, frame(0x88, [0x03, 0xE8, 0xFF])),
        Abuse("close frame of 126 bytes", 1002, frame(0x88, Array(repeating: x, count: 126))),
    ]

    @Test("Broken frames get their close code and end the connection, on both endpoints")
    func brokenFrames() async throws {
        try await withServer { server in
            let bystander = try await WebSocketTestClient.connect(server.details.marketDataURL)
            for url in [server.details.marketDataURL, server.details.tradeURL] {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for abuse in Self.abuses {
                        group.addTask {
                            let client = try await RawTestClient.upgraded(url)
                            try await client.send(abuse.bytes)
                            let code = try await client.closeCode()
                            #expect(code == abuse.code, "\(abuse.name) at \(url)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await expectWorking(bystander)
            // Nothing of what strangers send is logged where operators look for their own faults.
            #expect(!server.log.contains(" error "))
        }
    }

    @Test("A message in 1,024 parts with pings between is one message (P-005)")
    func manyParts() async throws {
        try await withServer { server in
            let text = Array(#"{"type":"subscribe","channels":["bbo"],"symbols":[]}"#.utf8)
            var bytes = Self.frame(0x01, [])
            for (index, byte) in text.enumerated() {
                bytes += Self.frame(index + 1 == text.count ? 0x80 : 0x00, [byte])
                if index == 10 { bytes += Self.frame(0x89, Array("between".utf8)) }
            }
            let client = try await RawTestClient.upgraded(server.details.marketDataURL)
            try await client.send(bytes)
            let pong = try await client.frame { $0.opcode == 0xA }
            #expect(pong.payload == Array("between".utf8))
            let ack = try await client.frame { $0.opcode == 1 }
            #expect(String(decoding: ack.payload, as: UTF8.self).contains(#""subscribed""#))

            let filler = Array(repeating: Self.frame(0x00), count: 1_022).joined()
            try await client.send(Self.frame(0x01, text) + filler + Self.frame(0x80))
            _ = try await client.receive {
                $0.ranges(of: Array(#""subscribed""#.utf8)).count == 2
            }
            await client.drop()
        }
    }

    @Test("A frame of exactly 64 KiB is read; binary frames count as text")
    func largestMessage() async throws {
        try await withServer { server in
            let client = try await RawTestClient.upgraded(server.details.marketDataURL)
            let command = #"{"type":"subscribe","channels":["bbo"],"symbols":[]}"#
            let padded = Array(command.utf8) + Array(repeating: 0x20, count: 65_536 - command.count)
            try await client.send(Self.frame(0x81, padded))
            _ = try await client.frame { $0.opcode == 1 }
            try await client.send(Self.frame(0x82, Array(command.utf8)))
            _ = try await client.receive {
                $0.ranges(of: Array(#""subscribed""#.utf8)).count == 2
            }
            await client.drop()
        }
    }

    @Test("A ping is answered with its own payload, up to 125 bytes (P-005)")
    func pingPayload() async throws {
        try await withServer { server in
            for url in [server.details.marketDataURL, server.details.tradeURL] {
                for count in [0, 1, 125] {
                    let client = try await RawTestClient.upgraded(url)
                    let payload = (0..<count).map { UInt8($0) }
                    try await client.send(Self.frame(0x89, payload))
                    let pong = try await client.frame { $0.opcode == 0xA }
                    #expect(pong.payload == payload)
                    await client.drop()
                }
            }
        }
    }

    @Test("A close frame is answered with its code and the connection ends")
    func closeHandshake() async throws {
        try await withServer { server in
            for url in [server.details.marketDataURL, server.details.tradeURL] {
                for code in [1000, 1001, 3000, 4999] {
                    let client = try await RawTestClient.upgraded(url)
                    try await client.send(
                        Self.frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + "bye".utf8))
                    #expect(try await client.closeCode() == code)
                }
                let client = try await RawTestClient.upgraded(url)
                try await client.send(Self.frame(0x88))
                #expect(try await client.closeCode() == nil)
            }
        }
    }

    @Test("Nothing after a close frame is carried out")
    func afterClose() async throws {
        try await withServer { server in
            let client = try await RawTestClient.upgraded(server.details.marketDataURL)
            let command = Array(#"{"type":"subscribe","channels":["bbo"],"symbols":[]}"#.utf8)
            try await client.send(
                Self.frame(0x88, [0x03, 0xE8]) + Self.frame(0x81, command) + Self.frame(0x89))
            #expect(try await client.closeCode() == 1000)
            let data = try await client.receive { _ in true }
            #expect(data.count == 4)
        }
    }
}

/// A client of the public endpoint gets what it asks for.
func expectWorking(_ client: WebSocketTestClient) async throws {
    try await client.send(
        #"{"type":"subscribe","channels":["level2"],"symbols":["AAPL-USD"]}"#)
    _ = try await client.next { $0["type"]?.string == "subscribed" }
    _ = try await client.next { $0["type"]?.string == "level2" }
    try await client.send(
        #"{"type":"unsubscribe","channels":["level2"],"symbols":["AAPL-USD"]}"#)
    _ = try await client.next { $0["type"]?.string == "unsubscribed" }
}

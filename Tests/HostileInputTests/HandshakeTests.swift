import Foundation
import ServerTestKit
import Testing

/// What comes before the first frame: HTTP, right, wrong, slow and too much.
@Suite(.serialized) struct HandshakeTests {
    private static func ask(_ url: String, _ text: String) async throws -> String {
        let client = try await RawTestClient.connect(url)
        try await client.send(Array(text.utf8))
        return try await client.response()
    }

    @Test("Requests that are no handshake get an answer that helps, and the connection ends")
    func plainRequests() async throws {
        try await withServer { server in
            let handshake = RawTestClient.handshake()
            let cases: [(name: String, request: String, status: String, text: String)] = [
                ("garbage", "\u{16}\u{3}\u{1}nonsense\r\n\r\n", "HTTP/1.1 400", "400"),
                (
                    "plain GET", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426",
                    "connect with a WebSocket client"
                ),
                (
                    "POST", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi",
                    "HTTP/1.1 426", "WebSocket"
                ),
                (
                    "POST that wants to upgrade", RawTestClient.handshake(method: "POST"),
                    "HTTP/1.1 426", "WebSocket"
                ),
                (
                    "HTTP/1.0", handshake.replacingOccurrences(of: "HTTP/1.1", with: "HTTP/1.0"),
                    "HTTP/1.1 426", "WebSocket"
                ),
                (
                    "version 8", handshake.replacingOccurrences(of: ": 13", with: ": 8"),
                    "HTTP/1.1 426", "sec-websocket-version: 13"
                ),
                (
                    "no key", handshake.replacingOccurrences(of: "Sec-WebSocket-Key", with: "X-Y"),
                    "HTTP/1.1 426", "WebSocket"
                ),
            ]
            for url in [server.details.marketDataURL, server.details.tradeURL] {
                for (name, request, status, text) in cases {
                    let answer = try await Self.ask(url, request)
                    #expect(answer.hasPrefix(status), "\(name): \(answer)")
                    #expect(answer.contains(text), "\(name): \(answer)")
                }
            }
        }
    }

    @Test("A wrong path on the shared port is a 404 that names the right ones")
    func wrongPath() async throws {
        let options = ["--market", "quiet", "--log", "memory", "--shared-port", "0"]
        try await withServer(options) { server in
            let shared = try #require(server.details.sharedURL)
            for request in [
                RawTestClient.handshake(path: "/nowhere"), RawTestClient.handshake(),
                "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
            ] {
                let answer = try await Self.ask(shared, request)
                #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer)")
                #expect(answer.contains("/mds") && answer.contains("/trade"), "\(answer)")
            }
            for path in ["/mds", "/trade"] {
                let client = try await RawTestClient.upgraded(shared, path: path)
                await client.drop()
            }
        }
    }

    @Test("Headers without end are cut off")
    func hugeHeaders() async throws {
        try await withServer { server in
            let url = server.details.marketDataURL
            let line = "X-Filler: " + String(repeating: "y", count: 1_000) + "\r\n"
            let many = String(repeating: line, count: 200)
            let one = "X-Filler: " + String(repeating: "y", count: 200_000)
            for filler in [many, one] {
                let client = try await RawTestClient.connect(url)
                try await client.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\(filler)".utf8))
                let answer = try await client.response(within: 60)
                // The system may throw the answer away: the rest of the request was not read.
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
            }
            let body = String(repeating: "y", count: 200_000)
            let client = try await RawTestClient.connect(url)
            try await client.send(
                Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n\(body)".utf8))
            try await client.ended(within: 60)
        }
    }

    @Test("A handshake held open or sent byte by byte ends at its deadline, with and without TLS")
    func slowHandshake() async throws {
        for tls in [[], ["--tls"]] {
            let options = ["--market", "quiet", "--log", "memory"] + tls
            let environment = ["QFEX_HANDSHAKE_SECONDS": "1"]
            try await withServer(options, environment: environment) { server in
                let silent = try await RawTestClient.connect(server.details.marketDataURL)
                let half = try await RawTestClient.connect(server.details.tradeURL)
                let slow = try await RawTestClient.connect(server.details.marketDataURL)
                try await half.send(Array("GET / HTTP/1.1\r\nHost:".utf8))
                let dripping = Task {
                    for byte in RawTestClient.handshake().utf8 where !Task.isCancelled {
                        try await slow.send([byte])
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                defer { dripping.cancel() }
                for client in [silent, half, slow] { try await client.ended(within: 60) }
            }
        }
    }

    @Test("Frames that arrive together with the request are read")
    func pipelinedFrames() async throws {
        try await withServer { server in
            let command = #"{"type":"subscribe","channels":["bbo"],"symbols":[]}"#
            let client = try await RawTestClient.upgraded(
                server.details.marketDataURL,
                extra: RawTestClient.frame(0x81, Array(command.utf8)))
            let frame = try await client.frame { $0.opcode == 1 }
            #expect(String(decoding: frame.payload, as: UTF8.self).contains("subscribed"))
            await client.drop()
        }
    }

    @Test("One connection too many gets a 429; a place is free again when one leaves")
    func tooManyConnections() async throws {
        let environment = ["QFEX_CONNECTIONS_PER_ADDRESS": "2"]
        try await withServer(environment: environment) { server in
            let url = server.details.marketDataURL
            let first = try await RawTestClient.upgraded(url)
            let second = try await RawTestClient.upgraded(url)
            let answer = try await Self.ask(url, RawTestClient.handshake())
            #expect(answer.hasPrefix("HTTP/1.1 429"), "\(answer)")
            #expect(answer.contains("Too many connections"))
            // Far beyond, it is not even listened to.
            let waiting = [
                try await RawTestClient.connect(url), try await RawTestClient.connect(url),
            ]
            let refused = try await RawTestClient.connect(url)
            try await refused.ended()
            for client in waiting { await client.drop() }
            try await second.send(RawTestClient.frame(0x88))
            try await second.ended()
            let third = try await RawTestClient.upgraded(url)
            for client in [first, third] { await client.drop() }
        }
    }

    @Test("Failed TLS handshakes leave the count of connections")
    func failedTLS() async throws {
        let options = ["--market", "quiet", "--log", "memory", "--tls"]
        let environment = ["QFEX_CONNECTIONS_PER_ADDRESS": "2"]
        try await withServer(options, environment: environment) { server in
            let url = server.details.marketDataURL
            for attempt in 0..<8 {
                let client = try await RawTestClient.connect(url)
                if attempt % 2 == 0 {
                    try await client.send(Array(RawTestClient.handshake().utf8))
                    try await client.ended()
                } else {
                    // Half of a ClientHello, then gone.
                    try await client.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3])
                    await client.drop()
                }
            }
            let client = try await WebSocketTestClient.connect(
                url, authorityPath: server.details.authorityPath)
            try await expectWorking(client)
            await client.drop()
        }
    }
}

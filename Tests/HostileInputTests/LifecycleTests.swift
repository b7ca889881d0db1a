import Foundation
import ServerTestKit
import Testing

/// Stopping, a second server, and damaged folders.
@Suite(.serialized) struct LifecycleTests {
    private static let quiet = ["--market", "quiet"]

    @Test("SIGTERM closes every client with 1001, exits with 0 and logs the log's state hash")
    func gracefulShutdown() async throws {
        try await withTemporaryDirectory { directory in
            let server = try await ServerProcess.start(data: directory, Self.quiet)
            let raw = try await RawTestClient.upgraded(server.details.marketDataURL)
            let market = try await WebSocketTestClient.connect(server.details.marketDataURL)
            let stranger = try await WebSocketTestClient.connect(server.details.tradeURL)
            let trader = try await WebSocketTestClient.trader(server.details)
            let half = try await RawTestClient.connect(server.details.tradeURL)
            try await half.send(Array("GET / HTTP/1.1\r\n".utf8))
            async let status = server.stop()
            #expect(try await raw.closeCode() == 1001)
            for client in [market, stranger, trader] {
                while true {
                    if case .closed(let code, _) = try await client.next() {
                        #expect(code == 1001)
                        break
                    }
                }
            }
            #expect(await status == 0)
            try await half.ended()
            let replay = try await ServerProcess.run(["journal", "hash", "--data", directory])
            let hash = try #require(replay.output.split(separator: " ").last)
                .trimmingCharacters(in: .newlines)
            let stopped = server.log.split(separator: "\n").first {
                $0.contains("exchange stopped")
            }
            #expect(hash.count == 16)
            #expect(stopped?.contains("state_hash=\(hash)") == true, "\(server.log)")
        }
    }

    /// Starts a server that must refuse to, and returns what it said and its exit status.
    private static func refusal(_ directory: String) async throws -> (Int32, String) {
        let result = try await ServerProcess.run(
            ["run", "--data", directory, "--mds-port", "0", "--trade-port", "0"] + quiet)
        return (result.status, result.output)
    }

    @Test("A second server on the same folder is refused; the first one goes on")
    func secondServer() async throws {
        try await withTemporaryDirectory { directory in
            let server = try await ServerProcess.start(data: directory, Self.quiet)
            let (status, output) = try await Self.refusal(directory)
            #expect(status != 0)
            #expect(output.contains("in use by process"), "\(output)")
            let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
            try await expectWorking(client)
            await server.stop()
        }
    }

    private static func contents(_ directory: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let url = URL(fileURLWithPath: directory).appendingPathComponent(name)
            contents[name] = try Data(contentsOf: url)
        }
        return contents
    }

    @Test("A flipped bit in the log stops the start with file, offset and advice; nothing changes")
    func flippedBit() async throws {
        try await withTemporaryDirectory { directory in
            let small = ["QFEX_LOG_SEGMENT_MIB": "1"]
            await (try ServerProcess.start(data: directory, Self.quiet, environment: small)).stop()
            let journal = directory + "/journal"
            let name = try #require(
                try Self.contents(journal).filter { $0.value.count > 1_000 }.keys.first)
            let url = URL(fileURLWithPath: journal).appendingPathComponent(name)
            var damaged = try Data(contentsOf: url)
            damaged[300] ^= 0x10
            try damaged.write(to: url)
            let before = try Self.contents(journal)
            let (status, output) = try await Self.refusal(directory)
            #expect(status != 0)
            #expect(output.contains(name), "\(output)")
            #expect(output.contains("at byte "), "\(output)")
            #expect(output.contains("backup") || output.contains("restore"), "\(output)")
            let after = try Self.contents(journal)
            // The lock file names the last holder.
            for (name, data) in before where data.count > 100 { #expect(after[name] == data) }
            #expect(Set(after.keys) == Set(before.keys))
        }
    }

    @Test("A folder with a log but without exchange-id is refused with advice")
    func missingIdentity() async throws {
        try await withTemporaryDirectory { directory in
            let small = ["QFEX_LOG_SEGMENT_MIB": "1"]
            await (try ServerProcess.start(data: directory, Self.quiet, environment: small)).stop()
            try FileManager.default.removeItem(atPath: directory + "/exchange-id")
            let before = try Self.contents(directory + "/journal")
            let (status, output) = try await Self.refusal(directory)
            #expect(status != 0)
            #expect(output.contains("exchange-id is missing"), "\(output)")
            #expect(output.contains("backup"), "\(output)")
            #expect(!FileManager.default.fileExists(atPath: directory + "/exchange-id"))
            #expect(try Self.contents(directory + "/journal") == before)
        }
    }
}

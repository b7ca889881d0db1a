import Foundation
import ServerTestKit
import Testing

/// Orderly restarts of the real process.
@Suite struct RestartTests {
    @Test(
        "The state hash at shutdown is the one after replay, and the sandbox market goes on (O-3)")
    func restartKeepsTheState() async throws {
        try await withTemporaryDirectory { data in
            var earlier = ""
            for life in 0..<3 {
                let server = try await ServerProcess.start(data: data)
                if life > 0 {
                    #expect(server.log.contains("state_hash=\(earlier)"), "life \(life)")
                }
                let client = try await WebSocketTestClient.connect(server.details.marketDataURL)
                try await client.send([
                    "type": "subscribe", "channels": ["trade"], "symbols": ["*"],
                ])
                _ = try await client.next(within: 60) { $0["type"]?.string == "trade" }
                #expect(await server.stop() == 0, "\(server.log)")
                earlier = try #require(stateHash(in: server.log), "\(server.log)")
                let replayed = try await ServerProcess.run(["journal", "hash", "--data", data])
                #expect(replayed.output.contains(earlier), "\(replayed.output)")
            }
        }
    }

    private func stateHash(in log: String) -> String? {
        let line = log.split(separator: "\n").last { $0.contains("exchange stopped") }
        let field = line?.split(separator: " ").first { $0.hasPrefix("state_hash=") }
        return field.map { String($0.dropFirst("state_hash=".count)) }
    }
}

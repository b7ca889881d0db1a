import Foundation
import ServerTestKit
import Testing

/// Snapshots of the real process: made beside the market, used at the start, passed over when damaged.
@Suite struct SnapshotTests {
    @Test(
        "O-3: with snapshots damaged, one after the other, each start says so and has the same state"
    )
    func damaged() async throws {
        try await withTemporaryDirectory { data in
            let options = ["--snapshot-commands", "200", "--no-sandbox-key"]
            let server = try await ServerProcess.start(data: data, options)
            try await waitForSnapshots(3, in: data)
            #expect(await server.stop() == 0, "\(server.log)")
            #expect(!server.log.contains("no snapshot made"), "\(server.log)")
            let replayed = try await ServerProcess.run(["journal", "hash", "--data", data])
            let quiet = ["--snapshot-commands", "0", "--no-sandbox-key", "--market", "quiet"]
            var hash = String(try #require(replayed.output.split(separator: " ").last))
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let names = try snapshots(in: data)
            #expect(names.count == 2)
            for (number, name) in ([""] + names.reversed()).enumerated() {
                if !name.isEmpty { try damage(data + "/journal/" + name) }
                let again = try await ServerProcess.start(data: data, quiet)
                #expect(again.log.contains("state_hash=\(hash)"), "\(again.log)")
                #expect(again.log.contains("snapshot=none") == (number == 2), "\(again.log)")
                #expect(
                    again.log.components(separatedBy: "could not be used").count == number + 1)
                #expect(await again.stop() == 0, "\(again.log)")
                let line = again.log.components(separatedBy: "exchange stopped").first ?? ""
                hash = String(
                    try #require(line.components(separatedBy: "state_hash=").last).prefix(16))
            }
        }
    }

    @Test("A log that was cut off behind a snapshot is refused with advice, and nothing is touched")
    func endMissing() async throws {
        try await withTemporaryDirectory { data in
            let options = ["--snapshot-commands", "200", "--no-sandbox-key"]
            let server = try await ServerProcess.start(data: data, options)
            try await waitForSnapshots(1, in: data)
            #expect(await server.stop() == 0, "\(server.log)")
            let journal = data + "/journal"
            for name in try FileManager.default.contentsOfDirectory(atPath: journal)
            where name.hasSuffix(".log") {
                try FileManager.default.removeItem(atPath: journal + "/" + name)
            }
            let before = try snapshots(in: data)
            let refused = try await ServerProcess.run(["run", "--data", data, "--no-sandbox-key"])
            #expect(refused.status != 0)
            #expect(refused.output.contains("from a backup"), "\(refused.output)")
            #expect(try snapshots(in: data) == before)
            let left = try FileManager.default.contentsOfDirectory(atPath: journal)
            #expect(!left.contains { $0.hasSuffix(".log") }, "\(left)")
        }
    }

    /// Waits until the newest snapshot is at least the given one of all that were made.
    private func waitForSnapshots(_ count: Int, in data: String) async throws {
        var seen: Set<String> = []
        while seen.count < count {
            seen.formUnion(try snapshots(in: data))
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func snapshots(in data: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: data + "/journal")
            .filter { $0.hasSuffix(".snap") }.sorted()
    }

    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }
}

import Foundation
import ServerTestKit
import Testing

/// `qfex-server dry-run` as an operator has it: other processes, real files.
@Suite struct DryRunTests {
    /// A minute ends fifteen seconds after the beginning.
    private let options = [
        "dry-run", "--hours", "0.006", "--seed", "7", "--start", "2026-01-05T14:30:45Z",
    ]

    /// What the last lines of a command say.
    private func said(_ output: String, _ name: String) -> String? {
        output.split(separator: "\n").first { $0.hasPrefix(name) }
            .map { $0.dropFirst(name.count).trimmingCharacters(in: .whitespaces) }
    }

    private func run(in directory: String, _ more: [String] = []) async throws -> String {
        let (status, output) = try await ServerProcess.run(
            options + [
                "--data", "\(directory)/data", "--csv", "\(directory)/prices.csv",
                "--candles", "\(directory)/candles.csv", "--symbol", "GOLD-USD",
            ] + more)
        #expect(status == 0, "\(output)")
        return output
    }

    private func contents(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }

    @Test("The same dry run in two processes gives the same files, bit for bit")
    func sameFiles() async throws {
        try await withTemporaryDirectory { first in
            try await withTemporaryDirectory { second in
                let outputs = [try await run(in: first), try await run(in: second)]
                for name in ["sequence", "trades", "state hash"] {
                    #expect(said(outputs[0], name) == said(outputs[1], name))
                }
                let log = "data/journal/journal-00000000000000000001.log"
                for file in ["prices.csv", "candles.csv", "data/exchange-id", log] {
                    let (one, other) = (
                        try contents("\(first)/\(file)"), try contents("\(second)/\(file)")
                    )
                    #expect(one == other && !one.isEmpty, "\(file)")
                }
                let prices = String(
                    decoding: try contents("\(first)/prices.csv"), as: UTF8.self)
                #expect(prices.split(separator: "\n").count == 23)
                #expect(prices.hasPrefix("time,oracle,mark,bid,ask,funding_rate,"))
                #expect(prices.contains("\n2026-01-05T14:31:07Z,"))
                let candles = String(
                    decoding: try contents("\(first)/candles.csv"), as: UTF8.self)
                #expect(
                    candles.hasPrefix(
                        "time,open,high,low,close,volume,trades\n2026-01-05T14:30:00Z,"))
                #expect(candles.split(separator: "\n").count == 2)
            }
        }
    }

    @Test("A server goes on from a dry run's log, and no second dry run does")
    func serverGoesOn() async throws {
        try await withTemporaryDirectory { directory in
            let output = try await run(in: directory)
            let hash = try #require(said(output, "state hash"))
            let data = "\(directory)/data"
            let verified = try await ServerProcess.run(["journal", "hash", "--data", data])
            #expect(said(verified.output, "state hash") == hash)
            #expect(said(verified.output, "sequence") == said(output, "sequence"))

            let again = try await ServerProcess.run(options + ["--data", data])
            #expect(again.status != 0)
            #expect(again.output.contains("choose another folder"))
            let untouched = try await ServerProcess.run(["journal", "hash", "--data", data])
            #expect(untouched.output == verified.output)

            let server = try await ServerProcess.start(data: data, ["--seed", "7"])
            #expect(server.log.contains("state_hash=\(hash)"))
            #expect(await server.stop() == 0)
            let longer = try await ServerProcess.run(["journal", "hash", "--data", data])
            let before = try #require(said(output, "sequence").flatMap { Int($0) })
            #expect(try #require(said(longer.output, "sequence").flatMap { Int($0) }) > before)
        }
    }

    @Test(
        "What a dry run cannot do it says before it does anything",
        arguments: [
            (["--hours", "0"], "--hours must be above 0"), (["--hours", "nan"], "--hours"),
            (["--hours", "9000"], "--hours must be"), (["--hours", "x"], "hours"),
            (["--hours", "1", "--start", "yesterday"], "--start must be a whole second"),
            (["--hours", "1", "--start", "1969-12-31T23:59:59Z"], "--start must be"),
            (["--hours", "1", "--start", "2199-01-01T00:00:00Z"], "end in the future"),
            (["--hours", "1", "--symbol", "NOPE-USD"], "no contract is called NOPE-USD"),
            (["--hours", "1", "--sessions", "sometimes"], "sessions must be one of"),
            (["--hours", "1", "--market-prices", "/nowhere.csv"], "/nowhere.csv"),
        ])
    func badOptions(options: [String], message: String) async throws {
        try await withTemporaryDirectory { directory in
            let data = "\(directory)/data"
            let (status, output) = try await ServerProcess.run(
                ["dry-run", "--data", data, "--csv", "\(directory)/prices.csv"] + options)
            #expect(status != 0)
            #expect(output.contains(message), "\(output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        }
    }
}

import Foundation
import ServerTestKit
import Testing

/// Programs in three languages, written as QFEX's users write them, with libraries that are not ours.
/// `make test` installs what they need; what cannot be had is skipped and said.
@Suite(.serialized) struct SampleClientTests {
    @Test(
        "Python, Node and Go clients authenticate, trade and see their fill (ws, wss)",
        arguments: [false, true])
    func clientsRunAsWritten(usesTLS: Bool) async throws {
        try await withTemporaryDirectory { data in
            let server = try await ServerProcess.start(data: data, usesTLS ? ["--tls"] : [])
            let details = server.details
            var arguments = [
                "--mds", details.marketDataURL, "--trade", details.tradeURL,
                "--key", details.publicKey, "--secret", details.secretKey, "--timeout", "30",
            ]
            if let authority = details.authorityPath { arguments += ["--ca", authority] }
            #expect(usesTLS == (details.authorityPath != nil))
            let (status, output) = try run("Scripts/run-client-examples", arguments)
            #expect(status == 0, "\(output)")
            #expect(output.contains(" 0 failed"), "\(output)")
            print(output)
            await server.stop()
        }
    }

    private func run(_ script: String, _ arguments: [String]) throws -> (Int32, String) {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appendingPathComponent(script)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

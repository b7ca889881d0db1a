import Foundation
import Synchronization

/// A real `qfex-server`, started with options of the test's, on free ports.
public final class ServerProcess: Sendable {
    /// Where it listens, and the sandbox key that it printed.
    public struct Details: Sendable {
        public var marketDataURL = ""
        public var tradeURL = ""
        public var sharedURL: String?
        public var publicKey = ""
        public var secretKey = ""
        public var authorityPath: String?
    }

    public enum Failure: Error, CustomStringConvertible {
        case didNotStart(String)
        case died(String)
        public var description: String {
            switch self {
            case .didNotStart(let output): "the server did not start:\n\(output)"
            case .died(let output): "the server died:\n\(output)"
            }
        }
    }

    public let details: Details
    private let process: Process
    private let output: Output

    /// Starts the server and returns once it has said where it listens.
    ///
    /// - Throws: `Failure` with everything it printed, when it ends first.
    ///
    /// `environment` is added to the test's own.
    public static func start(
        data: String, _ options: [String] = [], environment: [String: String] = [:]
    ) async throws -> ServerProcess {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = productsDirectory.appendingPathComponent("qfex-server")
        process.arguments =
            ["run", "--data", data, "--mds-port", "0", "--trade-port", "0"] + options
        let output = Output()
        read(process, into: output)
        try process.run()
        for await _ in output.changes {
            let text = output.text
            if text.contains("Stop with Ctrl-C.") {
                return ServerProcess(parse(text), process, output)
            }
        }
        _ = await output.exitStatus()
        throw Failure.didNotStart(output.text)
    }

    /// Runs a subcommand to its end.
    public static func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = productsDirectory.appendingPathComponent("qfex-server")
        process.arguments = arguments
        let output = Output()
        read(process, into: output)
        try process.run()
        for await _ in output.changes {}
        return (await output.exitStatus(), output.text)
    }

    /// Takes over what a process prints and its end. Nothing waits for it on a thread of the tests:
    /// there are as few as cores.
    private static func read(_ process: Process, into output: Output) {
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        // A thread that blocks: the event source behind `readabilityHandler` now and then outlives its
        // file descriptor and takes the test process with it.
        let reader = pipe.fileHandleForReading
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = readSome(reader.fileDescriptor, into: &buffer)
                if count == 0 { break }
                output.append(Data(buffer[..<count]))
            }
            output.finish()
        }
        process.terminationHandler = { output.exited($0.terminationStatus) }
    }

    private init(_ details: Details, _ process: Process, _ output: Output) {
        self.details = details
        self.process = process
        self.output = output
    }

    deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

    /// Everything printed so far, log included.
    public var log: String { output.text }

    /// Whether it still runs.
    public var isRunning: Bool { process.isRunning }

    /// The memory it has in use, from `/proc`.
    public func residentBytes() throws -> Int {
        let status = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (kibibytes ?? 0) * 1_024
    }

    /// SIGTERM, then waits for the end. Returns the exit status.
    @discardableResult
    public func stop() async -> Int32 {
        process.terminate()
        return await end()
    }

    /// SIGKILL, then waits for the end.
    public func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        _ = await end()
    }

    private func end() async -> Int32 {
        for await _ in output.changes {}
        return await output.exitStatus()
    }

    /// Where SwiftPM puts executables: beside the test bundle.
    private static var productsDirectory: URL {
        Bundle(for: Output.self).bundleURL.pathExtension == "xctest"
            ? Bundle(for: Output.self).bundleURL.deletingLastPathComponent()
            : URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    private static func parse(_ text: String) -> Details {
        var details = Details()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let last = words.last.map(String.init) else { continue }
            if line.hasPrefix("  market data ") { details.marketDataURL = last }
            if line.hasPrefix("  trade ") { details.tradeURL = last }
            if line.hasPrefix("  both "), words.count > 1 { details.sharedURL = String(words[1]) }
            if line.hasPrefix("  public key ") { details.publicKey = last }
            if line.hasPrefix("  secret key ") { details.secretKey = last }
            if line.hasPrefix("  trust ") { details.authorityPath = last }
        }
        return details
    }
}

/// Reads what is there, or waits for it; zero at the end. `FileHandle.availableData` would end the
/// process when a signal interrupts it.
private func readSome(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        return max(count, 0)
    }
}

/// What a process prints, as it comes.
private final class Output: Sendable {
    private let bytes = Mutex(Data())
    let changes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let lastStatus = Mutex<Int32>(-1)
    private let exit: AsyncStream<Int32>
    private let exitContinuation: AsyncStream<Int32>.Continuation

    init() {
        (changes, continuation) = AsyncStream.makeStream(of: Void.self)
        (exit, exitContinuation) = AsyncStream.makeStream(of: Int32.self)
    }

    func exited(_ status: Int32) {
        lastStatus.withLock { $0 = status }
        exitContinuation.finish()
    }

    func exitStatus() async -> Int32 {
        for await _ in exit {}
        return lastStatus.withLock { $0 }
    }

    func append(_ data: Data) {
        bytes.withLock { $0.append(data) }
        continuation.yield()
    }

    func finish() { continuation.finish() }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}

/// The options of a server without bots, without a log on disk and without a speed bump.
public let quietServer = [
    "--market", "quiet", "--log", "memory", "--speed-bump-milliseconds", "0",
]

/// A server of the sandbox for the length of a test, without bots and without a log on disk unless
/// asked otherwise. It must live to the end, whatever is done to it.
public func withServer<Result>(
    _ options: [String] = quietServer,
    environment: [String: String] = [:],
    _ body: (ServerProcess) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        let server = try await ServerProcess.start(
            data: directory, options, environment: environment)
        do {
            let result = try await body(server)
            guard server.isRunning else { throw ServerProcess.Failure.died(server.log) }
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// A folder that is new and is removed again.
public func withTemporaryDirectory<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("qfex-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer {
        do { try FileManager.default.removeItem(at: url) } catch {
            print("left behind: \(url.path)")
        }
    }
    return try await body(url.path)
}
